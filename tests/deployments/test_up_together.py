"""Several `up` of one stack, or in one account, at the same time: none takes away what another one has or needs."""

from __future__ import annotations

import os
import pty
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from contract import VERSION
from deployments.cloud import connect
from deployments.up.formation import ChangeSet, Formation
from local.cloud.emulator import ACCOUNT, REGION, Emulator
from tests.deployments.calling import Command, start
from tests.deployments.projects import BUCKET, create, project, stack

if TYPE_CHECKING:
    from aws_types import BucketPlace

DESCRIBED = f"Description: Instant Hosting {VERSION} (direct) x\n"
SMALL = f"{DESCRIBED}Resources: {{Queue: {{Type: AWS::SQS::Queue}}}}"
DECLINED = "nothing was changed: run it again and answer y, or give --yes"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("formation", "following", "opening"):
        monkeypatch.setattr(f"deployments.up.{module}._PAUSE", 0.02)


class Other:
    """Another `up` of the same stack, as far as it has come."""

    def __init__(self) -> None:
        self.formation = Formation(connect(REGION, None), "site")

    def propose(self, text: str = SMALL, *, new: bool = True) -> ChangeSet:
        return self.formation.propose({"TemplateBody": text}, [], new=new, express=False)


@pytest.fixture
def other(environment: Emulator) -> Other:
    return Other()


def proposals(aws: Emulator) -> list[str]:
    """The change sets of the stack, by name."""
    listed = aws.client("cloudformation").list_change_sets(StackName="site")["Summaries"]
    return [told["ChangeSetName"] for told in listed]


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], bool]) -> None:
    """Let a person answer the question of `up` in whatever way, and do something else before."""
    monkeypatch.setattr("deployments.up.command.click.confirm", lambda *_, **__: answer())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)


