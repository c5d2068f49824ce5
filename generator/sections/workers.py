"""The Lambda functions inside the template: each with a role, a log and a failure destination of its own.

They share one form, so that none can lack its log's retention or lose an event in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

from awacs import logs, sqs
from awacs.aws import Statement
from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref
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
from troposphere.events import DeadLetterConfig, InputTransformer, RetryPolicy, Rule, Target
from troposphere.iam import Role
from troposphere.logs import LogGroup

from generator import sources
from generator.iam import allow, service_role
from generator.sections.alerts import Alerts, Failures

if TYPE_CHECKING:  # loads for longer than most of a template takes to write
    from troposphere.serverless import FunctionUrlConfig as UrlConfig

MOST_RETRIES = 185  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
SIX_HOURS = 6 * 3600  # the longest that Lambda keeps trying an asynchronous event


class Packaged(NamedTuple):
    """Code that `sam build` packages: the handler in what lambda/Makefile puts into the function's package."""

    handler: str


class FunctionOptions(TypedDict, total=False):
    """What one function has and another has not."""

    ReservedConcurrentExecutions: AWSHelperFn
    FunctionUrlConfig: UrlConfig


class FunctionProperties(FunctionOptions, total=False):
    """What every function has, whether its code is inline or packaged."""

    Description: str | AWSHelperFn
    Runtime: str
    Handler: str
    Role: AWSHelperFn
    MemorySize: int
    Timeout: int
    LoggingConfig: LoggingConfig
    Environment: Environment


class Called(NamedTuple):
    """A function that answers whoever calls it, so that no event of it can be lost."""

    log_group: LogGroup
    role: Role
    function: AWSObject


class Worker(NamedTuple):
    """A function that events reach, and what becomes of those that it cannot carry out."""

    log_group: LogGroup
    role: Role
    function: AWSObject
    invoke_config: EventInvokeConfig


def build_worker(
    title: str,
    what: str | AWSHelperFn,
    code: str | Packaged,
    statements: Sequence[Statement],
    environment: Mapping[str, object],
    alerts: Alerts | Failures,
    *,
    memory: int,
    timeout: int,
) -> Worker:
    """The function `title` as `build_function` makes it, for events; its failures go where `alerts` keep them."""
    sends = allow([sqs.SendMessage], GetAtt(alerts.failure_queue, "Arn"))
    called = build_function(title, what, code, [sends, *statements], environment, memory=memory, timeout=timeout)
    return Worker(*called, retries(title, called.function, alerts))


def build_function(
    title: str,
    what: str | AWSHelperFn,
    code: str | Packaged,
    statements: Sequence[Statement],
    environment: Mapping[str, object],
    *,
    memory: int,
    timeout: int,
    **options: Unpack[FunctionOptions],
) -> Called:
    """The function `title`, allowed what `statements` say; `code` is the module of its handler, or packaged.

    `memory` in MB, `timeout` in seconds; `options` are further properties.
    """
    log_group = LogGroup(f"{title}Log", RetentionInDays=Ref("RetentionDays"))
    writes = allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn"))
    role = service_role(f"{title}Role", "lambda.amazonaws.com", [writes, *statements])
    handler = code.handler if isinstance(code, Packaged) else "index.handler"
    properties: FunctionProperties = {
        "Description": what,  # the name begins with the stack's
        "Runtime": "python3.13",
        "Handler": handler,
        "Role": GetAtt(role, "Arn"),
        "MemorySize": memory,
        "Timeout": timeout,
        "LoggingConfig": LoggingConfig(LogGroup=Ref(log_group)),
    }
    if environment:
        properties["Environment"] = Environment(Variables=dict(environment))
    return Called(log_group, role, _function(title, code, {**properties, **options}))


def _function(title: str, code: str | Packaged, properties: FunctionProperties) -> AWSObject:
    if isinstance(code, Packaged):
        return packaged_function(title, properties)
    return Function(title, **properties, Code=Code(ZipFile=sources.program(code)))


def packaged_function(title: str, properties: FunctionProperties) -> AWSObject:
    """The function for `sam build`, which makes its package as `build-TITLE` in lambda/Makefile says.

    `sam build` looks from the template's folder, or from the one that --base-dir names: samconfig.toml gives the root.
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/building-custom-runtimes.html
    """
    # troposphere's classes for SAM take longer to load than most of a template to write
    from troposphere.serverless import Function as PackagedFunction

    return PackagedFunction(title, Metadata={"BuildMethod": "makefile"}, CodeUri="lambda/", **properties)


def retries(
    title: str, function: AWSObject, alerts: Alerts | Failures, qualifier: str = "$LATEST"
) -> EventInvokeConfig:
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


def worker_target(
    worker: Worker,
    alerts: Alerts | Failures,
    through: Alias | None = None,
    transformer: InputTransformer | None = None,
) -> Target:
    """The worker as a rule's target, tried for as long as makes sense, and then kept in the failure queue."""
    target = Target(
        Id=worker.function.title,
        Arn=_address(worker, through),
        RetryPolicy=RetryPolicy(MaximumEventAgeInSeconds=SIX_HOURS, MaximumRetryAttempts=MOST_RETRIES),
        DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(alerts.failure_queue, "Arn")),
    )
    if transformer:
        target.InputTransformer = transformer
    return target


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
