"""What the pruner relies on: a deployment that is being retired stays so until its manifest is gone."""

from __future__ import annotations

import pytest

from publisher.intent import Intent
from publisher.ledger import Ledger
from publisher.past import Past
from workbench.deciding import decide

A, B, C = (f"{letter * 8}-{letter * 16}" for letter in "abc")
NOW = "2026-03-01T10:00:00.000Z"


def retire(
    ledger: Ledger, *identities: str, force: bool = False, manifests: tuple[str, ...] = (A, B, C)
) -> tuple[str, ...]:
    intent = Intent("", NOW, "retire", "pruner", force=force, deployments=identities)
    past = Past((A, B, C), frozenset(manifests))
    return decide(ledger, C, intent, past).ledger.retiring


@pytest.mark.parametrize("ledger", [Ledger(), Ledger(waiting=(NOW, B))], ids=["previous", "waiting"])
def test_a_forced_promise_is_not_taken_back_by_a_request_without_force(ledger: Ledger) -> None:
    promised = ledger._replace(retiring=retire(ledger, B, force=True))
    assert promised.retiring == (B,)
    for asked in ([B], [A, B], [A]):
        assert B in retire(promised, *asked)


def test_a_promise_to_retire_is_forgotten_when_the_manifest_is_gone_and_not_before() -> None:
    promised = Ledger(retiring=(A,))
    assert retire(promised, C) == (A,)
    assert retire(promised, C, manifests=(B, C)) == ()