def beside(monkeypatch: pytest.MonkeyPatch, operation: str, act: Callable[[], object]) -> None:
    """Let something happen just before this process first asks AWS for `operation`."""
    call = BaseClient._make_api_call
    left = [act]

    def before(self: Any, name: str, parameters: Any) -> Any:
        if name == operation and left:
            left.pop()()
        return call(self, name, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", before)


def test_whoever_says_no_leaves_what_another_one_has_proposed_and_the_last_one_leaves_nothing(
    environment: Emulator, run: Command, other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proposed: list[ChangeSet] = []

    def no() -> bool:
        proposed.append(other.propose())
        return False

    answering(monkeypatch, no)
    ended = run("up", project(tmp_path / "p"))
    assert (1, DECLINED) == (ended.status, ended.err.splitlines()[-1].removeprefix("deployments: "))
    assert "REVIEW_IN_PROGRESS" == stack(environment)["StackStatus"]
    assert [proposed[0].name] == proposals(environment)
    other.formation.discard(proposed[0])
    assert stack(environment) is None


def test_whoever_comes_second_and_says_no_leaves_the_first_ones_stack(
    environment: Emulator, run: Command, other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = other.propose()
    answering(monkeypatch, lambda: False)
    assert 1 == run("up", project(tmp_path / "p")).status
    assert [first.name] == proposals(environment)
    other.formation.execute(first)
    assert stack(environment)["StackStatus"].startswith("CREATE_")


def test_a_stack_under_review_that_no_up_began_stays(environment: Emulator, run: Command, tmp_path: Path) -> None:
    formation = environment.client("cloudformation")
    formation.create_change_set(StackName="site", ChangeSetName="theirs", ChangeSetType="CREATE", TemplateBody=SMALL)
    formation.delete_change_set(StackName="site", ChangeSetName="theirs")
    assert 0 == run("up", project(tmp_path / "p"), "--dry-run").status
    assert "REVIEW_IN_PROGRESS" == stack(environment)["StackStatus"]


def test_whoever_agrees_after_another_one_has_begun_is_told_so(
    environment: Emulator, run: Command, other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create(environment, SMALL)

    def yes() -> bool:
        more = SMALL.replace("Queue:", "Line:")
        other.formation.execute(other.propose(more, new=False))
        return True

    answering(monkeypatch, yes)
    ended = run("up", project(tmp_path / "p"))
    last = ended.err.splitlines()[-1]
    assert 1 == ended.status
    assert "somebody changes the stack at the same time: run `deployments up` again, which follows that first" in last
    assert environment.client("cloudformation").describe_stack_resource(StackName="site", LogicalResourceId="Line")


def test_a_stack_that_somebody_deleted_before_the_answer_changes_nothing_of_what_is_said(
    environment: Emulator, run: Command, other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no() -> bool:
        environment.client("cloudformation").delete_stack(StackName="site")
        return False

    answering(monkeypatch, no)
    ended = run("up", project(tmp_path / "p"))
    assert (1, f"deployments: {DECLINED}") == (ended.status, ended.err.splitlines()[-1])
    assert stack(environment) is None


def test_what_fails_after_the_changes_were_looked_at_leaves_none_behind(
    environment: Emulator, run: Command, other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    folder = project(tmp_path / "p")
    for operation in ("DescribeChangeSet", "ExecuteChangeSet"):
        with monkeypatch.context() as patched:
            beside(patched, operation, fail)
            assert 130 == run("up", folder, "--yes").status
        assert stack(environment) is None


def test_a_change_set_whose_answer_never_came_is_taken_back_too(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    call = BaseClient._make_api_call

    def lost(self: Any, operation: str, parameters: Any) -> Any:
        answer = call(self, operation, parameters)
        if operation == "CreateChangeSet":
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", lost)
    assert 130 == run("up", project(tmp_path / "p"), "--yes").status
    assert stack(environment) is None


def test_a_dry_run_leaves_its_bucket_to_another_run_that_uses_it(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    s3 = environment.client("s3")
    beside(monkeypatch, "CreateChangeSet", lambda: s3.put_object(Bucket=BUCKET, Key="theirs.yaml", Body=b"x"))
    ended = run("up", project(tmp_path / "p"), "--dry-run")
    assert 0 == ended.status, ended.err
    assert f"the bucket {BUCKET} stays: another run uses it" in ended.err
    assert ["theirs.yaml"] == [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]


@pytest.mark.parametrize("operation", ["PutObject", "PutPublicAccessBlock"])
def test_a_bucket_that_a_dry_run_takes_away_in_between_is_made_again(
    operation: str, environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    s3 = environment.client("s3")
    beside(monkeypatch, operation, lambda: s3.delete_bucket(Bucket=BUCKET))
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert 0 == ended.status, ended.err
    closed = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert [True] * 4 == list(closed.values())


def test_two_runs_that_make_the_bucket_at_once_both_use_it(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    west = environment.client("s3", region="eu-west-1")
    bucket = BUCKET.replace(REGION, "eu-west-1")
    where: BucketPlace = {"LocationConstraint": "eu-west-1"}
    beside(monkeypatch, "CreateBucket", lambda: west.create_bucket(Bucket=bucket, CreateBucketConfiguration=where))
    ended = run("up", project(tmp_path / "p"), "--dry-run", "--region", "eu-west-1")
    assert 0 == ended.status, ended.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_that_is_closed_at_the_question_leaves_nothing_behind(
    number: signal.Signals, environment: Emulator, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    process = start("up", project(tmp_path / "p"), stdin=theirs)
    os.close(theirs)
    assert process.stderr
    seen = ""
    while "[y/N]" not in seen:
        seen += process.stderr.read(1)
    time.sleep(1)  # Python hears a signal in the middle of a read, and not just before it
    process.send_signal(number)
    try:
        assert 130 == process.wait(60)
    finally:
        process.kill()
        process.communicate()
        os.close(ours)
    assert stack(environment) is None


@pytest.mark.parametrize("code", ["Throttling", "TooManyRequestsException"])
def test_an_answer_that_is_throttled_ends_nothing_that_goes_on_at_aws(
    code: str, environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    call = BaseClient._make_api_call
    busy = {"DescribeStackEvents": 3, "GetDistribution": 2}
    begun: list[str] = []

    def throttled(self: Any, operation: str, parameters: Any) -> Any:
        begun.append(operation)
        if "ExecuteChangeSet" in begun and busy.get(operation, 0):
            busy[operation] -= 1
            raise ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, operation)
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", throttled)
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (0, {0}) == (ended.status, set(busy.values())), ended.err
    assert "run it again in a few minutes; CloudFormation goes on, and this tries again" in ended.err


def test_in_whose_account_a_stack_would_be_made_is_said_and_whose_a_certificate_is(
    environment: Emulator, run: Command, tmp_path: Path
) -> None:
    certificate = "arn:aws:acm:us-east-1:999988887777:certificate/1"
    folder = project(tmp_path / "p", parameters={"DomainNames": "a.com", "CertificateArn": certificate})
    ended = run("up", folder, "--dry-run")
    assert f"there is no stack site yet in the account {ACCOUNT}, {REGION}" in ended.err
    assert "CertificateArn is of the account 999988887777: are these the credentials that you mean?" in ended.err
