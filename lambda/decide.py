"""Decides what is live: a pure function of the ledger and an intent, and the ledger's text.

No clock, no network: `publish.py` reads the store, asks here, and writes what comes back. A new intent is a
new row in `decide`, and nothing elsewhere.
"""

import json
from typing import NamedTuple

VALUE_LIMIT = 1024  # bytes of a value in the KeyValueStore (CloudFront's quotas)


class Refused(Exception):  # noqa: N818  # an answer more than an error, and the word of the log
    """Something that must not become live, or a request that makes no sense; one line for a person."""


class Intent(NamedTuple):
    """What somebody wants to become live. The first five are also what the ledger keeps of it.

    Times are UTC in ISO 8601 with milliseconds: as text they sort by time.
    """

    deployment: str
    since: str  # when it was asked for; in the ledger, since when it is live
    action: str  # pipeline, publish or promote
    by: str  # the pipeline execution, or who asks
    sequence: int | None = None  # the requester's own order
    start: str = ""  # when the pipeline execution started: its place in the order
    force: bool = False  # publish although the site is held


class Ledger(NamedTuple):
    """What the publisher remembers; the newest comes first."""

    mark: str = ""  # the later of: start of the newest accepted execution, last request; older ones are stale
    published: tuple[Intent, ...] = ()
    hold: tuple[str, ...] = ()  # reason, since, by whom
    waiting: tuple[str, ...] = ()  # start and deployment of the newest execution that came while held
    retiring: tuple[str, ...] = ()  # will not become live again


def decide(ledger: Ledger, live: str, intent: Intent) -> tuple[str, str, Ledger]:  # noqa: C901  # a table, row by row
    """What follows from `intent` while `live` is live: outcome, reason, and the ledger to be written if it differs.

    The outcome is published, duplicate, stale or held; `Refused` says why nothing may follow. Asked again when the
    outcome is in the ledger already (written, but the answer got lost), it gives the same and no other ledger.
    """
    deployment, asked, action, _, sequence, start, force = intent
    newest = ledger.published[:1]
    since = max([asked, *(entry.since for entry in newest)])  # the history never goes back
    entry = Intent(*intent[:5])._replace(since=since)
    if any(done.since >= asked and done._replace(since=since) == entry for done in ledger.published):
        return "published", "", ledger
    if deployment in ledger.retiring:
        raise Refused(f"{deployment} is being retired: publish another one or build again")
    mark = start or max(asked, ledger.mark)
    if start:
        if deployment == live:
            return "duplicate", "already live", ledger
        if start < ledger.mark:  # a retried stage keeps its execution's start: equal is not older
            return "stale", f"started {start}, before {ledger.mark} of what is live", ledger
        if ledger.hold:
            waiting = ledger.waiting if ledger.waiting[:1] > (start,) else (start, deployment)
            return "held", ledger.hold[0], ledger._replace(waiting=waiting)
    elif action == "publish":
        if ledger.hold and not force:
            raise Refused(f"held: {ledger.hold[0]}; release it, or force this one")
        for last in (entry.sequence for entry in newest):
            if last is not None and sequence is not None and sequence <= last:
                if sequence < last:
                    raise Refused(f"sequence {sequence} is lower than {last}, which is live")
                return "duplicate", f"sequence {last} is live", ledger
    if deployment == live:
        return "duplicate", "already live", ledger._replace(mark=mark)
    return "published", "", ledger._replace(mark=mark, published=(entry, *ledger.published), waiting=())


def compact(value: object) -> str:
    """`value` as JSON without blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_ledger(text: str) -> Ledger:
    """The ledger in the store; "" is a new one. `Refused` if a person has mended it into something else."""
    try:
        members = json.loads(text or "{}").items()
        ledger = Ledger(**{name: value if name == "mark" else tuple(value) for name, value in members})  # type: ignore[arg-type]
        return ledger._replace(published=tuple(Intent(*entry) for entry in ledger.published))
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(f"the store's `ledger` is unreadable ({error}): mend or delete it") from error


def write_ledger(ledger: Ledger) -> str:
    """The text of `ledger`, with as many published deployments as fit, at least three."""
    for kept in range(20, 2, -1):
        members = {**ledger._asdict(), "published": [entry[:5] for entry in ledger.published[:kept]]}
        text = compact({name: value for name, value in members.items() if value})
        if len(text.encode()) <= VALUE_LIMIT:
            return text
    raise Refused(f"the ledger needs over {VALUE_LIMIT} bytes: retire fewer at once")
