"""What waits while a site is held, what a release does, and when an alarm holds."""

from __future__ import annotations

import itertools

from publisher.past import Past
from tests.publisher.intents import (
    HELD,
    NOW,
    PAST,
    T2,
    T3,
    A,
    B,
    C,
    Z,
    after,
    alarm,
    ask,
    live_a,
    pipeline,
    promote,
    waiting_c,
)
from workbench.deciding import decide


def test_of_executions_that_come_while_held_the_last_started_waits_whatever_the_order() -> None:
    for one, other in itertools.permutations((pipeline(B, T2), pipeline(C, T3))):
        live, ledger = after(one, other, ledger=live_a(hold=HELD))
        assert (A, (T3, C)) == (live, ledger.waiting)
        assert C == after(ask("release", publish=True), ledger=ledger)[0]


def test_what_waits_stays_known_after_a_release_and_is_forgotten_when_something_goes_live() -> None:
    released = after(ask("release"), ledger=waiting_c())[1]
    assert (T3, C) == released.waiting
    assert () == after(promote(B), ledger=released)[1].waiting


def test_a_release_that_should_publish_says_that_nothing_waits() -> None:
    wish = ask("release", publish=True)
    assert "nothing waits" == decide(live_a(hold=HELD), A, wish, PAST).reason
    assert "not held; nothing waits" == decide(live_a(), A, wish, PAST).reason


def test_an_execution_newer_than_the_one_that_waited_is_not_stale_after_the_release() -> None:
    live, _ = after(ask("release", publish=True), pipeline(B, T3.replace("00.000", "00.001")), ledger=waiting_c())
    assert B == live


def test_an_alarm_holds_with_its_reason_and_respects_an_operator_s_hold() -> None:
    assert decide(live_a(), A, alarm(), PAST).ledger.hold == (
        f"alarm errors went off 420 s after {A} went live",
        NOW,
        "errors",
    )
    assert decide(live_a(hold=HELD), A, alarm(), PAST).ledger.hold == HELD


def test_an_alarm_never_sends_the_same_deployment_back_twice() -> None:
    live, ledger = after(alarm(), ask("release"), promote(A)._replace(action="publish"))
    assert A == live
    past = Past((Z, A, Z, A), PAST.manifests)
    later = alarm(at=NOW.replace("00.000", "03.000"))._replace(since=NOW.replace("00.000", "04.000"))
    assert ("ignored", f"{A} was live before") == decide(ledger, A, later, past)[:2]
