"""Facts about the template, on what CloudFormation makes of it: every source, every combination of conditions."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from generator import Settings, build_template
from generator.buildspec import LIMIT, build_buildspec, upload_buildspec
from generator.frameworks import FRAMEWORKS
from generator.settings import SOURCES, BuildVariable
from workbench.resolve import ALIKE, STACK_UUID, TRUE, Resolved, broken_rules, combinations, resolve

VARIANTS = [f"{source}{option}" for source in SOURCES for option in ("", "-operations")]
EVERY_SOURCE = pytest.mark.parametrize("source", VARIANTS)
PIPELINES = pytest.mark.parametrize("source", [name for name in VARIANTS if not name.startswith("direct")])
OPERATIONS = pytest.mark.parametrize("source", [name for name in VARIANTS if name.endswith("-operations")])


def template(variant: str = "git", **settings: Any) -> dict[str, Any]:
    source, _, option = variant.partition("-")
    built = build_template(Settings(source=source, options=frozenset([option] if option else []), **settings))  # type: ignore[arg-type,list-item]
    content: dict[str, Any] = json.loads(json.dumps(built.to_dict()))
    return content


def resolved(source: str = "git", **parameters: str) -> Resolved:
    return resolve(template(source), **parameters)


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


@EVERY_SOURCE
def test_the_console_explains_every_parameter(source: str) -> None:
    assert [] == [name for name, found in template(source)["Parameters"].items() if not found.get("Description")]


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
def test_every_bucket_is_private_encrypted_and_kept(source: str) -> None:
    content = template(source)
    buckets = {title: r for title, r in content["Resources"].items() if r["Type"] == "AWS::S3::Bucket"}
    assert buckets
    for bucket in buckets.values():
        assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
        assert bucket["UpdateReplacePolicy"] == "Retain"
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(properties["PublicAccessBlockConfiguration"]) == 4
        assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        assert "BucketName" not in properties


@EVERY_SOURCE
def test_the_store_outlives_the_stack_and_is_named_by_the_stacks_uuid(source: str) -> None:
    store = template(source)["Resources"]["Store"]
    assert (store["DeletionPolicy"], store["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert resolved(source).properties("Store")["Name"] == STACK_UUID


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


@EVERY_SOURCE
def test_a_wildcard_resource_needs_a_reason(source: str) -> None:
    found = resolved(source)
    for title in found.resources:
        for statement in found.statements(title):
            assert "*" not in statement.get("Resource", []), (title, statement)


TELLING = {"codebuild.amazonaws.com", "events.amazonaws.com"}


@EVERY_SOURCE
def test_a_role_is_assumed_for_this_accounts_resources_alone_where_the_service_tells_whose_they_are(
    source: str,
) -> None:
    roles = resolved(source).of_type("AWS::IAM::Role")
    assert roles
    for title, role in roles.items():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        ours = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        # what a service does not send must not be asked for: nobody could assume the role
        assert trust.get("Condition") == (ours if trust["Principal"]["Service"] in TELLING else None), title


WRITERS = {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:*", "*"}


@EVERY_SOURCE
def test_only_the_pruner_may_delete_objects_and_only_the_publisher_may_write_the_store(source: str) -> None:
    found = resolved(source)
    for title in found.resources:
        for statement in found.statements(title):
            if statement["Effect"] == "Deny":
                continue
            deleting = {"s3:DeleteObject"} if title == "PrunerRole" else set()
            assert WRITERS & set(statement["Action"]) <= deleting, title
            if any(action.startswith("cloudfront-keyvaluestore:") for action in statement["Action"]):
                assert title == "PublisherRole"
                assert statement["Resource"] == ["<Store.Arn>"]


@PIPELINES
def test_the_upload_may_create_deployments_and_nothing_else_in_the_site_bucket(source: str) -> None:
    granted = {
        (action, resource.removeprefix("<SiteBucket.Arn>/"))
        for statement in resolved(source).statements("UploadRole")
        for action in statement["Action"]
        for resource in statement["Resource"]
        if resource.startswith("<SiteBucket.Arn>") and action == "s3:PutObject"
    }
    created = {"deployments/*", "immutable/*", "manifests/*", "executions/*", "uploads/*"}
    assert granted == {("s3:PutObject", path) for path in created}


@PIPELINES
def test_the_build_may_touch_nothing_but_its_archive_its_ticket_its_cache_and_its_log(source: str) -> None:
    statements = resolved(source).statements("BuildRole")
    written = {r for s in statements if "s3:PutObject" in s["Action"] for r in s["Resource"]}
    assert written == {f"<ArtifactBucket.Arn>/{path}" for path in ("*/Built/*", "archives/*", "cache/*")}
    touched = {r.partition("/")[0] for s in statements for r in s["Resource"]}
    assert touched <= {"<ArtifactBucket.Arn>", "<BuildLog.Arn>"}


@EVERY_SOURCE
def test_every_bucket_refuses_what_comes_without_tls(source: str) -> None:
    found = resolved(source)
    for title, resource in template(source)["Resources"].items():
        if resource["Type"] == "AWS::S3::Bucket":
            assert found.properties(f"{title}Policy")["Bucket"] == f"<{title}>"
            (rule,) = [s for s in found.statements(f"{title}Policy") if s["Sid"] == "TlsOnly"]
            assert (rule["Effect"], rule["Principal"], rule["Action"]) == ("Deny", "*", ["s3:*"])
            assert rule["Resource"] == [f"<{title}.Arn>", f"<{title}.Arn>/*"]
            assert rule["Condition"] == {"Bool": {"aws:SecureTransport": False}}


@EVERY_SOURCE
def test_the_site_bucket_refuses_to_overwrite_what_a_visitor_may_be_reading(source: str) -> None:
    (rule,) = [s for s in resolved(source).statements("SiteBucketPolicy") if s["Sid"] == "CreateNeverOverwrite"]
    assert rule["Effect"] == "Deny"
    assert rule["Action"] == ["s3:PutObject"]
    assert rule["Condition"] == {"Null": {"s3:if-none-match": True}}
    assert rule["Resource"] == [f"<SiteBucket.Arn>/{prefix}/*" for prefix in ("deployments", "immutable", "manifests")]


@EVERY_SOURCE
def test_the_distribution_reads_no_manifest_and_gets_404_for_what_is_missing(source: str) -> None:
    (read,) = [s for s in resolved(source).statements("SiteBucketPolicy") if s["Effect"] == "Allow"]
    assert read["Action"] == ["s3:GetObject", "s3:ListBucket"]
    *objects, bucket = read["Resource"]
    assert objects == [f"<SiteBucket.Arn>/{prefix}/*" for prefix in ("deployments", "immutable", "_errors")]
    assert bucket == "<SiteBucket.Arn>"
    ours = "arn:aws:cloudfront::111122223333:distribution/<Distribution>"
    assert read["Condition"] == {"StringEquals": {"AWS:SourceArn": ours}}


def distribution(**parameters: str) -> dict[str, Any]:
    config: dict[str, Any] = resolved("direct", **parameters).properties("Distribution")["DistributionConfig"]
    return config


def test_the_distribution_speaks_http3_ipv6_and_https_only_and_compresses() -> None:
    config = distribution()
    assert (config["HttpVersion"], config["IPV6Enabled"]) == ("http2and3", True)
    for behavior in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behavior["Compress"] is True


def test_only_the_default_behavior_has_the_response_function_and_errors_have_none() -> None:
    config = distribution()

    def events(behavior: dict[str, Any]) -> list[str]:
        return [f["EventType"] for f in behavior.get("FunctionAssociations", [])]

    assert events(config["DefaultCacheBehavior"]) == ["viewer-request", "viewer-response"]
    errors, *assets = config["CacheBehaviors"]
    assert (errors["PathPattern"], events(errors)) == ("/_errors/*", [])
    assert all(events(asset) == ["viewer-request"] for asset in assets)
    assert 0 < len(assets) <= 7  # the Pro plan allows ten behaviors, default and errors included


PAGES_AND_WORKERS = ["/", "/about", "/sw.js", "/service-worker.js", "/ngsw-worker.js", "/assets", "/assets/", "/a.html"]


def test_no_asset_pattern_can_match_a_page_or_a_service_worker() -> None:
    for behavior in distribution()["CacheBehaviors"]:
        pattern = re.escape(behavior["PathPattern"]).replace(r"\*", ".*")
        assert not [path for path in PAGES_AND_WORKERS if re.fullmatch(pattern, path)]


def test_no_custom_policy_is_made_because_an_account_has_twenty() -> None:
    types = {r["Type"] for source in SOURCES for r in template(source)["Resources"].values()}
    assert not {t for t in types if t.startswith("AWS::CloudFront::") and t.endswith("Policy")}
    config = distribution()
    policies = {b["CachePolicyId"] for b in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]}
    assert policies == {"658327ea-f89d-4fab-a63d-7e88639e58f6"}


def test_errors_are_cached_for_seconds_not_for_cloudformations_five_minutes() -> None:
    responses = {response["ErrorCode"]: response for response in distribution()["CustomErrorResponses"]}
    assert {code: r["ErrorCachingMinTTL"] for code, r in responses.items()} == {
        404: 10, 403: 1, 500: 1, 502: 1, 503: 1, 504: 1
    }  # fmt: skip
    assert responses[404]["ResponsePagePath"] == "/_errors/404.html"
    assert responses[404]["ResponseCode"] == 404
    assert not any("ResponsePagePath" in r for code, r in responses.items() if code != 404)


def test_a_domain_brings_its_names_and_certificate_and_its_absence_neither() -> None:
    config = distribution(**TRUE["HasDomain"])
    assert config["Aliases"] == ["www.example.com", "example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == TRUE["HasDomain"]["CertificateArn"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert "Aliases" not in distribution()
    assert distribution()["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}


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


def stages(source: str, **parameters: str) -> dict[str, dict[str, Any]]:
    found = resolved(source, **parameters).properties("Pipeline")
    return {stage["Name"]: stage["Actions"][0] for stage in found["Stages"]}


def test_a_git_pipeline_is_started_by_a_push_to_its_branch_and_its_paths() -> None:
    pipeline = resolved("git", Branch="release", **TRUE["HasPathFilter"]).properties("Pipeline")
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "SUPERSEDED")
    ((push,),) = [trigger["GitConfiguration"]["Push"] for trigger in pipeline["Triggers"]]
    assert push == {"Branches": {"Includes": ["release"]}, "FilePaths": {"Includes": ["apps/web/**", "packages/**"]}}
    assert stages("git")["Source"]["Configuration"]["DetectChanges"] == "false"
    ((push,),) = [t["GitConfiguration"]["Push"] for t in resolved("git").properties("Pipeline")["Triggers"]]
    assert push == {"Branches": {"Includes": ["main"]}}


def test_a_zip_pipeline_is_started_by_an_event_and_never_polls() -> None:
    found = resolved("zip")
    configuration = stages("zip")["Source"]["Configuration"]
    assert configuration == {"S3Bucket": "<SourceBucket>", "S3ObjectKey": "site.zip", "PollForSourceChanges": "false"}
    bucket = found.properties("SourceBucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rule = found.properties("SourceRule")
    assert rule["EventPattern"]["detail"] == {"bucket": {"name": ["<SourceBucket>"]}, "object": {"key": ["site.zip"]}}
    (target,) = rule["Targets"]
    assert target["Arn"] == f"arn:aws:codepipeline:eu-central-1:111122223333:{STACK_UUID}"
    assert found.properties("Pipeline")["Name"] == STACK_UUID


def test_a_zip_pipelines_first_run_which_finds_nothing_is_not_announced() -> None:
    trigger = resolved("zip").properties("FailureRule")["EventPattern"]["detail"]["execution-trigger"]
    assert trigger == {"trigger-type": [{"exists": False}, {"anything-but": "CreatePipeline"}]}
    assert "execution-trigger" not in resolved("git").properties("FailureRule")["EventPattern"]["detail"]


@PIPELINES
def test_the_upload_is_told_its_execution_and_the_build_nothing(source: str) -> None:
    variables = stages(source)["Upload"]["Configuration"]["EnvironmentVariables"]
    assert json.loads(variables) == [{"name": "EXECUTION", "value": "#{codepipeline.PipelineExecutionId}"}]
    assert "EnvironmentVariables" not in stages(source)["Build"]["Configuration"]


def build_environment(source: str, **parameters: str) -> dict[str, str]:
    found = resolved(source, **parameters).properties("BuildProject")["Environment"]["EnvironmentVariables"]
    return {item["Name"]: item["Value"] for item in found}


@PIPELINES
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_framework_brings_its_row_and_each_value_can_be_overridden(source: str, framework: str) -> None:
    row = FRAMEWORKS[framework]
    environment = build_environment(source, Framework=framework)
    names = ("INSTALL_COMMAND", "BUILD_COMMAND", "OUTPUT_FOLDER", "ROUTING")
    assert tuple(environment[name] for name in names) == row
    own = {"InstallCommand": "a", "BuildCommand": "b", "OutputFolder": "c", "Routing": "spa"}
    assert [build_environment(source, Framework=framework, **own)[name] for name in names] == ["a", "b", "c", "spa"]


def test_an_arm_image_runs_on_arm() -> None:
    kinds = {
        image: resolved("git", BuildImage=image).properties("BuildProject")["Environment"]["Type"]
        for image in _images()
    }
    assert kinds == {i: "ARM_CONTAINER" if "aarch64" in i else "LINUX_CONTAINER" for i in _images()}


def _images() -> list[str]:
    images: list[str] = template()["Parameters"]["BuildImage"]["AllowedValues"]
    return images


RULES = [
    ({}, []),
    ({"DomainNames": "a.example.com"}, ["DomainNames and CertificateArn"]),
    ({"CertificateArn": "arn"}, ["DomainNames and CertificateArn"]),
    ({"DomainNames": "a.example.com", "CertificateArn": "arn"}, []),
    ({"Framework": "custom"}, ["A custom framework"]),
    ({"Framework": "custom", "BuildCommand": "none", "OutputFolder": "x"}, ["A custom framework"]),
    ({"Framework": "custom", "BuildCommand": "none", "OutputFolder": "x", "Routing": "spa"}, []),
    ({"NodeVersion": "20"}, ["Node.js 20"]),
    ({"NodeVersion": "20", "BuildImage": "aws/codebuild/standard:7.0"}, []),
]


@pytest.mark.parametrize(("parameters", "expected"), RULES, ids=[" ".join(p) or "defaults" for p, _ in RULES])
def test_a_wrong_combination_is_explained_before_anything_is_created(
    parameters: dict[str, str], expected: list[str]
) -> None:
    found = broken_rules(template(), **parameters)
    assert [text[: len(start)] for text, start in zip(found, expected, strict=True)] == expected


PATTERNS = [
    (
        "ConnectionArn",
        "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef",
        True,
    ),
    (
        "ConnectionArn",
        "arn:aws:codestar-connections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef",
        True,
    ),
    ("ConnectionArn", "my-connection", False),
    ("Repository", "example/website", True),
    ("Repository", "group/sub/website", True),
    ("Repository", "https://github.com/example/website", False),
    ("Branch", "feature/a-b_c.d", True),
    ("Branch", "release/*", False),
    ("PathFilter", "", True),
    ("PathFilter", "a/**,b/**", True),
    ("PathFilter", "a, b", False),
    ("PathFilter", ",".join("abcdefghi"), False),
    ("AppRoot", "apps/web", True),
    ("AppRoot", "apps/my web", False),
    ("OutputFolder", "dist/*/browser", True),
    ("OutputFolder", "$(reboot)", False),
    ("DomainNames", "www.example.com,example.com", True),
    ("DomainNames", "example.com,*.example.com", True),
    ("DomainNames", "*.example.com", False),  # the output SiteUrl must be an address
    ("DomainNames", "https://example.com", False),
    ("DomainNames", "www.example.com, example.com", False),
    ("CertificateArn", "arn:aws:acm:us-east-1:111122223333:certificate/abc", True),
    ("CertificateArn", "arn:aws:acm:eu-west-1:111122223333:certificate/abc", False),
    ("NotificationEmail", "team@example.com", True),
    ("NotificationEmail", "team", False),
]


@pytest.mark.parametrize(("name", "value", "allowed"), PATTERNS, ids=[f"{n}={v}"[:60] for n, v, _ in PATTERNS])
def test_a_parameter_takes_what_it_can_use_and_refuses_the_rest(name: str, value: str, allowed: bool) -> None:
    pattern = template()["Parameters"][name]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is allowed


@EVERY_SOURCE
def test_every_parameter_stands_in_one_group_under_the_name_that_rules_and_docs_say(source: str) -> None:
    content = template(source)
    interface = content["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert grouped == list(content["Parameters"])
    assert "ParameterLabels" not in interface  # a label would hide the name


@EVERY_SOURCE
def test_every_default_is_a_value_that_the_parameter_allows(source: str) -> None:
    for name, parameter in template(source)["Parameters"].items():
        if "Default" not in parameter:
            assert name in {"ConnectionArn", "Repository"}
            continue
        default = str(parameter["Default"])
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), default), name
        assert default in map(str, parameter.get("AllowedValues", [default])), name


@pytest.mark.parametrize("unpack", [False, True], ids=["git", "zip"])
def test_the_buildspec_fits_what_codebuild_takes(unpack: bool) -> None:
    assert max(len(build_buildspec(unpack_zip=unpack)), len(upload_buildspec())) <= LIMIT


def test_build_variables_reach_the_build_with_exactly_their_permissions() -> None:
    variables = (
        BuildVariable("API_URL", "PLAINTEXT", "https://api.example.com"),
        BuildVariable("TOKEN", "PARAMETER_STORE", "/site/token"),
        BuildVariable("KEY", "SECRETS_MANAGER", "site/key:json-key"),
        BuildVariable(
            "FULL", "SECRETS_MANAGER", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:site/full-AbCdEf:json-key"
        ),
    )
    found = resolve(template("git", variables=variables))
    own = [v for v in found.properties("BuildProject")["Environment"]["EnvironmentVariables"] if "Type" in v]
    assert [(v["Name"], v["Type"], v["Value"]) for v in own] == list(variables)
    granted = {tuple(s["Action"]): s["Resource"] for s in found.statements("BuildRole")}
    assert granted["ssm:GetParameters",] == ["arn:aws:ssm:eu-central-1:111122223333:parameter/site/token"]
    assert granted["secretsmanager:GetSecretValue",] == [
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:site/key-??????",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:site/full-AbCdEf",
    ]
    without = resolve(template("git"))
    assert not [s for s in without.statements("BuildRole") if "ssm:GetParameters" in s["Action"]]


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
