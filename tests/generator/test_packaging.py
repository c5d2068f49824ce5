"""`--packaging sam` and the webhook's template, as the generator writes them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from generator import Settings, build_template
from generator.settings import SOURCES, RoleSettings, Source
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
    assert {*functions} - {"Compiler"} == {"Publisher"}
    functions.remove("Compiler") if "Compiler" in functions else None  # needs what codebuild/ has, so it stays inline
    for title in functions:
        before, after = inline["Resources"][title], packaged["Resources"][title]
        assert (before.pop("Type"), after.pop("Type")) == ("AWS::Lambda::Function", "AWS::Serverless::Function")
        assert set(before["Properties"].pop("Code")) == {"ZipFile"}
        assert after["Properties"].pop("CodeUri") == "lambda/"
        assert after.pop("Metadata") == {"BuildMethod": "makefile"}
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


# --- what each function carries

# its room, what it shares, and the files that name its libraries
CARRIED = {
    "Publisher": ({"contract.py", "documents.py", "publisher"}, ["publisher/requirements.txt"]),
    "Pruner": ({"contract.py", "documents.py", "pruner"}, []),
    "Messenger": ({"contract.py", "documents.py", "messenger"}, []),
    "Webhook": ({"shared", "door"}, ["webhook/shared/requirements.txt", "webhook/door/requirements.txt"]),
    "Status": ({"shared", "reporter"}, ["webhook/shared/requirements.txt"]),
}


def packaged_functions() -> list[tuple[str, dict[str, Any]]]:
    """Each function of each SAM template by its logical ID, with all its properties."""
    operations = frozenset({"operations"})
    sites = [content(source, packaging="sam", options=o) for source in SOURCES for o in (frozenset(), operations)]
    every = [pair for template in (*sites, webhook()) for pair in template["Resources"].items()]
    return [(t, r["Properties"]) for t, r in every if r["Type"] == "AWS::Serverless::Function"]


def build(title: str, folder: Path) -> list[str]:
    """Fill `folder` as `sam build` does, but for the libraries: the words of the command that would install these."""
    done = subprocess.run(
        ["make", "--silent", f"build-{title}"],
        cwd=ROOT / "lambda",
        env={"PATH": os.environ["PATH"], "ARTIFACTS_DIR": str(folder), "PYTHON": "echo"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def values(words: list[str], option: str) -> list[str]:
    return [value for name, value in itertools.pairwise(words) if name == option]


def test_every_packaged_function_is_one_of_these() -> None:
    assert {title for title, _ in packaged_functions()} == set(CARRIED)


@pytest.mark.parametrize("title", CARRIED)
def test_a_packaged_function_carries_its_room_and_what_it_shares_and_nothing_of_others(
    title: str, tmp_path: Path
) -> None:
    carried, libraries = CARRIED[title]
    words = build(title, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == carried
    assert values(words, "--requirement") == libraries
    assert bool(words) == bool(libraries), "what needs no library needs no pip"
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize("title", CARRIED)
def test_a_packaged_functions_handlers_are_found_in_what_it_carries(title: str, tmp_path: Path) -> None:
    build(title, tmp_path)
    handlers = sorted({function["Handler"] for name, function in packaged_functions() if name == title})
    modules = [handler.rpartition(".")[0] for handler in handlers]
    assert all(handler.endswith(".handler") for handler in handlers)
    code = f"import {', '.join(modules)}; print([callable(m) for m in ({', '.join(handlers)},)])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "ROTATION_HOURS": "24",
            "POWERTOOLS_SERVICE_NAME": "x",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == str([True] * len(handlers)), done.stderr


def test_libraries_are_those_for_the_functions_runtime_whatever_this_machine_is(tmp_path: Path) -> None:
    assert {function["Runtime"] for _, function in packaged_functions()} == {"python3.13"}
    assert not [t for t, function in packaged_functions() if "Architectures" in function], "x86_64 is the default"
    words = build("Publisher", tmp_path)
    assert values(words, "--python-version") == ["3.13"]
    assert all(platform.endswith("_x86_64") for platform in values(words, "--platform"))
    assert "--only-binary=:all:" in words, "nothing is compiled here for there"
    assert values(words, "--target") == [str(tmp_path)]


def test_the_requirements_are_the_versions_that_the_tests_run_with() -> None:
    tested = (ROOT / "setup.cfg").read_text()
    paths = sorted((ROOT / "lambda").rglob("requirements.txt"))
    used = {ROOT / "lambda" / name for _, libraries in CARRIED.values() for name in libraries}
    assert set(paths) == used
    for path in paths:
        pins = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert pins
        assert all("==" in pin and f"    {pin}\n" in tested for pin in pins), path


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
