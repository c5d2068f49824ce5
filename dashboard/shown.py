"""What the page is sent: the form of its JSON, which `server` sends and `page/` reads.

It stands apart, so that both sides change in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

How = Literal["", "push", "upload", "publish", "promote", "rollback", "alarm", "release"]
State = Literal["loading", "ok", "disconnected", "denied", "expired", "refused"]


class Health(TypedDict):
    """Whether what is shown was asked for anew, and else why not and what helps."""

    state: State
    line: str
    remedy: str
    action: str  # that was denied
    resource: str


class Partly(TypedDict):
    """A part of a site that cannot be told, while the rest can."""

    what: Literal["builds", "list"]
    health: Health


class Stage(TypedDict):
    """A stage of a build."""

    name: str
    state: Literal["waiting", "running", "succeeded", "failed", "stopped"]
    since: str
    seconds: int


class Row(TypedDict, total=False):
    """A deployment, or a build that made none (`kind`); what is empty is left out of a list."""

    kind: Literal["deployment", "build"]
    id: str
    short: str
    state: str
    commit: str
    branch: str
    message: str
    author: str
    at: str  # uploaded, or started
    build: str  # the execution of the pipeline
    seconds: int
    trigger: str
    # of a deployment
    files: int
    shared: int
    bytes: int
    since: str
    until: str
    how: How
    action: str
    by: str
    # of a build
    ended: str
    stages: list[Stage]
    reason: str
    console: str


class Site(TypedDict):
    """A site, as small as it can be: it is sent again whenever something of it changes."""

    site: str
    name: str
    region: str
    local: bool
    url: str
    source: Literal["git", "zip", "direct"]
    repository: str
    host: str
    branch: str
    commit_url: str
    repository_url: str
    console: str
    health: Health
    asked: str
    partly: list[Partly]
    live: Row | None
    previous: Row | None
    waiting: Row | None
    hold: Mapping[str, str] | None
    builds: list[Row]
    count: int
    revision: str


class Page(TypedDict):
    """All that an open page is sent by itself."""

    version: str
    run: str
    by: str
    now: str
    health: Health
    sites: list[Site]


class Names(TypedDict):
    """Some files."""

    count: int
    names: list[str]


class Changes(TypedDict):
    """What a deployment has that the live one has not, and the reverse."""

    against: str
    added: Names
    changed: Names
    removed: Names
    unknown: str


class Log(TypedDict):
    """The end of a build's log, and why it failed."""

    lines: Sequence[str]
    why: Sequence[str]
    command: str
    action: str
    summary: str
    url: str
    state: str
    complete: bool
    stages: Sequence[Stage]
    note: str


class Mark(TypedDict):
    """A switch on a chart."""

    at: str
    id: str
    short: str
    how: How
    action: str
    by: str


# `from` is Python's word
Traffic = TypedDict(
    "Traffic",
    {
        "from": str,
        "step": int,
        "requests": list[float | None],
        "errors": list[float | None],
        "errors_4xx": list[float | None],
        "errors_5xx": list[float | None],
        "hits": list[float | None],
        "switches": list[Mark],
        "note": str,
        "health": Health,
        "source": NotRequired[str],
    },
)
