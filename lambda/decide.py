"""Decides what is live: a pure function of the ledger, the past and an intent, and the ledger's text.

No clock, no network: `publish.py` reads store and bucket, asks here, and writes what comes back. A new intent is a
new function in `ANSWERS`, and nothing elsewhere.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

VALUE_LIMIT = 1024  # bytes of a value in the KeyValueStore (CloudFront's quotas)
SWITCHED = "published", "rolled-back"  # the outcomes after which another deployment is live
HOLDING = "hold", "release"  # what is about the hold; all else that acts is about what is live
LEDGER = r"\[s,\[(\[s,s,s,s,(null|\d+)(,s)?\],?)*\],\[s,s,s\],\[(s,s)?\],\[(s,?)*\]\]"  # its form; s is a text


class Refused(Exception):  # noqa: N818  # an answer more than an error, and the word of the log
    """Something that must not be done, or a request that makes no sense; one line for a person."""


class NotThere(Refused):
    """The deployment that was asked for cannot become live; others could."""


class Intent(NamedTuple):
    """What somebody wants. The first six are also what the ledger keeps of a switch.

    Times are UTC in ISO 8601 with milliseconds: as text they sort by time.
    """

    deployment: str  # "" until the past tells which one
    since: str  # now; in the ledger, since when it is live
    action: str
    by: str  # the pipeline execution, or who asks
    sequence: int | None = None  # the requester's own order; in the ledger, the newest until then
    asked: str = ""  # its place in the order: when it was asked for, when a pipeline started, when an alarm went off
    event: str | None = None  # the ID of the event that it came as, if it did
    force: bool = False  # publish although the site is held; retire the previous one too
    steps: int = 1  # how far back
    reason: str = ""  # of a hold
    previous: bool = True  # with a status: what one step back would be
    publish: bool = False  # with a release: what waits becomes live
    deployments: tuple[str, ...] = ()  # to be retired
    seen: str | None = None  # what was live for whoever asks; with a retirement, since when
    minutes: int = 0  # for so long after a switch an alarm concerns it (automatic.py)


class Ledger(NamedTuple):
    """What the publisher remembers; the newest comes first.

    A register is when the newest act was asked for, and between blanks the IDs of the events of its second.
    """

    mark: str = ""  # the register of what is live
    published: tuple[Intent, ...] = ()
    hold: tuple[str, ...] = ("", "", "")  # reason ("" if it is not held), the register of the hold, by whom
    waiting: tuple[str, ...] = ()  # start and deployment of the newest execution that came while held
    retiring: tuple[str, ...] = ()  # will not become live again


class Past(NamedTuple):
    """What the bucket tells: every switch, oldest first, and the deployments that have a manifest."""

    switches: tuple[str, ...] = ()
    manifests: frozenset[str] = frozenset()
    since: tuple[str, ...] = ()  # when the switches were

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

    What comes by events is neither once nor in order, so each has its place among the acts of its register.
    """
    if intent.action == "retire":
        return _retire(ledger, live, intent, past)
    register = ledger.hold[1] if intent.action in HOLDING else ledger.mark
    if intent.event is not None:
        newest = ledger.published[:1]
        if intent.event in register.split()[1:]:
            # while it is the newest the same answer is right: perhaps the first one was not announced
            mine = [e.deployment for e in newest if (*e[2:4], e.asked) == (*intent[2:4], intent.asked)]
            outcome = _switched(intent.action) if mine else "duplicate"
            return Decision(outcome, "done before", ledger, *mine or [intent.deployment])
        if intent.action not in (*HOLDING, "pipeline"):  # for pipelines a release stands where what it published does
            register = max([register, *(entry.asked for entry in newest)])
        if is_stale(register, intent):
            outcome = "duplicate" if intent.deployment == live else "stale"
            return Decision(outcome, f"of {intent.asked}, before {register[:24]}", ledger, intent.deployment)
    if intent.seen not in (None, live):
        raise Refused(f"{live or 'nothing'} is live, not {intent.seen or 'nothing'} as was seen: look again")
    return ANSWERS[intent.action](ledger, live, intent, past)


def is_stale(register: str, intent: Intent) -> bool:
    """Whether a newer act is in the register; one from the future had a wrong clock, and is none."""
    return intent.asked[:19] < register[:19] and register[:24] <= intent.since


def noted(register: str, intent: Intent) -> str:
    """The register after an act, with the last four events of its second."""
    if is_stale(register, intent):
        return register
    same = register[:19] == intent.asked[:19]
    events = register.split()[1:] * same + [intent.event or ""]
    return " ".join([max(intent.asked, register[:24] * same), *events[-4:]]).strip()


