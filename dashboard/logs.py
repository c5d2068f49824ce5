"""The log of a build: its end while it runs, and of one that failed the lines that say why, as the mails have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from dashboard.looking import Looked
from dashboard.shown import Log, Row
from deployments.errors import explain
from messenger import failing
from messenger.failing import Failed
from messenger.reason import uncolored

if TYPE_CHECKING:
    from aws_types import ActionRun, Clients, LogPlace

_LINES = 400


def log_of(looked: Looked, execution: str) -> Log:
    """The log of the action that failed or runs, else of the build."""
    way = looked.way
    row: Row = way.builds.of(execution)
    actions = way.builds.actions(execution)
    state = row.get("state", "")
    log: Log = {
        "lines": [],
        "why": [],
        "command": "",
        "action": "",
        "summary": row.get("reason", ""),
        "url": "",
        "state": state,
        "complete": state != "running",
        "stages": way.builds.stages(actions),
        "note": "",
    }
    try:
        failed = failing.failed(way.client, way.place.stack.pipeline, execution) if state == "failed" else None
        _explain(log, way.client, failed)
        build, action, url = (failed.build, failed.action, failed.url) if failed else _latest(actions)
        log["action"], log["url"] = action, url
        log["lines"] = _tail(way.client, build) if build else []
        log["note"] = "" if log["lines"] else "This action has no log yet." if action else "Nothing has run yet."
    except (ClientError, BotoCoreError) as error:
        log["note"] = f"the log cannot be read: {explain(error)}"
    return log


def _explain(log: Log, clients: Clients, failed: Failed | None) -> None:
    """Say of what failed what CodePipeline says, and the lines of its log that tell the reason."""
    if failed:
        log["summary"] = failed.summary or log["summary"]
    if failed and failed.build:
        why = failing.why(clients, failed.build)
        log["command"], log["why"] = why.command, why.lines


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
