"""Decides what is live: a pure function of the ledger and an intent, and the ledger's text.

No clock, no network: `publish.py` reads the store, asks here, and writes what comes back. A new intent is a
new row here, and nothing elsewhere.
"""

import json
from typing import Any, NamedTuple

VALUE_LIMIT = 1024  # bytes of a value in the KeyValueStore (CloudFront's quotas)
LEAST_KEPT = 3  # published deployments that the ledger keeps at least


class Refused(Exception):  # noqa: N818  # an answer more than an error, and the word of the log
    """Something that must not become live, or a request that makes no sense; one line for a person."""


class Intent(NamedTuple):
    """What somebody wants: `action` is pipeline, publish or promote."""

    action: str
    deployment: str
    by: str  # the pipeline execution, or who asks
    start: str = ""  # when the pipeline execution started: its place in the order
    sequence: int | None = None  # the requester's own order
    force: bool = False  # publish although the site is held


class Published(NamedTuple):
    """One switch: since when which deployment is live, after what, by whom."""

    deployment: str
    since: str
    action: str
    by: str
    sequence: int | None = None


class Ledger(NamedTuple):
    """What the publisher remembers; the newest comes first."""

    mark: str = ""  # the later of: start of the newest accepted execution, last request; older ones are stale
    published: tuple[Published, ...] = ()
    hold: tuple[str, ...] = ()  # reason, since, by whom
    waiting: tuple[str, ...] = ()  # start and deployment of the newest execution that came while held
    retiring: tuple[str, ...] = ()  # will not become live again


class Outcome(NamedTuple):
    """What follows; `ledger` is to be written if it is another one."""

    name: str  # published, duplicate, stale or held
    reason: str
    ledger: Ledger


def decide(ledger: Ledger, live: str, intent: Intent, now: str) -> Outcome:
    """What follows from `intent` at `now` while `live` is live; `Refused` says why nothing may.

    Asked again when the outcome is in the ledger already (written, but the answer got lost), it gives the
    same outcome and no other ledger. Times are UTC, ISO 8601 with milliseconds: as text they sort by time.
    """
    entry = Published(intent.deployment, now, intent.action, clip(intent.by, 40), intent.sequence)
    if entry in ledger.published:
        return Outcome("published", "", ledger)
    if intent.deployment in ledger.retiring:
        raise Refused(f"{intent.deployment} is being retired; publish another one or build the commit again")
    mark = intent.start or max(now, ledger.mark)
    against = against_execution if intent.start else against_request
    published = ledger._replace(mark=mark, published=(entry, *ledger.published), waiting=())
    return against(ledger, live, intent, mark) or Outcome("published", "", published)


def against_execution(ledger: Ledger, live: str, intent: Intent, start: str) -> Outcome | None:
    """What keeps a pipeline execution's deployment from becoming live, if anything does."""
    if intent.deployment == live:
        return Outcome("duplicate", "already live", ledger)
    if start < ledger.mark:  # a retried stage keeps its execution's start: equal is not older
        return Outcome("stale", f"started {start}, before {ledger.mark} of what is live", ledger)
    if not ledger.hold:
        return None
    if ledger.waiting[:1] <= (start,):
        ledger = ledger._replace(waiting=(start, intent.deployment))
    return Outcome("held", ledger.hold[0], ledger)


def against_request(ledger: Ledger, live: str, intent: Intent, mark: str) -> Outcome | None:
    """What keeps a requested deployment from becoming live, if anything does."""
    if intent.action == "publish":
        if ledger.hold and not intent.force:
            raise Refused(f"held: {ledger.hold[0]}; release it, or force this one")
        last, sequence = ledger.published[0].sequence if ledger.published else None, intent.sequence
        if last is not None and sequence is not None and sequence <= last:
            if sequence < last:
                raise Refused(f"sequence {sequence} is lower than {last}, which is live")
            return Outcome("duplicate", f"sequence {last} is live", ledger)
    if intent.deployment == live:
        return Outcome("duplicate", "already live", ledger._replace(mark=mark))
    return None


def clip(text: str, limit: int) -> str:
    """The beginning of `text`, at most `limit` bytes of JSON, so that no name or reason fills the ledger."""
    text = text[:limit]
    return text if len(compact(text).encode()) <= limit + 2 else clip(text[:-1], limit)


def compact(value: object) -> str:
    """`value` as JSON without blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_ledger(text: str) -> Ledger:
    """The ledger in the store; "" is a new one. `Refused` if a person has mended it into something else."""
    try:
        members: dict[str, Any] = json.loads(text or "{}")
        ledger = Ledger(**{k: v if k == "mark" else tuple(v) for k, v in members.items()})  # type: ignore[arg-type]
        return ledger._replace(published=tuple(Published(*entry) for entry in ledger.published))
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(f"the store's `ledger` is unreadable ({error}): mend or delete it") from error


def write_ledger(ledger: Ledger) -> str:
    """The text of `ledger`, with as many published deployments as fit."""
    while True:
        text = compact({k: v for k, v in ledger._asdict().items() if v})
        if len(text.encode()) <= VALUE_LIMIT:
            return text
        if len(ledger.published) <= LEAST_KEPT:
            raise Refused(f"the ledger needs over {VALUE_LIMIT} bytes: retire fewer at once")
        ledger = ledger._replace(published=ledger.published[:-1])