def _publish(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    if ledger.hold[0] and not intent.force:
        raise Refused(f"held: {ledger.hold[0]}; release it, or force this one")
    for newest in ledger.published[:1]:
        last = newest.sequence
        if last is not None and intent.sequence is not None and intent.sequence < last:
            why = f"sequence {intent.sequence} is lower than {last}, which was published"
            raise Refused(f"{why}; publish without one to count anew")
        if newest.action == "publish" and last == intent.sequence is not None:
            then = ledger._replace(mark=noted(ledger.mark, intent))
            return Decision("duplicate", f"sequence {last} is live", then, intent.deployment)
    return switch(ledger, live, intent, past)


def roll_back(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Go back from what was live when it was asked for, whatever came since; of events only the second is known."""
    cut, then = 24 if intent.event is None else 19, live
    for since in past.since:
        if intent.asked[:cut] < since[:cut] <= intent.since:
            past = past._replace(switches=past.switches[:-1])
            then = "".join(past.switches[-1:])
    target = intent.deployment or past.back(ledger, then, intent.steps)
    if not target:
        raise NotThere(f"nothing to roll back to: no complete deployment {intent.steps} back from {then or 'nothing'}")
    return switch(ledger, live, intent._replace(deployment=target), past)


def _hold(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    hold = intent.reason, noted(ledger.hold[1], intent), intent.by
    return Decision("on-hold", intent.reason, ledger._replace(hold=hold), live)


def release(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    """End the hold; pipeline.py makes live what waits, for only pipelines leave something that does."""
    reason, register, _ = ledger.hold
    then = ledger._replace(hold=("", noted(register, intent), intent.by))
    why = "; ".join(["not held"] * (not reason) + ["nothing waits"] * intent.publish)
    return Decision("released" if reason else "duplicate", why, then, live)


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
    late = intent.seen not in (None, newest)
    why = dict.fromkeys(intent.deployments, "chosen before the last switch") if late else {}
    if not intent.force:
        why |= {past.back(ledger, live): "previous", "".join(ledger.waiting[1:]): "waiting"}
    why[live] = "live"
    return {deployment: why[deployment] for deployment in intent.deployments if deployment in why}


def _switched(action: str) -> str:
    return SWITCHED["rollback" in action]


def switch(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    """The deployment becomes live, unless it is already or must not."""
    deployment = intent.deployment
    if deployment in ledger.retiring:
        raise NotThere(f"{deployment} is being retired: publish another one or build again")
    mark = noted(ledger.mark, intent)
    if deployment == live:
        return Decision("duplicate", "already live", ledger._replace(mark=mark), deployment)
    # the history never goes back, and knows which of two came first
    moment = timedelta(milliseconds=1)
    since = max([intent.since, *(written(datetime.fromisoformat(e.since) + moment) for e in ledger.published[:1])])
    # who goes back does not take back the order: a slow job must not publish what is older than what was left
    numbered = [intent] if intent.action == "publish" else ledger.published
    sequence = numbered[0].sequence if numbered else None
    published = (Intent(*intent[:6])._replace(since=since, sequence=sequence), *ledger.published)
    return Decision(
        _switched(intent.action), "", ledger._replace(mark=mark, published=published, waiting=()), deployment
    )


ANSWERS = {
    "publish": _publish,
    "promote": switch,
    "rollback": roll_back,
    "hold": _hold,
    "release": release,
}


def written(moment: datetime) -> str:
    """UTC in ISO 8601 with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def compact(value: object) -> str:
    """`value` as JSON without blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_ledger(text: str) -> Ledger:
    """The ledger in the store; "" is a new one. `Refused` if a person has mended it into something else."""
    try:
        found = Ledger(**json.loads(text or "{}"))
        if not re.fullmatch(LEDGER.encode(), re.sub(rb'"([^"\\]|\\.)*"', b"s", compact(found).encode())):
            raise ValueError("members of other types or forms")
        published = tuple(Intent(*entry) for entry in found.published)
        for entry in published:
            datetime.fromisoformat(entry.since)
        return Ledger(found.mark, published, *map(tuple, found[2:]))
    except Exception as error:
        raise Refused(f"the store's `ledger` is unreadable ({error}): mend or delete it") from error


def write_ledger(ledger: Ledger, least: int = 2) -> str:
    """The text of `ledger`, with as many published deployments as fit, at least `least`.

    Three, unless a hold and a prune leave no room; so a retirement must leave it. When the newest one was asked for
    tells an event that comes again; of the others the history knows it.
    """
    for count in range(20, least - 1, -1):
        entries = [entry[: 5 + (not place)] for place, entry in enumerate(ledger.published[:count])]
        members = {**ledger._asdict(), "published": entries}
        text = compact({name: value for name, value in members.items() if any(value)})
        if len(text.encode()) <= VALUE_LIMIT:
            return text
    raise Refused(f"the ledger needs over {VALUE_LIMIT} bytes: retire fewer at once")
