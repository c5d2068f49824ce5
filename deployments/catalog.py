"""Knows which deployments there are, when each was live, and which one a short name means.

It exists so that `list` costs a few listings and not a read per deployment: keys carry ID and time, and only what is
shown is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, cast

from contract import HISTORY, MANIFESTS, Manifest, SwitchRecord, manifest_of
from deployments.bucket import Bucket
from deployments.errors import USAGE, Failure

# Reads at a time: each waits for S3, which takes 5,500 in a second
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
PARALLEL = 32
_CLOCKS = timedelta(minutes=10)  # by which S3's clock and the publisher's may differ, generously
_WHOLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*-[0-9a-f]{16}")
_MANIFEST = re.compile(rf"{MANIFESTS}(.+)\.json")
_NOTHING = b"null"  # as JSON
_SWITCH = re.compile(HISTORY + r"(\d{4}-\d\d-\d\dT\d\d)(\d\d)([\d.]+Z)-(.+)\.json")
_SHORT, _SHORT_BUILD = 8, 4  # characters of commit and build that a terminal shows, if they are unique


NO_MANIFEST = Manifest(
    id="",
    commit="",
    branch="",
    message="",
    author="",
    execution="",
    created="",
    uploader="",
    routing="",
    also=[],
    index=[],
    files=0,
    bytes=0,
    immutable=[],
)
NO_RECORD = SwitchRecord(deployment="", since="", action="", by="", sequence=None, asked="")


class Made(NamedTuple):
    """A complete deployment, as the listing of the manifests shows it."""

    id: str
    uploaded: datetime


class Switch(NamedTuple):
    """`deployment` became live at `since`; `key` is the history's object, empty if it is not there yet."""

    since: str
    deployment: str
    key: str


class Period(NamedTuple):
    """When a deployment was live; `until` is empty for the live one."""

    since: str
    until: str


class Catalog:
    """The deployments in a site bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def made(self) -> list[Made]:
        """Every complete deployment, newest first."""
        matches = ((_MANIFEST.fullmatch(item["Key"]), item["LastModified"]) for item in self.bucket.items(MANIFESTS))
        made = [Made(match[1], modified) for match, modified in matches if match]
        return sorted(made, key=lambda entry: (entry.uploaded, entry.id), reverse=True)

    def find(self, identity: str) -> Made | None:
        """The complete deployment with this ID."""
        listed = (Made(identity, item["LastModified"]) for item in self.bucket.items(manifest_of(identity)))
        return next(listed, None)

    def switches(self, uploaded: datetime | None) -> list[Switch]:
        """The history, oldest first; only what can be of deployments that were not there before `uploaded`."""
        # the bucket's clock and the publisher's need not agree
        start = f"{(uploaded - _CLOCKS).astimezone(UTC):%Y-%m-%dT%H%M}" if uploaded else ""
        listed = self.bucket.items(HISTORY, StartAfter=HISTORY + start)
        matches = ((_SWITCH.fullmatch(item["Key"]), item["Key"]) for item in listed)
        return sorted(Switch(f"{m[1]}:{m[2]}:{m[3]}", m[4], key) for m, key in matches if m)

    def manifest(self, identity: str) -> Manifest:
        """The manifest; `NO_MANIFEST` if it has gone since it was listed."""
        key = manifest_of(identity)
        return cast("Manifest", read_json(key, self._text(key)) or NO_MANIFEST)

    def read(self, switches: Sequence[Switch]) -> list[tuple[Manifest, SwitchRecord]]:
        """For each of `switches` the deployment's manifest and the history's record, empty ones for what is not there.

        All of them are read at once.
        """
        with ThreadPoolExecutor(PARALLEL) as executor:
            manifests = executor.map(self.manifest, [switch.deployment for switch in switches])
            records = executor.map(self._record, [switch.key for switch in switches])
            return list(zip(manifests, records, strict=True))

    def resolve(self, short: str) -> str:
        """The only ID that `short` can mean; a whole ID is taken as it is and costs no listing."""
        if _WHOLE.fullmatch(short):
            return short
        meant = self._meant(short)
        if len(meant) == 1:
            return meant[0]
        if not meant:
            raise Failure(f"no deployment {short}: `list` shows those that exist")
        more = f" and {len(meant) - 5} more" if len(meant) > 5 else ""
        raise Failure(f"{short} can mean {', '.join(meant[:5])}{more}: give more characters", USAGE)

    def _meant(self, short: str) -> list[str]:
        """Every ID that `short` can mean."""
        commit, _, build = short.rpartition("-")
        begin = commit or build
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]*", begin):
            raise Failure(f"{short!r} is neither an ID nor the beginning of one: `list` shows them", USAGE)
        listed = (_MANIFEST.fullmatch(item["Key"]) for item in self.bucket.items(MANIFESTS + begin))
        return [match[1] for match in listed if match and means(short, match[1])]

    def _record(self, key: str) -> SwitchRecord:
        return cast("SwitchRecord", (read_json(key, self._text(key)) if key else None) or NO_RECORD)

    def _text(self, key: str) -> bytes:
        """The JSON of an object; null if there is none."""
        answer = self.bucket.get(key)
        return bytes(answer["Body"].read()) if answer else _NOTHING


def read_json(key: str, content: bytes) -> object:
    """What a record of the bucket holds; `Failure` if somebody has put something else there."""
    try:
        return cast("object", json.loads(content))
    except ValueError as error:
        what = f"{key} in the site's bucket is no JSON ({error})"
        raise Failure(f"{what}: take back the version before it, or delete it") from None


def means(short: str, identity: str) -> bool:
    """Tell whether `short` is the beginning of `identity`, or of its commit and its build (`4f2c-1a2b`)."""
    commit, _, build = identity.rpartition("-")
    begin, _, rest = short.rpartition("-")
    return identity.startswith(short) or bool(begin and commit.startswith(begin) and build.startswith(rest))


def shorten(shown: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """By ID, the shortest names for `shown` that mean nothing else of `known`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for identity in {*shown, *known}:
        commit, _, build = identity.rpartition("-")
        groups.setdefault(commit[:_SHORT], []).append((build, identity))
    wanted, names = {*shown}, {}
    for begin, members in groups.items():
        members.sort()  # so that the most alike stand side by side
        alike = [0, *(_alike(one, other) for (one, _), (other, _) in pairwise(members)), 0]
        for (build, identity), size in zip(members, map(max, pairwise(alike)), strict=True):
            if identity in wanted:
                end = max(_SHORT_BUILD, size + 1)
                names[identity] = f"{begin}-{build[:end]}" if end <= len(build) else identity
    return names


def _alike(one: str, other: str) -> int:
    """How many letters both begin with."""
    letters = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(letters) if a != b), min(len(one), len(other)))


def periods(switches: Sequence[Switch]) -> dict[str, list[Period]]:
    """When each deployment was live, oldest first, from a history that is sorted."""
    lived: dict[str, list[Period]] = {}
    for switch, following in zip(switches, [*switches[1:], None], strict=False):
        until = following.since if following else ""
        lived.setdefault(switch.deployment, []).append(Period(switch.since, until))
    return lived
