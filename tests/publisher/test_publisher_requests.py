"""What the publisher answers to requests, directly and as events, and what it tells the account's event bus."""

import json
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from publisher.intent import Intent
from publisher.requests import EVERY
from publisher.variants import OPERATIONS
from tests.publisher.losing import UPDATE, answer_with, losing
from tests.publisher.surroundings import BUCKET, A, B, BucketAndStore, C, succeeded
from workbench.invoked import BY_NAME

Logged = Callable[[], list[Mapping[str, Any]]]

MALFORMED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown action": ({"action": "pomote", "deployment": A}, "action 'pomote' is not one of publish, promote"),
    "pipeline is no request": ({"action": "pipeline", "deployment": A}, "action 'pipeline' is not one of"),
    "no action": ({"deployment": A}, "action None is not one of"),
    "a list for an action": ({"action": ["hold"]}, "action ['hold'] is not one of"),
    "no deployment": ({"action": "publish"}, "publish takes action (str), by (str), seen (str), deployment (str)"),
    "path for an ID": (
        {"action": "publish", "deployment": "../../executions"},
        "'../../executions' is no deployment",
    ),
    "misspelt member": ({"action": "publish", "deployment": A, "squence": 3}, "'squence' is 3: publish takes "),
    "another action's member": (
        {"action": "promote", "deployment": A, "sequence": 3},
        "'sequence' is 3: promote ",
    ),
    "sequence as text": ({"action": "publish", "deployment": A, "sequence": "3"}, "'sequence' is '3': publish takes "),
    "sequence that fills the ledger": ({"action": "publish", "deployment": A, "sequence": 2**63}, "below 2^63"),
    "sequence below zero": ({"action": "publish", "deployment": A, "sequence": -1}, "below 2^63"),
    "sequence as truth": (
        {"action": "publish", "deployment": A, "sequence": True},
        "'sequence' is True: ",
    ),
    "no step": ({"action": "rollback", "steps": 0}, "steps is 0: write 1 or more"),
    "hold without reason": ({"action": "hold"}, "hold takes action (str), by (str), seen (str), reason (str)"),
    "hold with an empty reason": ({"action": "hold", "reason": ""}, "1 to 200 bytes"),
    "hold with a reason of blanks": (
        {"action": "hold", "reason": " \t\n\u3000"},
        "write 1 to 200 bytes, not blank",
    ),
    "hold with a long reason": ({"action": "hold", "reason": "ü" * 101}, "1 to 200 bytes"),
    "half a character as a reason": ({"action": "hold", "reason": "caf\udce9"}, "is not UTF-8 text"),
    "half a character as a name": ({"action": "release", "by": "\udce9"}, "is not UTF-8 text"),
    "half a character as a member": (
        {"action": "release", "\udce9": "\udce9"},
        r"'\udce9' is '\udce9': ",
    ),
    "retire one as text": ({"action": "retire", "deployments": A}, "'deployments' is "),
    "retire a path": ({"action": "retire", "deployments": ["../x"]}, "'../x' is no deployment: IDs are "),
    "retire a number": ({"action": "retire", "deployments": [7]}, "7 is no deployment: IDs are "),
    "no such deployment": ({"action": "publish", "deployment": B}, f"manifests/{B}.json is missing"),
}


