"""Reads what an event says about a commit, and which of two events is the later: pure functions.

A pipeline that succeeded has built something. The publisher's decision tells whether that is live (docs/requests.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from shared.document import QUOTED
from shared.names import COMMIT

from reporter.events import Revision, StatusDetail, StatusEvent
from reporter.report import Report

SOURCE = "instant-hosting"  # contract.EVENT_SOURCE, as tests/webhook/test_webhook_contract.py holds
LONGEST = 140  # characters: GitHub refuses a longer description; GitLab takes 255

_EXECUTION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# state, description, and which of one second's events is the later
_PIPELINE = {
    "STARTED": ("building", "building", 0),
    "RESUMED": ("building", "building again", 0),
    "SUCCEEDED": ("built", "built, going live", 2),
    "FAILED": ("failed", "the pipeline failed", 3),
    "STOPPED": ("stopped", "not built: the pipeline was stopped", 3),
    "CANCELED": ("stopped", "not built: the pipeline was changed while it ran", 3),
    "SUPERSEDED": ("overtaken", "not built: a newer commit came first", 3),
}
_FETCHED = ("building", "building", 1)  # the source action is done: now the execution has a commit
_LIVE, _DECIDED = 5, 4  # ranks too: behind all of the pipeline's, and what is live behind what is not


class Moment(NamedTuple):
    """When an event happened, and by whose clock. It orders events, which come in any order, and twice."""

    at: int
    rank: int
    execution: str
    is_decision: bool


class Progress(NamedTuple):
    """How far a commit has come. `commit` is "" if only the execution can tell which one it is."""

    state: str
    description: str
    target: str
    commit: str
    moment: Moment


class NoChange(NamedTuple):
    """The status stays as it is, and why."""

    reason: str


def concerns(report: Report, event: StatusEvent) -> bool:
    """Whether the event is of the report's pipeline, or of the publisher behind it."""
    return event["detail"].get("pipeline") == report.pipeline


def progress(report: Report, event: StatusEvent) -> Progress | NoChange:
    """Which commit's status changes, and to what."""
    is_decision = event["source"] == SOURCE
    detail = event["detail"]
    execution = str((detail.get("execution") if is_decision else detail.get("execution-id")) or "")
    if execution and not _EXECUTION.fullmatch(execution):
        return NoChange(f"the execution {execution[:QUOTED]!r} is not one of CodePipeline's")
    found = _decided(detail, execution) if is_decision else _moved(event)
    if isinstance(found, NoChange):
        return found
    state, description, rank = found
    at = int(datetime.fromisoformat(event["time"]).timestamp())
    commit = str(detail.get("commit") or "") if is_decision else ""
    if commit and not COMMIT.fullmatch(commit):
        return NoChange(f"{commit[:QUOTED]} is not a commit")
    target = report.url if state == "live" or not execution else _console(event["region"], report.pipeline, execution)
    return Progress(state, _short(description), target, commit, Moment(at, rank, execution, is_decision))


def follows(new: Moment, old: Moment) -> bool:
    """Whether `new` is later than `old`.

    A decision is later than all that its execution's pipeline said, whatever the clocks of the two services say.
    """
    if new.execution and new.execution == old.execution and new.is_decision != old.is_decision:
        return new.is_decision
    return (new.at, new.rank) > (old.at, old.rank)


def commit_of(revisions: Sequence[Revision], repository: str) -> str:
    """The commit of `repository` among an execution's revisions, or "" (a ZIP file, another repository, not yet).

    The revision of a connection has an address that names the repository. Without one the report is believed.
    """
    for revision in revisions:
        named = parse_qs(urlsplit(revision.get("revisionUrl", "")).query).get("FullRepositoryId", [repository])
        if COMMIT.fullmatch(revision.get("revisionId", "")) and named[0].casefold() == repository.casefold():
            return revision["revisionId"]
    return ""


def _moved(event: StatusEvent) -> tuple[str, str, int] | NoChange:
    if event["detail-type"] == "CodePipeline Action Execution State Change":
        return _FETCHED
    state = event["detail"]["state"]
    return _PIPELINE.get(state) or NoChange(f"{state} changes nothing")


def _decided(detail: StatusDetail, execution: str) -> tuple[str, str, int] | NoChange:
    outcome, commit, by = detail.get("outcome"), str(detail.get("commit") or ""), detail.get("by")
    is_switch = outcome in ("published", "rolled-back")
    if not execution and not is_switch:
        return NoChange(f"{outcome} is an answer to whoever asked, not about a commit")
    if commit and commit == str(detail.get("after") or "").rpartition("-")[0]:
        return "live", "live" if execution else f"live: {detail.get('action')} by {by}", _LIVE
    found = {
        "held": ("held", f"built, not live: held, {detail.get('reason')}", _DECIDED),
        "stale": ("overtaken", "built, not live: a newer one is", _DECIDED),
        "refused": ("failed", f"built, not live: {detail.get('reason')}", _DECIDED),
        # without the reason: what AWS says names the account, and a status may be public
        "failed": ("failed", "built, but the publisher failed", _DECIDED),
    }
    return found.get(str(outcome)) or NoChange(f"{outcome} changes nothing")


def _console(region: str, pipeline: str, execution: str) -> str:
    place = f"{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{pipeline}/executions/{execution}"
    return f"https://{place}/timeline?region={region}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
