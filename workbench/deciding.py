"""The decision with all answers that a publisher may know."""

from __future__ import annotations

from publisher import decision
from publisher.intent import Intent
from publisher.ledger import Ledger
from publisher.past import Past
from publisher.variants import OPERATIONS


def decide(ledger: Ledger, live: str, intent: Intent, past: Past) -> decision.Decision:
    """What follows, with the option `operations`."""
    return decision.decide(ledger, live, intent, past, OPERATIONS.rules)
