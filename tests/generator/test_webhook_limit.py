"""The webhook's bound on concurrency: anybody may send to its URL, and all functions of an account share one quota."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from generator.webhook import build_webhook
from workbench.resolve import resolve


def template() -> dict[str, Any]:
    """The template without its outputs, which name a resource that only SAM makes."""
    found: dict[str, Any] = json.loads(json.dumps(build_webhook().to_dict()))
    return {**found, "Outputs": {}}


def function(**parameters: Any) -> dict[str, Any]:
    lists: dict[str, Any] = {"PipelineArns": [], "PublisherArns": [], "StatusPipelineArns": []}
    found: dict[str, Any] = resolve(template(), **lists, **parameters).resources["Webhook"]["Properties"]
    return found


def test_a_new_account_can_create_the_webhook_because_nothing_is_reserved_by_default() -> None:
    assert "ReservedConcurrentExecutions" not in function()


def test_a_limit_is_the_functions_reserved_concurrency() -> None:
    assert function(ConcurrencyLimit="10")["ReservedConcurrentExecutions"] == "10"


@pytest.mark.parametrize(("value", "taken"), [("", True), ("1", True), ("1000", True), ("0", False), ("ten", False)])
def test_no_limit_is_one_that_stops_the_webhook(value: str, taken: bool) -> None:
    pattern = template()["Parameters"]["ConcurrencyLimit"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) == taken
