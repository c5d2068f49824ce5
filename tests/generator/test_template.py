"""The template as a whole: its references, its logical IDs, its limits, in every combination of conditions."""

from __future__ import annotations

import json

import pytest

from generator import build_template
from generator.settings import SOURCES
from tests.generator.variants import EVERY_SOURCE, VARIANTS, template
from workbench.resolve import ALIKE, STACK_UUID, TRUE, combinations, resolve


@EVERY_SOURCE
def test_every_reference_finds_its_target_in_every_combination_of_conditions(source: str) -> None:
    content = template(source)
    seen = 0
    for parameters in combinations(content):
        # what finds its target does so in every partition
        for partition in ("aws-cn",) if parameters else ("aws", "aws-cn", "aws-us-gov"):
            found = resolve(content, partition, **parameters)
            assert found.references
            properties = [r.get("Properties", {}) for r in found.resources.values()]
            text = json.dumps([{key: value for key, value in p.items() if key != "Code"} for p in properties])
            for given in (TRUE["HasDomain"]["CertificateArn"], TRUE["HasRollbackAlarm"]["RollbackAlarmArn"]):
                text = text.replace(given, "")
            assert partition == "aws" or '"arn:aws:' not in text
            seen += 1
    assert seen == 2 + len(list(combinations(content))) > 2


def test_conditions_that_are_tried_at_once_choose_between_two_values_and_nothing_else() -> None:
    resources = json.dumps(template("git-operations")["Resources"])
    for name in ALIKE:
        choice = f'{{"Fn::If": ["{name}", {{"Ref": "{name.removeprefix("Has")}"}}, {{"Fn::FindInMap": '
        assert resources.count(f'"{name}"') == resources.count(choice) > 0


def test_the_conditions_are_those_that_the_combinations_know() -> None:
    assert set(TRUE) == {name for source in VARIANTS for name in template(source)["Conditions"]}


CORE_IDS = (
    "SiteBucket Store RouterFunction PinFunction SiteAccess Distribution SiteBucketPolicy NotificationTopic "
    "NotificationSubscription NotificationTopicPolicy FailureQueue FailureAlarm PublisherLog PublisherRole Publisher "
    "PublisherRetries PublisherCi PublisherWebhook RequestRule RequestPermission DecisionRule FailureQueuePolicy"
)
PIPELINE_IDS = (
    "ArtifactBucket ArtifactBucketPolicy BuildLog BuildRole BuildProject "
    "CompilerLog CompilerRole Compiler UploadLog UploadRole UploadProject PublishRule PublishPermission FailureRule "
    "PipelineRole Pipeline"
)
LOGICAL_IDS = {
    "direct": "DeployPolicy",
    "git": PIPELINE_IDS,
    "zip": f"{PIPELINE_IDS} SourceBucket SourceBucketPolicy SourceRuleRole SourceRule",
}
OPERATIONS_IDS = (
    "MessengerLog MessengerRole Messenger MessengerRetries DecisionPermission PrunerLog PrunerRole Pruner "
    "PrunerRetries PruneDailyRule PruneDailyPermission PruneSwitchRule PruneSwitchPermission RollbackRule "
    "PublisherPruner PublisherAlarm RollbackRetries RollbackPermission PublisherErrorAlarm PrunerErrorAlarm Dashboard"
)


@EVERY_SOURCE
def test_logical_ids_never_change_because_a_renamed_resource_is_replaced(source: str) -> None:
    name, _, option = source.partition("-")
    expected = f"{CORE_IDS} {LOGICAL_IDS[name]}".split()
    if option:
        expected += [*OPERATIONS_IDS.split(), *([] if name == "direct" else ["FailurePermission"])]
    assert sorted(expected) == sorted(template(source)["Resources"])


@EVERY_SOURCE
def test_the_template_is_plain_without_transform_nested_stack_or_asset(source: str) -> None:
    content = template(source)
    assert "Transform" not in content
    types = {resource["Type"] for resource in content["Resources"].values()}
    assert not {"AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro", "AWS::Lambda::LayerVersion"} & types
    assert all("ZipFile" in found["Code"] for found in resolve(content).of_type("AWS::Lambda::Function").values())


@EVERY_SOURCE
def test_no_physical_name_holds_the_stacks_name_which_may_have_128_characters(source: str) -> None:
    content = template(source)
    found = resolve(content)
    names = {
        title: value
        for title, resource in found.resources.items()
        for key, value in {
            **resource.get("Properties", {}),
            **resource.get("Properties", {}).get("OriginAccessControlConfig", {}),
        }.items()
        if key
        in {"Name", "FunctionName", "RoleName", "TopicName", "QueueName", "AlarmName", "LogGroupName", "BucketName"}
        and resource["Type"] not in [f"AWS::Lambda::{kind}" for kind in ("Alias", "EventInvokeConfig", "Permission")]
    }
    assert all(STACK_UUID in name and "site" not in name for name in names.values()), names
    assert max(map(len, names.values())) <= 64  # the shortest limit among them: functions and access controls


def test_tags_reach_everything_that_can_have_them() -> None:
    tagged = template("zip", tags={"team": "web"})["Resources"]
    plain = template("zip")["Resources"]
    with_tags = {title for title, resource in tagged.items() if "Tags" in resource.get("Properties", {})}
    assert {"SiteBucket", "Distribution", "Publisher", "PublisherRole", "Pipeline", "NotificationTopic"} <= with_tags
    assert all({"Key": "team", "Value": "web"} in tagged[title]["Properties"]["Tags"] for title in with_tags)
    assert not any("Tags" in resource.get("Properties", {}) for resource in plain.values())


def test_another_program_can_extend_the_template_and_two_do_not_share_anything() -> None:
    first, second = build_template(), build_template()
    first.resources.pop("FailureAlarm")
    assert "FailureAlarm" in second.resources
    assert "FailureAlarm" in build_template().resources


@pytest.mark.parametrize("source", SOURCES)
def test_what_the_template_demands_stays_within_cloudformations_limits(source: str) -> None:
    content = template(source)
    assert len(content["Resources"]) <= 500
    assert len(content["Parameters"]) <= 200
    assert len(content["Outputs"]) <= 200
    assert len(content["Description"].encode()) <= 1024
