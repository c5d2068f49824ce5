"""`up` after the stack is there: the distribution, the first build, the first page; and all that it asks of AWS."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.stub import Stubber

from deployments.errors import INTERRUPTED
from deployments.output import Output
from deployments.up import opening
from deployments.up.calls import CALLS
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from tests.deployments.calling import Command, Make
from tests.deployments.played import GREEN, Pipeline, played
from tests.deployments.projects import create_failed, project, stack
from workbench import uploads
from workbench.site import GIT_PARAMETERS, Build, VisitedStack

COMMIT = "d" * 40


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("up.formation", "up.following", "up.opening", "watching"):
        monkeypatch.setattr(f"deployments.{module}._PAUSE", 0.02)


@pytest.fixture
def pipeline(environment: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    with played(Pipeline(str(uuid.uuid4()), ""), monkeypatch) as pipeline:
        yield pipeline


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Every operation that was asked for in this thread: what a build does is done in another one."""
    seen: set[tuple[str, str]] = set()
    call = BaseClient._make_api_call

    def noted(self: Any, operation: str, parameters: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            seen.add((self.meta.service_model.service_name, operation))
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    return seen


def site_of(aws: Emulator) -> VisitedStack:
    """The stack that `up` has made."""
    made = stack(aws)
    outputs = {one["OutputKey"]: one["OutputValue"] for one in made["Outputs"]}
    listed = aws.client("cloudformation").describe_stack_resources(StackName="site")["StackResources"]
    resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}
    return VisitedStack(aws, "site", made["StackId"], outputs, resources)


