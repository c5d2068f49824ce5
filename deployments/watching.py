"""`watch`: starts or follows a pipeline's execution, and the switch that it asks for, until a visitor gets the page.

A pipeline that ends green has not shown a page: only the last step, a visitor's look, says that it is live.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import click
from botocore.exceptions import BotoCoreError, ClientError

from contract import EXECUTIONS
from deployments.command import SEEN_WITHIN, Site, example, on_site, patient
from deployments.errors import USAGE, Failure, explain
from deployments.output import moment
from deployments.publisher import State
from deployments.visitor import wait
from messenger import failing

_PAUSE = 3.0  # seconds between two looks at the pipeline
_SWITCH_WITHIN = 90  # seconds from a green pipeline to the switch: EventBridge, a cold start, retries of both
_LOOK = 2.0  # seconds between two questions to the publisher, each of which is an invocation that is paid for
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html
_RUNNING = {"InProgress", "Stopping"}
_ENDED = {"Cancelled", "Stopped"}  # an update of the stack cancels what runs


@click.command(epilog=example("deployments watch"))
@click.option("--execution", metavar="ID", help="The pipeline's execution (default: the newest).")
@click.option(
    "--start", is_flag=True, help="Start one first: of the branch's newest commit, or of the ZIP that is there."
)
@patient("it")
@on_site
def watch(site: Site, execution: str | None, start: bool, timeout: int) -> None:
    """Follow a pipeline's execution until its page is live: each stage, the switch, and what a visitor gets."""
    if not site.stack.pipeline:
        raise Failure(f"stack {site.stack.name} has no pipeline: `publish` waits by itself", USAGE)
    if start and execution:
        raise Failure("--start starts a new execution: leave --execution out", USAGE)
    followed = follow(site, execution or (_started(site) if start else _latest(site)), timeout)
    facts = {"live": followed.deployment, "execution": followed.execution, "url": site.url}
    _report(site, facts, followed.seconds)


class Followed(NamedTuple):
    """An execution whose page a visitor gets, and how long each step took."""

    deployment: str
    execution: str
    seconds: dict[str, float]


def follow(site: Site, execution: str, minutes: int) -> Followed:
    """Say each step of an execution until a visitor gets its page; `Failure` names what did not come."""
    run = _Execution(site, execution)
    started = time.monotonic()
    run.follow(started + 60 * minutes)
    built = time.monotonic()
    deployment = run.deployment()
    site.output.note(f"{deployment}: complete")
    _await_switch(site, deployment)
    switched = time.monotonic()
    seconds = {"pipeline": built - started, "switch": switched - built, "seen": _await_visitor(site, deployment)}
    return Followed(deployment, run.id, seconds)


def _report(site: Site, facts: dict[str, str], seconds: dict[str, float]) -> None:
    """Show the facts, and how long each step took."""
    shown = {name: f"{value:.1f} s" for name, value in seconds.items()}
    site.output.facts({**facts, **shown}, {**facts, "seconds": {k: round(v, 3) for k, v in seconds.items()}})


def _started(site: Site) -> str:
    """Begin an execution: a change of the build's parameters, or an update that canceled a build, begins none."""
    client = site.cloud.client("codepipeline")
    identity = str(client.start_pipeline_execution(name=site.stack.pipeline)["pipelineExecutionId"])
    site.output.note(f"started {identity}")
    return identity


def newest(site: Site) -> str:
    """The pipeline's newest execution; "" if it has not run yet."""
    client = site.cloud.client("codepipeline")
    listed = client.list_pipeline_executions(pipelineName=site.stack.pipeline, maxResults=1)[
        "pipelineExecutionSummaries"
    ]
    return str(listed[0]["pipelineExecutionId"]) if listed else ""


def _latest(site: Site) -> str:
    execution = newest(site)
    if not execution:
        raise Failure("the pipeline has not run yet: push, or upload a ZIP")
    return execution


def _await_visitor(site: Site, deployment: str) -> float:
    """For how many seconds a visitor had to wait for `deployment`; `Failure` if that was too long."""
    seen = site.visitor.wait_for(deployment, SEEN_WITHIN)
    if seen is None:
        raise Failure(f"{deployment} is live, but {site.url} does not show it after {SEEN_WITHIN} s: check its DNS")
    return seen


