"""The webhook's stack next to real sites: what a developer sees on a commit, and what a publisher does when asked."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import ACCOUNT, Emulator, start_emulator
from tests.webhook.deployed import Deployed, packaged
from tests.webhook.happening import moved
from tests.webhook.hosting import GITHUB, GITLAB, TOKEN, Hosts, Shown, serve_hosts
from tests.webhook.sending import SECRET, hook
from workbench import ROOT
from workbench.site import GIT_PARAMETERS, deploy_visited, until, upload

if TYPE_CHECKING:
    from aws_types import NewEvent

SECRET_NAME = "instant-hosting/status/site"
URL = "https://www.example.com"
CONTEXTS = {"github": "instant-hosting/status", "gitlab": "instant-hosting/mirror"}  # the reports' names


class Everything:
    """Two sites, one with a pipeline and one without, and the webhook's stack that serves both."""

    def __init__(self, aws: Emulator, hosts: Hosts, checkout: Path) -> None:
        self.aws, self.hosts = aws, hosts
        self.starts: dict[str, str] = {}
        self.site = deploy_visited(aws, to_yaml(build_template(Settings(source="git"))), "site", GIT_PARAMETERS)
        self.direct = deploy_visited(aws, to_yaml(build_template(Settings(source="direct"))), "direct")
        secrets = aws.client("secretsmanager")
        token = secrets.create_secret(Name=SECRET_NAME, SecretString=TOKEN)["ARN"]
        secrets.create_secret(Name="instant-hosting/webhook/ops", SecretString=SECRET)
        publisher = self.direct.outputs["PublisherName"]
        self.pipeline = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:{self.site.uuid}"
        self.webhook = Deployed(
            aws,
            checkout,
            StatusPipelineArns=self.pipeline,
            StatusTokenArns=token,
            PublisherArns=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{publisher}",
        )
        self.webhook.set_environment("Status", SSL_CERT_FILE=str(hosts.certificate))
        actions = ["hold", "release", "promote", "rollback"]
        routes: dict[str, dict[str, object]] = {"ops": {"sender": "hook", "publisher": publisher, "actions": actions}}
        report = {"pipeline": self.site.uuid, "url": URL, "token": SECRET_NAME}
        for name, host, path in (("status", "github", GITHUB), ("mirror", "gitlab", GITLAB)):
            routes[name] = {**report, "status": host, "repository": "example/website", "api": hosts.url + path}
        # what the role forbids: another pipeline's report that would send a secret that is no token of these
        routes["greedy"] = {**report, "pipeline": "another", "status": "github", "token": "instant-hosting/webhook/ops"}
        routes["greedy"] |= {"repository": "example/website", "api": hosts.url + GITHUB}
        self.webhook.configure(routes)

    def execute(self, commit: str) -> str:
        """A new execution, which builds the commit; CodePipeline tells about it as of a connection's source."""
        execution = str(uuid.uuid4())
        self.starts[execution] = f"2099-05-01T12:{len(self.starts):02}:00.000Z"  # after what any test has asked
        address = f"https://us-east-1.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn=x&\
referenceType=COMMIT&FullRepositoryId=example/website&Commit={commit}"
        revision = {"name": "Source", "revisionId": commit, "revisionUrl": address}
        content = json.dumps({"pipelineExecutionId": execution, "artifactRevisions": [revision]}).encode()
        self.aws.ask(f"/_local/executions/{execution}", "PUT", content)
        return execution

    def ask(self, **wish: object) -> tuple[int, dict[str, str]]:
        """What the webhook answers to a wish for the site without a pipeline."""
        body = json.dumps(wish).encode()
        return self.webhook.send(hook(body, path="/ops", Content_Type="application/json"))

    def happen(
        self,
        execution: str,
        state: str,
        at: str = "2026-05-01T12:00:00Z",
        kind: str = "Pipeline",
        pipeline: str = "",
    ) -> None:
        """An event of CodePipeline's, as EventBridge gets it."""
        detail = {
            "pipeline": pipeline or self.site.uuid,
            "execution-id": execution,
            "start-time": self.starts[execution],
            "state": state,
            "version": 3.0,
            "pipeline-execution-attempt": 1.0,
        }
        if kind == "Action":
            detail |= {"stage": "Source", "action": "Source", "type": {"owner": "AWS", "category": "Source"}}
        entry: NewEvent = {
            "Source": "aws.codepipeline",
            "DetailType": f"CodePipeline {kind} Execution State Change",
            "Resources": [f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:{detail['pipeline']}"],
            "Detail": json.dumps(detail),
            "Time": at,
        }
        assert self.aws.shared("events").put_events(Entries=[entry])["FailedEntryCount"] == 0

    def log(self) -> list[dict[str, Any]]:
        """The status function's JSON log lines, oldest first."""
        events = self.aws.shared("logs").filter_log_events(logGroupName=self.webhook.resources["StatusLog"])["events"]
        return [json.loads(event["message"]) for event in events if event["message"].startswith("{")]


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    with serve_hosts(tmp_path_factory.mktemp("hosts")) as running:
        yield running


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, hosts: Hosts) -> Iterator[Everything]:
    """Deployed once, with IAM enforced: the roles must suffice."""
    checkout = packaged(tmp_path_factory)
    with start_emulator(enforce_iam=True) as aws:
        yield Everything(aws, hosts, checkout)


