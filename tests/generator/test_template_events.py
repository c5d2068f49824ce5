"""Who is told of what: the publisher by rules and aliases, people by topic, alarm and dashboard."""

from __future__ import annotations

import json

import pytest

from generator.settings import SOURCES
from tests.generator.variants import EVERY_SOURCE, PIPELINES, VARIANTS, resolved
from workbench.resolve import STACK_UUID, TRUE

OPERATIONS = pytest.mark.parametrize("source", [name for name in VARIANTS if name.endswith("-operations")])


@PIPELINES
def test_the_publisher_hears_of_this_pipelines_success_with_retries_and_a_dead_letter_queue(source: str) -> None:
    rule = resolved(source).properties("PublishRule")
    assert rule["EventPattern"]["detail"] == {"pipeline": [STACK_UUID], "state": ["SUCCEEDED"]}
    (target,) = rule["Targets"]
    assert target["Arn"] == "<Publisher.Arn>"
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    assert target["DeadLetterConfig"] == {"Arn": "<FailureQueue.Arn>"}


@EVERY_SOURCE
def test_every_rule_with_a_dead_letter_queue_may_write_to_it(source: str) -> None:
    found = resolved(source)
    (statement,) = found.statements("FailureQueuePolicy")
    rules = {f"<{title}.Arn>" for title in found.of_type("AWS::Events::Rule")}
    assert rules == set(statement["Condition"]["ArnEquals"]["aws:SourceArn"])


@EVERY_SOURCE
def test_only_the_publish_rule_and_the_request_rule_may_invoke_the_publisher(source: str) -> None:
    permissions = resolved(source).of_type("AWS::Lambda::Permission").values()
    expected = ["<RequestRule.Arn>", *([] if source.startswith("direct") else ["<PublishRule.Arn>"])]
    assert expected == [p["SourceArn"] for p in permissions if p["FunctionName"] == "<Publisher.Arn>"]


@EVERY_SOURCE
def test_everybody_else_asks_the_publisher_through_an_alias_that_takes_what_he_needs(source: str) -> None:
    found = resolved(source, **TRUE["HasRollbackAlarm"] if source.endswith("operations") else {})
    aliases = found.of_type("AWS::Lambda::Alias")
    names = ["ci", "webhook", *(["pruner", "alarm"] if source.endswith("operations") else [])]
    assert [properties["Name"] for properties in aliases.values()] == names
    for properties in aliases.values():
        assert (properties["FunctionName"], properties["FunctionVersion"]) == ("<Publisher>", "$LATEST")
    owners = {"DeployPolicy": "<PublisherCi>", "PrunerRole": "<PublisherPruner>"}
    for title in {*owners} & {*found.resources}:
        (asks,) = [one for one in found.statements(title) if one["Action"] == ["lambda:InvokeFunction"]]
        assert asks["Resource"] == [owners[title]]
    if "alarm" in names:
        assert found.properties("RollbackPermission")["FunctionName"] == "<PublisherAlarm>"
        assert [target["Arn"] for target in found.properties("RollbackRule")["Targets"]] == ["<PublisherAlarm>"]
        # settings of `$LATEST` are not an alias's: without its own a failed event would be dropped
        assert found.properties("RollbackRetries") == {
            "FunctionName": "<Publisher>",
            "Qualifier": "alarm",
            "DestinationConfig": {"OnFailure": {"Destination": "<FailureQueue.Arn>"}},
        }
        assert found.resources["RollbackRetries"]["DependsOn"] == "PublisherAlarm"


@EVERY_SOURCE
def test_requests_by_event_reach_the_publisher_only_with_this_stacks_name(source: str) -> None:
    rule = resolved(source).properties("RequestRule")
    assert rule["EventPattern"] == {
        "source": ["instant-hosting"],
        "detail-type": ["Deployment Request"],
        "detail": {"stack": ["site"]},
    }
    assert [target["Arn"] for target in rule["Targets"]] == ["<Publisher.Arn>"]


@pytest.mark.parametrize("source", SOURCES)
def test_people_are_told_of_what_was_built_and_is_not_live(source: str) -> None:
    rule = resolved(source).properties("DecisionRule")
    assert rule["EventPattern"]["detail"] == {"stack": ["site"], "outcome": ["stale", "held"]}
    (target,) = rule["Targets"]
    assert target["Arn"] == "<NotificationTopic>"
    said = target["InputTransformer"]["InputTemplate"]
    # promote goes around a hold and behind what is newer: first see why
    assert "status --stack site --region " in said
    assert said.index("status") < said.index("promote <deployment>")


