"""`--packaging sam` and the webhook's template, as the generator writes them."""

from __future__ import annotations

import importlib
import json
from typing import Any

import boto3
import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from generator import Settings, build_template
from generator.settings import SOURCES, Option, RoleSettings, Source
from generator.webhook import build_webhook
from workbench import ROOT

EVERY_SOURCE = pytest.mark.parametrize("source", SOURCES)


def content(source: Source, **settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(build_template(Settings(source=source, **settings)).to_dict()))
    return found


def webhook() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(build_webhook().to_dict()))
    return found


def translate(template: dict[str, Any]) -> dict[str, Any]:
    """What SAM's transform makes of it; managed policies are named nowhere, so nothing has to be loaded."""
    names = ManagedPolicyLoader(boto3.client("iam"))
    names._policy_map = {}
    found: dict[str, Any] = transform(template, {}, names)
    return found


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@EVERY_SOURCE
def test_a_packaged_template_differs_from_the_inline_one_in_the_functions_code_alone(source: Source) -> None:
    inline, packaged = content(source), content(source, packaging="sam")
    assert packaged.pop("Transform") == "AWS::Serverless-2016-10-31"
    functions = [t for t, r in inline["Resources"].items() if r["Type"] == "AWS::Lambda::Function"]
    assert "Publisher" in functions
    for title in functions:
        before, after = inline["Resources"][title], packaged["Resources"][title]
        assert (before.pop("Type"), after.pop("Type")) == ("AWS::Lambda::Function", "AWS::Serverless::Function")
        assert set(before["Properties"].pop("Code")) == {"ZipFile"}
        assert after["Properties"].pop("CodeUri") == "lambda/"
        assert before["Properties"].pop("Handler") == "index.handler"
        handler = after["Properties"].pop("Handler")
        assert handler == f"publisher.{'direct' if source == 'direct' else 'pipeline'}.handler"
    assert inline == packaged


@EVERY_SOURCE
def test_sam_makes_of_a_packaged_template_the_logical_ids_and_types_of_the_inline_one(source: Source) -> None:
    packaged = content(source, packaging="sam")
    packaged["Resources"]["Publisher"]["Properties"]["CodeUri"] = "s3://bucket/key"
    types = {title: resource["Type"] for title, resource in content(source)["Resources"].items()}
    translated = translate(packaged)
    assert types == {title: resource["Type"] for title, resource in translated["Resources"].items()}


@EVERY_SOURCE
@pytest.mark.parametrize("options", [frozenset(), frozenset({"operations"})], ids=["plain", "operations"])
def test_every_packaged_functions_handler_is_in_the_folder_that_is_packaged(
    source: Source, options: frozenset[Option]
) -> None:
    resources = content(source, packaging="sam", options=options)["Resources"].values()
    handlers = [r["Properties"]["Handler"] for r in resources if r["Type"] == "AWS::Serverless::Function"]
    assert len(handlers) == (3 if options else 1)
    for module, function in (handler.rsplit(".", 1) for handler in handlers):
        assert (ROOT / "lambda" / f"{module.replace('.', '/')}.py").is_file()
        assert callable(getattr(importlib.import_module(module), function))


def test_the_webhooks_handler_is_in_the_folder_that_is_packaged() -> None:
    assert "def handler(" in (ROOT / "lambda" / "webhook" / "door" / "entry.py").read_text()


def test_the_requirements_are_the_versions_that_the_tests_run_with() -> None:
    tested = (ROOT / "setup.cfg").read_text()
    for path in ("lambda/requirements.txt", "lambda/webhook/requirements.txt"):
        pins = [line for line in (ROOT / path).read_text().splitlines() if not line.startswith("#")]
        assert pins
        assert all("==" in pin and f"    {pin}\n" in tested for pin in pins), path


def test_tags_of_a_site_file_are_on_a_packaged_function_too() -> None:
    properties = content("direct", packaging="sam", tags={"team": "web"})["Resources"]["Publisher"]["Properties"]
    assert properties["Tags"] == {"team": "web"}


