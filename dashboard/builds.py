"""The executions of a site's pipeline, the newest first, and the stages of those that run.

AWS charges for questions and refuses who asks too often, so what has ended is asked for once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from dashboard.links import told
from dashboard.program import Clock
from dashboard.shown import Row, Stage
from messenger import failing

if TYPE_CHECKING:
    from aws_types import ActionRun, Clients, Execution, ExecutionsRequest

STAGES = ("Source", "Build", "Upload")
_OLDER, _NEWER = 500, 20  # executions that are looked at in all, and again each time
_EXPLAINED, _REASON = 10, 300  # failed ones whose reason is looked up, and its characters
_PAGE = 100  # the most that CodePipeline tells at once
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecutionSummary.html
_STATES = {
    "InProgress": "running",
    "Stopping": "running",
    "Failed": "failed",
    "Stopped": "stopped",
    "Cancelled": "canceled",
    "Superseded": "superseded",
    "Succeeded": "succeeded",
}
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionTrigger.html
_TRIGGERS = {
    "Webhook": "push",
    "WebhookV2": "push",
    "PollForSourceChanges": "push",
    "CloudWatchEvent": "upload",
    "StartPipelineExecution": "start",
    "CreatePipeline": "start",
}
_StageState = Literal["running", "succeeded", "failed", "stopped"]
_ACTIONS: Mapping[str, _StageState] = {"InProgress": "running", "Succeeded": "succeeded", "Failed": "failed"}


class Builds:
    """The executions of the pipeline `name`, as far as they were looked at, by this one or the one `before` it."""

    def __init__(self, clients: Clients, name: str, now: Clock, before: Builds | None = None) -> None:
        self._clients, self._name, self._now = clients, name, now
        self._reasons: dict[str, str] = before._reasons if before else {}
        self._known: dict[str, Execution] = before._known if before else {}
        self.host: str = before.host if before else ""  # of the repository, as the newest source action tells it
        self.older: bool = before.older if before else False

    def look(self) -> None:
        """Learn of new executions, and of what became of the running ones."""
        limit = _NEWER if self._known else _OLDER
        newest = list(self._listed(limit))
        self.older = self.older or len(newest) == _OLDER
        known = {one["pipelineExecutionId"]: one for one in newest}
        missed = [one for one in self._running() if one not in known]
        self._known = {**self._known, **known}
        for identity in missed:
            self._known.pop(identity)  # its end is too far back to be told cheaply
        self._learn_reasons(newest)
        self.host = next(filter(None, (told(_revision(one, "revisionSummary"))[0] for one in newest)), self.host)

    def _learn_reasons(self, newest: Sequence[Execution]) -> None:
        """Why the newest ones that failed did; each is looked up once."""
        failed = [one["pipelineExecutionId"] for one in newest if _state(one) == "failed"][:_EXPLAINED]
        for identity in failed:
            if identity not in self._reasons:
                self._reasons[identity] = self._reason(identity)

    def _reason(self, identity: str) -> str:
        """The action that failed and the first line that says why, as far as one may ask."""
        found = failing.failed(self._clients, self._name, identity)
        if not found:
            return ""
        lines: Sequence[str] = ()
        with suppress(ClientError, BotoCoreError):  # who may not read logs is told what CodePipeline says
            lines = failing.why(self._clients, found.build).lines if found.build else ()
        return f"{found.action}: {next(iter(lines), found.summary)}"[:_REASON]

    def _running(self) -> list[str]:
        return [name for name, one in self._known.items() if _state(one) == "running"]

    def _listed(self, limit: int) -> Iterator[Execution]:
        asked: ExecutionsRequest = {"pipelineName": self._name}
        while limit > 0:
            asked["maxResults"] = min(limit, _PAGE)
            page = self._clients("codepipeline").list_pipeline_executions(**asked)
            yield from page["pipelineExecutionSummaries"]
            limit -= asked["maxResults"]
            if "nextToken" not in page:
                return
            asked["nextToken"] = page["nextToken"]

    def running(self) -> list[Row]:
        """Those that run, with their stages."""
        rows = [self._row(self._known[one]) for one in self._running()]
        return [{**row, "stages": self.stages(self.actions(row["id"]))} for row in newest_first(rows)]

    def rows(self, made: set[str]) -> list[Row]:
        """Those of which no deployment is there."""
        rows = [self._row(one) for one in self._known.values() if one["pipelineExecutionId"] not in made]
        return [{**row, "reason": self._reasons.get(row["id"]) or row["reason"]} for row in rows]

    def of(self, execution: str) -> Row:
        """What is known of an execution; empty if nothing is."""
        return self._row(self._known[execution]) if execution in self._known else {}

    def _row(self, one: Execution) -> Row:
        return _row(one, self._now())

    def stages(self, actions: Sequence[ActionRun]) -> list[Stage]:
        """Each stage of the pipeline, as its latest action tells."""
        latest = {str(one["actionName"]): one for one in reversed(actions)}
        return [_stage(name, latest.get(name), self._now()) for name in STAGES]

    def actions(self, execution: str) -> list[ActionRun]:
        """What CodePipeline tells of an execution's actions, the newest first; none if it does not know it."""
        ask = self._clients("codepipeline").list_action_executions
        try:
            page = ask(pipelineName=self._name, filter={"pipelineExecutionId": execution})
        except ClientError as error:
            if error.response["Error"]["Code"] != "PipelineExecutionNotFoundException":
                raise
            return []
        return list(page["actionExecutionDetails"])

    def mark(self) -> list[tuple[str, ...]]:
        """What changes whenever the rows do: the commit is known once the first stage has ended."""
        return [
            (name, one["status"], _revision(one, "revisionId"), self._reasons.get(name, ""))
            for name, one in self._known.items()
        ]


