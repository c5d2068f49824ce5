"""What all parts agree on: keys in the buckets, the form of an ID, limits, and the names of events.

It exists because uploader, publisher, pruner, commands and template read what another one of them has written. Each
program carries of it what it needs. A test holds the edge functions to it, which are JavaScript.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NotRequired, TypedDict

VERSION = "0.2.0"  # of all parts: templates and manifests name it

ID = "[0-9A-Za-z][0-9A-Za-z_-]{9,63}"  # of a deployment: a commit, `-`, and what only this upload has
ROUTINGS = ("spa", "files", "folders", "mixed", "bare")

# In the site bucket. What ends with a slash begins a key.
DEPLOYMENTS = "deployments/"  # one folder each
POOL = "immutable/"  # files with a hash in their names, which deployments share
MANIFESTS = "manifests/"  # one for each complete deployment
HISTORY = "published/"  # one object for each switch
EXECUTIONS = "executions/"  # which deployment an execution of the pipeline made
LEASES = "uploads/"  # of uploads that may still write
LOCK = "prune.lock"
ERROR_PAGE = "_errors/404.html"
ERRORS = ERROR_PAGE.removesuffix("404.html")

ARCHIVES = "archives/"  # in the artifact bucket: what a build has packed
BUILD_CACHE = "cache/"  # in the artifact bucket too: what the next build finds again
ZIP_KEY = "site.zip"  # in the source bucket: what starts a pipeline
ARCHIVE_DIGEST = "ARCHIVE_SHA256"  # the variable that a build exports, so that CodePipeline keeps it

# In the KeyValueStore.
LIVE = "live"  # deployment, routing, and members of the routing
LEDGER = "ledger"  # what the publisher remembers
VALUE_LIMIT = 1024  # bytes of a value (CloudFront's quotas)

NAME_LIMIT = 900  # bytes of a decoded URL path, first slash included: the router answers 414 above it
REASON_LIMIT = 200  # bytes of why somebody asks
PUBLISHER_SECONDS = 300  # the publisher is ended after this
PRUNE_SECONDS = 15 * 60  # a prune is ended after this, the longest that a Lambda function runs
LOCK_SECONDS = 20 * 60  # an older lock is of a prune that died
LEASE_SECONDS = 36 * 3600  # an older lease is of an upload that died

# What may be asked for through an alias of the publisher: of every one, and what `operations` adds.
ALIASES = {"ci": ("publish", "status"), "webhook": ("hold", "release", "promote", "rollback")}
OPERATIONS_ALIASES = {"pruner": ("status", "retire"), "alarm": ("auto-rollback",)}

PIN_COOKIE = "__Host-deployment"  # which deployment a visitor's pages are of

EVENT_SOURCE = "instant-hosting"  # of the events that the publisher sends and takes
REQUEST_EVENT = "Deployment Request"
DECISION_EVENT = "Deployment Decision"
# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
PIPELINE_EVENT = "CodePipeline Pipeline Execution State Change"


# What one part writes as JSON and another one reads. Annotations only, so that nothing of it travels.


class Manifest(TypedDict):
    """What an upload says of a deployment when it is complete."""

    id: str
    commit: str
    branch: str
    message: str
    author: str
    execution: str
    created: str
    uploader: str  # its version
    routing: str
    also: list[str]  # members of the routing
    index: list[str]
    files: int  # in its folder
    bytes: int
    immutable: list[str]  # the pool's files that it needs
    live: NotRequired[str]  # what follows the ID in the store's value; older uploaders did not write it
    lines: NotRequired[dict[str, str]]  # what the store must hold besides, by key
    listing: NotRequired[str]  # a digest of the folder's files; older uploaders did not write it


class Site(TypedDict):
    """What the compiler is asked: a site before it is uploaded."""

    routing: str
    files: list[str]  # paths, without the two files of rules
    redirects: str  # the text of `_redirects`, "" if there is none
    headers: str  # and of `_headers`
    fallback: str  # the page for an app's routes, if it is not index.html
    assets: bool  # whether the finisher runs for stylesheets, images and scripts too
    shared: bool  # whether hashed files lie in the pool
    lenient: bool  # whether wrong lines are warnings


class Compiled(TypedDict):
    """What the compiler answers: the routing table of a deployment, for the bucket and for the store."""

    problems: list[str]  # if there is one, nothing may be uploaded
    warnings: list[str]
    report: list[str]
    routing: str
    live: str  # what follows the ID in the store's value
    lines: dict[str, str]  # of the store, by key
    objects: list[list[str]]  # key, the file whose bytes it has or "", redirect (`301 /new`) or "", status or ""
    headers: list[dict[str, str]]  # distinct options of an object: what S3 stores, and `headers` for its metadata
    dressed: dict[str, int]  # key: its place in `headers`
    left_out: list[str]  # files that are not written, as a forced rule took their key


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


# What an event tells of an execution of the pipeline; its documentation is linked at PIPELINE_EVENT
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


class Listed(TypedDict):
    """An object as S3 lists it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html"""

    Key: str
    Size: int
    LastModified: datetime


def folder_of(deployment: str) -> str:
    """Where the deployment's own files are."""
    return f"{DEPLOYMENTS}{deployment}/"


def manifest_of(deployment: str) -> str:
    """The object that says that the deployment is complete."""
    return f"{MANIFESTS}{deployment}.json"


def manifested(key: str) -> str:
    """The deployment whose manifest has this key."""
    return key[len(MANIFESTS) : -5]


def switch_of(since: str, deployment: str) -> str:
    """The object that tells that a deployment became live at a time (as `2026-01-31T12:00:00.000Z`)."""
    return f"{HISTORY}{since.replace(':', '')}-{deployment}.json"


def switched(key: str) -> tuple[str, str]:
    """The time (as `2026-01-31T120000.000`, which sorts as text) and the deployment of a switch with this key."""
    since, _, deployment = key[len(HISTORY) : -5].partition("Z-")
    return since, deployment


def self_contained(deployment: str) -> str:
    """The ID under which an upload goes on whose hashed files lie in its own folder: the last part begins with x."""
    return re.sub(r"-.([^-]*)\Z", r"-x\1", deployment)
