"""Commit statuses as they are deployed: a site's pipeline and publisher, the events, and what a developer sees."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import Settings, build_template
from generator.render import to_yaml
from tests.conftest import ACCOUNT, Emulator, start_emulator
from tests.support import sam
from tests.support.site import GIT_PARAMETERS, Site, until
from tests.webhook.deployed import Deployed
from tests.webhook.hosting import GITHUB, TOKEN, Hosts, Shown, serve_hosts

SECRET_NAME = "instant-hosting/status/site"
URL = "https://www.example.com"


class Everything:
    """A site with a pipeline, and the webhook's stack that tells hosts about it."""

    def __init__(self, aws: Emulator, hosts: Hosts, checkout: Path) -> None:
        self.aws, self.hosts = aws, hosts
        self.site = Site(aws, to_yaml(build_template(Settings(source="git"))), "site", GIT_PARAMETERS)
        token = aws.client("secretsmanager").create_secret(Name=SECRET_NAME, SecretString=TOKEN)["ARN"]
        self.pipeline = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:{self.site.uuid}"
        self.webhook = Deployed(aws, checkout, StatusPipelineArns=self.pipeline, StatusTokenArns=token)
        self.webhook.set_environment("Status", SSL_CERT_FILE=str(hosts.certificate))
        report = {"pipeline": self.site.uuid, "stack": "site", "url": URL, "token": SECRET_NAME}
        github = {"status": "github", "repository": "example/website", "api": hosts.url + GITHUB}
        self.webhook.configure({"status": {**report, **github}})

    def execute(self, commit: str) -> str:
        """An execution that builds the commit; CodePipeline tells about it as of a connection's source."""
        execution = str(uuid.uuid4())
        address = f"https://us-east-1.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn=x&\
referenceType=COMMIT&FullRepositoryId=example/website&Commit={commit}"
        revision = {"name": "Source", "revisionId": commit, "revisionUrl": address}
        content = json.dumps({"pipelineExecutionId": execution, "artifactRevisions": [revision]}).encode()
        request = urllib.request.Request(f"{self.aws.url}/_local/executions/{execution}", content, method="PUT")
        urllib.request.urlopen(request, timeout=10).read()
        return execution

    def happen(self, execution: str, state: str, at: str = "2026-05-01T12:00:00Z", kind: str = "Pipeline") -> None:
        """An event of CodePipeline's, as EventBridge gets it."""
        detail = {
            "pipeline": self.site.uuid,
            "execution-id": execution,
            "start-time": "2026-05-01T11:59:00.000Z",
            "state": state,
            "version": 3.0,
            "pipeline-execution-attempt": 1.0,
        }
        if kind == "Action":
            detail |= {"stage": "Source", "action": "Source", "type": {"owner": "AWS", "category": "Source"}}
        entry = {
            "Source": "aws.codepipeline",
            "DetailType": f"CodePipeline {kind} Execution State Change",
            "Resources": [self.pipeline],
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
    checkout = sam.checkout(tmp_path_factory.mktemp("checkout"))
    with start_emulator(enforce_iam=True) as aws:
        yield Everything(aws, hosts, checkout)


def test_a_commit_whose_source_was_fetched_is_pending_with_a_link_to_its_execution(everything: Everything) -> None:
    commit = "a" * 40
    execution = everything.execute(commit)
    everything.happen(execution, "SUCCEEDED", kind="Action")
    shown = until(lambda: everything.hosts.shown(commit), bool)
    link = f"codepipeline/pipelines/{everything.site.uuid}/executions/{execution}/timeline?region=us-east-1"
    assert shown == Shown(
        "pending", "building", f"https://us-east-1.console.aws.amazon.com/codesuite/{link}", "instant-hosting/site"
    )
