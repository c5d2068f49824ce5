"""What all parts agree on: keys in the buckets, the form of an ID, limits, and the names of events.

It exists because uploader, publisher, pruner, commands and template read what another one of them has written. Each
program carries of it what it needs. A test holds the edge functions to it, which are JavaScript. The form of what the
parts hand each other is in `documents`.
"""

import re

# What the parts hand each other is half of what they agree on, so it is found here too.
from documents import Announcement as Announcement
from documents import Answer as Answer
from documents import Compiled as Compiled
from documents import DecisionEvent as DecisionEvent
from documents import Detail as Detail
from documents import Event as Event
from documents import MailEvent as MailEvent
from documents import Manifest as Manifest
from documents import Outcome as Outcome
from documents import PipelineDetail as PipelineDetail
from documents import Request as Request
from documents import Site as Site
from documents import Status as Status
from documents import SwitchRecord as SwitchRecord

VERSION = "0.2.0"  # of all parts: templates and manifests name it

ID = "[0-9A-Za-z][0-9A-Za-z_-]{9,63}"  # of a deployment: a commit, `-`, and what only this upload has
ROUTINGS = "spa", "files", "folders", "mixed", "bare"

# In the site bucket. What ends with a slash begins a key.
DEPLOYMENTS = "deployments/"  # one folder each
POOL = "immutable/"  # files with a hash in their names, which deployments share
MANIFESTS = "manifests/"  # one for each complete deployment
HISTORY = "published/"  # one object for each switch
EXECUTIONS = "executions/"  # which deployment an execution of the pipeline made
LEASES = "uploads/"  # of uploads that may still write
LOCK = "prune.lock"
ERROR_PAGE = "_errors/404.html"
ERRORS = "_errors/"  # where that lies; written out, as each program carries one of the two

ARCHIVES = "archives/"  # in the artifact bucket: what a build has packed
BUILD_CACHE = "cache/"  # in the artifact bucket too: what the next build finds again
ZIP_KEY = "site.zip"  # in the source bucket: what starts a pipeline
ARCHIVE_DIGEST = "ARCHIVE_SHA256"  # the variable that a build exports, so that CodePipeline keeps it

# In the KeyValueStore.
LIVE = "live"  # deployment, routing, and members of the routing
LEDGER = "ledger"  # what the publisher remembers
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
VALUE_LIMIT = 1024  # bytes of a value

NAME_LIMIT = 900  # bytes of a decoded URL path, first slash included: the router answers 414 above it
REASON_LIMIT = 200  # bytes of why somebody asks
SEQUENCE_LIMIT = 2**63  # a CI's run number is below it, which any language holds in 64 bits
PUBLISHER_SECONDS = 300  # the publisher is ended after this
PRUNE_SECONDS = 15 * 60  # a prune is ended after this, the longest that a Lambda function runs
LOCK_SECONDS = 20 * 60  # an older lock is of a prune that died
# What a prune keeps of the newest and of those that were live, unless told otherwise
KEEP_DEPLOYMENTS, KEEP_DAYS = 10, 30
# For how long an edge keeps the 404 page; CloudFront's own default, and the template says so
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
MISSING_SECONDS = 10
LEASE_SECONDS = 36 * 3600  # an older lease is of an upload that died

# What may be asked for through an alias of the publisher: of every one, and what `operations` adds.
ALIASES = {"ci": ("publish", "status"), "webhook": ("hold", "release", "promote", "rollback")}
OPERATIONS_ALIASES = {"pruner": ("status", "retire"), "alarm": ("auto-rollback",)}

# In a Cache-Control: edges keep a file for a year, whatever browsers are told, as another version is another key
EDGES = "s-maxage=31536000, "

PIN_COOKIE = "__Host-deployment"  # which deployment a visitor's pages are of

EVENT_SOURCE = "instant-hosting"  # of the events that the publisher sends and takes
REQUEST_EVENT = "Deployment Request"
DECISION_EVENT = "Deployment Decision"
# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
PIPELINE_EVENT = "CodePipeline Pipeline Execution State Change"


def folder_of(deployment: str) -> str:
    """Where the deployment's own files are."""
    return f"{DEPLOYMENTS}{deployment}/"


def manifest_of(deployment: str) -> str:
    """The object that says that the deployment is complete."""
    return f"{MANIFESTS}{deployment}.json"


def manifested(key: str) -> str:
    """The deployment whose manifest has this key."""
    return key.removeprefix(MANIFESTS).removesuffix(".json")


def switch_of(since: str, deployment: str) -> str:
    """The object that tells that a deployment became live at a time (as `2026-01-31T12:00:00.000Z`)."""
    return f"{HISTORY}{since.replace(':', '')}-{deployment}.json"


def switched(key: str) -> tuple[str, str]:
    """The time (as `2026-01-31T120000.000`, which sorts as text) and the deployment of a switch with this key."""
    since, _, deployment = key.removeprefix(HISTORY).removesuffix(".json").partition("Z-")
    return since, deployment


def self_contained(deployment: str) -> str:
    """The ID under which an upload goes on whose hashed files lie in its own folder: the last part begins with x."""
    return re.sub(r"-.([^-]*)\Z", r"-x\1", deployment)
