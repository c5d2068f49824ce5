"""The open door: the function behind a public URL, what it remembers, and the little that it may do."""

from __future__ import annotations

from typing import NamedTuple

from awacs import awslambda, codepipeline, dynamodb, secretsmanager, ssm
from awacs.aws import Action, Allow, Statement
from troposphere import AWSHelperFn, AWSObject, GetAtt, If, Join, NoValue, Ref, Split, Sub
from troposphere.cloudwatch import Alarm
from troposphere.dynamodb import AttributeDefinition, KeySchema, Table, TimeToLiveSpecification
from troposphere.iam import PolicyType, Role
from troposphere.logs import LogGroup
from troposphere.serverless import FunctionUrlConfig

from generator.alarms import above_zero
from generator.iam import allow, document
from generator.intrinsics import arn
from generator.sections.workers import Packaged, build_function
from generator.webhook.parameters import HAS_LIMIT, HAS_PIPELINES, HAS_PUBLISHERS, document_arn, topic_if_any

_CODE = Packaged("door.entry.handler")


class Door(NamedTuple):
    table: Table
    log_group: LogGroup
    role: Role
    start_policy: PolicyType
    ask_policy: PolicyType
    function: AWSObject
    alarm: Alarm


def build_door() -> Door:
    """The function, what it remembers and writes, what it may do, and the alarm."""
    table = _table()
    log_group, role, function = build_function(
        "Webhook",
        Sub("${AWS::StackName}: starts what verified webhooks ask for"),
        _CODE,
        _statements(table),
        {
            "ROUTES_PARAMETER": Ref("RoutesParameter"),
            "SECRET_PREFIX": Ref("SecretPrefix"),
            "ROTATION_HOURS": Ref("RotationHours"),
            "TABLE": Ref(table),
        },
        memory=1024,  # processor time comes with memory, and GitHub waits ten seconds, a cold start included
        timeout=20,  # twice what GitHub waits: what has begun by then can still end, and be remembered
        ReservedConcurrentExecutions=If(HAS_LIMIT, Ref("ConcurrencyLimit"), NoValue),
        # Senders have no AWS identity: what they prove is what the function verifies.
        FunctionUrlConfig=FunctionUrlConfig(AuthType="NONE"),
    )
    pipelines = Ref("PipelineArns")
    start = _optional("StartPolicy", HAS_PIPELINES, role, codepipeline.StartPipelineExecution, pipelines)
    # each through its alias, which takes what routes can allow: docs/decisions/publisher-aliases.md
    aliases = Split(",", Join("", [Join(":webhook,", Ref("PublisherArns")), ":webhook"]))
    ask = _optional("AskPolicy", HAS_PUBLISHERS, role, awslambda.InvokeFunction, aliases)
    return Door(table, log_group, role, start, ask, function, _alarm(function))


def _table() -> Table:
    return Table(
        "DeliveryTable",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[AttributeDefinition(AttributeName="id", AttributeType="S")],
        KeySchema=[KeySchema(AttributeName="id", KeyType="HASH")],
        TimeToLiveSpecification=TimeToLiveSpecification(AttributeName="expiration", Enabled=True),
    )


def _statements(table: Table) -> list[Statement]:
    items: list[Action] = [dynamodb.DeleteItem, dynamodb.GetItem, dynamodb.PutItem, dynamodb.UpdateItem]
    return [
        allow(items, GetAtt(table, "Arn")),
        allow([ssm.GetParameter], document_arn()),
        # Secrets Manager adds a dash and six characters to a name
        allow([secretsmanager.GetSecretValue], arn("secretsmanager", "secret:${SecretPrefix}*")),
    ]


def _optional(title: str, condition: str, role: Role, action: Action, resources: AWSHelperFn) -> PolicyType:
    """A policy that allows `action` on exactly the ARNs of a parameter, if it has any."""
    statement = Statement(Effect=Allow, Action=[action], Resource=resources)
    return PolicyType(
        title, Condition=condition, PolicyName=title, Roles=[Ref(role)], PolicyDocument=document([statement])
    )


def _alarm(function: AWSObject) -> Alarm:
    return above_zero(
        "WebhookAlarm",
        Sub("${AWS::StackName}: a verified request could not be carried out; the log ${WebhookLog} says why"),
        # a function URL's own count, of answers of ours and of Lambda's:
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
        ("AWS/Lambda", "Url5xxCount"),
        ("FunctionName", Ref(function)),
        topic_if_any(),
    )
