"""Who may ask for what: each alias of the function takes what its owner needs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from tests.publisher.surroundings import A, B, BucketAndStore, C, succeeded
from workbench.invoked import BY_NAME, through

REQUESTS: dict[str, dict[str, Any]] = {
    "publish": {"action": "publish", "deployment": B},
    "promote": {"action": "promote", "deployment": B},
    "rollback": {"action": "rollback"},
    "hold": {"action": "hold", "reason": "fair"},
    "release": {"action": "release", "publish": True},
    "retire": {"action": "retire", "deployments": [B]},
    "status": {"action": "status"},
    "auto-rollback": {"action": "auto-rollback", "at": "2099-01-01T00:00:00Z", "minutes": 15},
}
TAKES = {
    "ci": ["publish", "status"],
    "webhook": ["hold", "release", "promote", "rollback"],
    "pruner": ["status", "retire"],
    "alarm": ["auto-rollback"],
    "stranger": [],
    "1": [],  # a version that somebody has published is none of ours
}


@pytest.fixture
def live_a(site: BucketAndStore, publisher: Any) -> BucketAndStore:
    """A is live, C was before it, B could be; what is told of that is not part of a test."""
    for deployment in (A, B, C):
        site.upload(deployment)
    for deployment in (C, A):
        publisher.handler(REQUESTS["publish"] | {"deployment": deployment}, BY_NAME)
    return site


@pytest.mark.parametrize("alias", TAKES)
def test_an_alias_takes_what_its_owner_needs_and_tells_all_others(
    publisher: Any, live_a: BucketAndStore, alias: str
) -> None:
    before = live_a.stored("ledger")
    for action in [name for name in REQUESTS if name not in TAKES[alias]]:
        answer = publisher.handler(REQUESTS[action], through(alias))
        assert answer["outcome"] == "refused"
        assert f"alias {alias} takes {', '.join(TAKES[alias]) or 'nothing'}, and not " in answer["reason"]
        assert repr(action) in answer["reason"]
    assert (A, before) == (live_a.live, live_a.stored("ledger"))
    for action in TAKES[alias]:
        answer = publisher.handler(REQUESTS[action], through(alias))
        assert "takes" not in answer.get("reason", ""), action


@pytest.mark.parametrize("alias", TAKES)
def test_no_alias_takes_an_event_whatever_its_action(publisher: Any, live_a: BucketAndStore, alias: str) -> None:
    live_a.upload(B + "2", execution="e1")
    wishes: list[Any] = [REQUESTS[action] for action in REQUESTS]
    events = [{"detail-type": "Deployment Request", "id": "x", "detail": wish} for wish in wishes]
    events += [wish | {"detail-type": "Deployment Request", "detail": wish} for wish in wishes]
    events += [succeeded("e1"), succeeded("e1") | {"action": TAKES[alias][:1]}, {"detail-type": None} | wishes[0]]
    for event in events:
        assert publisher.handler(event, through(alias))["outcome"] == "refused", event
    assert live_a.live == A


@pytest.mark.parametrize("alias", TAKES)
def test_no_alias_may_force(publisher: Any, live_a: BucketAndStore, alias: str) -> None:
    for action in ("publish", "retire"):
        answer = publisher.handler(REQUESTS[action] | {"force": True}, through(alias))
        why = "does not take force" if action in TAKES[alias] else f"and not '{action}'"
        assert (answer["outcome"], why in answer["reason"]) == ("refused", True)
    assert live_a.live == A


def test_an_alarm_that_nothing_can_follow_raises_for_nobody_waits_for_its_answer(
    publisher: Any, site: BucketAndStore, logged: Callable[[], list[Mapping[str, Any]]]
) -> None:
    site.upload(A)
    publisher.handler(REQUESTS["publish"] | {"deployment": A}, BY_NAME)
    alarm = REQUESTS["auto-rollback"] | {"at": site.ledger["published"][0][1]}
    logged()
    with pytest.raises(publisher.Refused, match="nothing to roll back to"):
        publisher.handler(alarm, through("alarm"))
    assert [(line["outcome"], line["action"]) for line in logged()] == [("refused", "auto-rollback")]
    site.store_values(ledger="?")
    with pytest.raises(publisher.Refused, match="unreadable"):
        publisher.handler(alarm, through("alarm"))
    assert site.live == A


def test_a_ci_key_does_not_override_a_persons_hold_and_an_operator_does(publisher: Any, live_a: BucketAndStore) -> None:
    publisher.handler(REQUESTS["hold"], BY_NAME)
    answer = publisher.handler(REQUESTS["publish"], through("ci"))
    assert (answer["outcome"], live_a.live) == ("refused", A)
    assert "held: fair" in answer["reason"]
    assert publisher.handler(REQUESTS["publish"] | {"force": True}, BY_NAME)["outcome"] == "published"


def test_the_function_itself_and_its_latest_code_take_everything(publisher: Any, live_a: BucketAndStore) -> None:
    for context in (BY_NAME, through("$LATEST")):
        for action in ("status", "hold", "release"):
            assert publisher.handler(REQUESTS[action], context)["outcome"] != "refused"
    assert live_a.live == A


@pytest.mark.parametrize("context", [None, SimpleNamespace(), SimpleNamespace(invoked_function_arn=None)])
def test_who_does_not_say_how_it_was_invoked_gets_nothing(publisher: Any, live_a: BucketAndStore, context: Any) -> None:
    with pytest.raises(AttributeError):
        publisher.handler(REQUESTS["publish"], context)
    assert live_a.live == A
