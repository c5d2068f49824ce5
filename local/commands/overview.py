"""What the dashboard shows: the deployments of a stack, newest first, and what the publisher says about them.

It is read from bucket and publisher each time, so that the page shows what is and not what it remembers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from contract import MANIFESTS, Manifest, manifest_of, manifested
from local.cloud.stack import Stack


@dataclass(frozen=True)
class Glance:
    """What is cheap to look at, and changes whenever something happens."""

    live: str
    ledger: str
    manifests: tuple[tuple[str, str], ...]  # ID and when it was complete, newest first


class Facts(TypedDict):
    """What a deployment's manifest tells of it."""

    id: str
    commit: str
    message: str
    author: str
    routing: str
    files: int
    bytes: int
    shared: int


class Row(Facts):
    """A deployment on the page: also when it was complete, and since when it is or was live."""

    complete: str
    since: str


class Shown(TypedDict):
    """All that the page shows of the stack."""

    live: str
    problem: str
    previous: str
    waiting: str
    hold: Mapping[str, str]
    retiring: Sequence[str]
    deployments: list[Row]


class Overview:
    """The deployments of a stack; manifests never change, so each is read once."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._manifests: dict[str, Facts] = {}

    def glance(self) -> Glance:
        """Look whether something has happened."""
        pages = self.stack.emulator.shared("s3").get_paginator("list_objects_v2")
        listing = pages.paginate(Bucket=self.stack.bucket, Prefix=MANIFESTS)
        manifests = [entry for page in listing for entry in page.get("Contents", ())]
        newest = sorted(manifests, key=lambda entry: entry["LastModified"], reverse=True)
        complete = tuple((manifested(entry["Key"]), entry["LastModified"].isoformat()) for entry in newest)
        return Glance(self.stack.live() or "", self.stack.stored("ledger") or "", complete)

    def look(self, glance: Glance) -> Shown:
        """All that the page shows."""
        status = self.stack.status()
        live = glance.live.partition(" ")[0]
        since: dict[str, str] = {}
        for entry in status.get("published", []):
            since.setdefault(entry["deployment"], entry["since"])
        return {
            "live": live,
            "problem": status["reason"] if status["outcome"] == "refused" else "",  # an unreadable ledger
            "previous": status.get("previous", ""),
            "waiting": status.get("waiting", ""),
            "hold": status.get("hold", {}),
            "retiring": status.get("retiring", []),
            "deployments": [
                {**self._facts(identity), "complete": complete, "since": since.get(identity, "")}
                for identity, complete in glance.manifests
            ],
        }

    def _facts(self, identity: str) -> Facts:
        if identity not in self._manifests:
            s3 = self.stack.emulator.shared("s3")
            body = s3.get_object(Bucket=self.stack.bucket, Key=manifest_of(identity))["Body"].read()
            self._manifests[identity] = _facts(json.loads(body))
        return self._manifests[identity]


def _facts(manifest: Manifest) -> Facts:
    return {
        "id": manifest["id"],
        "commit": manifest["commit"],
        "message": manifest["message"],
        "author": manifest["author"],
        "routing": manifest["routing"],
        "files": manifest["files"],
        "bytes": manifest["bytes"],
        "shared": len(manifest["immutable"]),
    }
