"""The webhook's template: a function URL that starts pipelines and asks publishers, and whatever it needs for that.

A stack of its own, because one webhook can serve several sites. It is a SAM template: `sam build` packages the
function with its one library, and a function URL is open to senders only with permissions that SAM writes.
"""

from __future__ import annotations

from typing import NamedTuple

from awacs import awslambda, codepipeline, dynamodb, logs, secretsmanager, ssm
from awacs.aws import Action, Allow, Statement
from troposphere import (
    AWSHelperFn,
    Equals,
    GetAtt,
    If,
    Join,
    Not,
    NoValue,
    Output,
    Parameter,
    Ref,
    Split,
    Sub,
    Template,
)
from troposphere.awslambda import Environment, LoggingConfig
from troposphere.cloudwatch import Alarm
from troposphere.dynamodb import AttributeDefinition, KeySchema, Table, TimeToLiveSpecification
from troposphere.iam import PolicyType, Role
from troposphere.logs import LogGroup
from troposphere.serverless import Function, FunctionUrlConfig

from generator.account import as_demanded
from generator.alarms import above_zero
from generator.iam import allow, document, service_role
from generator.intrinsics import arn
from generator.packaging import TRANSFORM
from generator.settings import Settings
from generator.version import __version__
from generator.webhook_status import add_parameters, build_status

CODE = "lambda/webhook/"

_DESCRIPTION = (
    "Instant Hosting %s (webhook): verifies what Git hosts, CMSs and deploy hooks send, and starts the named pipelines."
)
_ROUTES_PATTERN = r"/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
_PREFIX_PATTERN = r"[A-Za-z0-9_+=.@-][A-Za-z0-9/_+=.@-]*/"


class Webhook(NamedTuple):
    table: Table
    log_group: LogGroup
    role: Role
    start_policy: PolicyType
    ask_policy: PolicyType
    function: Function
    alarm: Alarm


def build_webhook(settings: Settings | None = None) -> Template:
    """The template, ready to be rendered; of `settings` it takes the roles' and the tags."""
    settings = settings or Settings()
    template = Template(Description=_DESCRIPTION % __version__)
    template.set_version("2010-09-09")
    template.set_transform(TRANSFORM)
    _add_parameters(template)
    template.add_condition("HasPipelines", Not(Equals(Join("", Ref("PipelineArns")), "")))
    template.add_condition("HasPublishers", Not(Equals(Join("", Ref("PublisherArns")), "")))
    template.add_condition("HasConcurrencyLimit", Not(Equals(Ref("ConcurrencyLimit"), "")))
    template.add_condition("HasNotificationTopic", Not(Equals(Ref("NotificationTopicArn"), "")))
    webhook = build_resources()
    for resource in (*webhook, *build_status(CODE, webhook.table).resources()):
        template.add_resource(as_demanded(resource, settings))
    template.add_output(_outputs())
    return template


def build_resources() -> Webhook:
    """The function, what it remembers and writes, what it may do, and the alarm."""
    table = _table()
    log_group = LogGroup("WebhookLog", RetentionInDays=Ref("RetentionDays"))
    role = _role(table, log_group)
    function = _function(table, log_group, role)
    pipelines = Ref("PipelineArns")
    start = _optional("StartPolicy", "HasPipelines", role, codepipeline.StartPipelineExecution, pipelines)
    # each through its alias, which takes what routes can allow: docs/decisions/publisher-aliases.md
    aliases = Split(",", Join("", [Join(":webhook,", Ref("PublisherArns")), ":webhook"]))
    ask = _optional("AskPolicy", "HasPublishers", role, awslambda.InvokeFunction, aliases)
    return Webhook(table, log_group, role, start, ask, function, _alarm(function))


def _table() -> Table:
    return Table(
        "DeliveryTable",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[AttributeDefinition(AttributeName="id", AttributeType="S")],
        KeySchema=[KeySchema(AttributeName="id", KeyType="HASH")],
        TimeToLiveSpecification=TimeToLiveSpecification(AttributeName="expiration", Enabled=True),
    )


def _role(table: Table, log_group: LogGroup) -> Role:
    items: list[Action] = [dynamodb.DeleteItem, dynamodb.GetItem, dynamodb.PutItem, dynamodb.UpdateItem]
    return service_role(
        "WebhookRole",
        "lambda.amazonaws.com",
        [
            allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
            allow(items, GetAtt(table, "Arn")),
            allow([ssm.GetParameter], arn("ssm", "parameter${RoutesParameter}")),
            # Secrets Manager adds a dash and six characters to a name
            allow([secretsmanager.GetSecretValue], arn("secretsmanager", "secret:${SecretPrefix}*")),
        ],
    )


def _optional(title: str, condition: str, role: Role, action: Action, resources: AWSHelperFn) -> PolicyType:
    """A policy that allows `action` on exactly the ARNs of a parameter, if it has any."""
    statement = Statement(Effect=Allow, Action=[action], Resource=resources)
    return PolicyType(
        title, Condition=condition, PolicyName=title, Roles=[Ref(role)], PolicyDocument=document([statement])
    )


