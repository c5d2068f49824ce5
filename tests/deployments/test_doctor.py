"""`doctor`, against the emulated edge: every question is answered, and nothing is left behind."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from deployments import cleaning, costs, doctor, findings, guarantees, probe
from deployments.errors import Failure
from deployments.finding import Finding
from local.cloud.emulator import Emulator, start_emulator
from tests.deployments.calling import Command

# What is true of the emulator: its functions do not see each other's headers, and a 304 has the metadata.
SEEN = {
    "the pin's cookie on a 200": "set",
    "the router's header, in the viewer-response function": "not handed on",
    "the object's metadata on a 304": "there",
    "the store, read right after it was written": "new",
    "`! Name` of _headers, for a header that the platform sets": "without a rule nosniff, with it none",
    "a header of _headers that the platform sets too": "without a rule strict-origin-when-cross-origin, "
    "with it no-referrer",
    "`+` in a name": "200",
    "is GetKey as new as the ETag that DescribeKeyValueStore gave before it": "in 3 rounds 0 old values under a new "
    "ETag, 0 old ETags",
    "an unconditional put over a deployment's file": "refused (AccessDenied)",
    "a copy over a deployment's file": "refused (AccessDenied)",
}
NOT_THERE = {"compute utilization"}  # the emulator has no TestFunction


@pytest.fixture(scope="module")
def strict() -> Iterator[Emulator]:
    """An emulator that enforces policies, as AWS does."""
    with start_emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture
def environment(strict: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """As of all commands' tests, with policies enforced."""
    strict.reset()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**strict.environment(), **administrator(strict)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setattr(findings, "_STEADY", 0.2)
    monkeypatch.setattr(guarantees, "ROUNDS", 3)
    return strict


