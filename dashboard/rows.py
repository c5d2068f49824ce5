"""The list of a site: its deployments and the builds that made none, newest first.

A row is sent for each of thousands, so it leaves out what says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dashboard.builds import newest_first
from dashboard.shown import How, Row
from deployments.catalog import Period, shorten
from deployments.looking import Entry
from deployments.publisher import State

_MESSAGE = 1000  # characters; the details have all of it
_HOW: dict[str, How] = {
    "publish": "publish",
    "promote": "promote",
    "rollback": "rollback",
    "release": "release",
    "auto-rollback": "alarm",
}


def how(action: str, source: str) -> How:
    """In the page's words how a deployment became live."""
    return ("upload" if source == "zip" else "push") if action == "pipeline" else _HOW.get(action, "")


def deployment_rows(entries: Sequence[Entry], state: State, known: Collection[str], source: str) -> list[Row]:
    """A row for each of `entries`, named so that it means none else of those that are `known`."""
    names = shorten([entry.id for entry in entries], known)
    return [_row(entry, names[entry.id], state, source) for entry in entries]


def _row(entry: Entry, name: str, state: State, source: str) -> Row:
    since, until = entry.lived[-1] if entry.lived else Period("", "")
    return {
        "kind": "deployment",
        "id": entry.id,
        "short": name,
        "state": state_of(entry.id, state),
        "commit": entry.commit,
        "branch": entry.branch,
        "message": entry.message[:_MESSAGE],
        "author": entry.author,
        "at": entry.uploaded,
        "build": entry.execution,
        "files": entry.files,
        "shared": entry.shared,
        "bytes": entry.bytes,
        "since": since,
        "until": until,
        "how": how(entry.action, source),
        "action": entry.action,
        "by": entry.by,
    }


def state_of(identity: str, state: State) -> str:
    """The one word for where a deployment stands."""
    words = {state.live: "live", state.waiting: "waiting", state.previous: "previous"}
    return words.get(identity) or ("retiring" if identity in state.retiring else "ready")


def together(deployments: Iterable[Row], builds: Iterable[Row]) -> list[Row]:
    """One list, without what is empty."""
    return [compact(row) for row in newest_first([*deployments, *builds])]


def compact(row: Row) -> Row:
    """The row without what says nothing."""
    empty: tuple[object, ...] = ("", 0, None, [], "ready")
    return {name: value for name, value in row.items() if value not in empty}  # type: ignore[return-value]  # names of a row all
