"""What follows from an intent: pure functions of the ledger, the past and the intent.

No clock, no network: `switching` reads store and bucket, asks here, and writes what comes back. docs/architecture.md,
"Add a request", lists what a new intent needs beside a function with the form of a `Rule`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from contract import Outcome
from publisher.intent import Intent, NotThere, Refused
from publisher.ledger import Ledger, is_stale, noted
from publisher.notation import MOMENT, SECOND, written
from publisher.past import Past

SWITCHED: tuple[Outcome, Outcome] = "published", "rolled-back"  # the outcomes after which another deployment is live
HOLDING = "hold", "release"  # what is about the hold; all else that acts is about what is live


class Decision(NamedTuple):
    """What follows; the ledger is written if it differs from what was read."""

    outcome: "Outcome"  # quoted, its form need not travel
    reason: str
    ledger: Ledger
    deployment: str = ""  # what it is about


Rule = Callable[[Ledger, str, Intent, Past], Decision]
Rules = Mapping[str, Rule]  # by action


def decide(ledger: Ledger, live: str, intent: Intent, past: Past, rules: Rules) -> Decision:
    """What follows from `intent` while `live` is live; `Refused` says why nothing may follow."""
    if intent.action == "retire":  # it has no place in an order, and has seen something else
        return rules["retire"](ledger, live, intent, past)
    if intent.event is not None and (known := _out_of_order(ledger, live, intent)):
        return known
    if intent.seen not in (None, live):
        raise Refused(f"{live or 'nothing'} is live, not {intent.seen or 'nothing'} as was seen: look again")
    return rules[intent.action](ledger, live, intent, past)


def _out_of_order(ledger: Ledger, live: str, intent: Intent) -> Decision | None:
    """What follows from an event that comes again or too late.

    What comes by events is neither once nor in order, so each has its place among the acts of its register.
    """
    register = ledger.hold[1] if intent.action in HOLDING else ledger.mark
    newest = ledger.published[:1]
    if intent.event in register.split()[1:]:
        # while it is the newest the same answer is right: perhaps the first one was not announced
        act = intent.action, intent.by, intent.asked
        mine = [entry.deployment for entry in newest if (entry.action, entry.by, entry.asked) == act]
        outcome: Outcome = _switched(intent.action) if mine else "duplicate"
        return Decision(outcome, "done before", ledger, "".join(mine) or intent.deployment)
    if intent.action not in (*HOLDING, "pipeline"):  # for pipelines a release stands where what it published does
        register = max([register, *(entry.asked for entry in newest)])
    if is_stale(register, intent):
        outcome = "duplicate" if intent.deployment == live else "stale"
        return Decision(outcome, f"of {intent.asked}, before {register[MOMENT]}", ledger, intent.deployment)
    return None


def publish(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Switch to a deployment that a CI has uploaded, unless the site is held or a later one of its order is live."""
    if ledger.hold[0] and not intent.force:
        raise Refused(f"held: {ledger.hold[0]}; release it, or force this one")
    for newest in ledger.published[:1]:
        last = newest.sequence
        if last is not None and intent.sequence is not None and intent.sequence < last:
            raise Refused(
                f"sequence {intent.sequence} is lower than "
                f"{last}, which was published; publish without one to count anew"
            )
        if newest.action == "publish" and last == intent.sequence is not None:
            then = ledger._replace(mark=noted(ledger.mark, intent))
            return Decision("duplicate", f"sequence {last} is live", then, intent.deployment)
    return switch(ledger, live, intent, past)


def roll_back(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Go back from what was live when it was asked for, whatever came since; of events only the second is known."""
    cut, then = MOMENT if intent.event is None else SECOND, live
    for since in past.since:
        if intent.asked[cut] < since[cut] <= intent.since:
            past = past._replace(switches=past.switches[:-1])
            then = "".join(past.switches[-1:])
    target = intent.deployment or past.back(ledger, then, intent.steps)
    if not target:
        raise NotThere(f"nothing to roll back to: no complete deployment {intent.steps} back from {then or 'nothing'}")
    return switch(ledger, live, intent._replace(deployment=target), past)


def hold(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    """From now on new deployments wait."""
    held = intent.reason, noted(ledger.hold[1], intent), intent.by
    return Decision("on-hold", intent.reason, ledger._replace(hold=held), live)


def release(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    """End the hold. Without a pipeline nothing waits that could become live."""
    reason, register, _ = ledger.hold
    then = ledger._replace(hold=("", noted(register, intent), intent.by))
    # a list times a truth is that list or an empty one; with conditions it is 30 bytes longer, and all of them travel
    why = "; ".join(["not held"] * (not reason) + ["nothing waits"] * intent.publish)
    return Decision("released" if reason else "duplicate", why, then, live)


def switch(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    """The deployment becomes live, unless it is already or must not."""
    deployment = intent.deployment
    if deployment in ledger.retiring:
        raise NotThere(f"{deployment} is being retired: publish another one or build again")
    mark = noted(ledger.mark, intent)
    if deployment == live:
        return Decision("duplicate", "already live", ledger._replace(mark=mark), deployment)
    # the history never goes back, and knows which of two came first
    since = intent.since
    for newest in ledger.published[:1]:
        since = max(since, written(datetime.fromisoformat(newest.since) + timedelta(milliseconds=1)))
    # who goes back does not take back the order: a slow job must not publish what is older than what was left
    numbered = [intent] if intent.action == "publish" else ledger.published
    sequence = numbered[0].sequence if numbered else None
    published = (Intent(deployment, since, intent.action, intent.by, sequence, intent.asked), *ledger.published)
    then = ledger._replace(mark=mark, published=published, waiting=())
    return Decision(_switched(intent.action), "", then, deployment)


def _switched(action: str) -> Outcome:
    return "rolled-back" if "rollback" in action else "published"
