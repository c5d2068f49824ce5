"""What `doctor --source zip` follows: an upload through CodePipeline and CodeBuild until a visitor has the page.

What is made of an answer is a function of that answer alone, so that it is tried with those that AWS documents.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from contract import ARCHIVE_DIGEST, EXECUTIONS, MANIFESTS, PIPELINE_EVENT, ZIP_KEY, Event, folder_of
from deployments.builds import of_abort, of_cached, of_the_start
from deployments.errors import Failure
from deployments.finding import Finding, answers
from deployments.probe import Probe

if TYPE_CHECKING:
    from aws_types import ActionRun, Build, Execution

T = TypeVar("T")
_PAUSE = 5.0  # seconds between two looks at the pipeline
# Seconds, with much to spare: `doctor` asks whether something comes at all, and not how soon
_STARTS_WITHIN, _ENDS_WITHIN, _TOLD_WITHIN, _SEEN_WITHIN = 180, 1200, 180, 180
_RUNNING = ("InProgress", "Stopping")
_PAGE = "<!doctype html><title>probe</title><h1>by ZIP</h1>"


def of_an_upload(probe: Probe) -> list[Finding]:
    """The first ZIP: creation, roles, variables, event, switch."""
    pipeline = Pipeline(probe)
    version, execution = pipeline.upload({"index.html": _PAGE, "404.html": "<h1>none</h1>"})
    actions = pipeline.actions(execution)
    facts = [of_roles(actions), of_variables(actions, version, execution)]
    if not facts[0].kept:
        return facts
    facts += answers("how soon an upload begins", lambda: [of_the_start(pipeline.build(execution, "Upload"))])
    facts += answers("the event of a pipeline that succeeded", lambda: [of_the_event(pipeline.event(execution), probe)])
    return [*facts, _of_the_switch(probe, execution)]


def of_a_failed_build(probe: Probe) -> list[Finding]:
    """A ZIP without a page: its build must fail, and nothing may come of it."""
    pipeline, before = Pipeline(probe), _written(probe)
    _, execution = pipeline.upload({"readme.txt": "no page"})
    return [of_abort(pipeline.build(execution), _written(probe) == before)]


def of_the_cache(probe: Probe) -> list[Finding]:
    """The first page once more: does its build find what the first build kept?"""
    pipeline = Pipeline(probe)
    _, execution = pipeline.upload({"index.html": _PAGE, "404.html": "<h1>again</h1>"})
    made = _deployment(probe, execution)
    cached = probe.site.s3.get_object(Bucket=probe.site.stack.bucket, Key=f"{folder_of(made)}cached.txt")
    return [of_cached(cached["Body"].read().decode())]


def of_roles(actions: Sequence[ActionRun]) -> Finding:
    """Whether each action had the rights that it needs."""
    problems = [_problem(action) for action in actions if action["status"] != "Succeeded"]
    shown = ", ".join(f"{action['actionName']} {action['status']}" for action in reversed(actions))
    return Finding(
        "the roles of pipeline, build and upload",
        "; ".join([shown or "no action ran", *problems]),
        "the least that AWS documents is enough: every action succeeds",
        bool(actions) and not problems,
        "no upload is published: the role named there lacks a right",
    )


def _problem(action: ActionRun) -> str:
    result = action.get("output", {}).get("executionResult", {})
    details = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "no reason given")
    return f"{action['actionName']}: {' '.join(details.split())}"


def of_variables(actions: Sequence[ActionRun], version: str, execution: str) -> Finding:
    """Whether the upload learns of CodePipeline what it asks for: its execution, and what came before it."""
    latest = {action["actionName"]: action for action in reversed(actions)}
    outputs = {name: action.get("output", {}) for name, action in latest.items()}
    text = latest.get("Upload", {}).get("input", {}).get("resolvedConfiguration", {}).get("EnvironmentVariables", "[]")
    told = {
        "EXECUTION": {item["name"]: item["value"] for item in json.loads(text)}.get("EXECUTION", ""),
        "VersionId": outputs.get("Source", {}).get("outputVariables", {}).get("VersionId", ""),
        ARCHIVE_DIGEST: outputs.get("Build", {}).get("outputVariables", {}).get(ARCHIVE_DIGEST, ""),
        "build": outputs.get("Build", {}).get("executionResult", {}).get("externalExecutionId", ""),
    }
    wanted = f"{re.escape(execution)} {re.escape(version)} [0-9a-f]{{64}} [^ ]+:[0-9a-f-]{{36}}"
    return Finding(
        "what CodePipeline tells the upload",
        ", ".join(f"{name} is {value or 'missing'}" for name, value in told.items()),
        f"its execution, the version of the ZIP ({version}), the archive's digest, and the build's ID",
        bool(re.fullmatch(wanted, " ".join(told.values()))),
        "every upload fails: it does not know which archive is its own",
    )


def of_the_event(event: Event, probe: Probe) -> Finding:
    """Whether the event has the fields that the publisher reads."""
    return fields(event, probe.site.stack.pipeline)


def fields(event: Event, pipeline: str) -> Finding:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html"""
    detail = event.get("detail", {})
    kind = event.get("detail-type") == PIPELINE_EVENT
    wanted = ("pipeline", "state", "execution-id", "start-time")
    missing = [name for name in wanted if not isinstance(detail.get(name), str)]
    fits = kind and not missing and detail["pipeline"] == pipeline and "." in detail["start-time"]
    return Finding(
        "the event of a pipeline that succeeded",
        f"{event.get('detail-type')}: " + ", ".join(f"{name} {detail.get(name, 'missing')}" for name in wanted),
        "these four, as texts, the start with milliseconds: the publisher orders builds by it",
        fits,
        "builds are not published, or two builds of one second in the wrong order",
    )


