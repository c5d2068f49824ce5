"""The webhook as it is deployed: `sam build`, `sam deploy` into the emulator, and requests by HTTP to its URL."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from local.cloud.emulator import ACCOUNT, Emulator, start_emulator
from tests.webhook.calling import ROUTES
from tests.webhook.deployed import Deployed, packaged
from tests.webhook.pipelines import Pipelines
from tests.webhook.sending import COMMIT, SECRET, SENDERS, STANDARD_SECRET, Sent, github, hook
from workbench import ROOT
from workbench.site import until

PIPELINE = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:site-pipeline"
ADDRESSED = "0123456789abcdef0123456789abcdef"
PUBLISHER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:publisher"


class Stack(Deployed):
    """The deployed webhook with a route for each sender."""

    def __init__(self, aws: Emulator, pipelines: Pipelines, checkout: Path) -> None:
        super().__init__(aws, checkout, PipelineArns=PIPELINE, PublisherArns=PUBLISHER)
        self.pipelines = pipelines
        self.point_at(pipelines.url)
        routes: dict[str, object] = dict(ROUTES)
        routes["ops"] = {"sender": "hook", "publisher": "publisher", "actions": ["hold"]}
        routes["elsewhere"] = {"sender": "hook", "secret": "hook", "publisher": "another", "actions": ["hold"]}
        routes["addressed"] = {"sender": "hook", "pipeline": "site-pipeline"}
        self.configure(routes)
        for name in [*ROUTES, "ops", "addressed"]:
            text = STANDARD_SECRET if name in {"standard", "gitlab-signed"} else SECRET
            text = ADDRESSED if name == "addressed" else text
            secret = f"instant-hosting/webhook/{name}"
            aws.client("secretsmanager").create_secret(Name=secret, SecretString=text)

    def make_publishers(self) -> None:
        """Two functions: the one that the stack's parameters name, and one that they do not."""
        functions = self.aws.client("lambda")
        if "publisher" not in {function["FunctionName"] for function in functions.list_functions()["Functions"]}:
            role = self.aws.client("iam").get_role(RoleName=self.resources["WebhookRole"])["Role"]["Arn"]
            for name in ("publisher", "another"):
                make_function(self.aws, name, role)

    def point_at(self, url: str) -> None:
        """The emulator has no CodePipeline: the function is told where one is."""
        self.set_environment("Webhook", AWS_ENDPOINT_URL_CODEPIPELINE=url)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, pipeline_service: Pipelines) -> Iterator[Stack]:
    """Deployed once, with IAM enforced: the role must suffice."""
    checkout = packaged(tmp_path_factory)
    with start_emulator(enforce_iam=True) as aws:
        yield Stack(aws, pipeline_service, checkout)


@pytest.fixture(autouse=True)
def nothing_started(pipeline_service: Pipelines) -> None:
    pipeline_service.reset()


@pytest.mark.parametrize("name", SENDERS)
def test_each_senders_request_starts_the_pipeline_by_http_once(stack: Stack, name: str) -> None:
    sent = SENDERS[name]()
    status, content = stack.send(sent)
    assert (status, content["outcome"]) == (202, "started")
    (started,) = stack.pipelines.started
    assert started["execution"] == content["execution"]
    if name != "hook":
        assert stack.send(sent) == (200, {**content, "outcome": "duplicate", "reason": "carried out before: started"})
        assert len(stack.pipelines.started) == 1


def test_the_door_answers_by_http_as_it_does_in_process(stack: Stack) -> None:
    assert stack.send(Sent(f"/hook/{'x' * 20}"))[0] == 401
    assert stack.send(hook())[0] == 202
    assert stack.send(replace(github(), body=b"{}")) == (401, {"outcome": "refused", "reason": ""})
    assert stack.send(Sent("/nothing"))[0] == 404
    assert stack.send(replace(hook(), method="GET"))[0] == 405
    assert stack.send(github({"zen": "Speak like a human."}, event="ping")) == (
        200,
        {"outcome": "ignored", "reason": "a ping"},
    )


