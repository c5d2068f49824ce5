"""The log of a build: its end while it runs, and of one that failed the lines that say why, as the mails have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from dashboard.shown import Log
from dashboard.watching import Watched
from deployments.errors import explain
from messenger import failing
from messenger.failing import Failed
from messenger.reason import uncolored

if TYPE_CHECKING:
    from aws_types import ActionRun, Clients, LogPlace

_LINES = 400  # what a person scrolls through; the whole log is in the console


class _Read(NamedTuple):
    """What was read: of which action, where all of it is, and of a failure what says why."""

    action: str = ""
    url: str = ""
    lines: Sequence[str] = ()
    summary: str = ""
    command: str = ""
    why: Sequence[str] = ()
    note: str = ""


def log_of(watched: Watched, execution: str) -> Log:
    """The log of the action that failed or runs, else of the build."""
    way = watched.way
    row, actions = way.builds.of(execution), way.builds.actions(execution)
    state = row.get("state", "")
    try:
        failed = failing.failed(way.client, way.place.stack.pipeline, execution) if state == "failed" else None
        read = _of_failed(way.client, failed) if failed else _of_newest(way.client, actions)
    except (ClientError, BotoCoreError) as error:
        read = _Read(note=f"the log cannot be read: {explain(error)}")
    return {
        "lines": read.lines,
        "why": read.why,
        "command": read.command,
        "action": read.action,
        "summary": read.summary or row.get("reason", ""),
        "url": read.url,
        "state": state,
        "complete": state != "running",
        "stages": way.builds.stages(actions),
        "note": read.note or _note(read),
    }


def _note(read: _Read) -> str:
    if read.lines:
        return ""
    return "This action has no log yet." if read.action else "Nothing has run yet."


def _of_failed(clients: Clients, failed: Failed) -> _Read:
    """What CodePipeline says of what failed, its log, and the lines of it that tell the reason."""
    if not failed.build:
        return _Read(failed.action, failed.url, summary=failed.summary)
    why = failing.why(clients, failed.build)
    return _Read(failed.action, failed.url, _tail(clients, failed.build), failed.summary, why.command, why.lines)


def _of_newest(clients: Clients, actions: list[ActionRun]) -> _Read:
    build, action, url = _latest(actions)
    return _Read(action, url, _tail(clients, build) if build else ())


def _latest(actions: list[ActionRun]) -> tuple[str, str, str]:
    """Of the newest action that CodeBuild runs its build, its name and its page."""
    for action in actions:
        result = action.get("output", {}).get("executionResult", {})
        build = str(result.get("externalExecutionId", ""))
        if ":" in build and action["actionName"] != "Source":
            return build, str(action["actionName"]), str(result.get("externalExecutionUrl", ""))
    return "", str(actions[0]["actionName"]) if actions else "", ""


def _tail(clients: Clients, build: str) -> list[str]:
    """The last lines of a build's log; none before it has begun."""
    builds = clients("codebuild").batch_get_builds(ids=[build])["builds"]
    place = builds[0].get("logs", {}) if builds else {}
    if "streamName" not in place:
        return []
    where: LogPlace = {"logGroupName": place["groupName"], "logStreamName": place["streamName"]}
    try:
        page = clients("logs").get_log_events(**where, limit=_LINES, startFromHead=False)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return []
    return [uncolored(line) for event in page["events"] for line in event["message"].rstrip("\n").split("\n")][-_LINES:]