def _of_the_switch(probe: Probe, execution: str) -> Finding:
    made = _deployment(probe, execution)
    took = probe.site.visitor.wait_for(made, _SEEN_WITHIN)
    return Finding(
        "from a green pipeline to a visitor",
        f"not within {_SEEN_WITHIN} s" if took is None else f"{took:.1f} s",
        "EventBridge gives the event to the publisher, which switches",
        took is not None,
        "builds are not published: the publisher's log and FailureQueue say why",
    )


def _deployment(probe: Probe, execution: str) -> str:
    pointer = probe.site.s3.get_object(Bucket=probe.site.stack.bucket, Key=EXECUTIONS + execution)
    return str(pointer["Body"].read().decode().strip())


def _written(probe: Probe) -> list[str]:
    listed = probe.site.s3.list_objects_v2(Bucket=probe.site.stack.bucket, Prefix=MANIFESTS)
    return [item["Key"] for item in listed.get("Contents", ())]


class Pipeline:
    """The probe's pipeline, as one uploads to it and looks at it."""

    def __init__(self, probe: Probe) -> None:
        self._probe, self._name = probe, probe.site.stack.pipeline
        cloud = probe.site.cloud
        self._pipeline, self._build = cloud.client("codepipeline"), cloud.client("codebuild")
        self._sqs = cloud.client("sqs")

    def upload(self, files: Mapping[str, str]) -> tuple[str, str]:
        """Upload a ZIP; its version, and the execution that it started, which has ended."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        bucket = self._probe.resources["SourceBucket"]
        version = self._probe.site.s3.put_object(Bucket=bucket, Key=ZIP_KEY, Body=packed.getvalue())["VersionId"]
        self._probe.site.output.note(f"uploaded {ZIP_KEY}: its build takes a few minutes")
        return version, self._ended(version)

    def _ended(self, version: str) -> str:
        execution: str = _until(lambda: self._started_by(version), _STARTS_WITHIN, "the upload started no execution")
        ids = {"pipelineName": self._name, "pipelineExecutionId": execution}

        def has_ended() -> bool:
            return self._pipeline.get_pipeline_execution(**ids)["pipelineExecution"]["status"] not in _RUNNING

        _until(has_ended, _ENDS_WITHIN, f"execution {execution} did not end")
        return execution

    def _started_by(self, version: str) -> str:
        executions = self._pipeline.list_pipeline_executions(pipelineName=self._name)["pipelineExecutionSummaries"]
        return started_by(executions, version)

    def actions(self, execution: str) -> list[ActionRun]:
        """What ran in an execution, the newest first."""
        listed = self._pipeline.list_action_executions(
            pipelineName=self._name, filter={"pipelineExecutionId": execution}
        )
        return list(listed["actionExecutionDetails"])

    def build(self, execution: str, name: str = "Build") -> Build:
        """CodeBuild's own account of what an execution's action has run."""
        actions = [action for action in self.actions(execution) if action["actionName"] == name]
        results = [action.get("output", {}).get("executionResult", {}) for action in actions]
        ids = [result["externalExecutionId"] for result in results if ":" in result.get("externalExecutionId", "")]
        if not ids:
            raise Failure(f"execution {execution} ran no {name}: see the pipeline in the console, and run doctor again")
        return self._build.batch_get_builds(ids=ids[:1])["builds"][0]

    def event(self, execution: str) -> Event:
        """The event that told of the execution's success."""
        url, events = self._probe.resources["EventQueue"], list[Event]()

        def has_come() -> bool:
            answer = self._sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MaxNumberOfMessages=10)
            for message in answer.get("Messages", ()):
                event = json.loads(message["Body"])
                detail = event.get("detail", {})
                is_its = detail.get("execution-id") == execution and detail.get("state") == "SUCCEEDED"
                if is_its and "Pipeline Execution" in event.get("detail-type", ""):
                    events.append(event)
            return bool(events)

        _until(has_come, _TOLD_WITHIN, "no event came")
        return events[0]


def started_by(executions: Sequence[Execution], version: str) -> str:
    """The newest of the executions whose source is this version of the ZIP, "" if there is none."""
    for execution in executions:
        if any(revision.get("revisionId") == version for revision in execution.get("sourceRevisions", ())):
            return execution["pipelineExecutionId"]
    return ""


def _until(look: Callable[[], T], seconds: float, otherwise: str) -> T:
    end = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > end:
            raise Failure(f"{otherwise} within {seconds:.0f} s: see the pipeline in the console, and run doctor again")
        time.sleep(_PAUSE)
    return seen
