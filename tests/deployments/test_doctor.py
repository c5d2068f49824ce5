"""`doctor`, against the emulated edge: every question is answered, and nothing is left behind."""

from __future__ import annotations

import pytest

from deployments import doctor, findings
from deployments.errors import Failure
from tests.conftest import Emulator
from tests.deployments.conftest import Command

# What is true of the emulator: its functions do not see each other's headers, and a 304 has the metadata.
SEEN = {
    "the pin's cookie on a 200": "set",
    "the router's header, in the viewer-response function": "not handed on",
    "the object's metadata on a 304": "there",
    "the store, read right after it was written": "new",
    "`+` in a name": "200",
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "_STEADY", 0.2)


def stacks(aws: Emulator) -> list[str]:
    found = aws.client("cloudformation").describe_stacks()["Stacks"]
    return [stack["StackName"] for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"]


def test_every_question_is_answered_and_nothing_stays(environment: Emulator, run: Command, quick: None) -> None:
    ended = run("doctor", "--json")
    assert 0 == ended.status, ended.err
    found = {one["question"]: one["seen"] for one in ended.json}
    assert SEEN.items() <= found.items()
    assert 16 == len(found)
    assert [] == stacks(environment)
    assert [] == environment.client("s3").list_buckets()["Buckets"]
    assert [] == environment.client("cloudfront").list_key_value_stores()["KeyValueStoreList"].get("Items", [])


def test_an_examination_that_fails_leaves_nothing_behind_either(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise Failure("broken")

    monkeypatch.setattr(doctor, "examine", broken)
    assert (1, "deployments: broken") == ((ended := run("doctor")).status, ended.err.splitlines()[-1])
    assert [] == stacks(environment)
    assert [] == environment.client("s3").list_buckets()["Buckets"]


def test_what_is_not_as_promised_is_a_failure_that_names_it(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [findings.Finding("first", "x", "y"), findings.Finding("second", "x", "y", kept=False)]
    monkeypatch.setattr(doctor, "examine", lambda _: found)
    ended = run("doctor")
    assert 1 == ended.status
    assert [["ok", "first", "x", "y"], ["problem", "second", "x", "y"]] == ended.rows
    assert "deployments: 1 of 2 not as promised: second" == ended.err.splitlines()[-1]
