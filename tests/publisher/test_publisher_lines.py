"""What the router looks up besides is in the store before a deployment is live, and as long as it may be so again."""

from __future__ import annotations

import types
from typing import Any

import pytest
from botocore.exceptions import ClientError

from publisher.lines import BATCH
from tests.publisher.surroundings import A, B, BucketAndStore, C
from workbench.invoked import BY_NAME


def lines(name: str, number: int = 3) -> dict[str, str]:
    return {f"t:{name}:{place}": f"\n{place:08x}" for place in range(number)}


def upload(site: BucketAndStore, deployment: str, held: dict[str, str]) -> None:
    site.upload(deployment, live="spa lines=x:0::0 +", lines=held)


def promote(publisher: types.ModuleType, deployment: str) -> dict[str, Any]:
    answer: dict[str, Any] = publisher.handler({"action": "promote", "deployment": deployment}, BY_NAME)
    return answer


def held(site: BucketAndStore) -> dict[str, str]:
    return {key: value for key, value in site.stored_all().items() if ":" in key}


def test_the_value_that_the_upload_made_is_live_with_its_lines(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    upload(site, A, lines("a"))
    promote(publisher, A)
    assert site.stored("live") == f"{A} spa lines=x:0::0 +"
    assert held(site) == lines("a")


def test_more_lines_than_a_call_takes_are_all_there(publisher: types.ModuleType, site: BucketAndStore) -> None:
    many = lines("a", 2 * BATCH + 1)
    upload(site, A, many)
    promote(publisher, A)
    assert held(site) == many


def test_lines_stay_for_what_was_live_before_and_go_with_the_next_switch(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment, name in ((A, "a"), (B, "b"), (C, "c")):
        upload(site, deployment, lines(name, BATCH + 1))
    promote(publisher, A)
    promote(publisher, B)
    assert held(site) == lines("a", BATCH + 1) | lines("b", BATCH + 1)
    promote(publisher, C)
    assert held(site) == lines("b", BATCH + 1) | lines("c", BATCH + 1)
    publisher.handler({"action": "rollback"}, BY_NAME)
    assert held(site) == lines("b", BATCH + 1) | lines("c", BATCH + 1)
    promote(publisher, A)
    assert held(site) == lines("b", BATCH + 1) | lines("a", BATCH + 1)


def test_lines_that_two_deployments_share_stay(publisher: types.ModuleType, site: BucketAndStore) -> None:
    for deployment, name in ((A, "a"), (B, "b"), (C, "a")):
        upload(site, deployment, lines(name))
    for deployment in (A, B, C):
        promote(publisher, deployment)
    assert held(site) == lines("a") | lines("b")


def test_lines_of_which_an_earlier_try_wrote_a_part_are_written_again(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    upload(site, A, lines("a"))
    site.store_values(**{"t:a:0": "\n"})
    promote(publisher, A)
    assert held(site) == lines("a")


def test_what_cannot_be_tidied_does_not_fail_the_switch_and_the_next_one_tidies(
    publisher: types.ModuleType, site: BucketAndStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for deployment, name in ((A, "a"), (B, "b"), (C, "c")):
        upload(site, deployment, lines(name))
    promote(publisher, A)
    promote(publisher, B)
    with monkeypatch.context() as patched:

        def refuse(*_: Any) -> None:
            raise ClientError({"Error": {"Code": "ConflictException", "Message": ""}}, "UpdateKeys")

        patched.setattr(publisher, "clear", refuse)
        assert promote(publisher, C)["outcome"] == "published"
    assert held(site) == lines("a") | lines("b") | lines("c")
    promote(publisher, B)
    assert held(site) == lines("b") | lines("c")


def test_a_manifest_that_cannot_be_read_after_the_switch_does_not_fail_it(
    publisher: types.ModuleType, site: BucketAndStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for deployment, name in ((A, "a"), (B, "b"), (C, "c")):
        upload(site, deployment, lines(name))
    promote(publisher, A)
    promote(publisher, B)

    def refuse(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": ""}}, "GetObject")

    monkeypatch.setattr(publisher, "lines_in", refuse)
    assert promote(publisher, C)["outcome"] == "published"


def test_a_hold_writes_no_lines_before_it_is_released(publisher: types.ModuleType, site: BucketAndStore) -> None:
    upload(site, A, lines("a"))
    publisher.handler({"action": "hold", "reason": "fire"}, BY_NAME)
    assert publisher.handler({"action": "publish", "deployment": A}, BY_NAME)["outcome"] == "refused"
    assert held(site) == {}