def administrator(aws: Emulator) -> dict[str, str]:
    """Who may do everything that no policy of a bucket forbids; the emulator asks its account itself for nothing."""
    iam = aws.client("iam")
    iam.create_user(UserName="admin")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=json.dumps(everything))
    key = iam.create_access_key(UserName="admin")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def rest(aws: Emulator) -> list[str]:
    """What is still there of what a probe is made of."""
    stacks = aws.client("cloudformation").describe_stacks()["Stacks"]
    found = [stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"]
    found += [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
    stores = aws.client("cloudfront").list_key_value_stores()["KeyValueStoreList"].get("Items", [])
    return found + [store["Name"] for store in stores]


def test_every_question_is_answered_and_nothing_stays(environment: Emulator, run: Command) -> None:
    ended = run("doctor", "--json")
    assert 0 == ended.status, ended.err
    found = {one["question"]: one["seen"] for one in ended.json}
    assert SEEN == {question: found.get(question) for question in SEEN}
    assert NOT_THERE == {one["question"] for one in ended.json if one["verdict"] == "not answered"}
    assert [] == [one for one in ended.json if one["kept"] is False]
    assert 26 == len(found)
    assert [] == rest(environment)


@pytest.mark.parametrize(("source", "made"), [("direct", "a store, a distribution"), ("zip", "with a pipeline")])
def test_what_it_makes_and_costs_is_said_before_anything_is_made(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, source: str, made: str
) -> None:
    def refused(*_: object) -> None:
        raise Failure("made")

    monkeypatch.setattr(doctor, "probe", refused)
    first, second, end = run("doctor", "--source", source).err.splitlines()
    assert made in first
    assert "all of it is removed at the end" in first
    total = sum(item.number * item.each for item in costs.items(source))
    assert f"at most USD {total:.2f} (" in second
    assert end == "deployments: made"


def fail() -> None:
    raise KeyError("a fault of ours")


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("end", [fail, interrupt, terminate])
@pytest.mark.parametrize("source", ["direct", "zip"])
def test_an_examination_that_ends_early_leaves_nothing_behind_either(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, end: Callable[[], None], source: str
) -> None:
    def broken(there: probe.Probe, _: str) -> None:
        for name, bucket in there.resources.items():
            if name.endswith("Bucket"):
                for body in (b"one", b"two"):  # where there are versions, two of them
                    there.site.s3.put_object(Bucket=bucket, Key="left/over", Body=body)
        end()

    monkeypatch.setattr(doctor, "examine", broken)
    before = signal.getsignal(signal.SIGTERM)
    with suppress(KeyError):
        assert 130 == run("doctor", "--source", source).status
    assert [] == rest(environment)
    assert before == signal.getsignal(signal.SIGTERM)


def test_a_stack_that_cannot_be_made_is_removed_and_the_first_reason_is_told(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "\n Broken:\n  Type: AWS::CloudFront::Function\n  Properties: {Name: x, FunctionConfig: {}}"
    built = probe.template("direct").replace("\nResources:", f"\nResources:{broken}", 1)
    monkeypatch.setattr(probe, "template", lambda _: built)
    ended = run("doctor")
    assert 1 == ended.status
    assert re.search("was not created: Broken: .", ended.err.splitlines()[-1])
    assert [] == rest(environment)


def test_what_cannot_be_removed_is_named_with_the_reason_and_the_remedy(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(_: object, bucket: str) -> None:
        raise Failure(f"{bucket}/x: Access Denied")

    monkeypatch.setattr(doctor, "examine", lambda *_: [])
    monkeypatch.setattr(cleaning.Cleaning, "_empty", stuck)
    ended = run("doctor")
    assert 1 == ended.status
    notes = [line for line in ended.err.splitlines() if line.startswith("could not be removed")]
    assert ["bucket", "stack"] == [note.split(": ")[1].split(" ")[0] for note in notes]
    note = next(note for note in notes if "stack instant-hosting-doctor-" in note)
    assert "aws cloudformation delete-stack" in note
    assert "Access Denied" in note
    assert "doctor could not remove 2 of what it made" in ended.err.splitlines()[-1]


def test_a_second_interruption_while_it_removes_names_what_is_still_there(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examine", interrupted)
    monkeypatch.setattr(cleaning.Cleaning, "_empty", interrupted)
    ended = run("doctor")
    assert 130 == ended.status
    assert "still there: stack instant-hosting-doctor-" in ended.err


def test_without_the_signer_nothing_is_made(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ended = run("doctor")
    assert (2, "deployments: boto3 cannot sign for the store: pip install '.[doctor]'") == (
        ended.status,
        ended.err.strip(),
    )
    assert [] == rest(environment)


def test_a_bucket_that_lost_its_policy_is_found(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def examine(there: probe.Probe, _: str) -> list[Finding]:
        live = there.publish(findings.pages("first"), "folders")
        there.site.s3.delete_bucket_policy(Bucket=there.site.stack.bucket)
        return guarantees.of_the_bucket(there, live)

    monkeypatch.setattr(doctor, "examine", examine)
    ended = run("doctor")
    assert [
        ["an unconditional put over a deployment's file", "taken"],
        ["a copy over a deployment's file", "taken"],
    ] == [row[1:3] for row in ended.rows]
    assert "AWS differs in 2 of 2 answers: an unconditional put" in ended.err.splitlines()[-1]


def test_what_is_different_is_a_failure_that_names_it_with_its_consequence(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding("first", "x", "y"), Finding("second", "x", "y", False, "worse"), Finding("third", "x", "y", None)]
    monkeypatch.setattr(doctor, "examine", lambda *_: found)
    ended = run("doctor")
    assert 1 == ended.status
    expected: list[Any] = [["OK", "first"], ["different: worse", "second"], ["not answered", "third"]]
    assert expected == [row[:2] for row in ended.rows]
    assert "deployments: AWS differs in 1 of 3 answers: second" == ended.err.splitlines()[-1]
    assert "1 of 3 questions could not be asked" in ended.err
