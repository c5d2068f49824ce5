"""What is decided when the webhook is deployed: parameters, the rules that check them, and conditions.

One place, so that the door and the reporter share the conditions and agree on what counts as given.
"""

from __future__ import annotations

from troposphere import Equals, If, Join, Not, NoValue, Parameter, Ref, Sub

from generator.intrinsics import arn
from generator.parameters.groups import RETENTION_DAYS

HAS_PIPELINES, HAS_PUBLISHERS, HAS_STATUS = "HasPipelines", "HasPublishers", "HasStatus"
HAS_LIMIT = "HasConcurrencyLimit"
_HAS_TOPIC = "HasNotificationTopic"
_STARTED, _ASKED = "PipelineArns", "PublisherArns"
_REPORTED, _TOKENS = "StatusPipelineArns", "StatusTokenArns"

CONDITIONS = {
    HAS_STATUS: Not(Equals(Join("", Ref(_REPORTED)), "")),
    HAS_PIPELINES: Not(Equals(Join("", Ref(_STARTED)), "")),
    HAS_PUBLISHERS: Not(Equals(Join("", Ref(_ASKED)), "")),
    HAS_LIMIT: Not(Equals(Ref("ConcurrencyLimit"), "")),
    _HAS_TOPIC: Not(Equals(Ref("NotificationTopicArn"), "")),
}

_ROUTES_PATTERN = r"/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
_PREFIX_PATTERN = r"[A-Za-z0-9_+=.@-][A-Za-z0-9/_+=.@-]*/"
_EXAMPLE = "arn:aws:{}:us-east-1:111122223333:{},..."


def document_arn() -> Sub:
    """The SSM parameter with the document that configures both functions."""
    return arn("ssm", "parameter${RoutesParameter}")


def topic_if_any() -> If:
    """The actions of an alarm: it tells the topic, where the deployer has given one."""
    return If(_HAS_TOPIC, [Ref("NotificationTopicArn")], NoValue)


def build_parameters() -> list[Parameter]:
    """The parameters, in the order in which a deployer meets them."""
    return [
        Parameter(
            "RoutesParameter",
            Type="String",
            Default="/instant-hosting/routes",
            AllowedPattern=_ROUTES_PATTERN,
            Description="Name of the SSM parameter that holds the routes; docs/webhooks.md describes what to put there",
        ),
        Parameter(
            "SecretPrefix",
            Type="String",
            Default="instant-hosting/webhook/",
            AllowedPattern=_PREFIX_PATTERN,
            Description="In Secrets Manager the name of each secret begins with this, and the route's name follows",
        ),
        _list(_STARTED, "Pipelines that it may start, and no others", _EXAMPLE.format("codepipeline", "NAME")),
        _list(_ASKED, "Publishers that it may ask", _EXAMPLE.format("lambda", "function:NAME")),
        Parameter(
            "RotationHours",
            Type="Number",
            Default=24,
            MinValue=0,
            MaxValue=30 * 24,
            Description="For how many hours a secret's previous version is still accepted after you store a new one",
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
            AllowedValues=RETENTION_DAYS,
            Description="For how many days its logs are kept",
        ),
        Parameter(
            "NotificationTopicArn",
            Type="String",
            Default="",
            AllowedPattern=r"(arn:[^:]+:sns:[^:]+:\d{12}:\S+)?",
            Description="SNS topic in this stack's Region that is told of failures, such as a site's output "
            "NotificationTopicArn; may be empty",
        ),
        _list(
            _REPORTED,
            "Pipelines whose commits get a status on their Git host",
            _EXAMPLE.format("codepipeline", "NAME"),
        ),
        _list(
            _TOKENS,
            "Secrets that hold the Git hosts' tokens, as create-secret answers",
            _EXAMPLE.format("secretsmanager", "secret:instant-hosting/status/site-AbCdEf"),
        ),
    ]


def _list(name: str, what: str, example: str) -> Parameter:
    return Parameter(name, Type="CommaDelimitedList", Default="", Description=f"{what}: {example}")


def _rule(assertion: dict[str, object], text: str) -> dict[str, object]:
    return {"Assertions": [{"Assert": assertion, "AssertDescription": text}]}


def _empty(*names: str) -> list[dict[str, object]]:
    return [{"Fn::Contains": [Ref(name), ""]} for name in names]


RULES = {
    "StatusNeedsBoth": _rule(
        {"Fn::Or": [{"Fn::And": _empty(_REPORTED, _TOKENS)}, {"Fn::Not": [{"Fn::Or": _empty(_REPORTED, _TOKENS)}]}]},
        f"{_REPORTED} and {_TOKENS} belong together: give both, or neither",
    ),
    "NamesWhatItMayStart": _rule(
        {"Fn::Not": [{"Fn::And": _empty(_STARTED, _ASKED, _REPORTED)}]},
        f"{_STARTED}, {_ASKED} and {_REPORTED} are empty: give what it may start, ask, or tell the status of",
    ),
}