def test_a_cold_start_is_answered_within_the_ten_seconds_that_github_waits(stack: Stack) -> None:
    stack.point_at(stack.pipelines.url)  # a changed configuration ends the processes that are warm
    begin = time.monotonic()
    assert stack.send(github())[0] == 202
    cold = time.monotonic() - begin
    begin = time.monotonic()
    assert stack.send(github())[0] == 202
    print(f"answered after {cold:.2f} s cold and {time.monotonic() - begin:.2f} s warm")
    assert cold < 10


def test_the_commit_is_the_revision_that_the_pipeline_is_started_with(stack: Stack) -> None:
    stack.send(github())
    revision = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": COMMIT}
    assert stack.pipelines.started[0]["sourceRevisions"] == [revision]


def test_the_publisher_is_asked_and_another_function_cannot_be(stack: Stack) -> None:
    stack.make_publishers()
    wish = Sent("/ops", b'{"action":"hold","reason":"launch"}', {"Authorization": f"Bearer {SECRET}"})
    sent = wish.but(Content_Type="application/json")
    status, content = stack.send(sent)
    assert (status, content["outcome"], content["reason"]) == (200, "on-hold", "asked by webhook ops: launch")
    # its own role refuses what the stack's parameters do not name
    status, content = stack.send(replace(sent, path="/elsewhere"))
    assert (status, content["outcome"]) == (500, "failed")


def make_function(aws: Emulator, name: str, role: str) -> None:
    """A publisher that answers as the protocol has it."""
    code = (
        "def handler(event, context):\n"
        "    assert context.invoked_function_arn.endswith(':webhook')\n"
        "    reason = f\"asked by {event['by']}: {event['reason']}\"\n"
        "    return {'outcome': 'on-hold', 'action': event['action'], 'reason': reason}\n"
    )
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("index.py", code)
    functions: Any = aws.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": archive.getvalue()},
    )
    until(lambda: functions.get_function_configuration(FunctionName=name)["State"], lambda state: state == "Active")
    functions.create_alias(FunctionName=name, Name="webhook", FunctionVersion="$LATEST")


def test_a_delivery_that_was_carried_out_is_kept_for_a_year_and_the_log_has_its_own_group(stack: Stack) -> None:
    stack.send(github())
    items = stack.aws.client("dynamodb").scan(TableName=stack.outputs["DeliveryTableName"])["Items"]
    assert items
    groups = stack.aws.client("logs").describe_log_groups(logGroupNamePrefix=stack.resources["WebhookLog"])
    assert [group["retentionInDays"] for group in groups["logGroups"]] == [30]


PAGE = (ROOT / "docs" / "webhooks.md").read_text()
COMMANDS = {
    match[2]: (match[1], int(match[3]))
    for match in re.finditer(r"```sh\n((?:(?!```).)*?\$URL/([^\"]+)(?:(?!```).)*?)# (\d{3})", PAGE, re.DOTALL)
}


@pytest.mark.parametrize("path", COMMANDS)
def test_the_curl_command_of_the_documentation_is_answered_as_it_says(stack: Stack, path: str, tmp_path: Path) -> None:
    command, status = COMMANDS[path]
    host = stack.outputs["WebhookUrl"].removeprefix("https://").strip("/")
    (tmp_path / ".curlrc").write_text(f'connect-to = "::127.0.0.1:{stack.aws.port}"\nsilent\n')
    if path == "ops":
        stack.make_publishers()
    secret = STANDARD_SECRET if path in {"standard", "gitlab-signed"} else SECRET
    if path == "hook/$SECRET":  # a secret that an address can hold
        secret = ADDRESSED
        command = command.replace("/hook/", "/addressed/")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "URL": f"http://{host}", "SECRET": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines()[0].split(" ")[1] == str(status), done.stdout + done.stderr


def test_every_sender_has_a_command_in_the_documentation() -> None:
    assert set(COMMANDS) == {*SENDERS, "hook/$SECRET", "ops"}