def uploaded(aws: Emulator, execution: str, folder: Path) -> None:
    """What the first build leaves, by the uploader itself."""
    site = site_of(aws)
    build = Build(site, COMMIT, execution)
    environment = {**aws.environment(), "SITE_BUCKET": site.bucket, "ROUTING": "mixed", "COMMIT": COMMIT}
    environment |= {"EXECUTION": execution, "CODEBUILD_BUILD_ID": build.build_id, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, uploads.PROGRAM, str(folder)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
    site.send_success(execution, "2026-05-01T10:00:00.000Z")


def git(folder: Path, **more: str) -> str:
    return project(folder, "git", {**GIT_PARAMETERS, "Framework": "static", **more})


def test_a_stack_with_a_pipeline_is_followed_from_nothing_to_its_first_page(
    environment: Emulator, run: Command, make: Callable[..., Path], pipeline: Pipeline, tmp_path: Path
) -> None:
    pipeline.course = [*GREEN]
    pipeline.at_end = lambda: uploaded(environment, pipeline.execution, make())
    ended = run("up", git(tmp_path / "p"), "--yes")
    assert 0 == ended.status, ended.err
    site = site_of(environment)
    assert (site.outputs["SiteUrl"], "created") == (ended.facts["url"], ended.facts["outcome"])
    assert ended.facts["live"].startswith("dddddddd")
    said = ended.err.splitlines()
    assert f"the first build runs ({pipeline.execution})" in said
    assert said[-1] == f"{ended.facts['live']}: complete"
    assert "<h1>hello</h1>" == site.get("/").text
    again = run("up", git(tmp_path / "p", Routing="folders", OutputFolder="out"), "--yes")
    assert "- the parameter Routing: '' -> 'folders'" in again.err.splitlines()
    assert ("updated", "deployments watch --start --stack site --region us-east-1") == (
        again.facts["outcome"],
        again.facts["next"],
    )


def test_a_first_build_that_failed_is_told_and_the_next_run_takes_the_site_up_there(
    environment: Emulator, run: Command, make: Callable[..., Path], pipeline: Pipeline, tmp_path: Path
) -> None:
    pipeline.course = [("Failed", {"Source": "Succeeded", "Build": "Failed"})]
    ended = run("up", git(tmp_path / "p"), "--yes")
    assert 1 == ended.status
    assert f"execution {pipeline.execution}: Failed; what is live stays" in ended.err
    pipeline.course = [*GREEN]
    pipeline.at_end = lambda: uploaded(environment, pipeline.execution, make())
    ended = run("up", git(tmp_path / "p"), "--yes")
    assert (0, "unchanged") == (ended.status, ended.facts["outcome"])
    assert ended.facts["live"].startswith("dddddddd")


def test_where_a_zip_makes_the_site_the_command_that_uploads_it_comes_next(
    environment: Emulator, run: Command, pipeline: Pipeline, tmp_path: Path
) -> None:
    ended = run("up", project(tmp_path / "p", "zip"), "--yes")
    bucket = site_of(environment).resources["SourceBucket"]
    assert f"zip the site's files as site.zip, then: aws s3 cp site.zip s3://{bucket}/site.zip" in ended.facts["next"]
    assert ([], "") == (pipeline.asked, ended.facts["live"])


def test_all_that_it_asks_of_aws_is_listed_and_nothing_else(
    environment: Emulator,
    run: Command,
    make: Make,
    pipeline: Pipeline,
    asked: set[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    environment.client("s3").create_bucket(Bucket="taken")
    create_failed(environment, "third")
    asked.clear()
    folder = git(tmp_path / "p")
    assert 0 == run("up", folder, "--dry-run").status
    failed = {"actionName": "Build", "stageName": "Build", "status": "Failed", "lastUpdateTime": 2.0}
    pipeline.actions = [{**failed, "output": {"executionResult": {"externalExecutionId": "BuildProject-x:1"}}}]
    logs = {"groupName": "of no matter", "streamName": "1"}
    message = "Error while executing command: npm ci. Reason: exit status 1"
    phase = {"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{"message": message}]}
    pipeline.builds = [{"id": "BuildProject-x:1", "phases": [phase], "logs": logs}]
    pipeline.course = [("Failed", {"Build": "Failed"})]
    assert 1 == run("up", folder, "--yes").status
    pipeline.course = GREEN[-1:]
    pipeline.at_end = lambda: uploaded(environment, pipeline.execution, make())
    assert 0 == run("up", folder, "--yes").status
    named = "\n  Properties:\n   BucketName: taken\n   BucketEncryption:"
    spoiled = "\n  Properties:\n   BucketEncryption:"
    monkeypatch.setattr("deployments.up.command.to_yaml", lambda made: to_yaml(made).replace(spoiled, named, 1))
    assert 1 == run("up", project(tmp_path / "q", stack="other"), "--yes").status
    assert 1 == run("up", project(tmp_path / "r", stack="third"), "--yes").status
    ours = {(call.service, call.operation) for call in CALLS}
    assert asked - ours == set()
    assert ours - asked == set()


class Stubbed:
    """A site whose CloudFront gives recorded answers: the emulator's distributions are there at once.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html
    """

    def __init__(self, *states: str) -> None:
        self.cloudfront = boto3.client(
            "cloudfront", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stubber = Stubber(self.cloudfront)
        origin = {"Id": "site", "DomainName": "b.s3.amazonaws.com"}
        behavior = {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https"}
        config = {"CallerReference": "1", "Comment": "", "Enabled": True, "DefaultCacheBehavior": behavior}
        config["Origins"] = {"Quantity": 1, "Items": [origin]}
        for state in states:
            told = {
                "Id": "E1",
                "ARN": "arn",
                "Status": state,
                "LastModifiedTime": 0,
                "InProgressInvalidationBatches": 0,
            }
            told |= {"DomainName": "d1.cloudfront.net", "DistributionConfig": config}
            self.stubber.add_response("get_distribution", {"Distribution": told}, {"Id": "E1"})
        self.stubber.activate()
        self.cloud = self

    def client(self, _: str) -> Any:
        return self.cloudfront

    def resource(self, _: str) -> str:
        return "E1"


def test_after_express_mode_the_distribution_is_awaited(capsys: pytest.CaptureFixture[str]) -> None:
    site: Any = Stubbed("InProgress", "InProgress", "InProgress", "Deployed")
    opening._await_distribution(site, Output(False))
    site.stubber.assert_no_pending_responses()
    first, last = capsys.readouterr().err.splitlines()
    assert first.endswith("the distribution goes to all edges, usually 5 to 10 minutes")
    assert last.startswith("the distribution is there after ")


def test_where_names_of_the_owners_must_point_is_said_until_they_do() -> None:
    site: Any = Stubbed()
    site.url, site.endpoint = "https://www.example.com", "http://127.0.0.1:9"  # where nobody answers
    target = {"DnsTarget": "d1.cloudfront.net"}
    said = "point your domain names at d1.cloudfront.net (alias A and AAAA in Route 53, CNAME elsewhere)"
    assert [said, said, ""] == [opening._dns(site, *one) for one in ((target, ""), (target, "one"), ({}, "one"))]


def test_ctrl_c_after_the_stack_says_what_goes_on(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "_await_distribution", interrupt)
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert INTERRUPTED == ended.status
    assert "interrupted: the stack is complete, and what was begun goes on at AWS; `deployments up`" in ended.err
