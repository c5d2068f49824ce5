"""Who decides what is live: the publisher, the only one that may write the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from awacs import cloudfront_keyvaluestore as store_actions
from awacs import codepipeline, events, logs, s3, sqs
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub
from troposphere.awslambda import (
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
from generator.intrinsics import STACK_NAME, arn
from generator.sections.alerts import Alerts
from generator.sections.storage import Storage

PUBLISHER_SOURCES = tuple(f"lambda/{name}.py" for name in ("sigv4a", "aws", "decide", "intents", "publish"))

EVENT_SOURCE = "instant-hosting"  # of the events that the publisher sends and takes

_SIX_HOURS = 6 * 3600  # the longest that Lambda keeps trying an asynchronous event


class Publishing(NamedTuple):
    log_group: LogGroup
    role: Role
    function: Function
    invoke_config: EventInvokeConfig


class EventRule(NamedTuple):
    rule: Rule
    permission: Permission


def build_publishing(storage: Storage, alerts: Alerts, *, has_pipeline: bool) -> Publishing:
    """The publisher with its role, log and failure destination."""
    log_group = LogGroup("PublisherLog", RetentionInDays=Ref("RetentionDays"))
    statements = _statements(storage, alerts, log_group)
    if has_pipeline:
        statements.append(allow([codepipeline.GetPipelineExecution], pipeline_arn(storage)))
    role = service_role("PublisherRole", "lambda.amazonaws.com", statements)
    function = Function(
        "Publisher",
        Description=Sub("${AWS::StackName}: makes deployments live"),
        Runtime="python3.13",
        Handler="index.handler",
        Role=GetAtt(role, "Arn"),
        MemorySize=512,
        Timeout=300,
        LoggingConfig=LoggingConfig(LogGroup=Ref(log_group)),
        Environment=Environment(
            Variables={
                "SITE_BUCKET": Ref(storage.site_bucket),
                "STORE_ARN": GetAtt(storage.store, "Arn"),
                "STACK": STACK_NAME,
                **({"PIPELINE": Ref(storage.store)} if has_pipeline else {}),
            }
        ),
        Code=Code(ZipFile=sources.python(*PUBLISHER_SOURCES)),
    )
    invoke_config = EventInvokeConfig(
        "PublisherRetries",
        FunctionName=Ref(function),
        Qualifier="$LATEST",
        MaximumEventAgeInSeconds=_SIX_HOURS,
        MaximumRetryAttempts=2,
        DestinationConfig=DestinationConfig(OnFailure=OnFailure(Destination=GetAtt(alerts.failure_queue, "Arn"))),
    )
    return Publishing(log_group, role, function, invoke_config)


def build_publish_rule(storage: Storage, publishing: Publishing, alerts: Alerts) -> EventRule:
    """What hands each success of the pipeline to the publisher, and keeps what it cannot hand over."""
    return _handing_over(
        "Publish", "a pipeline that succeeded is published", pipeline_events(storage, "SUCCEEDED"), publishing, alerts
    )


def build_request_rule(publishing: Publishing, alerts: Alerts) -> EventRule:
    """What hands requests that come as events to the publisher: docs/requests.md."""
    pattern = {
        "source": [EVENT_SOURCE],
        "detail-type": ["Deployment Request"],
        "detail": {"stack": [STACK_NAME]},
    }
    return _handing_over("Request", "a request by event is handed on", pattern, publishing, alerts)


def _handing_over(
    name: str, what: str, pattern: Mapping[str, object], publishing: Publishing, alerts: Alerts
) -> EventRule:
    function_arn = GetAtt(publishing.function, "Arn")
    rule = Rule(
        f"{name}Rule",
        Description=Sub(f"${{AWS::StackName}}: {what}"),
        EventPattern=dict(pattern),
        Targets=[
            Target(
                Id="Publisher",
                Arn=function_arn,
                RetryPolicy=RetryPolicy(MaximumEventAgeInSeconds=_SIX_HOURS, MaximumRetryAttempts=185),
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(alerts.failure_queue, "Arn")),
            )
        ],
    )
    permission = Permission(
        f"{name}Permission",
        Action="lambda:InvokeFunction",
        FunctionName=function_arn,
        Principal="events.amazonaws.com",
        SourceArn=GetAtt(rule, "Arn"),
    )
    return EventRule(rule, permission)


def build_decision_rule(alerts: Alerts) -> Rule:
    """What tells people of a deployment that was built but did not go live: else a green pipeline is a riddle."""
    text = Sub(
        '"${AWS::StackName}: <deployment> was built but is not live (<outcome>: <reason>). Live is <after>. '
        'To make it live all the same: python -m deployments promote <deployment> --stack ${AWS::StackName}"'
    )
    paths = {name: f"$.detail.{name}" for name in ("deployment", "outcome", "reason", "after")}
    return Rule(
        "DecisionRule",
        Description=Sub("${AWS::StackName}: tells of a deployment that did not go live"),
        EventPattern=decision_events("stale", "held"),
        Targets=[
            Target(
                Id="Topic",
                Arn=Ref(alerts.topic),
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(alerts.failure_queue, "Arn")),
                InputTransformer=InputTransformer(InputPathsMap=paths, InputTemplate=text),
            )
        ],
    )


def pipeline_arn(storage: Storage) -> Sub:
    """The pipeline's ARN for those who must be there before it is: its name is the store's."""
    return arn("codepipeline", f"${{{storage.store.title}}}")


def pipeline_events(storage: Storage, state: str, **detail: object) -> dict[str, object]:
    """The event pattern for this stack's pipeline when it comes to `state`.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    return {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {"pipeline": [Ref(storage.store)], "state": [state], **detail},
    }


def decision_events(*outcomes: str) -> dict[str, object]:
    """The event pattern for this stack's decisions with these outcomes, as the publisher announces them."""
    return {
        "source": [EVENT_SOURCE],
        "detail-type": ["Deployment Decision"],
        "detail": {"stack": [STACK_NAME], "outcome": list(outcomes)},
    }


def _statements(storage: Storage, alerts: Alerts, log_group: LogGroup) -> list[Statement]:
    bucket = GetAtt(storage.site_bucket, "Arn")

    def objects(*paths: str) -> list[Sub]:
        return [Sub(f"${{{storage.site_bucket.title}.Arn}}/{path}") for path in paths]

    return [
        allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
        allow([s3.ListBucket], bucket),
        allow([s3.GetObject], *objects("executions/*", "manifests/*", "deployments/*/404.html", "_errors/404.html")),
        allow([s3.PutObject], *objects("_errors/404.html", "published/*")),
        allow(
            [store_actions.DescribeKeyValueStore, store_actions.GetKey, store_actions.UpdateKeys],
            GetAtt(storage.store, "Arn"),
        ),
        allow([events.PutEvents], arn("events", "event-bus/default")),
        allow([sqs.SendMessage], GetAtt(alerts.failure_queue, "Arn")),
    ]
