"""What the webhook says of other parts is what they say: it is packaged without them, so it cannot import it."""

from __future__ import annotations

import pytest
from door import decision, effects, route
from reporter import progress

import contract
from publisher import requests
from publisher.intent import Refused


def test_an_id_and_the_source_of_decisions_are_those_of_the_contract() -> None:
    assert decision.DEPLOYMENT.pattern == contract.ID
    assert contract.EVENT_SOURCE == progress.SOURCE


def test_a_route_can_allow_what_the_publishers_alias_takes() -> None:
    assert contract.ALIASES[effects.ALIAS] == route.ACTIONS


def test_the_publisher_takes_the_longest_reason_that_the_door_passes_on_and_no_longer_one() -> None:
    assert decision.REASON_LIMIT == contract.REASON_LIMIT
    longest = "x" * contract.REASON_LIMIT
    requests.check_values({"action": "hold", "reason": longest})
    with pytest.raises(Refused, match=f"1 to {contract.REASON_LIMIT} bytes"):
        requests.check_values({"action": "hold", "reason": longest + "x"})
