"""Which of two events is the later one, although clocks differ, events come twice, and many come in one second."""

from __future__ import annotations

import pytest

from publisher.intent import Intent
from publisher.ledger import Ledger
from tests.publisher.intents import (
    HELD,
    NOW,
    PAST,
    T1,
    T2,
    T3,
    A,
    B,
    C,
    D,
    E,
    F,
    Z,
    ask,
    live_a,
    pipeline,
    promote,
    publish,
    waiting_c,
)
from workbench.deciding import decide


def test_the_mark_never_goes_back() -> None:
    late = publish(B)._replace(asked=T2, event="e1")
    assert decide(live_a(mark=T2), A, late, PAST).ledger.mark == f"{T2} e1"
    waits = live_a(hold=HELD, waiting=(T1, C), mark=T3)
    assert decide(waits, A, ask("release", publish=True), PAST).ledger.mark == T3


FUTURE = "2099-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "ledger",
    [live_a(mark=FUTURE), live_a(hold=("", FUTURE, "Ada")), live_a(waiting=(FUTURE, D), hold=HELD)],
    ids=["mark", "hold", "waiting"],
)
def test_a_time_from_the_future_makes_no_later_event_stale(ledger: Ledger) -> None:
    """A clock was wrong, once; what was written then must not be obeyed for ever."""
    event = publish(B, force=True)._replace(asked=T3, event="e1")
    assert decide(ledger, A, event, PAST).outcome == "published"
    assert decide(ledger, A, event, PAST).ledger.mark == f"{T3} e1"
    hold = ask("hold", reason="freeze")._replace(asked=T3, event="e2")
    assert decide(ledger, A, hold, PAST).ledger.hold == ("freeze", f"{T3} e2", "Ada")
    built = decide(ledger, A, pipeline(B, T3), PAST)
    assert built.outcome == ("held" if ledger.hold[0] else "published")
    assert built.ledger.waiting == ((T3, B) if ledger.hold[0] else ())
    released = decide(ledger, A, ask("release", publish=True), PAST)
    assert released.ledger.mark <= NOW if released.outcome == "published" else released.outcome in DONE_WITH_HOLD


DONE_WITH_HOLD = "released", "duplicate"


def test_a_request_that_lost_a_race_is_not_dated_before_the_one_it_replaces() -> None:
    then = decide(live_a(), A, promote(B), PAST).ledger
    then = decide(then, B, promote(C)._replace(since=T3), PAST).ledger
    assert [entry.since for entry in then.published] == [NOW.replace("00.000", "00.001"), NOW, T2]


@pytest.mark.parametrize(
    ("intent", "outcome", "target"),
    [
        (promote(B), "published", B),
        (ask("rollback"), "rolled-back", Z),
        (pipeline(B, T3), "published", B),
        (ask("release", publish=True), "published", C),
    ],
    ids=["promote", "rollback", "pipeline", "release"],
)
def test_an_event_that_comes_again_has_its_outcome_again_while_it_is_the_newest_and_changes_nothing(
    intent: Intent, outcome: str, target: str
) -> None:
    event = intent._replace(event="e1")
    once = decide(waiting_c() if intent.action == "release" else live_a(), A, event, PAST).ledger
    past = PAST._replace(switches=(*PAST.switches, target))
    again = decide(once, target, event, past)
    assert (outcome, once, target) == (again.outcome, again.ledger, again.deployment)
    for asked in (event.asked.replace("00.000", "00.100"), NOW.replace("00.000", "01.000")):  # in its second, and later
        later = decide(once, target, promote(D)._replace(since=asked, asked=asked), past).ledger
        again = decide(later, D, event._replace(since=NOW.replace("00.000", "02.000")), past)
        assert later == again.ledger
        assert again.outcome in ("stale", "duplicate")


def test_an_event_is_stale_if_its_second_is_before_that_of_the_newest_act_of_its_register() -> None:
    held = live_a(hold=("", T2, "Ada"), mark=T3)
    late = T2.replace("00.000", "00.900"), T1.replace("00.000", "59.000")
    for asked, outcomes in zip(late, (("stale", "on-hold"), ("stale", "stale")), strict=True):
        wishes = promote(B), ask("hold", reason="freeze")
        events = [wish._replace(asked=asked, event="e1") for wish in wishes]
        assert outcomes == tuple(decide(held, A, event, PAST).outcome for event in events)
        assert all(decide(held, A, wish._replace(asked=asked), PAST).outcome != "stale" for wish in wishes)


def test_of_events_within_one_second_each_is_carried_out_once_and_the_last_four_are_known() -> None:
    ledger, live = live_a(), A
    for number, deployment in enumerate((B, C, D, E, F)):
        event = promote(deployment)._replace(event=f"e{number}")
        decided = decide(ledger, live, event, PAST)
        ledger, live = decided.ledger, decided.deployment
    assert (ledger.mark, live) == (f"{NOW} e1 e2 e3 e4", F)
