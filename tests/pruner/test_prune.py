"""What a prune deletes and what it says, with the publisher and the uploader as they ship, in the emulator."""

from __future__ import annotations

import itertools
import json
import os
import re
import time
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from contract import Answer
from pruner import deleting as remove
from pruner import pruning as prune
from pruner.looking import Ask
from uploader.deployment import upload
from workbench.invoked import BY_NAME
from workbench.together import PUBLISHER
from workbench.uploads import planned, table_of

BUCKET = "site-bucket"
A, B, C, D = (f"{letter * 8}-{letter * 16}" for letter in "abcd")
SHARED, OWN = "assets/shared-BdE8sX2_.js", "assets/only-{}-Xk29dLa0.js"


class PrunedSite:
    """A bucket and a store in the emulator; `days` and `minutes` have passed when the pruner looks."""

    def __init__(self, aws: Any, folder: Path) -> None:
        self.folder, self.past = folder, timedelta()
        self.s3 = aws.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        made = aws.client("cloudfront").create_key_value_store(Name="store")
        self.arn: str = made["KeyValueStore"]["ARN"]
        self.store = aws.client("cloudfront-keyvaluestore")
        self.take(aws.client("s3"))
        self.lines: list[prune.Line] = []
        self.requests: list[dict[str, Any]] = []

    def take(self, pruner: Any) -> None:
        """Let `pruner` be the client that prunes."""
        self.pruner = pruner
        self.pruner.meta.events.register("after-call.s3", self._later)

    def _later(self, parsed: dict[str, Any], **_: Any) -> None:
        headers = parsed["ResponseMetadata"]["HTTPHeaders"]
        headers["date"] = format_datetime(parsedate_to_datetime(headers["date"]) + self.past)

    def upload(self, identity: str, **files: str) -> None:
        """As the uploader does: a page, a file that all share, and one that nobody else has."""
        folder = self.folder / identity
        for path, text in {"index.html": identity, SHARED: "1", OWN.format(identity[0]): identity, **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        facts = dict.fromkeys(("commit", "branch", "message", "author", "execution", "created"), "") | {"id": identity}
        plan = planned(folder, "spa")
        upload(self.s3, BUCKET, plan, table_of(plan), facts, lambda *_: None)

    def publish(self, *identities: str) -> None:
        for identity in identities:
            assert self.ask({"action": "publish", "deployment": identity})["outcome"] == "published"

    def ask(self, request: Any) -> Answer:
        self.requests.append(request)
        answer: Answer = json.loads(json.dumps(PUBLISHER.handler(request, BY_NAME)))
        return answer

    def prune(self, keep: int = 0, days: int = 1, ask: Ask | None = None, **options: Any) -> prune.Pruned:
        return prune.prune(self.pruner, BUCKET, ask or self.ask, keep, days, report=self.lines.append, **options)

    def keys(self, *prefixes: str) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        found = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return [key for key in found if key.startswith(prefixes or ("deployments/", "immutable/", "manifests/"))]

    def put(self, key: str, body: str = "") -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())

    def remember(self, **members: Any) -> None:
        """Put `members` into the ledger."""
        known = json.loads(self.store.get_key(KvsARN=self.arn, Key="ledger")["Value"])
        etag = self.store.describe_key_value_store(KvsARN=self.arn)["ETag"]
        value = json.dumps({**known, **members}, separators=(",", ":"))
        self.store.update_keys(KvsARN=self.arn, IfMatch=etag, Puts=[{"Key": "ledger", "Value": value}])


def whole(*identities: str) -> list[str]:
    """The objects of deployments that are whole."""
    own = [[f"deployments/{i}/index.html", f"manifests/{i}.json", f"immutable/{OWN.format(i[0])}"] for i in identities]
    return sorted({f"immutable/{SHARED}", *(key for keys in own for key in keys)})


