"""The webhook template's part for commit statuses: off unless asked for, and allowed no more than it needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.webhook import build_webhook
from workbench.resolve import Resolved, broken_rules, resolve

# the value of a list, as the template's functions find it
PIPELINES = ["arn:aws:codepipeline:eu-central-1:111122223333:site-pipeline"]
TOKENS = ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:instant-hosting/status/site-AbCdEf"]


def template() -> dict[str, Any]:
    """The template without its outputs, which name a resource that only SAM makes."""
    found: dict[str, Any] = json.loads(json.dumps(build_webhook().to_dict()))
    return {**found, "Outputs": {}}


def resolved(**parameters: Any) -> Resolved:
    return resolve(template(), **{"PipelineArns": [], "PublisherArns": [], "StatusPipelineArns": [], **parameters})


@pytest.fixture
def status() -> Resolved:
    return resolved(StatusPipelineArns=PIPELINES, StatusTokenArns=TOKENS)


def granted(found: Resolved) -> dict[str, list[str]]:
    return {
        action: statement["Resource"] for statement in found.statements("StatusRole") for action in statement["Action"]
    }


def test_a_stack_that_asks_for_no_statuses_has_none_of_it() -> None:
    titles = {"DeliveryTable", "WebhookLog", "WebhookRole", "StartPolicy", "Webhook", "WebhookAlarm"}
    assert set(resolved(PipelineArns=PIPELINES).resources) == titles
    # an alarm of its own is all that costs anything: https://aws.amazon.com/cloudwatch/pricing/
    more = set(resolved(PipelineArns=PIPELINES, StatusPipelineArns=PIPELINES, StatusTokenArns=TOKENS).resources)
    assert {title for title in more - titles if "Alarm" in title} == {"StatusAlarm"}


def test_pipelines_and_tokens_go_together_and_statuses_alone_are_enough() -> None:
    everything: dict[str, Any] = {"PipelineArns": [""], "PublisherArns": [""]}
    nothing: dict[str, Any] = {"StatusPipelineArns": [""], "StatusTokenArns": [""]}
    alone: dict[str, Any] = {"StatusPipelineArns": PIPELINES, "StatusTokenArns": TOKENS}
    assert broken_rules(template(), **everything, **alone) == []
    assert len(broken_rules(template(), **everything, **nothing)) == 1
    for half in alone:
        (message,) = broken_rules(template(), **{**everything, **alone, half: [""], "PipelineArns": PIPELINES})
        assert message == "StatusPipelineArns and StatusTokenArns belong together: give both, or neither"


def test_the_role_reads_exactly_the_named_executions_and_tokens_and_writes_nothing_but_statuses(
    status: Resolved,
) -> None:
    found = granted(status)
    assert found["codepipeline:GetPipelineExecution"] == PIPELINES
    assert found["secretsmanager:GetSecretValue"] == TOKENS
    assert set(found) == {
        *("codepipeline:GetPipelineExecution", "secretsmanager:GetSecretValue", "ssm:GetParameter"),
        *("dynamodb:GetItem", "dynamodb:PutItem", "sqs:SendMessage", "logs:CreateLogStream", "logs:PutLogEvents"),
    }
    assert not [resource for resources in found.values() for resource in resources if "*" in resource]
    (table,) = [s for s in status.statements("StatusRole") if "dynamodb:PutItem" in s["Action"]]
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    assert table["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["status *"]}}


def test_the_function_that_is_open_to_the_world_reads_no_token() -> None:
    found = resolved(PipelineArns=PIPELINES, StatusPipelineArns=PIPELINES, StatusTokenArns=TOKENS)
    (read,) = [s["Resource"] for s in found.statements("WebhookRole") if "secretsmanager:GetSecretValue" in s["Action"]]
    assert read == ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:instant-hosting/webhook/*"]
    assert not TOKENS[0].startswith(read[0].rstrip("*"))


def test_each_rule_hands_the_named_pipelines_events_or_decisions_to_the_function_and_keeps_what_it_cannot(
    status: Resolved,
) -> None:
    rules = status.of_type("AWS::Events::Rule")
    assert set(rules) == {"PipelineStatusRule", "SourceStatusRule", "DecisionStatusRule"}
    for title, rule in rules.items():
        (target,) = rule["Targets"]
        assert target["Arn"] == "<Status.Arn>"
        assert target["DeadLetterConfig"] == {"Arn": "<FailureQueue.Arn>"}
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 6 * 3600, "MaximumRetryAttempts": 185}
        permission = status.properties(title.replace("Rule", "Permission"))
        assert (permission["SourceArn"], permission["FunctionName"]) == (f"<{title}.Arn>", "<Status.Arn>")
    for title in ("PipelineStatusRule", "SourceStatusRule"):
        assert rules[title]["EventPattern"]["resources"] == PIPELINES
    (sent,) = status.statements("FailureQueuePolicy")
    assert sent["Condition"] == {"ArnEquals": {"aws:SourceArn": [f"<{title}.Arn>" for title in rules]}}


def test_what_the_function_fails_at_lies_in_the_queue_and_an_alarm_tells(status: Resolved) -> None:
    retries = status.properties("StatusRetries")
    assert retries["DestinationConfig"]["OnFailure"]["Destination"] == "<FailureQueue.Arn>"
    assert retries["FunctionName"] == "<Status>"
    # two more tries within six hours are Lambda's own default, which the template leaves to it
    assert not {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"} & set(retries)
    alarm = status.properties("StatusAlarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "<FailureQueue.QueueName>"}]
    assert "AlarmActions" not in alarm
    topic = "arn:aws:sns:eu-central-1:111122223333:topic"
    told = resolved(StatusPipelineArns=PIPELINES, StatusTokenArns=TOKENS, NotificationTopicArn=topic)
    assert told.properties("StatusAlarm")["AlarmActions"] == [topic]


def test_the_function_may_wait_for_three_answers_of_each_of_two_hosts(status: Resolved) -> None:
    from reporter.hosts import _PAUSE, PATIENCE, TRIES

    longest = TRIES * PATIENCE + sum(_PAUSE * 2**number for number in range(TRIES - 1))
    assert 2 * longest < status.properties("Status")["Timeout"]
