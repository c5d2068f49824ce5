"""`doctor --source zip`: an upload followed through CodePipeline and CodeBuild, whose answers are those AWS documents.

The emulator has neither; here they run the shipped uploader, tell EventBridge, and answer by AWS's own models.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore.validate import ParamValidator

from contract import ZIP_KEY
from deployments import builds, pipelined, probe
from deployments.cloud import Cloud, connect
from deployments.command import Site
from deployments.finding import Finding
from deployments.output import Output
from deployments.stack import find_stack
from local.cloud.emulator import Emulator
from workbench import uploads
from workbench.site import VisitedStack, deployed


class Run(NamedTuple):
    """An execution that has ended."""

    id: str
    version: str
    status: str


class Machine:
    """CodePipeline and CodeBuild: each new version of the ZIP is built when somebody looks.

    wrong: what this world does otherwise
    """

    def __init__(self, site: VisitedStack, folder: Path, wrong: str = "") -> None:
        self._site, self._folder, self._wrong = site, folder, wrong
        self._s3 = site.emulator.client("s3")
        self.runs: list[Run] = []

    def list_pipeline_executions(self, **_: str) -> dict[str, Any]:
        self._look()
        source = [{"actionName": "Source", "revisionId": run.version} for run in self.runs]
        summaries = [
            {"pipelineExecutionId": run.id, "status": run.status, "sourceRevisions": [revision]}
            for run, revision in zip(self.runs, source, strict=True)
        ]
        return checked("codepipeline", "ListPipelineExecutions", {"pipelineExecutionSummaries": summaries[::-1]})

    def get_pipeline_execution(self, *, pipelineExecutionId: str, **_: str) -> dict[str, Any]:
        (run,) = [run for run in self.runs if run.id == pipelineExecutionId]
        found = {"pipelineExecutionId": run.id, "status": run.status}
        return checked("codepipeline", "GetPipelineExecution", {"pipelineExecution": found})

    def list_action_executions(self, **asked: Any) -> dict[str, Any]:
        (run,) = [run for run in self.runs if run.id == asked["filter"]["pipelineExecutionId"]]
        execution = "#{codepipeline.PipelineExecutionId}" if self._wrong == "namespace" else run.id
        variables = json.dumps([{"name": "EXECUTION", "value": execution}])
        source = self._action("Source", "Succeeded", outputVariables={"VersionId": run.version})
        if self._wrong == "roles":
            details = {"code": "PermissionError", "message": "Upload to S3 failed with: Access Denied"}
            source |= {"status": "Failed", "output": {"executionResult": {"errorDetails": details}}}
        build = self._action(
            "Build",
            run.status,
            outputVariables={"ARCHIVE_SHA256": "a" * 64},
            executionResult={"externalExecutionId": f"build:{run.id}"},
        )
        upload = self._action("Upload", run.status, executionResult={"externalExecutionId": f"upload:{run.id}"})
        upload["input"] = {"resolvedConfiguration": {"ProjectName": "p", "EnvironmentVariables": variables}}
        ran = (
            [source]
            if self._wrong == "roles"
            else [build, source]
            if run.status == "Failed"
            else [upload, build, source]
        )
        return checked("codepipeline", "ListActionExecutions", {"actionExecutionDetails": ran})

    def _action(self, name: str, status: str, **output: Any) -> dict[str, Any]:
        return {"actionName": name, "status": status, "output": output}

    def batch_get_builds(self, *, ids: Sequence[str]) -> dict[str, Any]:
        (run,) = [run for run in self.runs if run.id == ids[0].partition(":")[2]]
        if ids[0].startswith("upload:"):
            waited = 45 if self._wrong == "slow" else 7
            took = {"SUBMITTED": 0, "PROVISIONING": waited, "BUILD": 3}
            phases = [
                {"phaseType": name, "phaseStatus": "SUCCEEDED", "durationInSeconds": n} for name, n in took.items()
            ]
            environment = {"type": "LINUX_LAMBDA_CONTAINER", "image": "i", "computeType": "BUILD_LAMBDA_2GB"}
            return checked("codebuild", "BatchGetBuilds", {"builds": [{"phases": phases, "environment": environment}]})
        failed = run.status != "Succeeded"
        ended = {"INSTALL": "SUCCEEDED", "BUILD": "FAILED" if failed else "SUCCEEDED", "FINALIZING": "SUCCEEDED"}
        listed = [{"phaseType": name, "phaseStatus": status} for name, status in ended.items()]
        build = {"id": ids[0], "buildStatus": "FAILED" if failed else "SUCCEEDED"}
        return checked(
            "codebuild", "BatchGetBuilds", {"builds": [{**build, "phases": [*listed, {"phaseType": "COMPLETED"}]}]}
        )

    def _look(self) -> None:
        found = self._s3.get_object(Bucket=self._site.resources["SourceBucket"], Key=ZIP_KEY)
        version, body = found["VersionId"], found["Body"].read()
        if version not in {run.version for run in self.runs}:
            self._build(version, body)

    def _build(self, version: str, body: bytes) -> None:
        run, folder = str(uuid.uuid4()), self._folder / version
        zipfile.ZipFile(io.BytesIO(body)).extractall(folder)
        if self._wrong == "abort":
            (folder / "index.html").write_text("whatever was there")
        is_first = not self.runs or self._wrong == "cache"
        (folder / "cached.txt").write_text("fresh\n" if is_first else "")
        done = self._upload(folder, run, version)
        failed = done.returncode != 0 or self._wrong == "roles"
        self.runs.append(Run(run, version, "Failed" if failed else "Succeeded"))
        if not failed and self._wrong != "event":
            self._site.send_success(run, f"2026-05-01T10:00:{len(self.runs):02}.000Z")

    def _upload(self, folder: Path, run: str, version: str) -> subprocess.CompletedProcess[str]:
        variables = {"SITE_BUCKET": self._site.bucket, "ROUTING": "files", "COMMIT": "zip", "VERSION": version}
        variables |= {"EXECUTION": run, "CODEBUILD_BUILD_ID": f"p:{uuid.uuid4()}", "PATH": "/usr/bin:/bin"}
        command = [sys.executable, uploads.PROGRAM, str(folder)]
        environment = self._site.emulator.environment() | variables
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def checked(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, if it is one that the service can give."""
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), report.generate_report()
    return answer


