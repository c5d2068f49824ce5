"""Races, lost answers, throttling and crashes: afterwards the right deployment is live and the ledger says why."""

import json
import random
import threading
import types
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from .conftest import BUCKET, A, B, Site, joined, succeeded

EARLY, LATE = "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:01.000Z"
UPDATE, PUT = "before-send.cloudfront-keyvaluestore.UpdateKeys", "before-send.s3.PutObject"


def test_of_many_publishers_at_once_the_one_that_started_last_wins(publisher: types.ModuleType, site: Site) -> None:
    starts = {f"e{number}": f"2026-03-01T10:00:00.{number:03d}Z" for number in range(8)}
    deployments = {execution: f"commit{execution}-{execution:0>16}" for execution in starts}
    for execution, deployment in deployments.items():
        site.upload(deployment, execution, page=deployment)
    failures: list[BaseException] = []

    def publish(own: types.ModuleType, execution: str) -> None:
        try:
            own.handler(succeeded(execution, starts[execution]), None)
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
    assert starts["e7"] == site.ledger["mark"]


def test_concurrent_requests_each_switch_once_and_the_ledger_agrees_with_the_store(
    publisher: types.ModuleType, site: Site
) -> None:
    deployments = [f"upload-{number:016}" for number in range(6)]
    for deployment in deployments:
        site.upload(deployment, page=deployment)
    answers: list[dict[str, Any]] = []

    def publish(own: types.ModuleType, deployment: str) -> None:
        answers.append(own.handler({"action": "publish", "deployment": deployment}, None))

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


def losing(times: int) -> Callable[..., None]:
    """Sends the request, and then the answer is lost, `times` times."""
    left = [times]

    def lose(request: Any, **_: Any) -> None:
        if left[0]:
            left[0] -= 1
            URLLib3Session().send(request)
            raise ReadTimeoutError(endpoint_url=request.url)

    return lose


@pytest.mark.parametrize("times", [1, 4, 5], ids=["once", "until botocore gives up", "and once more"])
def test_a_lost_answer_ends_as_published_once(publisher: types.ModuleType, site: Site, times: int) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution)
    publisher.handler(succeeded("e1", EARLY), None)
    publisher.client("cloudfront-keyvaluestore").meta.events.register(UPDATE, losing(times))
    answer = publisher.handler(succeeded("e2", LATE), None)
    assert (answer["outcome"], answer["before"], answer["after"]) == ("published", A, B)
    assert [entry[0] for entry in site.ledger["published"]] == [B, A]
    assert [entry["deployment"] for entry in site.history] == [A, B]


@pytest.mark.parametrize("code", ["ValidationException", "ConflictException"])
def test_a_stale_etag_is_a_lost_race_under_either_name(publisher: types.ModuleType, site: Site, code: str) -> None:
    site.upload(A, "e1")
    answer_with(publisher, UPDATE, 400 if code[0] == "V" else 409, code, times=2)
    assert publisher.handler(succeeded("e1"), None)["outcome"] == "published"


def answer_with(
    publisher: types.ModuleType,
    event: str,
    status: int,
    code: str,
    times: int,
    service: str = "cloudfront-keyvaluestore",
) -> None:
    """The next `times` requests of this kind get this error and reach nobody."""
    left = [times]

    class Raw:
        def stream(self, **_: Any) -> list[bytes]:
            return [json.dumps({"__type": code, "Message": "no"}).encode()]

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if not left[0]:
            return None
        left[0] -= 1
        headers = {"x-amzn-ErrorType": code, "Content-Type": "application/json"}
        return AWSResponse(request.url, status, headers, Raw())

    publisher.client(service).meta.events.register(event, refuse)


@pytest.mark.parametrize("operation", ["DescribeKeyValueStore", "GetKey", "UpdateKeys"])
def test_throttling_is_waited_out(publisher: types.ModuleType, site: Site, operation: str) -> None:
    site.upload(A, "e1")
    event = f"before-send.cloudfront-keyvaluestore.{operation}"
    answer_with(publisher, event, 429, "ThrottlingException", times=2)
    assert publisher.handler(succeeded("e1"), None)["outcome"] == "published"
    assert site.live == A


def test_a_denied_write_raises_at_once(publisher: types.ModuleType, site: Site) -> None:
    site.upload(A, "e1")
    answer_with(publisher, UPDATE, 403, "AccessDeniedException", times=1)
    with pytest.raises(Exception, match="AccessDenied"):
        publisher.handler(succeeded("e1"), None)
    assert site.live == ""


def test_a_store_that_never_stops_changing_ends_in_an_error(
    publisher: types.ModuleType, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.upload(A, "e1")
    monkeypatch.setattr(publisher, "LOOKS", 3)
    answer_with(publisher, UPDATE, 409, "ConflictException", times=99)
    with pytest.raises(RuntimeError, match=r"^gave up after 3 looks at the store: .*ConflictException"):
        publisher.handler(succeeded("e1"), None)


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
    publisher: types.ModuleType, site: Site, service: str, event: str, part: str, after: str
) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution, page=deployment)
    mend = crash_before(publisher, service, event, part)
    with pytest.raises(Crash):
        publisher.handler(succeeded("e1", EARLY), None)
    mend()
    if after == "the same event again":
        publisher.handler(succeeded("e1", EARLY), None)
        expected = [A]
    else:
        publisher.handler(succeeded("e2", LATE), None)
        expected = [A, B] if part == "published" else [B]
    assert expected == [entry["deployment"] for entry in site.history]
    assert expected[-1] == site.live == site.read("_errors/404.html")


def test_the_404_page_is_the_winner_s_even_if_the_loser_wrote_it_last(publisher: types.ModuleType, site: Site) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution, page=deployment)
    events, other = publisher.client("s3").meta.events, joined()

    def overtake(request: Any, **_: Any) -> None:
        if "_errors" in request.url:
            events.unregister(PUT, overtake)
            other.handler(succeeded("e2", LATE), None)

    events.register(PUT, overtake)
    assert publisher.handler(succeeded("e1", EARLY), None)["outcome"] == "stale"
    assert B == site.live == site.read("_errors/404.html")


def test_a_deployment_pruned_between_check_and_write_is_not_published(publisher: types.ModuleType, site: Site) -> None:
    for deployment in (A, B):
        site.upload(deployment)
    publisher.handler({"action": "publish", "deployment": A}, None)
    events = publisher.client("cloudfront-keyvaluestore").meta.events

    def prune(**_: Any) -> None:
        events.unregister(UPDATE, prune)
        site.store_values(ledger=json.dumps({**site.ledger, "retiring": [B]}))
        site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{B}.json")
        site.store_values(ledger=json.dumps({**site.ledger, "retiring": []}))

    events.register(UPDATE, prune)
    answer = publisher.handler({"action": "promote", "deployment": B}, None)
    assert (answer["outcome"], site.live) == ("refused", A)
    assert f"manifests/{B}.json is missing" in answer["reason"]
