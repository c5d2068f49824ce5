"""Each delivery is carried out once: redeliveries, replays, two at the same time, and after a failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from door import effects

from tests.webhook.calling import ROUTES, Door
from tests.webhook.sending import (
    OLD,
    SECRET,
    SENDERS,
    STANDARD_SECRET,
    Sent,
    bitbucket,
    contentful,
    github,
    gitlab,
    hook,
    push,
    sanity,
    standard,
)

Send = Callable[..., Sent]
NAMED = pytest.mark.parametrize("name", [name for name in SENDERS if name != "hook"])


@NAMED
def test_a_redelivery_is_answered_200_with_the_first_ones_execution_and_starts_nothing(door: Door, name: str) -> None:
    sent = SENDERS[name]()
    first = door.send(sent)
    again = [door.send(sent) for _ in range(3)]
    assert (first.status, {answer.status for answer in again}) == (202, {200})
    assert {answer.outcome for answer in again} == {"duplicate"}
    assert {answer.content["execution"] for answer in again} == {first.content["execution"]}
    assert len(door.started) == 1


@pytest.mark.parametrize("name", ["github", "gitea", "forgejo", "bitbucket"])
def test_a_recorded_request_under_a_new_delivery_id_is_still_the_same_delivery(door: Door, name: str) -> None:
    sent = SENDERS[name]()
    unsigned = [h for h in sent.headers if h.endswith(("-Delivery", "-Request-UUID", "-Hook-UUID"))]
    assert unsigned
    replayed = replace(sent, headers={**sent.headers, **dict.fromkeys(unsigned, "new")})
    assert [door.send(sent).status, door.send(replayed).status] == [202, 200]
    assert len(door.started) == 1


@pytest.mark.parametrize("header", ["X-Contentful-Idempotency-Key", "Idempotency-Key"])
def test_neither_a_new_unsigned_id_nor_a_new_signature_makes_a_cms_delivery_another(door: Door, header: str) -> None:
    send: Send = contentful if header.startswith("X-") else sanity
    first = send(at=time.time() - 5)
    assert door.send(first).status == 202
    assert door.send(replace(first, headers={**first.headers, header: "new"})).status == 200, "a replay"
    retried = send({"other": "body"})
    retried = replace(retried, headers={**retried.headers, header: first.headers[header]})
    assert door.send(retried).status == 200, "a retry, signed anew"
    assert len(door.started) == 1


def test_a_standard_retry_has_a_new_timestamp_and_the_same_id(door: Door) -> None:
    assert door.send(standard(name="msg_1", at=time.time() - 200)).status == 202
    assert door.send(standard(name="msg_1")).status == 200
    assert door.send(standard(name="msg_2")).status == 202


def test_two_routes_of_one_sender_each_get_the_delivery(door: Door) -> None:
    door.configure({**ROUTES, "second": {**ROUTES["github"], "secret": "github"}})
    sent = github()
    assert [door.send(sent).status, door.send(replace(sent, path="/second")).status] == [202, 202]
    assert len(door.started) == 2


def test_a_plain_hook_starts_each_time_unless_it_names_its_deliveries(door: Door) -> None:
    assert [door.send(hook()).status for _ in range(2)] == [202, 202]
    assert [door.send(hook(Idempotency_Key="k1")).status for _ in range(2)] == [202, 200]
    assert len(door.started) == 3


def test_gitlabs_token_without_any_id_starts_each_time(door: Door) -> None:
    sent = gitlab().without("Idempotency-Key").without("X-Gitlab-Event-UUID")
    assert [door.send(sent).status for _ in range(2)] == [202, 202]


def test_the_same_delivery_twice_at_the_same_time_starts_once(door: Door) -> None:
    sents = [github() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(door.send, sents * 4))
    assert len(door.started) == 4
    assert sorted(answer.status for answer in answers) == [200] * 12 + [202] * 4


def test_what_failed_may_be_sent_again_and_the_sender_learns_that_it_failed(door: Door) -> None:
    sent = github()
    door.pipelines.failing = True
    failed = door.send(sent)
    assert (failed.status, failed.content) == (500, {"outcome": "failed", "reason": "the webhook's log says why"})
    assert door.pipelines.asked == 1, "once: the sender repeats, not the client"
    door.pipelines.failing = False
    assert door.send(sent).status == 202
    assert len(door.started) == 1


def interrupt(door: Door, milliseconds: int) -> None:
    """Leave the memory as a function does that is at work until so long after now, or was killed before."""
    (item,) = door.items()
    until = str(int(time.time() * 1000) + milliseconds)
    item |= {"status": {"S": "INPROGRESS"}, "in_progress_expiration": {"N": until}}
    door.aws.client("dynamodb").put_item(TableName="deliveries", Item=item)


def test_what_a_killed_function_left_unfinished_is_finished_by_the_redelivery(door: Door) -> None:
    sent = github()
    first = door.send(sent)
    interrupt(door, -1000)
    again = door.send(sent)
    assert (again.status, again.content["execution"]) == (202, first.content["execution"])
    assert len(door.started) == 1
    assert door.send(sent).outcome == "duplicate"


def test_a_delivery_that_is_being_carried_out_elsewhere_is_409_so_that_the_sender_tries_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "_PATIENCE", 0.3)
    sent = github()
    door.send(sent)
    interrupt(door, 60_000)
    answer = door.send(sent)
    assert (answer.status, answer.outcome) == (409, "refused")
    assert len(door.started) == 1


def test_codepipeline_recognises_a_repetition_that_the_memory_has_lost(door: Door) -> None:
    sent = github()
    first = door.send(sent)
    dynamodb = door.aws.client("dynamodb")
    for item in door.items():
        dynamodb.delete_item(TableName="deliveries", Key={"id": item["id"]})
    assert door.send(sent).content["execution"] == first.content["execution"]
    assert len(door.started) == 1


def test_an_ignored_request_is_not_remembered_and_a_memory_ends_after_a_year(door: Door) -> None:
    door.send(github(push("feature")))
    assert door.items() == []
    door.send(github())
    (item,) = door.items()
    assert abs(int(item["expiration"]["N"]) - time.time() - 365 * 24 * 3600) < 60
    assert SECRET not in str(item)


def test_two_pushes_of_the_same_commit_are_two_deliveries(door: Door) -> None:
    assert door.send(github(push(commit=OLD))).status == 202
    assert door.send(github(push())).status == 202
    assert door.send(github(push(commit=OLD))).status == 202, "forced back: another body, with another pushed_at"
    assert door.send(bitbucket()).status == 202
    assert len(door.started) == 4


# --- rotation of secrets


def test_during_a_rotation_the_new_and_the_old_secret_are_accepted(door: Door) -> None:
    new = "another secret of sufficient length"
    door.store_secret("github", new)
    assert [door.send(github(secret=secret)).status for secret in (new, SECRET)] == [202, 202]
    standard_new = "whsec_" + "QUJD" * 12
    door.store_secret("standard", standard_new)
    assert [door.send(standard(secret=secret)).status for secret in (standard_new, STANDARD_SECRET)] == [202, 202]


def test_after_two_rotations_or_the_time_given_the_oldest_secret_is_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, third = "the second secret, long enough", "the third secret, long enough"
    door.store_secret("github", second)
    door.store_secret("github", third)
    assert [door.send(github(secret=s)).status for s in (SECRET, second, third)] == [401, 202, 202]
    monkeypatch.setenv("ROTATION_HOURS", "0")
    door.forget()
    assert [door.send(github(secret=s)).status for s in (SECRET, second, third)] == [401, 401, 202]


def test_a_secret_that_was_stored_wrongly_first_does_not_stand_in_the_way_of_the_right_one(door: Door) -> None:
    door.store_secret("standard", "whsec_this is no base64")
    assert door.send(standard()).status == 500, "told to the operator, not passed over"
    door.store_secret("standard", STANDARD_SECRET)
    assert door.send(standard()).status == 202
    door.store_secret("github", "short")
    assert door.send(github(secret="short")).status == 500
    door.store_secret("github", SECRET)
    assert door.send(github(secret="short")).status == 401
    assert door.send(github()).status == 202


def test_an_empty_secret_opens_nothing(door: Door) -> None:
    door.store_secret("hook", " ")
    assert door.send(hook(secret=" ")).status == 500
    assert door.send(Sent("/hook/")).status == 500
    assert door.started == []