@pytest.mark.parametrize(("request_", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_a_request_that_cannot_be_met_is_answered_with_the_reason(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged, request_: dict[str, Any], reason: str
) -> None:
    site.upload(A)
    answer = publisher.handler(request_, BY_NAME)
    assert answer["outcome"] == "refused"
    assert reason in answer["reason"]
    assert ([answer], "") == (logged(), site.stored("live"))


def publish_all(publisher: types.ModuleType, site: BucketAndStore, *deployments: str) -> None:
    """Make them live one after the other."""
    for deployment in deployments:
        site.upload(deployment, page=deployment)
        publisher.handler({"action": "publish", "deployment": deployment}, BY_NAME)


def test_who_asks_for_what_is_not_there_is_told_what_is_newest_first(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_all(publisher, site, A, B)
    site.upload(C)
    site.store_values(ledger=json.dumps({**site.ledger, "retiring": [B]}))
    assert [C, A] == publisher.handler({"action": "promote", "deployment": B}, BY_NAME)["choices"]
    assert [C, A] == publisher.handler({"action": "promote", "deployment": "d" * 57}, BY_NAME)["choices"]
    site.store_values(ledger=json.dumps({**site.ledger, "retiring": []}))
    assert [C, A] == publisher.handler({"action": "rollback", "steps": 5}, BY_NAME)["choices"]  # B is live
    site.s3.delete_object(Bucket=BUCKET, Key=f"deployments/{C}/robots.txt")
    assert [A] == publisher.handler({"action": "promote", "deployment": C}, BY_NAME)["choices"]


def test_rolling_back_goes_to_the_one_before_and_then_further_back(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_all(publisher, site, A, B, C)
    answer = publisher.handler({"action": "rollback", "by": "Ada"}, BY_NAME)
    assert ("rolled-back", C, B, B) == tuple(answer[name] for name in ("outcome", "before", "after", "deployment"))
    assert B == site.live == site.read("_errors/404.html")
    assert publisher.handler({"action": "rollback"}, BY_NAME)["after"] == A
    assert [("rollback", "Ada", C), ("rollback", "request", B)] == [
        (entry["action"], entry["by"], entry["before"]) for entry in site.history[3:]
    ]
    answer = publisher.handler({"action": "rollback"}, BY_NAME)
    assert (answer["outcome"], site.live) == ("refused", A)
    assert answer["reason"].startswith("nothing to roll back to")


def test_rolling_back_passes_what_was_pruned_and_finds_what_the_ledger_has_forgotten(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    many = [f"upload-{number:050}" for number in range(12)]
    publish_all(publisher, site, *many)
    assert len(site.ledger["published"]) < 12
    site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{many[10]}.json")
    assert publisher.handler({"action": "rollback"}, BY_NAME)["after"] == many[9]
    assert publisher.handler({"action": "rollback", "steps": 9}, BY_NAME)["after"] == many[0]


@pytest.mark.parametrize("action", [{"action": "rollback"}, {"action": "release", "publish": True}])
def test_a_lost_answer_does_not_go_back_twice(
    publisher: types.ModuleType, site: BucketAndStore, action: dict[str, Any]
) -> None:
    publish_all(publisher, site, A, B, C)
    if action["action"] == "release":
        waiting = ["2099-01-01T00:00:00.000Z", B]
        site.store_values(ledger=json.dumps({**site.ledger, "hold": ["x", "2026", "Ada"], "waiting": waiting}))
    publisher.client("cloudfront-keyvaluestore").meta.events.register(UPDATE, losing(5))
    answer = publisher.handler(action, BY_NAME)
    assert (C, B, B) == (answer["before"], answer["after"], site.live)


def test_a_rollback_means_what_was_live_when_it_was_asked_for(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_all(publisher, site, A, B)
    site.upload(C, "e3")
    events = publisher.client("cloudfront-keyvaluestore").meta.events

    def overtake(**_: Any) -> None:
        events.unregister(UPDATE, overtake)
        publisher.handler(succeeded("e3", "2099-01-01T00:00:00Z"), BY_NAME)

    events.register(UPDATE, overtake)
    answer = publisher.handler({"action": "rollback"}, BY_NAME)
    assert (C, A, A) == (answer["before"], answer["after"], site.live)


def test_held_a_push_waits_a_release_names_it_and_a_second_one_publishes_it(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_all(publisher, site, A)
    answer = publisher.handler({"action": "hold", "reason": "fair", "by": "Ada"}, BY_NAME)
    assert ("on-hold", A) == (answer["outcome"], answer["after"])
    site.upload(B, "e2")
    assert publisher.handler(succeeded("e2", "2099-01-01T00:00:00Z"), BY_NAME)["outcome"] == "held"
    answer = publisher.handler({"action": "release"}, BY_NAME)
    assert ("released", B, A) == (answer["outcome"], answer["waiting"], site.live)
    answer = publisher.handler({"action": "release", "publish": True}, BY_NAME)
    assert ("published", A, B, B) == (answer["outcome"], answer["before"], answer["after"], site.live)


def test_a_deployment_that_waits_must_be_complete(publisher: types.ModuleType, site: BucketAndStore) -> None:
    publisher.handler({"action": "hold", "reason": "fair"}, BY_NAME)
    site.upload(B, "e2", files=3)
    with pytest.raises(publisher.Refused, match="of its manifest"):
        publisher.handler(succeeded("e2"), BY_NAME)
    assert "waiting" not in site.ledger


def test_retiring_answers_what_may_go_and_why_the_others_stay(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_all(publisher, site, A, B, C)
    answer = publisher.handler({"action": "retire", "deployments": [A, B, C]}, BY_NAME)
    assert ("retiring", (A,), {B: "previous", C: "live"}) == (
        answer["outcome"],
        tuple(answer["retiring"]),
        answer["kept"],
    )
    assert publisher.handler({"action": "promote", "deployment": A}, BY_NAME)["outcome"] == "refused"
    site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{A}.json")
    assert publisher.handler({"action": "retire", "deployments": []}, BY_NAME)["retiring"] == ()
    assert "retiring" not in site.ledger


def test_more_than_the_ledger_holds_is_refused_whole(publisher: types.ModuleType, site: BucketAndStore) -> None:
    many = [f"upload-{number:050}" for number in range(30)]
    publish_all(publisher, site, *many)
    answer = publisher.handler({"action": "retire", "deployments": many[:20]}, BY_NAME)
    assert answer["outcome"] == "refused"
    assert "retire fewer at once" in answer["reason"]
    assert publisher.handler({"action": "retire", "deployments": many[:3]}, BY_NAME)["retiring"] == tuple(many[:3])


def test_status_tells_everything_and_writes_nothing(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    publish_all(publisher, site, A, B)
    publisher.handler({"action": "hold", "reason": "fair", "by": "Ada"}, BY_NAME)
    before = site.etag(), site.keys(), logged()
    answer = publisher.handler({"action": "status"}, BY_NAME)
    assert (site.etag(), site.keys(), []) == (*before[:2], logged())
    assert (B, A, "", ()) == tuple(answer[name] for name in ("after", "previous", "waiting", "retiring"))
    assert ("fair", "Ada") == (answer["hold"]["reason"], answer["hold"]["by"])
    assert [B, A] == [entry["deployment"] for entry in answer["published"]]
    assert {"deployment", "since", "action", "by", "sequence", "asked"} == answer["published"][0].keys()


def test_status_without_the_previous_one_lists_nothing(publisher: types.ModuleType, site: BucketAndStore) -> None:
    publish_all(publisher, site, A, B)
    told = publisher.handler({"action": "status"}, BY_NAME)
    asked: list[str] = []
    publisher.client("s3").meta.events.register("before-send.s3", lambda request, **_: asked.append(request.url))
    answer = publisher.handler({"action": "status", "previous": False}, BY_NAME)
    assert [] == asked
    assert {name: told[name] for name in told if name != "previous"} == answer


def test_on_a_new_stack_status_is_empty_and_nothing_can_be_rolled_back(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    answer = publisher.handler({"action": "status"}, BY_NAME)
    assert ("", "", {}, []) == tuple(answer[name] for name in ("after", "previous", "hold", "published"))
    assert publisher.handler({"action": "rollback"}, BY_NAME)["outcome"] == "refused"
    assert publisher.handler({"action": "release"}, BY_NAME)["outcome"] == "duplicate"


def event(**request: Any) -> dict[str, Any]:
    """The request as whoever is allowed to put events sends it."""
    detail = {"stack": "site", **request}
    return {"source": "instant-hosting", "detail-type": "Deployment Request", "detail": detail}


def test_a_request_may_come_as_an_event(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A)
    assert publisher.handler(event(action="publish", deployment=A, by="ci"), BY_NAME)["outcome"] == "published"
    assert A == site.live


def failing(error: Exception) -> Callable[..., None]:
    """In place of a call whose service does not answer."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_an_event_that_is_tried_again_goes_back_no_further(
    publisher: types.ModuleType, site: BucketAndStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(publisher, site, A, B, C)
    wish = event(action="rollback", by="bot") | {"time": datetime.now(UTC).isoformat(timespec="seconds")}
    announce = publisher.announce
    monkeypatch.setattr(publisher, "announce", failing(EndpointConnectionError(endpoint_url="https://events")))
    with pytest.raises(EndpointConnectionError):
        publisher.handler(wish, BY_NAME)
    monkeypatch.setattr(publisher, "announce", announce)
    answer = publisher.handler(wish, BY_NAME)  # as Lambda does
    assert (answer["outcome"], answer["after"], site.live) == ("rolled-back", B, B)
    assert [entry["deployment"] for entry in site.history] == [A, B, C, B]


def test_an_event_that_comes_twice_does_not_bring_back_what_was_taken_back(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_all(publisher, site, A)
    site.upload(B)
    wish = event(action="publish", deployment=B, by="ci") | {"time": datetime.now(UTC).isoformat(timespec="seconds")}
    assert publisher.handler(wish, BY_NAME)["outcome"] == "published"
    publisher.handler({"action": "rollback", "by": "Ada"}, BY_NAME)
    answer = publisher.handler(wish, BY_NAME)
    assert answer["outcome"] in ("duplicate", "stale")  # known within its second, too old after it
    assert (answer["deployment"], answer["after"], site.live) == (B, A, A)


def test_an_event_from_the_future_makes_no_execution_stale(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A)
    site.upload(B, "e2")
    publisher.handler(event(action="publish", deployment=A, by="ci") | {"time": "2098-01-01T00:00:00Z"}, BY_NAME)
    assert publisher.handler(succeeded("e2", "2097-01-01T00:00:00Z"), BY_NAME)["outcome"] == "published"


def test_a_status_that_fails_is_no_decision_and_nobody_is_told(
    publisher: types.ModuleType,
    site: BucketAndStore,
    heard: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "look", failing(RuntimeError("store down")))
    with pytest.raises(RuntimeError, match="store down"):
        publisher.handler({"action": "status"}, BY_NAME)
    assert heard() == []


@pytest.mark.parametrize("request_", [{"action": "promote", "deployment": B}, {"action": "promot"}, {}])
def test_an_event_that_is_refused_raises_because_nobody_reads_the_answer(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged, request_: dict[str, Any]
) -> None:
    with pytest.raises(publisher.Refused):
        publisher.handler(event(**request_), BY_NAME)
    assert ["refused"] == [line["outcome"] for line in logged()]


@pytest.fixture
def heard(environment: Any) -> Callable[[], list[dict[str, Any]]]:
    """Gives the decisions that the event bus has handed on since it was last asked."""
    sqs, events = environment.client("sqs"), environment.client("events")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["instant-hosting"], "detail-type": ["Deployment Decision"], "detail": {"stack": ["site"]}}
    events.put_rule(Name="heard", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="heard", Targets=[{"Id": "queue", "Arn": arn}])

    def details() -> list[dict[str, Any]]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"])["detail"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    return details


def test_each_decision_is_announced_as_it_is_answered(
    publisher: types.ModuleType, site: BucketAndStore, heard: Callable[[], list[dict[str, Any]]], logged: Logged
) -> None:
    publish_all(publisher, site, A, B)
    publisher.handler({"action": "rollback", "by": "Ada"}, BY_NAME)
    publisher.handler({"action": "hold", "reason": "fair"}, BY_NAME)
    site.upload(C, "e3")
    publisher.handler(succeeded("e3", "2020-01-01T00:00:00Z"), BY_NAME)
    publisher.handler(succeeded("e3", "2099-01-01T00:00:00Z"), BY_NAME)
    publisher.handler({"action": "publish", "deployment": C}, BY_NAME)
    publisher.handler({"action": "status"}, BY_NAME)
    told = heard()
    expected = ["published", "published", "rolled-back", "on-hold", "stale", "held", "refused"]
    assert expected == [detail["outcome"] for detail in told]
    assert [{**line, "stack": "site", "pipeline": "site-pipeline"} for line in logged()] == told


def test_a_failure_is_announced_each_time_for_whoever_still_waits(
    publisher: types.ModuleType, site: BucketAndStore, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    site.upload(A, "e1")
    answer_with(publisher, UPDATE, 403, "AccessDeniedException", times=2)
    for _ in range(2):
        with pytest.raises(Exception, match="AccessDenied"):
            publisher.handler(succeeded("e1"), BY_NAME)
    publisher.handler(succeeded("e1"), BY_NAME)
    said = [(detail["outcome"], detail["execution"], detail["commit"]) for detail in heard()]
    assert said == [(outcome, "e1", A.rpartition("-")[0]) for outcome in ("failed", "failed", "published")]


def test_a_failure_that_cannot_be_announced_is_raised_and_logged_all_the_same(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.upload(A, "e1")
    answer_with(publisher, UPDATE, 403, "AccessDeniedException", times=1)

    def unreachable(_line: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://events")

    monkeypatch.setattr(publisher, "announce", unreachable)
    with pytest.raises(Exception, match="AccessDenied"):
        publisher.handler(succeeded("e1"), BY_NAME)
    line, again = logged()  # at once, and again with why nobody heard of it
    assert ("failed", {**line, "unannounced": again["unannounced"]}) == (line["outcome"], again)
    assert "https://events" in again["unannounced"]


def test_what_cannot_be_announced_is_done_logged_and_for_an_event_tried_again(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    site.upload(A)
    site.upload(B, "e2")
    answer_with(publisher, "before-send.events.PutEvents", 400, "AccessDeniedException", times=2, service="events")
    answer = publisher.handler({"action": "publish", "deployment": A}, BY_NAME)
    assert ("published", A) == (answer["outcome"], site.live)
    assert "AccessDenied" in answer["unannounced"]
    with pytest.raises(ClientError, match="AccessDenied"):
        publisher.handler(succeeded("e2", "2099-01-01T00:00:00Z"), BY_NAME)
    assert B == site.live
    assert ["AccessDenied" in line.get("unannounced", "") for line in logged()] == [False, True] * 2


ALARM = {"action": "auto-rollback", "by": "errors", "minutes": 10}


def test_an_alarm_goes_back_and_holds_once(publisher: types.ModuleType, site: BucketAndStore) -> None:
    publish_all(publisher, site, A, B)
    at = site.ledger["published"][0][1][:19] + "Z"  # an alarm's time has no fractions
    answer = publisher.handler({**ALARM, "at": at}, BY_NAME)
    assert ("rolled-back", B, A, A) == (answer["outcome"], answer["before"], answer["after"], site.live)
    assert site.ledger["hold"][0] == f"alarm errors went off 0 s after {B} went live" == answer["reason"]
    assert publisher.handler({**ALARM, "at": at}, BY_NAME)["outcome"] == "ignored"
    publisher.handler({"action": "publish", "deployment": B, "force": True}, BY_NAME)
    at = site.ledger["published"][0][1]
    answer = publisher.handler({**ALARM, "at": at}, BY_NAME)
    assert ("ignored", f"{B} was live before", B) == (answer["outcome"], answer["reason"], site.live)


def test_whatever_a_request_says_the_intent_has_a_member_of_that_name_for_but_when_an_alarm_went_off() -> None:
    said = {name.rstrip("*") for form in (EVERY, *OPERATIONS.requests.values()) for name in form}
    assert said - {*Intent._fields} == {"at"}
