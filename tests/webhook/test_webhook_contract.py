"""What the webhook says of other parts is what they say: it is packaged without them, so it cannot import it."""

from __future__ import annotations

from typing import Any

import pytest
from door import decision, effects, route
from reporter import progress

import contract
from generator.sections.publishing import pipeline_page
from messenger.executions import pipeline_ended
from publisher import requests
from publisher.intent import Refused
from tests.webhook.happening import EXECUTION, moved, report


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


@pytest.mark.parametrize("told", ["a mail", "a status"])
def test_a_pipelines_execution_has_the_page_that_the_templates_name(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = f"site-pipeline/executions/{EXECUTION}/timeline?region=${{AWS::Region}}"
    page = pipeline_page(rest).replace("${AWS::Region}", "eu-central-1")
    event: Any = moved("STOPPED")
    if told == "a mail":
        monkeypatch.setenv("STACK", "site")
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        _, body = pipeline_ended(event)
        assert page in body.splitlines()
    else:
        change = progress.progress(report(), event)
        assert isinstance(change, progress.Progress)
        assert page == change.target
