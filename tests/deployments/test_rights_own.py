"""The policies that `rights` prints, given to somebody in an emulator that enforces IAM: enough, and all needed.

What CloudFormation does with his rights the emulator does not ask about: test_rights_model.py. That the table of `up`
is what `up` sends is shown in test_up_first_page.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError

from deployments.rights.own import DAY_TWO, INIT, UP
from deployments.up.bucket import bucket_name
from local.cloud.emulator import ACCOUNT, REGION, Emulator, start_emulator
from tests.deployments.calling import TEMPLATE, Command, Run
from tests.deployments.projects import project
from workbench.policies import Policies, Request
from workbench.resolve import STACK_UUID
from workbench.roles import DENIED, Actor, add_role
from workbench.site import VisitedStack, deployed, upload

Statement = dict[str, Any]
PIPELINE = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{STACK_UUID}"
CONNECTION = f"arn:aws:codeconnections:eu-west-1:{ACCOUNT}:connection/{STACK_UUID}"
PROJECT = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/BuildProject-RNYksKW84oES"
# What the emulator does not have, or asks of everything: put to its evaluation instead
EVALUATED = {"codepipeline": PIPELINE, "codeconnections": CONNECTION, "codebuild": PROJECT, "acm": "*"}
ANYWHERE = {row.action for row in INIT if row.on == "account"}


@pytest.fixture(scope="module")
def strict() -> Iterator[Emulator]:
    with start_emulator(enforce_iam=True) as emulator:
        yield emulator


class Site(NamedTuple):
    """A site with two deployments, and the names of its resources."""

    stack: VisitedStack
    newer: str
    older: str


@pytest.fixture(scope="module")
def site(strict: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with deployed(strict, TEMPLATE, name="day") as stack:
        made = [upload(stack, folder, text, COMMIT=letter * 40) for text, letter in (("one", "a"), ("two", "b"))]
        for one in made:
            assert stack.ask(action="publish", deployment=one)["outcome"] == "published"
        yield Site(stack, made[1], made[0])


class People:
    """Who has a role with these statements and nothing else, and the command as he calls it."""

    def __init__(self, strict: Emulator, monkeypatch: pytest.MonkeyPatch, run: Command) -> None:
        self._strict, self._monkeypatch, self._run = strict, monkeypatch, run
        self._made = 0

    def __call__(self, statements: Sequence[Statement]) -> Actor:
        self._made += 1
        nothing = [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]
        return add_role(self._strict, f"person-{id(self)}-{self._made}", [*statements] or nothing)

    def run(self, who: Actor, *arguments: str) -> Run:
        return self._run(*arguments, **self._strict.environment() | who.environment)


@pytest.fixture
def people(strict: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[People]:
    for name in [name for name in os.environ if name.startswith(("AWS_", "GITHUB_", "CI_", "GITLAB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    for module in ("formation", "following", "opening"):
        monkeypatch.setattr(f"deployments.up.{module}._PAUSE", 0.02)
    yield People(strict, monkeypatch, Command(monkeypatch, capsys))
    boto3.DEFAULT_SESSION = None  # a command leaves it, with a login that other tests must not have


def printed(people: People, *arguments: str) -> list[Statement]:
    """What `rights` prints for somebody who has no right yet."""
    ended = people.run(people([]), "rights", "--json", *arguments)
    assert ended.status == 0, ended.err
    return [one for policy in ended.json.values() for one in policy["Statement"] if "Principal" not in one]


def less(statements: Sequence[Statement], action: str) -> list[Statement]:
    """The statements without an action."""
    kept = [{**one, "Action": [name for name in one["Action"] if name != action]} for one in statements]
    return [one for one in kept if one["Action"]]


def test_somebody_with_the_printed_policies_sets_a_site_up_and_changes_it(people: People, tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    first = printed(people, folder)
    assert people.run(people([]), "up", folder, "--yes").err.rstrip().endswith("`deployments rights` prints it")
    who = people(first)
    assert people.run(who, "up", folder, "--dry-run").status == 0
    created = people.run(who, "up", folder, "--yes", "--json")
    assert (0, "created") == (created.status, created.json["outcome"]), created.err
    more = project(tmp_path / "p", options=frozenset(["operations"]))
    updated = people.run(people(printed(people, more)), "up", more, "--yes", "--json")
    assert (0, "updated") == (updated.status, updated.json["outcome"]), updated.err


SWITCHES: dict[str, Callable[[Site], tuple[str, ...]]] = {
    "list": lambda site: (),
    "show": lambda site: (site.older[:8],),
    "status": lambda site: (),
    "rollback": lambda site: ("--no-wait",),
    "promote": lambda site: (site.newer, "--no-wait"),
    "hold": lambda site: ("--reason", "a look"),
    "release": lambda site: (),
}


WHERE = "--stack", "day", "--region", REGION
LISTING = "cloudformation:DescribeStacks", "lambda:InvokeFunction", "s3:GetObject", "s3:ListBucket"  # by `list` alone


def test_whoever_is_on_call_can_look_and_switch_and_do_nothing_else(people: People, site: Site) -> None:
    who = people(printed(people, "--for", "day-two", "--stack", "day", "--source", "direct"))
    ended = {name: people.run(who, name, *more(site), *WHERE) for name, more in SWITCHES.items()}
    assert {name: run.err for name, run in ended.items() if run.status} == {}
    s3 = who.client("s3")
    tries: list[Callable[[], Any]] = [
        lambda: s3.delete_object(Bucket=site.stack.bucket, Key=f"manifests/{site.newer}.json"),
        lambda: s3.put_object(Bucket=site.stack.bucket, Key="published/x", Body=b""),
        lambda: s3.get_object(Bucket=site.stack.bucket, Key=f"deployments/{site.newer}/index.html"),
        lambda: who.client("cloudformation").delete_stack(StackName="day"),
        lambda: who.client("lambda").delete_function(FunctionName=site.stack.resources["Publisher"]),
    ]
    for denied in tries:
        with pytest.raises(ClientError, match=DENIED):
            denied()


def test_whoever_is_on_call_needs_each_right(people: People, site: Site) -> None:
    whole = printed(people, "--for", "day-two", "--stack", "day", "--source", "direct")
    for action in LISTING:
        ended = people.run(people(less(whole, action)), "list", *WHERE)
        assert (1, True) == (ended.status, f"not allowed: {action} on" in ended.err), ended.err


STACK, CHANGES = {"StackName": "site"}, {"StackName": "site", "ChangeSetName": "x"}
BUCKET = {"Bucket": bucket_name(ACCOUNT, REGION)}
# How each action that the emulator can tell is tried
TRIED: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "cloudformation:CreateChangeSet": ("cloudformation", "create_change_set", {**CHANGES, "TemplateBody": "{}"}),
    "cloudformation:DeleteChangeSet": ("cloudformation", "delete_change_set", CHANGES),
    "cloudformation:DeleteStack": ("cloudformation", "delete_stack", STACK),
    "cloudformation:DescribeChangeSet": ("cloudformation", "describe_change_set", CHANGES),
    "cloudformation:DescribeEvents": ("cloudformation", "describe_events", STACK),
    "cloudformation:DescribeStackEvents": ("cloudformation", "describe_stack_events", STACK),
    "cloudformation:DescribeStackResource": (
        "cloudformation",
        "describe_stack_resource",
        {**STACK, "LogicalResourceId": "x"},
    ),
    "cloudformation:DescribeStacks": ("cloudformation", "describe_stacks", STACK),
    "cloudformation:ListChangeSets": ("cloudformation", "list_change_sets", STACK),
    "cloudformation:ListStackResources": ("cloudformation", "list_stack_resources", STACK),
    "cloudformation:ExecuteChangeSet": ("cloudformation", "execute_change_set", CHANGES),
    "cloudfront:GetDistribution": ("cloudfront", "get_distribution", {"Id": "E1"}),
    "cloudwatch:GetMetricData": (
        "cloudwatch",
        "get_metric_data",
        {"MetricDataQueries": [], "StartTime": datetime(2026, 1, 1), "EndTime": datetime(2026, 1, 2)},
    ),
    "lambda:InvokeFunction": ("lambda", "invoke", {"FunctionName": "site-Publisher-x"}),
    "logs:GetLogEvents": ("logs", "get_log_events", {"logGroupName": "site-BuildLog-x", "logStreamName": "x"}),
    "s3:CreateBucket": ("s3", "create_bucket", BUCKET),
    "s3:DeleteBucket": ("s3", "delete_bucket", BUCKET),
    "s3:DeleteObject": ("s3", "delete_object", {**BUCKET, "Key": "x"}),
    "s3:GetObject": ("s3", "get_object", {**BUCKET, "Key": "x"}),
    "s3:ListBucket": ("s3", "list_objects_v2", BUCKET),
    "s3:PutBucketPublicAccessBlock": (
        "s3",
        "put_public_access_block",
        {**BUCKET, "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    ),
    "s3:PutEncryptionConfiguration": (
        "s3",
        "put_bucket_encryption",
        {
            **BUCKET,
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        },
    ),
    "s3:PutLifecycleConfiguration": (
        "s3",
        "put_bucket_lifecycle_configuration",
        {
            **BUCKET,
            "LifecycleConfiguration": {
                "Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            },
        },
    ),
    "s3:PutObject": ("s3", "put_object", {**BUCKET, "Key": "x"}),
}


def allowed(strict: Emulator, who: Actor, statements: Sequence[Statement], action: str) -> bool:
    """Whether somebody may do what a command asks for itself: tried, or evaluated where nothing can be tried."""
    service = action.split(":")[0]
    strict.shared("s3").create_bucket(Bucket=BUCKET["Bucket"])  # one try deletes it
    if service in EVALUATED:
        on = "*" if action in ANYWHERE else EVALUATED[service]
        return Policies([{"Version": "2012-10-17", "Statement": [*statements]}]).allow(Request(action, on))
    client, operation, given = TRIED[action]
    try:
        getattr(who.made(client), operation)(**given)
    except ClientError as error:
        said = str(error)
        return not any(word in said for word in DENIED.split("|"))
    return True


OTHER = [row for row in DAY_TWO if row.action not in LISTING]
PRINTED = {"up": ((), (*INIT, *UP)), "role": (("--role",), (*INIT, *UP)), "day-two": (("--for", "day-two"), OTHER)}


@pytest.mark.parametrize("name", PRINTED)
def test_each_request_of_the_commands_is_allowed_and_refused_without_its_action(
    strict: Emulator, people: People, name: str
) -> None:
    arguments, rows = PRINTED[name]
    whole = [one for one in printed(people, *arguments) if "aws:CalledVia" not in json.dumps(one)]
    actions = sorted({row.action for row in rows})
    who = people(whole)
    assert [action for action in actions if not allowed(strict, who, whole, action)] == []
    for action in actions:
        rest = less(whole, action)
        assert not allowed(strict, people(rest), rest, action), action