def test_a_push_is_pending_on_its_execution_and_a_success_with_the_sites_address_once_it_is_live(
    everything: Everything, tmp_path: Path
) -> None:
    commit = "a" * 40
    execution = everything.execute(commit)
    everything.happen(execution, "SUCCEEDED", kind="Action")
    shown = until(lambda: everything.hosts.shown(commit), bool)
    link = f"codepipeline/pipelines/{everything.site.uuid}/executions/{execution}/timeline?region=us-east-1"
    assert shown == Shown(
        "pending", "building", f"https://us-east-1.console.aws.amazon.com/codesuite/{link}", CONTEXTS["github"]
    )
    upload(everything.site, tmp_path / "a", "built", COMMIT=commit, EXECUTION=execution)
    everything.happen(execution, "SUCCEEDED", "2026-05-01T12:01:00Z")  # the publisher hears of it too
    for host in ("github", "gitlab"):
        shown = until(lambda: everything.hosts.shown(commit, host), lambda it: bool(it and it.state == "success"))  # noqa: B023
        assert shown == Shown("success", "live", URL, CONTEXTS[host])
    assert "built" in everything.site.get("/").text


def test_a_commit_that_is_held_says_so_until_it_is_released(everything: Everything, tmp_path: Path) -> None:
    commit = "b" * 40
    execution = everything.execute(commit)
    assert everything.site.ask(action="hold", reason="Launch at noon")["outcome"] == "on-hold"
    upload(everything.site, tmp_path / "b", "held", COMMIT=commit, EXECUTION=execution)
    everything.happen(execution, "SUCCEEDED")

    def shown(host: str) -> tuple[str, str]:
        found = everything.hosts.shown(commit, host)
        return (found.state, found.description) if found else ("", "")

    said = "built, not live: held, Launch at noon"
    assert until(lambda: shown("github"), lambda it: "held" in it[1]) == ("pending", said)
    assert until(lambda: shown("gitlab"), lambda it: "held" in it[1]) == ("canceled", said)
    assert everything.site.ask(action="release", publish=True, by="Ada")["outcome"] == "published"
    for host in ("github", "gitlab"):
        assert until(lambda: shown(host), lambda it: it[0] == "success") == ("success", "live: release by Ada")  # noqa: B023


def test_a_pipeline_that_failed_is_a_failure_on_the_commit(everything: Everything) -> None:
    commit = "c" * 40
    everything.happen(everything.execute(commit), "FAILED")
    shown = until(lambda: everything.hosts.shown(commit), bool)
    assert shown
    assert (shown.state, shown.description) == ("failure", "the pipeline failed")


def test_a_publisher_that_failed_is_a_failure_on_the_commit_until_it_succeeds(
    everything: Everything, tmp_path: Path
) -> None:
    commit, site = "8" * 40, everything.site
    execution = everything.execute(commit)
    upload(site, tmp_path / "8", "late", COMMIT=commit, EXECUTION=execution)
    lambdas, name = everything.aws.client("lambda"), site.outputs["PublisherName"]
    variables = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    broken = {**variables, "STORE_ARN": variables["STORE_ARN"][:-12] + "0" * 12}
    lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": broken})
    everything.happen(execution, "SUCCEEDED", "2026-05-01T12:01:00Z")
    for host, state in (("github", "failure"), ("gitlab", "failed")):
        shown = until(lambda: everything.hosts.shown(commit, host), lambda it: bool(it and it.state == state))  # noqa: B023
        assert shown
        assert shown.description == "built, but the publisher failed"
    lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    everything.happen(execution, "SUCCEEDED", "2026-05-01T12:02:00Z")
    for host in ("github", "gitlab"):
        until(lambda: everything.hosts.shown(commit, host), lambda it: bool(it and it.state == "success"))  # noqa: B023


def test_another_pipeline_is_none_of_its_business(everything: Everything) -> None:
    before = len(everything.log())
    everything.happen(everything.execute("d" * 40), "FAILED", pipeline="another")
    everything.happen(everything.execute("e" * 40), "FAILED")
    until(lambda: everything.hosts.shown("e" * 40), bool)
    assert everything.hosts.shown("d" * 40) is None
    assert not [line for line in everything.log()[before:] if line.get("commit") == "d" * 40]


