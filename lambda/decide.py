"""Decides what is live: a pure function of the ledger, the past and an intent, and the ledger's text.

No clock, no network: `publish.py` reads store and bucket, asks here, and writes what comes back. A new intent is a
new function in `ANSWERS`, and nothing elsewhere.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

VALUE_LIMIT = 1024  # bytes of a value in the KeyValueStore (CloudFront's quotas)
SWITCHED = "published", "rolled-back"  # the outcomes after which another deployment is live


class Refused(Exception):  # noqa: N818  # an answer more than an error, and the word of the log
    """Something that must not be done, or a request that makes no sense; one line for a person."""


class NotThere(Refused):
    """The deployment that was asked for cannot become live; others could."""


class Intent(NamedTuple):
    """What somebody wants. The first five are also what the ledger keeps of a switch.

    Times are UTC in ISO 8601 with milliseconds: as text they sort by time.
    """

    deployment: str  # "" until the past tells which one
    since: str  # when it was asked for; in the ledger, since when it is live
    action: str
    by: str  # the pipeline execution, or who asks
    sequence: int | None = None  # the requester's own order; in the ledger, the newest until then
    start: str = ""  # when the pipeline execution started: its place in the order
    force: bool = False  # publish although the site is held; retire the previous one too
    steps: int = 1  # how far back
    reason: str = ""  # of a hold
    previous: bool = True  # with a status: what one step back would be
    publish: bool = False  # with a release: what waits becomes live
    deployments: tuple[str, ...] = ()  # to be retired
    seen: str = ""  # since when the one was live that was live when they were chosen
    at: str = ""  # when an alarm went off
    minutes: int = 0  # for so long after a switch an alarm concerns it (automatic.py)


class Ledger(NamedTuple):
    """What the publisher remembers; the newest comes first."""

    mark: str = ""  # the later of: start of the newest accepted execution, last request; older ones are stale
    published: tuple[Intent, ...] = ()
    hold: tuple[str, ...] = ()  # reason, since, by whom
    waiting: tuple[str, ...] = ()  # start and deployment of the newest execution that came while held
    retiring: tuple[str, ...] = ()  # will not become live again


class Past(NamedTuple):
    """What the bucket tells: every switch, oldest first, and the deployments that have a manifest."""

    switches: tuple[str, ...] = ()
    manifests: frozenset[str] = frozenset()

    def back(self, ledger: Ledger, live: str, steps: int = 1) -> str:
        """The deployment that was live `steps` places before the live one came; "" if there is none.

        As with undo: twice from C is A and not C again, and what was gone back from is not gone back to. After B was
        rolled back to A and C was published, one step back is A.
        """
        way: list[str] = []
        for deployment in self.switches:
            if deployment in way:
                del way[way.index(deployment) + 1 :]
            else:
                way.append(deployment)
        there = (self.manifests - set(ledger.retiring)) | {live}
        order = [deployment for deployment in way if deployment in there]
        place = order.index(live) if live in order else len(order)
        return order[place - steps] if place >= steps else ""


class Decision(NamedTuple):
    """What follows; the ledger is written if it differs from what was read."""

    outcome: str
    reason: str
    ledger: Ledger
    deployment: str = ""  # what it is about


def decide(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """What follows from `intent` while `live` is live; `Refused` says why nothing may follow.

    Asked again when the outcome is in the ledger already (written, but the answer got lost), it gives the same
    and no other ledger.
    """
    for done in ledger.published:
        same = done.since >= intent.since and (done.action, done.by) == (intent.action, intent.by)
        if same and intent.deployment in ("", done.deployment):
            return Decision(_switched(intent.action), "", ledger, done.deployment)
    return ANSWERS[intent.action](ledger, live, intent, past)


def _publish(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    if ledger.hold and not intent.force:
        raise Refused(f"held: {ledger.hold[0]}; release it, or force this one")
    for newest in ledger.published[:1]:
        last = newest.sequence
        if last is not None and intent.sequence is not None and intent.sequence < last:
            why = f"sequence {intent.sequence} is lower than {last}, which was published"
            raise Refused(f"{why}; publish without one to count anew")
        if newest.action == "publish" and last == intent.sequence is not None:
            return Decision("duplicate", f"sequence {last} is live", ledger, intent.deployment)
    return _promote(ledger, live, intent, past)


def _promote(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    return switch(ledger, live, intent, max(intent.since, ledger.mark))


def roll_back(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    target = intent.deployment or past.back(ledger, live, intent.steps)
    if not target:
        raise NotThere(f"nothing to roll back to: no complete deployment {intent.steps} back from {live or 'nothing'}")
    return _promote(ledger, live, intent._replace(deployment=target), past)


def _hold(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    return Decision("on-hold", intent.reason, ledger._replace(hold=(intent.reason, intent.since, intent.by)), live)


def _release(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    released = ledger._replace(hold=())
    if intent.publish and ledger.waiting:
        start, deployment = ledger.waiting
        return switch(released, live, intent._replace(deployment=deployment), max(start, ledger.mark))
    reason = "; ".join(["not held"] * (not ledger.hold) + ["nothing waits"] * intent.publish)
    return Decision("released" if ledger.hold else "duplicate", reason, released, live)


def _retire(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    why = kept(ledger, live, intent, past)
    wanted = dict.fromkeys((*ledger.retiring, *(name for name in intent.deployments if name not in why)))
    # it leaves the ledger when its manifest is gone, and not before, whoever asks: somebody may be deleting it
    retiring = tuple(deployment for deployment in wanted if deployment in past.manifests)
    waiting = () if {*ledger.waiting[1:]} & {*retiring} else ledger.waiting
    return Decision("retiring", "", ledger._replace(retiring=retiring, waiting=waiting))


def kept(ledger: Ledger, live: str, intent: Intent, past: Past) -> dict[str, str]:
    """Which of the deployments that should be retired are not, and why."""
    newest = "".join(entry.since for entry in ledger.published[:1])
    why = dict.fromkeys(intent.deployments, "chosen before the last switch") if intent.seen not in ("", newest) else {}
    if not intent.force:
        why |= {past.back(ledger, live): "previous", "".join(ledger.waiting[1:]): "waiting"}
    why[live] = "live"
    return {deployment: why[deployment] for deployment in intent.deployments if deployment in why}


ANSWERS = {
    "publish": _publish,
    "promote": _promote,
    "rollback": roll_back,
    "hold": _hold,
    "release": _release,
    "retire": _retire,
}


def _switched(action: str) -> str:
    return SWITCHED["rollback" in action]


def switch(ledger: Ledger, live: str, intent: Intent, mark: str) -> Decision:
    """The deployment becomes live, unless it is already or must not."""
    deployment = intent.deployment
    if deployment in ledger.retiring:
        raise NotThere(f"{deployment} is being retired: publish another one or build again")
    if deployment == live:
        return Decision("duplicate", "already live", ledger._replace(mark=mark), deployment)
    # the history never goes back, and knows which of two came first
    moment = timedelta(milliseconds=1)
    since = max([intent.since, *(written(datetime.fromisoformat(e.since) + moment) for e in ledger.published[:1])])
    # who goes back does not take back the order: a slow job must not publish what is older than what was left
    numbered = [intent] if intent.action == "publish" else ledger.published
    sequence = numbered[0].sequence if numbered else None
    published = (Intent(*intent[:5])._replace(since=since, sequence=sequence), *ledger.published)
    return Decision(
        _switched(intent.action), "", ledger._replace(mark=mark, published=published, waiting=()), deployment
    )


def written(moment: datetime) -> str:
    """UTC in ISO 8601 with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def compact(value: object) -> str:
    """`value` as JSON without blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_ledger(text: str) -> Ledger:
    """The ledger in the store; "" is a new one. `Refused` if a person has mended it into something else."""
    try:
        members = json.loads(text or "{}").items()
        ledger = Ledger(**{name: value if name == "mark" else tuple(value) for name, value in members})  # type: ignore[arg-type]
        ledger = ledger._replace(published=tuple(Intent(*entry) for entry in ledger.published))
        for entry in ledger.published:
            datetime.fromisoformat(entry.since)
        return ledger
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(f"the store's `ledger` is unreadable ({error}): mend or delete it") from error


def write_ledger(ledger: Ledger, least: int = 2) -> str:
    """The text of `ledger`, with as many published deployments as fit, at least `least`.

    Three, unless a hold and a prune leave no room; so a retirement must leave it.
    """
    for count in range(20, least - 1, -1):
        members = {**ledger._asdict(), "published": [entry[:5] for entry in ledger.published[:count]]}
        text = compact({name: value for name, value in members.items() if value})
        if len(text.encode()) <= VALUE_LIMIT:
            return text
    raise Refused(f"the ledger needs over {VALUE_LIMIT} bytes: retire fewer at once")
