"""The Lambda functions inside the template: each with a role, a log and a failure destination of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from awacs import logs, sqs
from awacs.aws import Statement
from troposphere import AWSHelperFn, GetAtt, Ref
from troposphere.awslambda import (
    Alias,
    Code,
    DestinationConfig,
    Environment,
    EventInvokeConfig,
    Function,
    LoggingConfig,
    OnFailure,
    Permission,
)
from troposphere.events import DeadLetterConfig, RetryPolicy, Rule, Target
from troposphere.iam import Role
from troposphere.logs import LogGroup

from generator import embed, sources
from generator.iam import allow, service_role
from generator.sections.alerts import Alerts

SIX_HOURS = 6 * 3600  # the longest that Lambda keeps trying an asynchronous event


class Worker(NamedTuple):
    log_group: LogGroup
    role: Role
    function: Function
    invoke_config: EventInvokeConfig


def build_worker(
    title: str,
    what: str,
    files: Sequence[str],
    statements: Sequence[Statement],
    environment: Mapping[str, object],
    alerts: Alerts,
    *,
    memory: int,
    timeout: int,
) -> Worker:
    """The function `title` made of `files`, allowed what `statements` say; `memory` in MB, `timeout` in seconds."""
    log_group = LogGroup(f"{title}Log", RetentionInDays=Ref("RetentionDays"))
    own = [
        allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
        allow([sqs.SendMessage], GetAtt(alerts.failure_queue, "Arn")),
    ]
    role = service_role(f"{title}Role", "lambda.amazonaws.com", [*own, *statements])
    function = Function(
        title,
        Description=what,  # the name begins with the stack's
        Runtime="python3.13",
        Handler="index.handler",
        Role=GetAtt(role, "Arn"),
        MemorySize=memory,
        Timeout=timeout,
        LoggingConfig=LoggingConfig(LogGroup=Ref(log_group)),
        Environment=Environment(Variables=dict(environment)),
        Code=Code(ZipFile=embed.tighten(sources.python(*files))),
    )
    return Worker(log_group, role, function, retries(title, function, alerts))


def retries(title: str, function: Function, alerts: Alerts, qualifier: str = "$LATEST") -> EventInvokeConfig:
    """What becomes of an event that the function does not carry out: two more tries within six hours, then the queue.

    So many tries are Lambda's own default. Each alias needs this for itself.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
    """
    return EventInvokeConfig(
        f"{title}Retries",
        FunctionName=Ref(function),
        Qualifier=qualifier,
        DestinationConfig=DestinationConfig(OnFailure=OnFailure(Destination=GetAtt(alerts.failure_queue, "Arn"))),
    )


def alias(worker: Worker, name: str) -> Alias:
    """Another name of the function, by which it knows whom it must not let do everything; a version it is not.

    `$LATEST` may have aliases too:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html
    """
    return Alias(
        f"{worker.function.title}{name.title()}",
        Name=name,
        FunctionName=Ref(worker.function),
        FunctionVersion="$LATEST",
    )


def worker_target(worker: Worker, alerts: Alerts, through: Alias | None = None, **options: Any) -> Target:
    """The worker as a rule's target, tried for as long as makes sense, and then kept in the failure queue."""
    return Target(
        Id=worker.function.title,
        Arn=_address(worker, through),
        RetryPolicy=RetryPolicy(MaximumEventAgeInSeconds=SIX_HOURS, MaximumRetryAttempts=185),
        DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(alerts.failure_queue, "Arn")),
        **options,
    )


def invoked_by(title: str, worker: Worker, rule: Rule, through: Alias | None = None) -> Permission:
    """What lets `rule`, and no other, invoke the worker."""
    return Permission(
        title,
        Action="lambda:InvokeFunction",
        FunctionName=_address(worker, through),
        Principal="events.amazonaws.com",
        SourceArn=GetAtt(rule, "Arn"),
    )


def _address(worker: Worker, through: Alias | None) -> AWSHelperFn:
    return Ref(through) if through else GetAtt(worker.function, "Arn")
