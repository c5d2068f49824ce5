"""Where a rollback leads, also where two go back at the same time."""

from __future__ import annotations

import itertools

import pytest

from publisher.decision import SWITCHED
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger
from publisher.past import Past
from tests.publisher.intents import (
    NOW,
    PAST,
    T1,
    T2,
    T3,
    A,
    B,
    C,
    D,
    F,
    Z,
    ask,
    live_a,
    promote,
    publish,
)
from workbench.deciding import decide


def test_one_step_back_from_who_lost_a_race_is_who_won_it() -> None:
    """The history's keys are a time and an ID: of two switches at the same time it would not know the order."""
    for first, second in itertools.permutations((B, C)):
        then = decide(live_a(), A, promote(first), PAST).ledger
        then = decide(then, first, promote(second)._replace(since=T3), PAST).ledger
        keys = sorted(entry.since + entry.deployment for entry in then.published)
        past = PAST._replace(switches=tuple(key.removeprefix(key[:24]) for key in keys))
        assert first == past.back(then, second)


def test_a_rollback_goes_back_from_what_was_live_when_it_was_asked_for() -> None:
    times = T1, T2, T3
    past = PAST._replace(switches=(Z, A, B), since=times)
    ledger = live_a()._replace(published=(Intent(B, T3, "pipeline", "e", asked=T1), *live_a().published))
    late = ask("rollback")._replace(event="e1")
    asked = {
        T3: ("rolled-back", A),  # in the second of the switch: whoever sends an event after it
        T3.replace("00.000", "00.001"): ("rolled-back", A),
        T2.replace("00.000", "59.000"): ("rolled-back", Z),
        T2: ("rolled-back", Z),
    }
    for moment, (outcome, target) in asked.items():
        decided = decide(ledger._replace(mark=T1), B, late._replace(asked=moment), past)
        assert (moment, outcome, target) == (moment, decided.outcome, decided.deployment)
    with pytest.raises(Refused, match="nothing to roll back to: no complete deployment 1 back from nothing"):
        decide(Ledger(), B, late._replace(asked=T1.replace("01:00", "00:00")), past._replace(since=times))


def test_of_two_operators_who_go_back_at_the_same_time_one_does() -> None:
    """The second one's first look comes after the first one's write, and it was asked for before that."""
    past = PAST._replace(switches=(Z, B, A, B), since=(T1, T1, T2, NOW.replace("00.000", "00.300")))
    second = ask("rollback")._replace(asked=NOW.replace("00.000", "00.200"), since=NOW.replace("00.000", "00.400"))
    ledger = live_a()._replace(published=(Intent(B, past.since[3], "rollback", "Ada", asked=NOW), *live_a().published))
    decided = decide(ledger, B, second, past)
    assert ("duplicate", "already live", B) == (decided.outcome, decided.reason, decided.deployment)


@pytest.mark.parametrize("wish", [publish(B), promote(B), ask("rollback"), ask("release", publish=True)])
def test_whoever_says_what_was_live_for_him_is_refused_if_it_is_not_any_more(wish: Intent) -> None:
    assert decide(live_a(waiting=(T3, C)), A, wish._replace(seen=A), PAST).outcome in SWITCHED
    for seen in (B, ""):
        with pytest.raises(Refused, match=f"^{A} is live, not {seen or 'nothing'} as was seen: look again"):
            decide(live_a(waiting=(T3, C)), A, wish._replace(seen=seen), PAST)


BACK = {
    "to the one before": ((A, B, C), C, 1, B),
    "twice is two places, not to and fro": ((A, B, C, B), B, 1, A),
    "two steps": ((A, B, C), C, 2, A),
    "never to what was gone back from": ((A, B, A, C), C, 1, A),
    "nor to what was jumped over": ((A, B, C, A, D), D, 1, A),
    "and no further than there is": ((A, B, A, C), C, 2, ""),
    "forward again, and back": ((A, B, A, B), B, 1, A),
    "to the one that it came after, not to the one that it came after first": ((A, B, C, A, C), C, 1, A),
    "past what has no manifest any more": ((A, F, C), C, 1, A),
    "before the first there is nothing": ((A, B), A, 1, ""),
    "too far": ((A, B, C), C, 3, ""),
    "what is live is not in the history": ((A, B), C, 1, B),
    "nothing is live, but something was": ((A, B), "", 1, B),
    "nothing is live, and a rollback was the last": ((A, B, A), "", 1, A),
    "nothing at all": ((), "", 1, ""),
}


@pytest.mark.parametrize(("switches", "live", "steps", "target"), BACK.values(), ids=BACK)
def test_going_back_is_an_undo(switches: tuple[str, ...], live: str, steps: int, target: str) -> None:
    assert target == Past(switches, frozenset((A, B, C, D))).back(Ledger(), live, steps)