def newest_first(rows: Sequence[Row]) -> list[Row]:
    """The rows in the order of the page."""
    return sorted(rows, key=lambda row: (row["at"], row["id"]), reverse=True)


def _stage(name: str, action: ActionRun | None, now: datetime) -> Stage:
    if not action:
        return {"name": name, "state": "waiting", "since": "", "seconds": 0}
    begin = action.get("startTime")
    state = _ACTIONS.get(action["status"], "stopped")
    end = now if state == "running" else action.get("lastUpdateTime")
    return {"name": name, "state": state, "since": moment(begin), "seconds": _seconds(begin, end)}


def _row(one: Execution, now: datetime) -> Row:
    state = _state(one)
    begin, end = one.get("startTime"), one.get("lastUpdateTime")
    ended = "" if state == "running" else moment(end)
    trigger = _TRIGGERS.get(one.get("trigger", {}).get("triggerType", ""), "")
    return {
        "kind": "build",
        "id": one["pipelineExecutionId"],
        "build": one["pipelineExecutionId"],
        "short": short_build(one["pipelineExecutionId"]),
        "state": state,
        "at": moment(begin),
        "ended": ended,
        "seconds": _seconds(begin, now if state == "running" else end),
        "commit": _revision(one, "revisionId"),
        "message": told(_revision(one, "revisionSummary"))[1],
        "trigger": trigger,
        "reason": one.get("statusSummary", ""),
    }


def _state(one: Execution) -> str:
    return _STATES.get(one["status"], "running")


def _revision(one: Execution, name: Literal["revisionId", "revisionSummary"]) -> str:
    return next((str(revision.get(name, "")) for revision in one.get("sourceRevisions", ())), "")


def short_build(identity: str) -> str:
    """As much of an execution's ID as the console shows."""
    return identity[:8]


def moment(when: datetime | None) -> str:
    """A time as the page has it."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z" if when else ""


def _seconds(begin: datetime | None, end: datetime | None) -> int:
    return max(0, round((end - begin).total_seconds())) if begin and end else 0
