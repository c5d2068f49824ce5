"""The part of the webhook's stack that gives commits a status on their Git host; all of it only if parameters ask.

A function of its own: it holds tokens and is reached by events alone, while the webhook's is open to the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from awacs import codepipeline, dynamodb, logs, secretsmanager, sqs, ssm
from awacs.aws import Action, Allow, ArnEquals, Condition, ForAllValuesStringLike, Principal, Statement
from troposphere import AWSObject, Equals, GetAtt, If, Join, Not, NoValue, Parameter, Ref, Sub, Template
from troposphere.awslambda import (
    DestinationConfig,
    Environment,
    EventInvokeConfig,
    LoggingConfig,
    OnFailure,
    Permission,
)
from troposphere.cloudwatch import Alarm
from troposphere.dynamodb import Table
from troposphere.events import DeadLetterConfig, RetryPolicy, Rule, Target
from troposphere.iam import Role
from troposphere.logs import LogGroup
from troposphere.serverless import Function
from troposphere.sqs import Queue, QueuePolicy

from generator.alarms import messages_waiting
from generator.iam import allow, document, service_role
from generator.intrinsics import arn

_HAS = "HasStatus"
_PIPELINES, _TOKENS = "StatusPipelineArns", "StatusTokenArns"
_SIX_HOURS, _FOURTEEN_DAYS = 6 * 3600, 14 * 24 * 3600
_STATES = ["STARTED", "RESUMED", "SUCCEEDED", "FAILED", "STOPPED", "CANCELED", "SUPERSEDED"]
_OUTCOMES = ["published", "rolled-back", "duplicate", "held", "stale", "refused", "failed"]


class Status(NamedTuple):
    queue: Queue
    log_group: LogGroup
    role: Role
    function: Function
    invoke_config: EventInvokeConfig
    rules: list[Rule]
    permissions: list[Permission]
    queue_policy: QueuePolicy
    alarm: Alarm

    def resources(self) -> list[AWSObject]:
        """All of it, in the template's order."""
        return [*self[:5], *self.rules, *self.permissions, self.queue_policy, self.alarm]


def add_parameters(template: Template) -> None:
    """The two parameters that ask for statuses, the condition, and the rule that they go together."""
    template.add_parameter(
        Parameter(
            _PIPELINES,
            Type="CommaDelimitedList",
            Default="",
            Description="Pipelines whose commits get a status on their Git host: "
            "arn:aws:codepipeline:us-east-1:111122223333:NAME,...",
        )
    )
    template.add_parameter(
        Parameter(
            _TOKENS,
            Type="CommaDelimitedList",
            Default="",
            Description="The secrets with the hosts' tokens, as create-secret answers: "
            "arn:aws:secretsmanager:us-east-1:111122223333:secret:instant-hosting/status/site-AbCdEf,...",
        )
    )
    template.add_condition(_HAS, Not(Equals(Join("", Ref(_PIPELINES)), "")))
    without = [{"Fn::Contains": [Ref(name), ""]} for name in (_PIPELINES, _TOKENS)]
    neither, both = {"Fn::And": without}, {"Fn::Not": [{"Fn::Or": without}]}
    template.add_rule(
        "StatusNeedsBoth",
        {
            "Assertions": [
                {
                    "Assert": {"Fn::Or": [neither, both]},
                    "AssertDescription": f"{_PIPELINES} and {_TOKENS} belong together: give both, or neither",
                }
            ]
        },
    )


def build_status(code: str, table: Table) -> Status:
    """The function in the folder `code`, the events that it gets, and where those go that it could not handle."""
    queue = Queue("FailureQueue", Condition=_HAS, MessageRetentionPeriod=_FOURTEEN_DAYS, SqsManagedSseEnabled=True)
    log_group = LogGroup("StatusLog", Condition=_HAS, RetentionInDays=Ref("RetentionDays"))
    role = _role(queue, log_group, table)
    function = _function(code, log_group, role, table)
    invoke_config = EventInvokeConfig(
        "StatusRetries",
        Condition=_HAS,
        FunctionName=Ref(function),
        Qualifier="$LATEST",
        MaximumEventAgeInSeconds=_SIX_HOURS,
        MaximumRetryAttempts=2,
        DestinationConfig=DestinationConfig(OnFailure=OnFailure(Destination=GetAtt(queue, "Arn"))),
    )
    rules = _rules(function, queue)
    permissions = [_invoked_by(rule, function) for rule in rules]
    policy = _queue_policy(queue, rules)
    return Status(queue, log_group, role, function, invoke_config, rules, permissions, policy, _alarm(queue))