@EVERY_SOURCE
def test_sam_makes_no_role_of_its_own_and_leaves_what_the_account_demands_of_ours(source: Source) -> None:
    roles = RoleSettings(permissions_boundary="boundaries/hosting", path="/hosting/")
    packaged = content(source, packaging="sam", options=frozenset({"operations"}), roles=roles)
    ours = {title for title, resource in packaged["Resources"].items() if resource["Type"] == "AWS::IAM::Role"}
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    found = {t: r["Properties"] for t, r in translate(packaged)["Resources"].items() if r["Type"] == "AWS::IAM::Role"}
    assert ours == set(found)
    assert {role["Path"] for role in found.values()} == {"/hosting/"}
    assert all("PermissionsBoundary" in role for role in found.values())


# --- the webhook's template


def test_the_webhooks_logical_ids_never_change() -> None:
    titles = "DeliveryTable WebhookLog WebhookRole StartPolicy AskPolicy Webhook WebhookAlarm"
    status = "FailureQueue StatusLog StatusRole Status StatusRetries PipelineStatusRule SourceStatusRule "
    status += "DecisionStatusRule PipelineStatusPermission SourceStatusPermission DecisionStatusPermission "
    status += "FailureQueuePolicy StatusAlarm"
    assert [*titles.split(), *status.split()] == list(webhook()["Resources"])


def statements() -> list[dict[str, Any]]:
    found = webhook()["Resources"]
    documents = [policy["PolicyDocument"] for policy in found["WebhookRole"]["Properties"]["Policies"]]
    documents += [found[title]["Properties"]["PolicyDocument"] for title in ("StartPolicy", "AskPolicy")]
    return [statement for document in documents for statement in document["Statement"]]


def test_the_webhook_may_start_and_ask_exactly_what_its_parameters_name() -> None:
    granted = {action: statement["Resource"] for statement in statements() for action in statement["Action"]}
    assert granted["codepipeline:StartPipelineExecution"] == {"Ref": "PipelineArns"}
    everyone = {"Fn::Join": [":webhook,", {"Ref": "PublisherArns"}]}  # each through this alias
    assert granted["lambda:InvokeFunction"] == {"Fn::Split": [",", {"Fn::Join": ["", [everyone, ":webhook"]]}]}
    assert {action.partition(":")[0] for action in granted} == {
        *("codepipeline", "lambda", "dynamodb", "logs", "ssm", "secretsmanager")
    }
    assert not [resource for resource in granted.values() if "*" in (resource, *resource)]


def test_without_pipelines_or_publishers_the_role_lacks_the_grant_and_without_both_nothing_is_created() -> None:
    found = webhook()
    conditions = [found["Resources"][title]["Condition"] for title in ("StartPolicy", "AskPolicy")]
    assert conditions == ["HasPipelines", "HasPublishers"]
    (assertion,) = found["Rules"]["NamesWhatItMayStart"]["Assertions"]
    assert "PipelineArns, PublisherArns and StatusPipelineArns are empty" in assertion["AssertDescription"]


def test_the_webhooks_url_is_open_to_senders_with_both_permissions_and_nothing_else_is() -> None:
    found = webhook()
    for function in ("Webhook", "Status"):
        found["Resources"][function]["Properties"]["CodeUri"] = "s3://bucket/key"
    translated = translate(found)["Resources"]
    assert {t for t, r in translated.items() if r["Type"] == "AWS::IAM::Role"} == {"WebhookRole", "StatusRole"}
    every = [r["Properties"] for r in translated.values() if r["Type"] == "AWS::Lambda::Permission"]
    permissions = [permission for permission in every if permission["Principal"] == "*"]
    others = [permission for permission in every if permission not in permissions]
    assert {permission["FunctionName"]["Fn::GetAtt"][0] for permission in others} == {"Status"}
    assert {permission["Principal"] for permission in others} == {"events.amazonaws.com"}
    assert all(permission["SourceArn"] for permission in others)
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html: two, since October 2025
    assert {permission["Action"] for permission in permissions} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert [p for p in permissions if p.get("FunctionUrlAuthType") == "NONE"]
    assert [p for p in permissions if p.get("InvokedViaFunctionUrl") is True]


def test_no_secret_is_in_the_webhooks_template_and_deliveries_are_forgotten_in_time() -> None:
    found = webhook()
    assert "NoEcho" not in json.dumps(found), "a parameter that would have to be hidden"
    assert found["Resources"]["DeliveryTable"]["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": "expiration",
        "Enabled": True,
    }
    assert found["Resources"]["WebhookAlarm"]["Properties"]["MetricName"] == "Url5xxCount"