class Region(Cloud):
    """The emulator with `machine` for what it lacks."""

    machine: Machine

    def made(self, service: str, **options: Any) -> Any:
        return self.machine if service in ("codepipeline", "codebuild") else super().made(service, **options)


@pytest.fixture
def stack(environment: Emulator) -> Iterator[VisitedStack]:
    with deployed(environment, probe.template("zip"), parameters={"Framework": "static"}) as site:
        yield site


def examined(stack: VisitedStack, folder: Path, wrong: str = "") -> dict[str, Finding]:
    """What `doctor` finds of the pipeline."""
    region = Region(*connect("us-east-1", None))
    region.machine = Machine(stack, folder, wrong)
    there = probe.Probe(Site(region, find_stack(region, stack.name), Output(as_json=False)))
    results = pipelined.of_an_upload(there)
    if wrong not in ("roles", "event"):
        results += [*pipelined.of_a_failed_build(there), *pipelined.of_the_cache(there)]
    return {one.question: one for one in results}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelined, "_PAUSE", 0.05)


def test_an_upload_is_followed_until_a_visitor_has_the_page(stack: VisitedStack, tmp_path: Path) -> None:
    results = examined(stack, tmp_path)
    assert {} == {question: one.seen for question, one in results.items() if one.verdict != "OK"}
    assert [
        "the roles of pipeline, build and upload",
        "what CodePipeline tells the upload",
        "how soon an upload begins",
        "the event of a pipeline that succeeded",
        "from a green pipeline to a visitor",
        "a build that fails (on-failure: ABORT)",
        "CodeBuild's cache in S3, between two builds",
    ] == list(results)
    ran = results["the roles of pipeline, build and upload"].seen
    assert "Source Succeeded, Build Succeeded, Upload Succeeded" == ran
    assert "7 s on LINUX_LAMBDA_CONTAINER; 10 s in all" == results["how soon an upload begins"].seen
    assert "BUILD FAILED" in results["a build that fails (on-failure: ABORT)"].seen


WRONG = {
    "roles": ("the roles of pipeline, build and upload", "Access Denied"),
    "namespace": ("what CodePipeline tells the upload", "EXECUTION is #{"),
    "slow": ("how soon an upload begins", "45 s on "),
    "abort": ("a build that fails (on-failure: ABORT)", "files were written"),
    "cache": ("CodeBuild's cache in S3, between two builds", "nothing came back"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_pipeline_that_does_otherwise_is_found(stack: VisitedStack, tmp_path: Path, wrong: str) -> None:
    question, seen = WRONG[wrong]
    one = examined(stack, tmp_path, wrong)[question]
    assert one.verdict.startswith("different: ")
    assert seen in one.seen


def test_an_event_that_never_comes_is_no_answer_and_a_page_that_never_comes_is_different(
    stack: VisitedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_TOLD_WITHIN", "_SEEN_WITHIN"):
        monkeypatch.setattr(pipelined, name, 0.1)
    results = examined(stack, tmp_path, "event")
    assert "not answered" == results["the event of a pipeline that succeeded"].verdict
    assert results["from a green pipeline to a visitor"].verdict.startswith("different: builds are not published")


# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
DOCUMENTED: Any = {
    "version": "0",
    "id": "01234567-EXAMPLE",
    "detail-type": "CodePipeline Pipeline Execution State Change",
    "source": "aws.codepipeline",
    "account": "123456789012",
    "time": "2020-01-24T22:03:44Z",
    "region": "us-east-1",
    "resources": ["arn:aws:codepipeline:us-east-1:123456789012:myPipeline"],
    "detail": {
        "pipeline": "myPipeline",
        "version": 3.0,
        "execution-id": "12345678-1234-5678-abcd-12345678abcd",
        "start-time": "2023-10-26T13:49:39.208Z",
        "state": "SUCCEEDED",
        "pipeline-execution-attempt": 1.0,
    },
}
CHANGED: list[dict[str, Any]] = [
    {"start-time": None},
    {"start-time": 1698328179},
    {"start-time": "2023-10-26T13:49:39Z"},
    {"execution-id": None},
    {"pipeline": "another"},
]


def test_the_documented_event_has_what_the_publisher_reads() -> None:
    assert pipelined.fields(DOCUMENTED, "myPipeline").verdict == "OK"


@pytest.mark.parametrize("changed", CHANGED, ids=str)
def test_an_event_without_what_the_publisher_reads_is_found(changed: dict[str, Any]) -> None:
    event: Any = DOCUMENTED | {"detail": DOCUMENTED["detail"] | changed}
    one = pipelined.fields(event, "myPipeline")
    assert one.verdict.startswith("different: builds are not published")


def test_no_event_and_no_action_are_found() -> None:
    assert pipelined.fields({}, "myPipeline").kept is False
    assert pipelined.of_roles([]).kept is False
    assert pipelined.of_variables([], "v1", "e1").kept is False
    assert builds.of_abort({}, nothing_written=True).kept is False