def _role(queue: Queue, log_group: LogGroup, table: Table) -> Role:
    own = ForAllValuesStringLike("dynamodb:LeadingKeys", ["status *"])
    role = service_role(
        "StatusRole",
        "lambda.amazonaws.com",
        [
            allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
            allow([sqs.SendMessage], GetAtt(queue, "Arn")),
            # the statuses, not the deliveries that lie beside them
            allow([dynamodb.GetItem, dynamodb.PutItem], GetAtt(table, "Arn"), condition=Condition(own)),
            allow([ssm.GetParameter], arn("ssm", "parameter${RoutesParameter}")),
            _allow_listed(secretsmanager.GetSecretValue, _TOKENS),
            _allow_listed(codepipeline.GetPipelineExecution, _PIPELINES),
        ],
    )
    role.resource["Condition"] = _HAS
    return role


def _allow_listed(action: Action, parameter: str) -> Statement:
    return Statement(Effect=Allow, Action=[action], Resource=Ref(parameter))


def _function(code: str, log_group: LogGroup, role: Role, table: Table) -> Function:
    return Function(
        "Status",
        Condition=_HAS,
        Description=Sub("${AWS::StackName}: tells Git hosts how far a commit has come"),
        Runtime="python3.13",
        CodeUri=code,
        Handler="reporter.entry.handler",
        Role=GetAtt(role, "Arn"),
        MemorySize=512,
        Timeout=60,  # three requests of five seconds to each host, with pauses
        LoggingConfig=LoggingConfig(LogGroup=Ref(log_group)),
        Environment=Environment(Variables={"ROUTES_PARAMETER": Ref("RoutesParameter"), "TABLE": Ref(table)}),
    )


def _rules(function: Function, queue: Queue) -> list[Rule]:
    """What happens to a commit: its pipeline moves on, its source is there, its deployment is or is not live.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    pipelines = {"source": ["aws.codepipeline"], "resources": Ref(_PIPELINES)}
    moved = {"detail-type": ["CodePipeline Pipeline Execution State Change"], "detail": {"state": _STATES}}
    # Before that, an execution has no commit: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactRevision.html
    fetched = {
        "detail-type": ["CodePipeline Action Execution State Change"],
        "detail": {"type": {"category": ["Source"]}, "state": ["SUCCEEDED"]},
    }
    decided = {
        "source": ["instant-hosting"],
        "detail-type": ["Deployment Decision"],
        "detail": {"outcome": _OUTCOMES},
    }
    return [
        _rule("PipelineStatusRule", "a pipeline moved on", {**pipelines, **moved}, function, queue),
        _rule("SourceStatusRule", "a pipeline has its commit", {**pipelines, **fetched}, function, queue),
        _rule("DecisionStatusRule", "a publisher decided", decided, function, queue),
    ]


def _rule(title: str, what: str, pattern: Mapping[str, object], function: Function, queue: Queue) -> Rule:
    target = Target(
        Id="Status",
        Arn=GetAtt(function, "Arn"),
        RetryPolicy=RetryPolicy(MaximumEventAgeInSeconds=_SIX_HOURS, MaximumRetryAttempts=185),
        DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(queue, "Arn")),
    )
    return Rule(
        title,
        Condition=_HAS,
        Description=Sub(f"${{AWS::StackName}}: {what}, and its commit's status follows"),
        EventPattern=dict(pattern),
        Targets=[target],
    )


def _invoked_by(rule: Rule, function: Function) -> Permission:
    return Permission(
        str(rule.title).replace("Rule", "Permission"),
        Condition=_HAS,
        Action="lambda:InvokeFunction",
        FunctionName=GetAtt(function, "Arn"),
        Principal="events.amazonaws.com",
        SourceArn=GetAtt(rule, "Arn"),
    )


def _queue_policy(queue: Queue, rules: list[Rule]) -> QueuePolicy:
    send = Statement(
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[sqs.SendMessage],
        Resource=[GetAtt(queue, "Arn")],
        Condition=Condition(ArnEquals("aws:SourceArn", [GetAtt(rule, "Arn") for rule in rules])),
    )
    return QueuePolicy("FailureQueuePolicy", Condition=_HAS, Queues=[Ref(queue)], PolicyDocument=document([send]))


def _alarm(queue: Queue) -> Alarm:
    return messages_waiting(
        "StatusAlarm",
        Sub(
            "${AWS::StackName}: a commit's status could not be told; the log ${StatusLog} says why, "
            "and the queue ${FailureQueue.QueueName} keeps the events"
        ),
        GetAtt(queue, "QueueName"),
        If("HasNotificationTopic", [Ref("NotificationTopicArn")], NoValue),
        period=300,
        Condition=_HAS,
    )