@pytest.fixture
def site(aws: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PrunedSite:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    made = PrunedSite(aws, tmp_path)
    for name, value in {"SITE_BUCKET": BUCKET, "STORE_ARN": made.arn, "PIPELINE": "", "STACK": "site"}.items():
        monkeypatch.setenv(name, value)
    PUBLISHER.client.cache_clear()
    return made


@pytest.fixture
def four(site: PrunedSite) -> PrunedSite:
    """A, B, C and D, each published after the other, ten days ago."""
    for identity in (A, B, C, D):
        site.upload(identity)
        site.publish(identity)
    site.past = timedelta(days=10)
    site.requests.clear()
    return site


def test_what_was_live_while_the_prune_chose_stays_however_many_switches_followed(four: PrunedSite) -> None:
    """A is live for a moment between the look and the request: who came then is pinned to it for a day."""

    def meanwhile(request: Any) -> Answer:
        if request["action"] == "retire":
            for identity in (A, C, D):
                four.ask({"action": "promote", "deployment": identity})
        return four.ask(request)

    done = four.prune(ask=meanwhile)
    assert done.gone == []
    late = "chosen before the last switch"
    assert done.stays == {A: late, B: late, C: "previous", D: "live"}
    assert four.keys() == whole(A, B, C, D)


def test_what_nothing_keeps_is_gone_with_what_only_it_needed(four: PrunedSite) -> None:
    done = four.prune()
    assert (done.gone, done.leftovers, done.stays) == ([A, B], [], {C: "previous", D: "live"})
    assert (done.objects, done.reason) == (2 * 3 + 2, "")  # page, manifest and lease of each; their pool files
    assert four.keys() == whole(C, D)
    assert four.keys("uploads/", "prune.lock") == [f"uploads/{C}", f"uploads/{D}"]
    assert four.lines == [
        {"outcome": "gone", "deployment": A, "objects": 1},
        {"outcome": "gone", "deployment": B, "objects": 1},
        {"outcome": "swept", "objects": 2},
    ]
    assert four.prune() == prune.Pruned([], [], {C: "previous", D: "live"})


def test_the_publisher_is_asked_before_anything_is_deleted(four: PrunedSite) -> None:
    before = four.keys()

    def ask(request: Any) -> Answer:
        if request.get("deployments"):
            assert four.keys() == before
        return four.ask(request)

    four.prune(ask=ask)
    assert [request["action"] for request in four.requests] == ["status", "retire", "status", "retire"]


def test_what_is_gone_can_be_uploaded_again_and_is_then_like_any_other(four: PrunedSite) -> None:
    """As a stage's rollback does whose archive is still there: an ID is made of the archive's bytes."""
    gone = four.prune().gone
    assert gone == [A, B]
    four.upload(B)
    assert four.prune(keep=20, days=30).gone == []
    four.publish(B)


def test_a_dry_run_says_the_same_and_changes_nothing(four: PrunedSite) -> None:
    four.put(f"deployments/{'e' * 10}/index.html")
    before = four.keys("")
    dry = four.prune(dry_run=True)
    assert (four.keys(""), [request["action"] for request in four.requests]) == (before, ["status"])
    done = four.prune()
    assert (dry.gone, dry.leftovers, dry.stays) == (done.gone, done.leftovers, done.stays)


def test_more_objects_than_a_request_takes_go_in_batches(site: PrunedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remove, "BATCH", 10)
    for identity in (A, B, C):
        site.upload(identity, **{f"page-{number}.html": "" for number in range(25)})
        site.publish(identity)
    site.past = timedelta(days=10)
    sizes: list[int] = []
    site.pruner.meta.events.register(
        "provide-client-params.s3.DeleteObjects", lambda params, **_: sizes.append(len(params["Delete"]["Objects"]))
    )
    files = len(site.keys(f"deployments/{A}/"))
    assert site.prune().gone == [A]
    assert sizes == [1, 1, *[10] * (files // 10), files % 10, 1]
    assert site.keys(f"deployments/{A}/") == []


def test_a_dead_upload_is_gone_after_36_hours_and_the_pool_waits_for_it(four: PrunedSite) -> None:
    four.put(f"uploads/{'e' * 10}")
    four.put(f"deployments/{'e' * 10}/index.html")
    four.put("immutable/left-BdE8sX2_.js")
    four.past = timedelta(hours=35)
    done = four.prune()
    assert done.reason == f"the pool is left alone while uploads may run: {'e' * 10}"
    assert (done.leftovers, done.stays["e" * 10]) == ([], "its upload may still run")
    assert [key for key in four.keys("immutable/") if OWN.format("a") in key] != []
    four.past = timedelta(hours=37)
    assert four.prune().leftovers == ["e" * 10]
    assert four.keys() == whole(C, D)


def test_what_is_no_deployment_is_left_alone(four: PrunedSite) -> None:
    others = ["deployments/readme.txt", "deployments/short/a.txt", "manifests/notes.txt", "manifests/short.json"]
    for key in others:
        four.put(key, '{"immutable": ["kept-BdE8sX2_.js"]}')
    four.put("immutable/kept-BdE8sX2_.js")
    four.prune()
    assert set(four.keys()) == {*whole(C, D), *others, "immutable/kept-BdE8sX2_.js"}


def test_a_leaked_deployment_is_gone_at_once_with_its_pool_files(site: PrunedSite) -> None:
    for identity in (A, B, C):
        site.upload(identity)
        site.publish(identity)
    done = site.prune(keep=20, days=30, now=True, only=[B])
    assert (done.gone, done.stays, done.reason) == ([B], {}, "")
    assert site.keys() == whole(A, C)


def test_the_live_one_is_never_gone_even_now(site: PrunedSite) -> None:
    site.upload(A)
    site.publish(A)
    assert site.prune(now=True, only=[A]).stays == {A: "live"}
    assert site.prune(now=True, only=[A], dry_run=True).stays == {A: "live"}
    assert site.keys() == whole(A)


def test_one_that_became_live_after_the_look_is_kept_by_the_publisher(four: PrunedSite) -> None:
    def promote_first(request: Any) -> Answer:
        if request["action"] == "retire":
            four.ask({"action": "promote", "deployment": A})
        return four.ask(request)

    done = four.prune(ask=promote_first)
    assert A in done.stays
    assert A not in done.gone
    assert set(whole(A)) <= set(four.keys())


def test_a_prune_of_named_deployments_leaves_all_others(four: PrunedSite) -> None:
    assert four.prune(only=[B]).gone == [B]
    assert four.keys() == whole(A, C, D)
    with pytest.raises(ValueError, match="now needs only"):
        four.prune(now=True)


def test_another_prune_is_not_disturbed(four: PrunedSite) -> None:
    four.put("prune.lock", "somebody")
    four.past = timedelta(minutes=19)
    before = four.keys("")
    assert re.fullmatch(r"another prune runs since 11[45]\d seconds: the next run goes on", four.prune().reason)
    assert four.keys("") == before
    assert four.requests == []


def test_a_lock_of_twenty_minutes_is_taken_over_and_ends(four: PrunedSite) -> None:
    four.put("prune.lock", "somebody who died")
    assert four.prune().gone == [A, B]
    assert four.keys("prune.lock") == []


def test_a_lock_that_another_prune_took_over_is_not_ours_to_delete(four: PrunedSite) -> None:
    def ask(request: Any) -> Answer:
        four.put("prune.lock", "another")
        return four.ask(request)

    four.prune(ask=ask)
    assert four.keys("prune.lock") == ["prune.lock"]


def test_a_lock_whose_answer_was_lost_is_ours(four: PrunedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    four.put("prune.lock", f"pruner {bytes(8).hex()}")
    four.past = timedelta(days=10)
    four.pruner.meta.events.register("after-call.s3.GetObject", lambda parsed, **_: parsed.update(LastModified=None))
    assert four.prune().gone == [A, B]


def test_whichever_answer_of_a_prune_is_lost_it_ends_the_same(
    four: PrunedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between botocore's attempts
    lost: list[str] = []

    def lose(request: Any, **_: Any) -> None:
        if next(sent) == number:
            lost.append(f"{request.method} {request.url}")
            URLLib3Session().send(request)
            raise ReadTimeoutError(endpoint_url=request.url)

    four.take(boto3.client("s3"))  # it tries again, as the Lambda function's does
    four.pruner.meta.events.register_first("before-send.s3", lose)
    for number in itertools.count():
        sent = itertools.count()
        done = four.prune()
        assert (done.gone, done.reason, four.keys()) == ([A, B], "", whole(C, D)), lost[-1]
        assert four.keys("uploads/", "prune.lock") == [f"uploads/{C}", f"uploads/{D}"]
        if len(lost) == number:
            break
        four.upload(A)
        four.upload(B)
    assert {"PUT", "GET", "POST", "DELETE"} == {line.split()[0] for line in lost}
    assert len(lost) > 15


@pytest.mark.parametrize("clock", ["time", "monotonic"])
def test_out_of_time_it_ends_by_itself_and_the_next_run_goes_on(
    four: PrunedSite, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    begun, sent = getattr(time, clock)(), itertools.count()
    with monkeypatch.context() as clocks:

        def sleep(**_: Any) -> None:  # a laptop's, before the request that would delete A's page
            if next(sent) == 8:
                clocks.setattr(time, clock, lambda: begun + 901)

        four.pruner.meta.events.register_first("before-send.s3", sleep)
        done = four.prune()
    assert (done.gone, done.reason) == ([A, B], "out of time: the next run goes on")
    assert four.keys("prune.lock", "uploads/", "manifests/", f"deployments/{A}/") == [
        f"deployments/{A}/index.html",
        *(f"manifests/{identity}.json" for identity in (C, D)),
        *(f"uploads/{identity}" for identity in (C, D)),
    ]
    assert four.prune().leftovers == [A, B]
    assert four.keys() == whole(C, D)


def test_what_a_dead_prune_has_asked_for_goes_whatever_its_age(four: PrunedSite) -> None:
    four.past = timedelta()
    four.remember(retiring=[A])
    done = four.prune(keep=20, days=30)
    assert done.gone == [A]
    assert [request["action"] for request in four.requests] == ["status", "retire"]
    assert four.ask({"action": "status"})["retiring"] == []
    assert four.keys() == whole(B, C, D)


@pytest.mark.parametrize("most", [1, 0])
def test_a_publisher_without_room_is_asked_for_one_at_a_time_and_then_later(four: PrunedSite, most: int) -> None:
    def ask(request: Any) -> Answer:
        if len(request.get("deployments", ())) > most:
            return {"outcome": "refused", "reason": "the ledger needs over 1024 bytes: retire fewer at once"}
        return four.ask(request)

    done = four.prune(ask=ask)
    if most:
        assert (done.gone, done.reason) == ([A, B], "")
    else:
        assert (
            done.reason == f"the publisher does not retire {A}: the ledger needs over 1024 bytes: retire fewer at once"
        )
        assert done.stays == {A: "not retired yet", B: "not retired yet", C: "previous", D: "live"}
        assert four.keys() == whole(A, B, C, D)


def test_an_unreadable_manifest_spares_the_pool_and_is_named(four: PrunedSite) -> None:
    four.put(f"manifests/{D}.json", "{")
    with pytest.raises(RuntimeError, match=f"manifests/{D}.json is unreadable, so the pool is left alone"):
        four.prune()
    assert len(four.keys("immutable/")) == 5
    assert four.keys("prune.lock") == []


def test_an_object_that_cannot_be_deleted_is_named(four: PrunedSite) -> None:
    wrong = {"Key": f"manifests/{A}.json", "Code": "AccessDenied", "Message": "no"}
    four.pruner.meta.events.register("after-call.s3.DeleteObjects", lambda parsed, **_: parsed.update(Errors=[wrong]))
    with pytest.raises(RuntimeError, match=f"manifests/{A}.json cannot be deleted: AccessDenied no"):
        four.prune()


def test_a_publisher_that_cannot_read_its_ledger_stops_it(four: PrunedSite) -> None:
    refusal: Answer = {"outcome": "refused", "reason": "the store's `ledger` is unreadable"}
    before = four.keys()
    with pytest.raises(RuntimeError, match="does not tell what is live: the store's `ledger` is unreadable"):
        four.prune(ask=lambda _: refusal)
    assert four.keys() == before


def _self_contained(site: PrunedSite) -> str:
    """Publish A, then B with other bytes under a name of A's; the ID that B gets."""
    site.upload(A)
    site.publish(A)
    site.upload(B, **{SHARED: "other", "assets/new-BdE8sX2_.js": "new"})
    apart = B[:9] + "x" + B[10:]
    site.publish(apart)
    return apart


def test_the_lease_that_a_self_contained_deployment_began_under_has_ended_with_it(site: PrunedSite) -> None:
    apart = _self_contained(site)
    site.s3.put_object(Bucket=BUCKET, Key="immutable/nobodys-BdE8sX2_.js", Body=b"")
    done = site.prune(days=30)
    assert (done.reason, done.objects) == ("", 1)
    assert site.keys("uploads/") == [f"uploads/{A}", f"uploads/{B}", f"uploads/{apart}"]


def test_the_lease_of_the_same_build_that_begins_again_is_open(site: PrunedSite) -> None:
    _self_contained(site)
    time.sleep(1.1)  # S3 tells whole seconds
    site.s3.put_object(Bucket=BUCKET, Key=f"uploads/{B}", Body=b"")
    assert B in site.prune(days=30).reason


def test_of_a_self_contained_deployment_that_goes_no_lease_stays_open(site: PrunedSite) -> None:
    apart = _self_contained(site)
    site.publish(A)
    done = site.prune(now=True, only=[apart])
    assert (done.gone, done.reason) == ([apart], "")
    assert site.keys("uploads/") == [f"uploads/{A}"]
    assert site.keys(f"deployments/{apart}/") == []
    assert site.keys("immutable/assets/new") == site.keys(f"immutable/{OWN.format('b')}") == []


def test_other_bytes_go_with_the_last_that_names_them_and_what_a_self_contained_one_needs_stays(
    site: PrunedSite,
) -> None:
    apart = _self_contained(site)
    done = site.prune(now=True, only=[A])
    assert done.gone == [A]
    assert site.keys("immutable/") == [f"immutable/{name}" for name in ("assets/new-BdE8sX2_.js", OWN.format("b"))]
    assert site.keys(f"deployments/{apart}/{SHARED}")
    site.upload(C, **{SHARED: "other"})
    assert site.keys(f"manifests/{C}") == [f"manifests/{C}.json"]