def _function(table: Table, log_group: LogGroup, role: Role) -> Function:
    return Function(
        "Webhook",
        Description=Sub("${AWS::StackName}: starts what verified webhooks ask for"),
        Runtime="python3.13",
        CodeUri=CODE,
        Handler="door.entry.handler",
        Role=GetAtt(role, "Arn"),
        MemorySize=1024,  # processor time comes with memory, and GitHub waits ten seconds, a cold start included
        Timeout=20,
        ReservedConcurrentExecutions=If("HasConcurrencyLimit", Ref("ConcurrencyLimit"), NoValue),
        LoggingConfig=LoggingConfig(LogGroup=Ref(log_group)),
        Environment=Environment(
            Variables={
                "ROUTES_PARAMETER": Ref("RoutesParameter"),
                "SECRET_PREFIX": Ref("SecretPrefix"),
                "ROTATION_HOURS": Ref("RotationHours"),
                "TABLE": Ref(table),
            }
        ),
        # Senders have no AWS identity: what they prove is what the function verifies.
        FunctionUrlConfig=FunctionUrlConfig(AuthType="NONE"),
    )


def _alarm(function: Function) -> Alarm:
    return above_zero(
        "WebhookAlarm",
        Sub("${AWS::StackName}: a verified request could not be carried out; the log ${WebhookLog} says why"),
        # a function URL's own count, of answers of ours and of Lambda's:
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
        ("AWS/Lambda", "Url5xxCount"),
        ("FunctionName", Ref(function)),
        If("HasNotificationTopic", [Ref("NotificationTopicArn")], NoValue),
    )


def _add_parameters(template: Template) -> None:
    for parameter in _parameters():
        template.add_parameter(parameter)
    add_parameters(template)
    names = ("PipelineArns", "PublisherArns", "StatusPipelineArns")
    nothing: list[dict[str, object]] = [{"Fn::Contains": [Ref(name), ""]} for name in names]
    template.add_rule(
        "NamesWhatItMayStart",
        {
            "Assertions": [
                {
                    "Assert": {"Fn::Not": [{"Fn::And": nothing}]},
                    "AssertDescription": "PipelineArns, PublisherArns and StatusPipelineArns are empty: "
                    "give what it may start, ask, or tell the status of",
                }
            ]
        },
    )


def _parameters() -> list[Parameter]:
    return [
        Parameter(
            "RoutesParameter",
            Type="String",
            Default="/instant-hosting/routes",
            AllowedPattern=_ROUTES_PATTERN,
            Description="Name of the SSM parameter that holds the routes; docs/webhooks.md says what to put there",
        ),
        Parameter(
            "SecretPrefix",
            Type="String",
            Default="instant-hosting/webhook/",
            AllowedPattern=_PREFIX_PATTERN,
            Description="Start of the secrets' names in Secrets Manager, then comes the route's name",
        ),
        Parameter(
            "PipelineArns",
            Type="CommaDelimitedList",
            Default="",
            Description="Pipelines that it may start, no other: arn:aws:codepipeline:us-east-1:111122223333:NAME,...",
        ),
        Parameter(
            "PublisherArns",
            Type="CommaDelimitedList",
            Default="",
            Description="Publishers that it may ask: arn:aws:lambda:us-east-1:111122223333:function:NAME,...",
        ),
        Parameter(
            "RotationHours",
            Type="Number",
            Default=24,
            MinValue=0,
            MaxValue=720,
            Description="How long a secret's previous version is accepted after a new one was stored",
        ),
        Parameter(
            "ConcurrencyLimit",
            Type="String",
            Default="",
            # an account keeps 100 for its other functions, and a new one has no more than 10 to give:
            # https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
            AllowedPattern="([1-9][0-9]{0,3})?",
            Description="How many requests it may handle at once, such as 10; empty: as many as the account allows",
        ),
        Parameter(
            "RetentionDays",
            Type="Number",
            Default=30,
            AllowedValues=[7, 14, 30, 60, 90, 180, 365],
            Description="How long its log is kept",
        ),
        Parameter(
            "NotificationTopicArn",
            Type="String",
            Default="",
            AllowedPattern=r"(arn:[^:]+:sns:[^:]+:\d{12}:\S+)?",
            Description="SNS topic in this stack's Region that hears of failures, such as a site's output "
            "NotificationTopicArn; may be empty",
        ),
    ]


def _outputs() -> list[Output]:
    return [
        Output(
            "WebhookUrl",
            Description="Senders post to this address and the route's name behind it",
            Value=GetAtt("WebhookUrl", "FunctionUrl"),
        ),
        Output(
            "RoutesCommand",
            Description="Next: write routes.json as docs/webhooks.md says, and store it so",
            Value=Sub(
                "aws ssm put-parameter --name ${RoutesParameter} --type String --overwrite --value file://routes.json"
            ),
        ),
        Output(
            "StatusLogName",
            Condition="HasStatus",
            Description="What Git hosts were told about commits, and why not",
            Value=Ref("StatusLog"),
        ),
        Output("DeliveryTableName", Description="What was carried out, for a year", Value=Ref("DeliveryTable")),
    ]