@OPERATIONS
def test_with_operations_decisions_and_failed_pipelines_go_to_the_messenger_alone(source: str) -> None:
    found = resolved(source)
    rules = ["DecisionRule", *([] if source.startswith("direct") else ["FailureRule"])]
    for title in rules:
        assert [target["Arn"] for target in found.properties(title)["Targets"]] == ["<Messenger.Arn>"]
    permissions = found.of_type("AWS::Lambda::Permission").values()
    allowed = [p["SourceArn"] for p in permissions if p["FunctionName"] == "<Messenger.Arn>"]
    assert allowed == [f"<{title}.Arn>" for title in rules]


@OPERATIONS
def test_the_pruner_runs_each_day_and_after_each_publish(source: str) -> None:
    found = resolved(source)
    assert found.properties("PruneDailyRule")["ScheduleExpression"] == "rate(1 day)"
    assert found.properties("PruneSwitchRule")["EventPattern"]["detail"]["outcome"] == ["published"]
    for title in ("PruneDailyRule", "PruneSwitchRule"):
        assert [target["Arn"] for target in found.properties(title)["Targets"]] == ["<Pruner.Arn>"]


@OPERATIONS
def test_an_alarm_rolls_back_only_where_one_is_named(source: str) -> None:
    assert "RollbackRule" not in resolved(source).resources
    found = resolved(source, RollbackMinutes="7", **TRUE["HasRollbackAlarm"])
    rule = found.properties("RollbackRule")
    assert rule["EventPattern"]["resources"] == [TRUE["HasRollbackAlarm"]["RollbackAlarmArn"]]
    assert rule["EventPattern"]["detail"] == {"state": {"value": ["ALARM"]}}
    template = rule["Targets"][0]["InputTransformer"]["InputTemplate"]
    sent = json.loads(template.replace("<at>", '"2026-01-01T00:00:00Z"').replace("<by>", '"errors"'))
    assert sent == {"action": "auto-rollback", "at": "2026-01-01T00:00:00Z", "minutes": 7, "by": "errors"}
    (statement,) = found.statements("FailureQueuePolicy")
    assert "<RollbackRule.Arn>" in statement["Condition"]["ArnEquals"]["aws:SourceArn"]


@OPERATIONS
def test_the_dashboard_is_json_that_names_only_what_is_in_the_stack(source: str) -> None:
    found = resolved(source)
    widgets = json.loads(found.properties("Dashboard")["DashboardBody"])["widgets"]
    taken = {
        (x, y) for w in widgets for x in range(w["x"], w["x"] + w["width"]) for y in range(w["y"], w["y"] + w["height"])
    }
    assert len(taken) == sum(w["width"] * w["height"] for w in widgets)  # nothing overlaps
    assert max(x for x, _ in taken) == 23
    alarms = [arn for widget in widgets if widget["type"] == "alarm" for arn in widget["properties"]["alarms"]]
    assert alarms == ["<FailureAlarm.Arn>", "<PublisherErrorAlarm.Arn>", "<PrunerErrorAlarm.Arn>"]
    if "UploadProject" in found.resources:
        titles = {widget["properties"].get("title"): widget["properties"] for widget in widgets}
        metrics = titles["Builds and uploads"]["metrics"]
        assert {"<BuildProject>", "<UploadProject>"} == {metric[3] for metric in metrics}


@EVERY_SOURCE
def test_what_the_publisher_fails_at_lands_in_a_queue_with_an_alarm_that_tells_the_topic(source: str) -> None:
    found = resolved(source)
    destination = found.properties("PublisherRetries")["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == "<FailureQueue.Arn>"
    assert ["<FailureQueue.Arn>"] in [
        s["Resource"] for s in found.statements("PublisherRole") if s["Action"] == ["sqs:SendMessage"]
    ]
    alarm = found.properties("FailureAlarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "<FailureQueue.QueueName>"}]
    assert alarm["AlarmActions"] == ["<NotificationTopic>"]


@EVERY_SOURCE
def test_the_topic_has_no_key_and_no_condition_that_would_swallow_messages(source: str) -> None:
    found = resolved(source)
    assert found.properties("NotificationTopic") == {}
    by_service = {s["Principal"]["Service"]: s for s in found.statements("NotificationTopicPolicy")}
    assert "Condition" not in by_service["events.amazonaws.com"]


@EVERY_SOURCE
def test_an_address_is_subscribed_only_where_one_is_given(source: str) -> None:
    assert "NotificationSubscription" not in resolved(source).resources
    subscription = resolved(source, **TRUE["HasNotificationEmail"]).properties("NotificationSubscription")
    assert subscription["Endpoint"] == "team@example.com"


@EVERY_SOURCE
def test_every_log_group_has_the_retention_that_was_chosen(source: str) -> None:
    groups = resolved(source, RetentionDays="90").of_type("AWS::Logs::LogGroup")
    assert groups
    assert {group["RetentionInDays"] for group in groups.values()} == {"90"}
