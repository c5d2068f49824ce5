"""The JSON that one part writes and another one reads.

It exists so that both name the same members. It has annotations only: nothing of it travels.
"""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict


class Manifest(TypedDict):
    """What an upload says of a deployment when it is complete.

    uploader: its version
    also: members of the routing
    files: in its folder
    immutable: the pool's files that it needs
    live: what follows the ID in the store's value; older uploaders did not write it
    lines: what the store must hold besides, by key
    listing: a digest of the folder's files; older uploaders did not write it
    """

    id: str
    commit: str
    branch: str
    message: str
    author: str
    execution: str
    created: str
    uploader: str
    routing: str
    also: list[str]
    index: list[str]
    files: int
    bytes: int
    immutable: list[str]
    live: NotRequired[str]
    lines: NotRequired[dict[str, str]]
    listing: NotRequired[str]


class Site(TypedDict):
    """What the compiler is asked: a site before it is uploaded.

    files: paths, without the two files of rules
    redirects: the text of `_redirects`, "" if there is none
    headers: and of `_headers`
    fallback: the page for an app's routes, if it is not index.html
    assets: whether the finisher runs for stylesheets, images and scripts too
    shared: whether hashed files lie in the pool
    lenient: whether wrong lines are warnings
    """

    routing: str
    files: list[str]
    redirects: str
    headers: str
    fallback: str
    assets: bool
    shared: bool
    lenient: bool


class Compiled(TypedDict):
    """What the compiler answers: the routing table of a deployment, for the bucket and for the store.

    problems: if there is one, nothing may be uploaded
    live: what follows the ID in the store's value
    lines: of the store, by key
    objects: key, the file whose bytes it has or "", redirect (`301 /new`) or "", status or ""
    headers: distinct options of an object: what S3 stores (its type, unless its name tells none), and `headers` for its
        metadata
    dressed: of files and of objects with a file's bytes; key: its place in `headers`
    left_out: files that are not written, as a forced rule took their key
    """

    problems: list[str]
    warnings: list[str]
    report: list[str]
    routing: str
    live: str
    lines: dict[str, str]
    objects: list[list[str]]
    headers: list[dict[str, str]]
    dressed: dict[str, int]
    left_out: list[str]


class SwitchRecord(TypedDict):
    """What the history and a status tell of a switch."""

    deployment: str
    since: str
    action: str
    by: str
    sequence: int | None
    asked: str


class Request(TypedDict, total=False):
    """What the publisher may be asked; docs/requests.md says what of it an action takes."""

    action: str
    by: str
    seen: str
    deployment: str
    deployments: list[str]
    sequence: int
    force: bool
    steps: int
    reason: str
    publish: bool
    previous: bool
    at: str
    minutes: int


# What an event tells of an execution of the pipeline; its documentation is linked at PIPELINE_EVENT in `contract`
PipelineDetail = TypedDict(
    "PipelineDetail",
    {
        "pipeline": str,
        "state": str,
        "execution-id": str,
        "start-time": str,
        "execution-trigger": dict[str, str],
    },
    total=False,
)


class Detail(Request, PipelineDetail, total=False):
    """What an event tells: a request and of which stack, or what became of an execution of the pipeline."""

    stack: str


# How EventBridge hands it over: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
Envelope = TypedDict(
    "Envelope", {"detail-type": str, "id": str, "time": str, "region": str, "detail": Detail}, total=False
)


class Event(Request, Envelope, total=False):
    """What the publisher is invoked with: a request as it is, or in an envelope, or what the pipeline did."""


# What may come of whatever the publisher is asked
Outcome = Literal[
    "published",
    "rolled-back",
    "on-hold",
    "released",
    "retiring",
    "held",
    "stale",
    "duplicate",
    "ignored",
    "refused",
    "failed",
    "status",
]


class Extra(TypedDict):
    """The files that a folder has too much."""

    count: int
    names: list[str]


class Answer(TypedDict, total=False):
    """The publisher's answer, the line in its log, and most of the event that it sends."""

    outcome: Outcome
    reason: str
    action: str
    by: str
    execution: str
    deployment: str
    commit: str
    before: str
    after: str
    waiting: str
    retiring: Sequence[str]
    kept: dict[str, str]  # of a retirement: why each other one stays
    choices: list[str]
    extra: Extra
    unannounced: str


class Status(Answer):
    """The publisher's answer to `status`, with `outcome`, `after`, `waiting` and `retiring`."""

    previous: NotRequired[str]
    hold: dict[str, str]
    published: list[SwitchRecord]
    mark: str


class Announcement(Answer, total=False):
    """What the publisher's event tells: its answer, and whose it is."""

    stack: str
    pipeline: str


class DecisionEvent(TypedDict):
    """How EventBridge hands an announcement over, as far as anybody reads it."""

    detail: Announcement


class Occasion(Answer, PipelineDetail, total=False):
    """What a mail is written about: an announcement, or what became of an execution of the pipeline."""

    stack: str


# How EventBridge hands it to the messenger of a template with a pipeline
MailEvent = TypedDict("MailEvent", {"detail-type": str, "region": str, "detail": Occasion})
