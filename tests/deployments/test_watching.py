"""`watch`, with a pipeline that plays a recorded course: stages, the switch, and the endings that are not green."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployments.publisher import State
from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from tests.deployments.calling import Command
from tests.deployments.played import GREEN, Pipeline, played
from workbench import uploads
from workbench.recorded import FRAGMENT, LOGS, in_codebuild
from workbench.site import GIT_PARAMETERS, Build, VisitedStack, deployed

if TYPE_CHECKING:
    from aws_types import LogLine

GIT = to_yaml(build_template(Settings(source="git")))
COMMIT = "d" * 40


@pytest.fixture
def git(environment: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[VisitedStack]:
    monkeypatch.setattr("deployments.watching._PAUSE", 0.05)
    with deployed(environment, GIT, parameters={**GIT_PARAMETERS, "Framework": "static"}) as site:
        yield site


@pytest.fixture
def build(git: VisitedStack) -> Build:
    return Build(git, COMMIT)


@pytest.fixture
def pipeline(git: VisitedStack, build: Build, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    with played(Pipeline(build.execution, git.uuid), monkeypatch) as pipeline:
        yield pipeline


def upload(git: VisitedStack, build: Build, folder: Path) -> None:
    """What the build leaves, by the uploader itself."""
    environment = {**git.emulator.environment(), "SITE_BUCKET": git.bucket, "ROUTING": "mixed", "COMMIT": build.commit}
    environment |= {"EXECUTION": build.execution, "CODEBUILD_BUILD_ID": build.build_id, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, uploads.PROGRAM, str(folder)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)


def test_a_run_is_followed_until_a_visitor_gets_the_page(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command, make: Callable[..., Path]
) -> None:
    pipeline.course = [*GREEN]
    upload(git, build, make())
    pipeline.at_end = lambda: git.send_success(build.execution, "2026-05-01T10:00:00.000Z")
    ended = run("watch")
    assert 0 == ended.status, ended.err
    assert (build.deployment, build.execution) == (ended.facts["live"], ended.facts["execution"])
    said = [line.split(" ", 1)[1] for line in ended.err.splitlines()[:-1]]
    assert ["Source: InProgress", "Source: Succeeded", "Build: InProgress", "Build: Succeeded"] == said
    assert f"{build.deployment}: complete" == ended.err.splitlines()[-1]
    assert "<h1>hello</h1>" == git.get("/").text


def failed_build(git: VisitedStack, pipeline: Pipeline, stage: str, said: str, **told: Any) -> None:
    """An action whose build failed, with what it said in CloudWatch.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html
    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html
    """
    uuid = "a9e1c2b8-7a94-4e0d-8d25-b0a6e4917c53"
    build, summary = f"{stage}Project-x:{uuid}", "Build terminated with state: FAILED"
    result = {"externalExecutionId": build, "externalExecutionUrl": f"https://console.example/{uuid}"}
    result["externalExecutionSummary"] = summary
    failed = {"actionName": stage, "stageName": stage, "status": "Failed", "output": {"executionResult": result}}
    good = {"actionName": "Source", "stageName": "Source", "status": "Succeeded", "lastUpdateTime": 1.0}
    pipeline.actions = [{**failed, "lastUpdateTime": 2.0}, good]
    group = git.resources["BuildLog"]
    message = f"Error while executing command: {FRAGMENT}. Reason: exit status 1"
    context = {"statusCode": "COMMAND_EXECUTION_ERROR", "message": message}
    phase = {"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [context]}
    logs = {"groupName": group, "streamName": uuid}
    pipeline.builds = [{"id": build, "phases": [phase], "logs": logs, **told}]
    client = git.emulator.client("logs")
    client.create_log_stream(logGroupName=group, logStreamName=uuid)
    now = int(time.time() * 1000)
    events: list[LogLine] = [{"timestamp": now, "message": f"{line}\n"} for line in said.split("\n")]
    client.put_log_events(logGroupName=group, logStreamName=uuid, logEvents=events)
    pipeline.course = [("Failed", {"Source": "Succeeded", stage: "Failed"})]


def test_a_failed_run_shows_the_command_and_the_first_lines_of_its_error(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command
) -> None:
    said = f"+ npm run build\n{LOGS['tsc-type'][0]}"
    failed_build(git, pipeline, "Build", in_codebuild(said))
    ended = run("watch", "--execution", build.execution)
    summary = "Failed, Build: Build terminated with state: FAILED; what is live stays"
    assert [
        "this failed: npm run build (tsc -b && vite build)",
        "  | src/main.tsx(1,7): error TS2322: Type 'string' is not assignable to type 'number'.",
        "  | src/main.tsx(2,16): error TS2304: Cannot find name 'missing'.",
        "the whole log: https://console.example/a9e1c2b8-7a94-4e0d-8d25-b0a6e4917c53",
        f"deployments: execution {build.execution}: {summary}",
    ] == ended.err.splitlines()[-5:]
    assert 1 == ended.status


def test_what_no_command_of_a_build_did_is_told_in_codebuilds_words(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command
) -> None:
    context = {"statusCode": "BUILD_TIMED_OUT", "message": "Build has timed out. "}
    phase = {"phaseType": "BUILD", "phaseStatus": "TIMED_OUT", "contexts": [context]}
    failed_build(git, pipeline, "Upload", "Error: of no matter", phases=[phase])
    ended = run("watch")
    assert "  | Build has timed out." in ended.err.splitlines()
    assert "of no matter" not in ended.err
    assert "Failed, Upload: Build terminated" in ended.err.splitlines()[-1]


def test_a_failed_run_whose_build_is_forgotten_is_told_without_a_reason(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command
) -> None:
    failed_build(git, pipeline, "Build", "Error: of no matter")
    pipeline.builds = []  # CodeBuild keeps them for a year
    ended = run("watch")
    assert 1 == ended.status
    assert "Failed, Build: Build terminated" in ended.err.splitlines()[-1]


def test_who_may_not_read_the_log_is_told_so_and_what_failed_all_the_same(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command
) -> None:
    failed_build(git, pipeline, "Build", "Error: of no matter")
    pipeline.denied = "BatchGetBuilds"
    ended = run("watch")
    assert "why it failed cannot be read: not allowed: codebuild:BatchGetBuilds on " in ended.err
    assert "Failed, Build: Build terminated" in ended.err.splitlines()[-1]
    pipeline.denied = "ListActionExecutions"
    ended = run("watch")
    assert "why it failed cannot be read: not allowed: codepipeline:ListActionExecutions" in ended.err
    assert f"deployments: execution {build.execution}: Failed; what is live stays" == ended.err.splitlines()[-1]


def test_a_green_run_whose_deployment_waits_is_not_called_live(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command, make: Callable[..., Path]
) -> None:
    run("hold", "--reason", "incident 17")
    upload(git, build, make())
    pipeline.course = GREEN[-1:]
    pipeline.at_end = lambda: git.send_success(build.execution, "2026-05-01T10:00:00.000Z")
    ended = run("watch")
    assert 1 == ended.status
    assert f"held: incident 17; {build.deployment} waits: `release --publish`" in ended.err
    released = run("release", "--publish", "--json").json
    assert ("published", build.deployment) == (released["outcome"], released["after"])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployments.watching._SWITCH_WITHIN", 0.5)


def test_a_green_run_that_does_not_become_live_says_what_is(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command, make: Callable[..., Path], short: None
) -> None:
    upload(git, build, make())
    pipeline.course = GREEN[-1:]
    ended = run("watch")
    assert 1 == ended.status
    assert f"{build.deployment} is not live after 0 s, nothing is: `list` says whether it was live" in ended.err
    assert "otherwise see the publisher's log and FailureQueue" in ended.err


def test_a_green_run_that_was_live_and_was_taken_back_is_told_at_once_with_by_what_it_was(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command, make: Callable[..., Path]
) -> None:
    earlier = Build(git, "e" * 40)
    for one, text, second in ((earlier, "earlier", 0), (build, "taken back", 1)):
        upload(git, one, make({"index.html": f"<h1>{text}</h1>"}))
        git.send_success(one.execution, f"2026-05-01T10:00:0{second}.000Z")
    run("rollback")
    pipeline.course = GREEN[-1:]
    begun = time.monotonic()
    ended = run("watch")
    assert time.monotonic() - begun < 30  # and not when the switch can come no more
    assert 1 == ended.status
    assert f"{build.deployment} was live, {earlier.deployment} is since " in ended.err
    assert f" UTC by rollback root: `promote {build.deployment}` makes it live again" in ended.err


def test_a_run_that_nobody_started_and_one_that_does_not_exist_are_told(
    git: VisitedStack, pipeline: Pipeline, run: Command
) -> None:
    ended = run("watch", "--execution", "none")
    assert (1, True) == (ended.status, "the pipeline has no execution none" in ended.err)
    pipeline.execution = ""
    assert "the pipeline has not run yet" in run("watch").err


def test_a_site_without_a_pipeline_has_nothing_to_watch(site: VisitedStack, run: Command) -> None:
    ended = run("watch")
    assert (2, True) == (ended.status, "stack site has no pipeline" in ended.err)


def test_a_build_is_started_if_asked_and_followed_until_its_page_is_seen(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command, make: Callable[..., Path]
) -> None:
    pipeline.course = [*GREEN]
    upload(git, build, make())
    pipeline.at_end = lambda: git.send_success(build.execution, "2026-05-01T10:00:00.000Z")
    ended = run("watch", "--start")
    assert 0 == ended.status, ended.err
    assert f"started {build.execution}" == ended.err.splitlines()[0]
    assert (build.execution, 1) == (ended.facts["execution"], pipeline.started)
    assert "ListPipelineExecutions" not in pipeline.asked


def test_none_is_started_beside_one_that_is_named_nor_where_there_is_no_pipeline(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command
) -> None:
    ended = run("watch", "--start", "--execution", build.execution)
    assert (2, True) == (ended.status, "--start starts a new execution: leave --execution out" in ended.err)
    assert [] == pipeline.asked


def test_a_run_that_was_canceled_says_how_to_start_again(
    git: VisitedStack, build: Build, pipeline: Pipeline, run: Command
) -> None:
    for status in ("Cancelled", "Stopped"):
        pipeline.course = [(status, {"Source": "Succeeded", "Build": status})]
        ended = run("watch")
        line = f"execution {build.execution}: {status}; what is live stays; `watch --start` starts again"
        assert (1, f"deployments: {line}") == (ended.status, ended.err.splitlines()[-1])


class Clock:
    """In place of the time: it moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_the_publisher_is_asked_every_two_seconds_because_each_question_is_paid_for(
    git: VisitedStack,
    build: Build,
    pipeline: Pipeline,
    run: Command,
    make: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline.course = [GREEN[-1]]
    upload(git, build, make())
    asked: list[float] = []
    clock = Clock()

    def state(*_: object, **__: object) -> State:
        asked.append(clock.now)
        return State("", "", "", {}, [], [])

    monkeypatch.setattr("deployments.visitor.time", clock)
    monkeypatch.setattr("deployments.publisher.Publisher.state", state)
    assert "is not live after" in run("watch").err
    assert {2.0} == {after - before for before, after in pairwise(asked[1:])}
    assert len(asked) < 50