def test_the_documentations_command_to_try_it_shows_on_the_commit(everything: Everything) -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text()
    (command,) = re.findall(r"```sh\n(COMMIT=.*?)```", page, re.DOTALL)
    commit, command = "7" * 40, command.replace("PIPELINE", everything.site.uuid)
    stand_ins = f'git() {{ echo {commit}; }}; aws() {{ [[ $1 == events ]]; printf %s "$4"; }}\n'
    done = subprocess.run(["bash", "-euc", stand_ins + command], capture_output=True, text=True, check=True)
    assert everything.aws.shared("events").put_events(Entries=json.loads(done.stdout))["FailedEntryCount"] == 0
    for host in ("github", "gitlab"):
        shown = until(lambda: everything.hosts.shown(commit, host), bool)  # noqa: B023
        assert shown == Shown("success", "live: try by me", URL, CONTEXTS[host])


def test_what_could_not_be_told_is_in_the_log_and_lies_in_the_queue_after_three_tries(everything: Everything) -> None:
    sqs, commit = everything.aws.client("sqs"), "f" * 40
    everything.hosts.before = [401] * 6  # two hosts, three tries
    event = moved("FAILED", execution=everything.execute(commit), pipeline=everything.site.uuid)
    # as EventBridge does on AWS; the emulator's own tries an event once
    lambdas, name = everything.aws.client("lambda"), everything.webhook.resources["Status"]
    lambdas.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))
    queue = everything.webhook.resources["FailureQueue"]
    (message,) = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages", []), bool)
    assert json.loads(message["Body"])["requestPayload"] == event
    assert everything.hosts.before == []
    told = [asked for asked in everything.hosts.asked if asked.path.endswith(commit)]
    assert len(told) == 6

    def failed() -> list[dict[str, Any]]:
        return [line for line in everything.log() if line["message"] == "failed" and line["commit"] == commit]

    lines = until(failed, bool)  # the emulator's log loses lines now and then
    assert {line["reason"].rpartition(": ")[2] for line in lines} == {
        f"store a new one in the secret {SECRET_NAME}",
    }


def test_the_role_reads_no_secret_but_the_tokens_whatever_the_reports_say(everything: Everything) -> None:
    event = moved("FAILED", execution=everything.execute("9" * 40), pipeline="another")
    lambdas, name = everything.aws.client("lambda"), everything.webhook.resources["Status"]
    asked = len(everything.hosts.asked)
    answer = lambdas.invoke(FunctionName=name, Payload=json.dumps(event))
    assert "FunctionError" in answer
    said = answer["Payload"].read().decode()
    assert "the secret instant-hosting/webhook/ops cannot be read" in said
    assert "AccessDenied" in said
    assert len(everything.hosts.asked) == asked


def test_a_verified_webhook_changes_what_is_live_and_held_through_the_real_publisher(
    everything: Everything, tmp_path: Path
) -> None:
    site = everything.direct
    first, second = (upload(site, tmp_path / text, text) for text in ("first", "second"))
    for deployment, text in ((first, "first"), (second, "second")):
        status, answer = everything.ask(action="promote", deployment=deployment)
        assert (status, answer["outcome"], answer["after"]) == (200, "published", deployment)
        assert text in site.get("/").text
    status, answer = everything.ask(action="rollback")
    assert (status, answer["outcome"], answer["before"], answer["after"]) == (200, "rolled-back", second, first)
    assert "first" in site.get("/").text
    status, answer = everything.ask(action="hold", reason="Launch at noon")
    assert (status, answer["outcome"]) == (200, "on-hold")
    held = site.ask(action="publish", deployment=second)
    assert (held["outcome"], held["reason"].partition(";")[0]) == ("refused", "held: Launch at noon")
    status, answer = everything.ask(action="release", publish=False)
    assert (status, answer["outcome"]) == (200, "released")
    assert site.ask(action="publish", deployment=second)["outcome"] == "published"
    assert "second" in site.get("/").text
    assert [entry["by"] for entry in site.status()["published"]][1:4] == ["webhook ops"] * 3


def test_a_wish_that_the_real_publisher_refuses_is_answered_with_its_reason(
    everything: Everything, tmp_path: Path
) -> None:
    everything.ask(action="promote", deployment=upload(everything.direct, tmp_path / "live", "live"))
    missing = f"{'0' * 40}-0123456789abcdef"
    status, answer = everything.ask(action="promote", deployment=missing)
    assert (status, answer["outcome"]) == (400, "refused")
    assert answer["reason"].startswith(f"manifests/{missing}.json is missing: no such deployment")
    status, answer = everything.ask(action="rollback", steps=99)
    assert status == 400
    assert answer["reason"].startswith("nothing to roll back to: no complete deployment 99 back from upload-")


def test_a_request_that_is_not_verified_changes_nothing(everything: Everything, tmp_path: Path) -> None:
    deployment = upload(everything.direct, tmp_path / "x", "unverified")
    body = json.dumps({"action": "promote", "deployment": deployment}).encode()
    sent = hook(body, secret="x" * 40, path="/ops", Content_Type="application/json")
    assert everything.webhook.send(sent)[0] == 401
    assert "unverified" not in everything.direct.get("/").text