def _await_switch(site: Site, deployment: str) -> None:
    """Wait until the publisher has made `deployment` live; `Failure` says what it did instead."""
    state = site.publisher.state(previous=False)

    def settled() -> bool:
        nonlocal state
        state = site.publisher.state(previous=False)
        return deployment in (state.live, state.waiting) or _has_lived(deployment, state)

    took = wait(settled, _SWITCH_WITHIN, _LOOK)
    if state.live != deployment:
        raise Failure(_not_live(deployment, state, took or _SWITCH_WITHIN))


def _has_lived(deployment: str, state: State) -> bool:
    """Whether it is among the newest that became live."""
    return any(record["deployment"] == deployment for record in state.published)


def _not_live(deployment: str, state: State, seconds: float) -> str:
    """Why a deployment that is complete is not live, and the remedy."""
    if state.waiting == deployment:
        reason = state.hold.get("reason", "")
        return f"held: {reason}; {deployment} waits: `release --publish`, or `promote {deployment}`"
    if _has_lived(deployment, state):
        newest = state.published[0]
        since = f"since {moment(newest['since'])} UTC by {newest['action']} {newest['by']}".rstrip()
        return f"{deployment} was live, {state.live} is {since}: `promote {deployment}` makes it live again"
    return (
        f"{deployment} is not live after {seconds:.0f} s, {state.live or 'nothing'} is: "
        "`list` says whether it was live and was taken back, or a newer one was faster; "
        "`status` says whether the site is held; otherwise see the publisher's log and FailureQueue"
    )


class _Execution:
    """One execution of the pipeline."""

    def __init__(self, site: Site, identity: str) -> None:
        self.id, self._site = identity, site
        self._client = site.cloud.client("codepipeline")
        self._said: dict[str, str] = {}

    def follow(self, end: float) -> None:
        """Say each change of a stage until the execution has succeeded; `Failure` if it did not, or not until `end`."""
        while True:
            status = self._status()
            self._say_changes()
            if status == "Succeeded":
                return
            if status not in _RUNNING:
                remedy = "; `watch --start` starts again" if status in _ENDED else ""
                raise Failure(f"execution {self.id}: {status}{self._why()}; what is live stays{remedy}")
            if time.monotonic() > end:
                raise Failure(f"execution {self.id} still runs: `watch --execution {self.id}` goes on")
            time.sleep(_PAUSE)

    def deployment(self) -> str:
        """The deployment that it made."""
        key = EXECUTIONS + self.id
        try:
            pointer = self._site.s3.get_object(Bucket=self._site.stack.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            raise Failure(f"{key} is missing: the upload did not finish; run the build again") from None
        return str(pointer["Body"].read().decode().strip())

    def _status(self) -> str:
        ids = {"pipelineName": self._site.stack.pipeline, "pipelineExecutionId": self.id}
        try:
            return str(self._client.get_pipeline_execution(**ids)["pipelineExecution"]["status"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "PipelineExecutionNotFoundException":
                raise
            raise Failure(f"the pipeline has no execution {self.id}: leave --execution out for the newest") from None

    def _say_changes(self) -> None:
        """Tell what changed in the stages that this execution is in."""
        state = self._client.get_pipeline_state(name=self._site.stack.pipeline)
        for stage in state.get("stageStates", ()):
            latest = stage.get("latestExecution", {})
            name, status = stage["stageName"], latest.get("status", "")
            if latest.get("pipelineExecutionId") == self.id and self._said.get(name) != status:
                self._said[name] = status
                self._site.output.note(f"{time.strftime('%H:%M:%S')} {name}: {status}")

    def _why(self) -> str:
        """The action that failed, after its command and first error lines; "" if none did, or none may be asked."""
        client, note = self._site.cloud.client, self._site.output.note
        failed = None
        try:
            failed = failing.failed(client, self._site.stack.pipeline, self.id)
            why = failing.why(client, failed.build) if failed and failed.build else None
            if why and why.command:
                note(f"this failed: {why.command}")
            self._site.output.quote(why.lines if why else ())
        except (BotoCoreError, ClientError) as error:
            note(f"why it failed cannot be read: {explain(error)}")
        if failed and failed.url:
            note(f"the whole log: {failed.url}")
        return f", {failed.action}: {failed.summary}" if failed else ""
