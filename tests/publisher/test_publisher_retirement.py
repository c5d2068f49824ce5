"""Which deployments may go, and for how long the ledger remembers that they do."""

from __future__ import annotations

from publisher.retirement import kept
from tests.publisher.intents import (
    PAST,
    T2,
    T3,
    A,
    B,
    C,
    D,
    Z,
    ask,
    live_a,
    promote,
    waiting_c,
)
from workbench.deciding import decide


def test_live_previous_and_waiting_are_kept_and_said_so_and_the_rest_is_retired() -> None:
    intent = ask("retire", deployments=(A, Z, C, B, D))
    decided = decide(waiting_c(), A, intent, PAST)
    assert (B, D) == decided.ledger.retiring
    assert {A: "live", Z: "previous", C: "waiting"} == kept(waiting_c(), A, intent, PAST)


def test_nothing_is_retired_that_was_chosen_before_the_last_switch() -> None:
    """Somebody may have promoted it, and gone on, since the pruner looked: its visitors' pins are fresh."""
    wanted = ask("retire", deployments=(A, Z, B, D), seen=T2)
    assert (B, D) == decide(live_a(), A, wanted, PAST).ledger.retiring
    switched = decide(live_a(), A, promote(B), PAST).ledger
    past = PAST._replace(switches=(*PAST.switches, B))
    assert () == decide(switched, B, wanted, past).ledger.retiring
    late = "chosen before the last switch"
    assert {A: "previous", Z: late, B: "live", D: late} == kept(switched, B, wanted, past)


def test_what_is_retired_by_force_does_not_wait_any_more() -> None:
    decided = decide(waiting_c(), A, ask("retire", deployments=(C,), force=True), PAST)
    assert ((C,), ()) == (decided.ledger.retiring, decided.ledger.waiting)
    other = decide(waiting_c(), A, ask("retire", deployments=(B,), force=True), PAST)
    assert ((B,), (T3, C)) == (other.ledger.retiring, other.ledger.waiting)


def test_force_retires_previous_and_waiting_but_never_what_is_live() -> None:
    intent = ask("retire", deployments=(A, Z, C), force=True)
    assert (Z, C) == decide(waiting_c(), A, intent, PAST).ledger.retiring


def test_a_retired_one_leaves_the_ledger_when_its_manifest_is_gone_and_not_before() -> None:
    ledger = live_a(retiring=(B, C))
    past = PAST._replace(manifests=PAST.manifests - {B})
    assert (C, D) == decide(ledger, A, ask("retire", deployments=(D,)), past).ledger.retiring
