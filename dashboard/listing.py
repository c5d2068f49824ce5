"""The list as it is sent: made when something of it has changed, and called by what it was made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dashboard.shown import Row

_UNFINISHED = "+"  # at the end of the revision of a list that some deployments are not in yet


class Listing(NamedTuple):
    """The list's revision, its JSON, and by ID the short names in it."""

    revision: str
    body: bytes
    names: Mapping[str, str] = {}

    @property
    def is_whole(self) -> bool:
        """Whether all deployments are in it."""
        return bool(self.revision) and not self.revision.endswith(_UNFINISHED)


NO_LISTING = Listing("", b"")


def revision_of(facts: object, unfinished: bool) -> str:
    """What the list is made of, in a few letters."""
    revision = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    return revision + _UNFINISHED if unfinished else revision


def body_of(revision: str, rows: Sequence[Row], older_builds: bool, to_be_read: int) -> bytes:
    """The JSON of the list: there are `older_builds` than it has, and so many deployments are `to_be_read` yet."""
    answer = {"revision": revision, "rows": rows, "older_builds": older_builds, "to_be_read": to_be_read}
    return json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
