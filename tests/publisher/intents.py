"""The acts and ledgers that decisions are tried on."""

from __future__ import annotations

from publisher.decision import SWITCHED
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger
from publisher.past import Past
from workbench.deciding import decide

Z, A, B, C, D, E, F = (f"{commit * 40}-{commit * 16}" for commit in "0abcdef")
T1, T2, T3, NOW = (f"2026-03-01T10:0{minute}:00.000Z" for minute in "1239")
HELD = ("bad release", T1, "Ada")
PAST = Past((Z, A), frozenset((Z, A, B, C, D, E, F)))


def pipeline(deployment: str, start: str) -> Intent:
    return Intent(deployment, NOW, "pipeline", f"execution of {deployment[0]}", asked=start, event="")


def publish(deployment: str, sequence: int | None = None, force: bool = False) -> Intent:
    return Intent(deployment, NOW, "publish", "ci", sequence, NOW, force=force)


def promote(deployment: str) -> Intent:
    return Intent(deployment, NOW, "promote", "Ada", asked=NOW)


def ask(action: str, **members: object) -> Intent:
    return Intent("", NOW, action, "Ada", asked=NOW, **members)  # type: ignore[arg-type]


def alarm(at: str = NOW, minutes: int = 10) -> Intent:
    return Intent("", NOW, "auto-rollback", "errors", asked=at, minutes=minutes)


def live_a(sequence: int | None = None, action: str = "pipeline", **members: object) -> Ledger:
    """A is live since T2, and what started before T2 is stale."""
    return Ledger(T2, (Intent(A, T2, action, "e", sequence, T2),))._replace(**members)  # type: ignore[arg-type]


def waiting_c(**members: object) -> Ledger:
    """The same while held, and C waits."""
    return live_a(hold=HELD, waiting=(T3, C))._replace(**members)  # type: ignore[arg-type]


def after(*intents: Intent, ledger: Ledger | None = None) -> tuple[str, Ledger]:
    """What is live, and the ledger, after `intents`, one second apart; a refused one changes nothing."""
    live, ledger, past = A, ledger or live_a(7), PAST
    for second, intent in enumerate(intents):
        moment = NOW.replace("00.000", f"0{second}.000")
        try:
            asked = moment if intent.asked == NOW and intent.action != "auto-rollback" else intent.asked
            decided = decide(ledger, live, intent._replace(since=moment, asked=asked), past)
        except Refused:
            continue
        ledger = decided.ledger
        if decided.outcome in SWITCHED:
            live = decided.deployment
            past = past._replace(switches=(*past.switches, live))
    return live, ledger
