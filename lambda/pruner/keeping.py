"""Decides which deployments stay: a pure function of what lies in the bucket and what the publisher says.

No network and no clock of its own: `pruning` looks, asks here, and deletes the others.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from contract import Status, switched

TIME = "%Y-%m-%dT%H%M%S.%f"  # as in the history's keys: as text it sorts by time


class Found(NamedTuple):
    """What lies in the bucket, and then what the publisher says of it.

    open: uploads that may still write
    made: when each complete deployment was uploaded, oldest first
    sizes: of the manifests
    history: the keys that tell what was live since when
    now: S3's clock
    """

    # quoted, these forms need not travel
    folders: "Set[str]"
    open: "Sequence[str]"
    made: "Mapping[str, str]"
    sizes: "Mapping[str, int]"
    history: "Sequence[str]"
    now: datetime
    status: "Status"


def staying(found: Found, keep: int, keep_days: int) -> dict[str, str]:
    """Why each deployment stays; those that may go are missing."""
    limit = (found.now - timedelta(days=max(keep_days, 1))).strftime(TIME)  # a visitor's pin lives for a day
    ended = last_live(found.history, found.status, found.now.strftime(TIME))
    why = {}
    for one, uploaded in found.made.items():
        last = ended.get(one, uploaded)
        if last > limit:
            why[one] = f"{'live until' if one in ended else 'uploaded'} {last[:13]}:{last[13:15]} UTC"
    why |= dict.fromkeys(list(found.made)[-keep:] if keep else [], f"among the newest {keep}")
    return why | {one: mark for mark, one in marks(found.status).items() if one in found.made}


def marks(status: Status) -> dict[str, str]:
    """What the publisher would not retire by itself; of two marks the last one counts."""
    return {"waiting": status["waiting"], "previous": status["previous"], "live": status["after"]}


def last_live(keys: Iterable[str], status: Status, now: str) -> dict[str, str]:
    """When each deployment was last live, by the history's `keys` and what the publisher knows besides."""
    history = map(switched, keys)
    ledger = ((entry["since"].replace(":", "")[:-1], entry["deployment"]) for entry in reversed(status["published"]))
    ended: dict[str, str] = {}
    begun = ""
    together: list[str] = []  # those that a race has given the same time: either may have been live until the next
    for since, one in chain(history, ledger):
        if since > begun:
            ended |= dict.fromkeys(together, since)
            begun, together = since, []
        if since == begun:
            together.append(one)
    replaced = begun if status["after"] in together else now  # else what is live has come after all that is known
    return ended | dict.fromkeys(together, replaced) | {status["after"]: now}
