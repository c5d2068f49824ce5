"""Races, lost answers, throttling and crashes: afterwards the right deployment is live and the ledger says why."""

import json
import random
import threading
import types
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from tests.publisher.losing import PUT, UPDATE, answer_with, losing
from tests.publisher.surroundings import BUCKET, A, B, BucketAndStore, C, joined, succeeded
from workbench.invoked import BY_NAME

EARLY, LATE = "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:01.000Z"


def test_of_many_publishers_at_once_the_one_that_started_last_wins(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    starts = {f"e{number}": f"2026-03-01T10:00:00.{number + 1:03d}Z" for number in range(8)}
    deployments = {execution: f"commit{execution}-{execution:0>16}" for execution in starts}
    for execution, deployment in deployments.items():
        site.upload(deployment, execution, page=deployment)
    failures: list[BaseException] = []

    def publish(own: types.ModuleType, execution: str) -> None:
        try:
            own.handler(succeeded(execution, starts[execution]), BY_NAME)
        except BaseException as error:
            failures.append(error)

    # every event twice, each in a publisher of its own
    threads = [threading.Thread(target=publish, args=(joined(), execution)) for execution in [*starts, *starts]]
    random.Random(7).shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert deployments["e7"] == site.live == site.read("_errors/404.html")
    order = [entry["since"] for entry in site.history]
    assert sorted(order) == order
    switched = [entry["by"] for entry in site.history]
    assert sorted(set(switched)) == switched  # nobody twice, nobody after one that started later
    assert site.ledger["mark"].startswith(starts["e7"])


def test_concurrent_requests_each_switch_once_and_the_ledger_agrees_with_the_store(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    deployments = [f"upload-{number:016}" for number in range(6)]
    for deployment in deployments:
        site.upload(deployment, page=deployment)
    answers: list[dict[str, Any]] = []

    def publish(own: types.ModuleType, deployment: str) -> None:
        answers.append(own.handler({"action": "publish", "deployment": deployment}, BY_NAME))

    threads = [threading.Thread(target=publish, args=(joined(), deployment)) for deployment in deployments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer["outcome"] for answer in answers] == ["published"] * 6
    assert {entry["deployment"] for entry in site.history} == set(deployments)
    assert site.live == site.ledger["published"][0][0] == site.read("_errors/404.html")
    before = {answer["after"]: answer["before"] for answer in answers}
    chain = [site.live]
    while before[chain[-1]]:
        chain.append(before[chain[-1]])
    assert set(chain) == set(deployments)


@pytest.mark.parametrize("times", [1, 4, 5], ids=["once", "until botocore gives up", "and once more"])
def test_a_lost_answer_ends_as_published_once(publisher: types.ModuleType, site: BucketAndStore, times: int) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution)
    publisher.handler(succeeded("e1", EARLY), BY_NAME)
    publisher.client("cloudfront-keyvaluestore").meta.events.register(UPDATE, losing(times))
    answer = publisher.handler(succeeded("e2", LATE), BY_NAME)
    assert (answer["outcome"], answer["before"], answer["after"]) == ("published", A, B)
    assert [entry[0] for entry in site.ledger["published"]] == [B, A]
    assert [entry["deployment"] for entry in site.history] == [A, B]


@pytest.mark.parametrize("code", ["ValidationException", "ConflictException"])
def test_a_stale_etag_is_a_lost_race_under_either_name(
    publisher: types.ModuleType, site: BucketAndStore, code: str
) -> None:
    site.upload(A, "e1")
    answer_with(publisher, UPDATE, 400 if code[0] == "V" else 409, code, times=2)
    assert publisher.handler(succeeded("e1"), BY_NAME)["outcome"] == "published"


@pytest.mark.parametrize("operation", ["DescribeKeyValueStore", "GetKey", "UpdateKeys"])
def test_throttling_is_waited_out(publisher: types.ModuleType, site: BucketAndStore, operation: str) -> None:
    site.upload(A, "e1")
    event = f"before-send.cloudfront-keyvaluestore.{operation}"
    answer_with(publisher, event, 429, "ThrottlingException", times=2)
    assert publisher.handler(succeeded("e1"), BY_NAME)["outcome"] == "published"
    assert site.live == A


def test_a_denied_write_raises_at_once(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1")
    answer_with(publisher, UPDATE, 403, "AccessDeniedException", times=1)
    with pytest.raises(Exception, match="AccessDenied"):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert site.live == ""


def test_a_store_that_never_stops_changing_ends_in_an_error(
    publisher: types.ModuleType, site: BucketAndStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.upload(A, "e1")
    monkeypatch.setattr(publisher, "SECONDS", 0.3)
    answer_with(publisher, UPDATE, 409, "ConflictException", times=999)
    with pytest.raises(RuntimeError, match=r"^gave up after 0.3 seconds: .*ConflictException"):
        publisher.handler(succeeded("e1"), BY_NAME)


class Crash(BaseException):
    """The end of the process in the middle of a publish."""


def crash_before(publisher: types.ModuleType, service: str, event: str, part: str = "") -> Callable[[], None]:
    """Let the publisher die before the next such request; gives how to stop that."""
    events = publisher.client(service).meta.events

    def die(request: Any, **_: Any) -> None:
        if part in request.url:
            raise Crash

    events.register(event, die)
    return lambda: events.unregister(event, die)


CRASHES = {
    "before the page": ("s3", PUT, "_errors"),
    "before the switch": ("cloudfront-keyvaluestore", UPDATE, ""),
    "before the history": ("s3", PUT, "published"),
}


@pytest.mark.parametrize("after", ["the same event again", "the next event"])
@pytest.mark.parametrize(("service", "event", "part"), CRASHES.values(), ids=CRASHES)
def test_a_crash_is_mended_by_whatever_comes_next(
    publisher: types.ModuleType, site: BucketAndStore, service: str, event: str, part: str, after: str
) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution, page=deployment)
    mend = crash_before(publisher, service, event, part)
    with pytest.raises(Crash):
        publisher.handler(succeeded("e1", EARLY), BY_NAME)
    mend()
    if after == "the same event again":
        publisher.handler(succeeded("e1", EARLY), BY_NAME)
        expected = [A]
    else:
        publisher.handler(succeeded("e2", LATE), BY_NAME)
        expected = [A, B] if part == "published" else [B]
    assert expected == [entry["deployment"] for entry in site.history]
    assert expected[-1] == site.live == site.read("_errors/404.html")


def test_the_404_page_is_the_winner_s_even_if_the_loser_wrote_it_last(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution, page=deployment)
    events, other = publisher.client("s3").meta.events, joined()

    def overtake(request: Any, **_: Any) -> None:
        if "_errors" in request.url:
            events.unregister(PUT, overtake)
            other.handler(succeeded("e2", LATE), BY_NAME)

    events.register(PUT, overtake)
    assert publisher.handler(succeeded("e1", EARLY), BY_NAME)["outcome"] == "stale"
    assert B == site.live == site.read("_errors/404.html")


def test_a_deployment_pruned_between_check_and_write_is_not_published(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment in (A, B):
        site.upload(deployment)
    publisher.handler({"action": "publish", "deployment": A}, BY_NAME)
    events = publisher.client("cloudfront-keyvaluestore").meta.events

    def prune(**_: Any) -> None:
        events.unregister(UPDATE, prune)
        site.store_values(ledger=json.dumps({**site.ledger, "retiring": [B]}))
        site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{B}.json")
        site.store_values(ledger=json.dumps({**site.ledger, "retiring": []}))

    events.register(UPDATE, prune)
    answer = publisher.handler({"action": "promote", "deployment": B}, BY_NAME)
    assert (answer["outcome"], site.live) == ("refused", A)
    assert f"manifests/{B}.json is missing" in answer["reason"]


def between_ledger_and_live(publisher: types.ModuleType, act: Callable[[], object]) -> None:
    """Let `act` happen once, after the ledger was read and before the live deployment is."""
    events, get = (
        publisher.client("cloudfront-keyvaluestore").meta.events,
        "before-send.cloudfront-keyvaluestore.GetKey",
    )

    def meanwhile(request: Any, **_: Any) -> None:
        if request.url.endswith("/live"):
            events.unregister(get, meanwhile)
            act()

    events.register(get, meanwhile)


def publish_in_turn(publisher: types.ModuleType, site: BucketAndStore, *deployments: str) -> None:
    for deployment in deployments:
        site.upload(deployment, page=deployment)
        publisher.handler({"action": "publish", "deployment": deployment}, BY_NAME)


def test_a_rollback_that_reads_while_another_writes_goes_back_once(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    """Ledger and live are two reads: one of before and one of after a write is a pair that never was."""
    publish_in_turn(publisher, site, A, B, C)
    other = joined()
    between_ledger_and_live(publisher, lambda: other.handler({"action": "rollback", "by": "Ada"}, BY_NAME))
    answer = publisher.handler({"action": "rollback", "by": "Bob"}, BY_NAME)
    assert (answer["outcome"], answer["after"], site.live) == ("duplicate", B, B)


def test_a_status_that_reads_while_another_writes_tells_a_pair_that_was(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_in_turn(publisher, site, A, B)
    other = joined()
    between_ledger_and_live(publisher, lambda: other.handler({"action": "rollback"}, BY_NAME))
    answer = publisher.handler({"action": "status"}, BY_NAME)
    assert answer["after"] == answer["published"][0]["deployment"] == A


@pytest.mark.parametrize("emptied", [True, False], ids=["no ledger", "another live"])
def test_what_a_person_has_made_of_the_store_is_taken_as_it_stands(
    publisher: types.ModuleType, site: BucketAndStore, emptied: bool
) -> None:
    publish_in_turn(publisher, site, A, B)
    site.store_values(live=f"{A} spa", ledger="{}" if emptied else site.stored("ledger"))
    assert publisher.handler({"action": "status"}, BY_NAME)["after"] == A
    assert publisher.handler({"action": "promote", "deployment": B}, BY_NAME)["outcome"] == "published"


def test_whoever_loses_a_race_and_is_then_refused_leaves_the_page_of_what_is_live(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    publish_in_turn(publisher, site, A)
    site.upload(B, page=B)
    events, other = publisher.client("cloudfront-keyvaluestore").meta.events, joined()

    def overtake(**_: Any) -> None:
        events.unregister(UPDATE, overtake)
        other.handler({"action": "hold", "reason": "fire"}, BY_NAME)

    events.register(UPDATE, overtake)
    answer = publisher.handler({"action": "publish", "deployment": B}, BY_NAME)
    assert (answer["outcome"], site.live, site.read("_errors/404.html")) == ("refused", A, A)


@pytest.mark.parametrize("live", [A, ""], ids=["something is live", "nothing is"])
def test_the_page_of_one_that_died_is_mended_by_whoever_comes_next_even_if_that_is_refused(
    publisher: types.ModuleType, site: BucketAndStore, live: str
) -> None:
    publish_in_turn(publisher, site, *filter(None, [live]))
    site.upload(B, page=B)
    publisher.write_page(B, [])  # and then it died
    answer = publisher.handler({"action": "promote", "deployment": C}, BY_NAME)
    assert (answer["outcome"], site.live) == ("refused", live)
    assert (live or "<h1>Not found</h1>") in site.read("_errors/404.html")


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDeniedException"), (409, "ConflictException")])
def test_whoever_is_denied_the_switch_or_runs_out_of_time_leaves_the_page_of_what_is_live(
    publisher: types.ModuleType, site: BucketAndStore, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    publish_in_turn(publisher, site, A)
    site.upload(B, page=B)
    monkeypatch.setattr(publisher, "SECONDS", 0.3)
    answer_with(publisher, UPDATE, status, code, times=999)
    with pytest.raises(Exception, match=code):
        publisher.handler({"action": "publish", "deployment": B}, BY_NAME)
    assert (site.live, site.read("_errors/404.html")) == (A, A)


def test_two_deliveries_of_one_rollback_at_once_go_back_once_and_none_is_refused(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    """The history is listed after the ledger was read: what it tells of later must not count."""
    publish_in_turn(publisher, site, A, B)
    event = {"detail-type": "Deployment Request", "id": "0a1b2c3d", "detail": {"action": "rollback"}}
    event["time"] = datetime.now(UTC).isoformat(timespec="seconds")
    other, events, listed = joined(), publisher.client("s3").meta.events, "before-send.s3.ListObjectsV2"

    def meanwhile(**_: Any) -> None:
        events.unregister(listed, meanwhile)
        other.handler(event, BY_NAME)

    events.register(listed, meanwhile)
    answer = publisher.handler(event, BY_NAME)
    assert (answer["outcome"], answer["after"], site.live) == ("rolled-back", A, A)


def test_a_store_that_cannot_be_reached_is_asked_again_and_choices_that_cannot_be_listed_are_left_out(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    def unreachable(service: str, event: str, times: int) -> None:
        left = [times]

        def refuse(request: Any, **_: Any) -> None:
            if left[0]:
                left[0] -= 1
                raise ConnectTimeoutError(endpoint_url=request.url)

        publisher.client(service).meta.events.register(event, refuse)

    site.upload(A)
    unreachable("cloudfront-keyvaluestore", UPDATE, 5)
    assert publisher.handler({"action": "publish", "deployment": A}, BY_NAME)["outcome"] == "published"
    unreachable("s3", "before-send.s3.ListObjectsV2", 5)
    answer = publisher.handler({"action": "promote", "deployment": B}, BY_NAME)
    assert (answer["outcome"], "choices" in answer) == ("refused", False)


def test_a_second_delivery_of_a_start_in_the_future_is_not_newer(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution)
    event = succeeded("e1", "2099-01-01T00:00:00Z") | {"time": "2026-03-01T10:00:00Z"}
    assert publisher.handler(event, BY_NAME)["outcome"] == "published"
    publisher.handler({"action": "promote", "deployment": B}, BY_NAME)
    assert publisher.handler(event, BY_NAME)["outcome"] == "stale"
    assert site.live == B
