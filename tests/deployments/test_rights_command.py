"""`rights` as people call it: what it takes from a project and from the command line, and what it says of mistakes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deployments.project import Project, write_project
from deployments.rights.documents import LIMIT
from generator import Settings
from local.cloud.emulator import ACCOUNT
from tests.deployments.calling import Command, Run
from workbench.policies import Policies, Request
from workbench.resolve import STACK_UUID

CONNECTION = f"arn:aws:codeconnections:eu-central-1:{ACCOUNT}:connection/{STACK_UUID}"
OTHER = CONNECTION.replace("0123", "ffff")
VIA = ("aws:CalledVia", "cloudformation.amazonaws.com")
HERE = "--account", ACCOUNT, "--region", "eu-central-1"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command in an empty folder, with no login."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


def project(folder: Path) -> None:
    parameters = {"ConnectionArn": CONNECTION, "Repository": "ada/shop"}
    write_project(Project(folder, "shop", "eu-central-1", Settings(), parameters))


def policies(ended: Run) -> Policies:
    assert ended.status == 0, ended.err
    return Policies(policy for name, policy in ended.json.items() if not name.endswith(".trust"))


def made(stack: str = "shop", region: str = "eu-central-1") -> Request:
    return Request("sns:CreateTopic", f"arn:aws:sns:{region}:{ACCOUNT}:{stack}-NotificationTopic-x", (VIA,))


def passed(connection: str) -> Request:
    keys = (("codeconnections:PassedToService", "codepipeline.amazonaws.com"), VIA)
    return Request("codeconnections:PassConnection", connection, keys)


def test_a_project_says_which_stack_where_and_by_which_connection(run: Command, tmp_path: Path) -> None:
    project(tmp_path)
    found = policies(run("rights", "--json", "--account", ACCOUNT))
    assert [found.allow(made()), found.allow(made("site")), found.allow(made(region="eu-west-1"))] == [
        True,
        False,
        False,
    ]
    assert [found.allow(passed(CONNECTION)), found.allow(passed(OTHER))] == [True, False]


def test_the_command_line_wins_over_the_project(run: Command, tmp_path: Path) -> None:
    project(tmp_path)
    given = ("--stack", "blog", "--region", "eu-west-1", "--connection", OTHER)
    found = policies(run("rights", "--json", "--account", ACCOUNT, *given))
    assert [found.allow(made()), found.allow(made("blog", "eu-west-1"))] == [False, True]
    assert [found.allow(passed(CONNECTION)), found.allow(passed(OTHER))] == [False, True]


def test_the_arn_of_a_stack_that_is_there_says_all_and_makes_our_own_names_exact(run: Command) -> None:
    stack = f"arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/shop/{STACK_UUID}"
    found = policies(run("rights", "--json", "--stack", stack))
    assert found.allow(made())
    for uuid, mine in {STACK_UUID: True, STACK_UUID[::-1]: False}.items():
        pipeline = f"arn:aws:codepipeline:eu-central-1:{ACCOUNT}:{uuid}"
        router = f"arn:aws:cloudfront::{ACCOUNT}:function/router-{uuid}"
        assert found.allow(Request("codepipeline:UpdatePipeline", pipeline, (VIA,))) is mine
        assert found.allow(Request("codepipeline:GetPipelineState", pipeline)) is mine
        assert found.allow(Request("cloudfront:UpdateFunction", router, (VIA,))) is mine


def test_nothing_that_is_there_already_is_taken_into_the_stack(run: Command) -> None:
    found = policies(run("rights", "--json", *HERE))
    change = Request("cloudformation:CreateChangeSet", f"arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/site/x")
    assert found.allow(change)
    assert not found.allow(change.with_key("cloudformation:ImportResourceTypes", "AWS::CloudFront::Distribution"))


def test_nobody_needs_a_project_or_a_login_to_ask_for_rights(run: Command) -> None:
    found = policies(run("rights", "--json", *HERE))
    assert found.allow(made("site"))
    assert found.allow(passed(OTHER))


def test_what_the_template_does_not_have_is_not_in_the_policy(run: Command) -> None:
    dashboard = Request("cloudwatch:PutDashboard", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/Dashboard-x", (VIA,))
    for arguments, has in {(): False, ("--with", "operations"): True}.items():
        assert policies(run("rights", "--json", *HERE, *arguments)).allow(dashboard) is has
    listed = Request("codeconnections:ListConnections", CONNECTION)
    for source, has in {"git": True, "zip": False, "direct": False}.items():
        assert policies(run("rights", "--json", *HERE, "--source", source)).allow(listed) is has


def test_tags_of_the_stack_ask_for_their_rights(run: Command, tmp_path: Path) -> None:
    tag = Request("iam:TagRole", f"arn:aws:iam::{ACCOUNT}:role/shop-PublisherRole-x", (VIA,))
    project(tmp_path)
    assert not policies(run("rights", "--json", "--account", ACCOUNT)).allow(tag)
    config = tmp_path / "samconfig.toml"
    config.write_text(config.read_text() + 'tags = "team=web"\n')
    assert policies(run("rights", "--json", "--account", ACCOUNT)).allow(tag)


def test_each_file_is_a_policy_that_iam_takes(run: Command, tmp_path: Path) -> None:
    ended = run("rights", *HERE, "--role", "--output", "to/give")
    files = {path.name: json.loads(path.read_text()) for path in (tmp_path / "to" / "give").iterdir()}
    assert {row[0] for row in ended.rows} == {f"to/give/{name}" for name in files}
    assert {"rights.site.cloudformation.trust.json", "rights.site.up.json"} < set(files)
    assert all(one["Version"] == "2012-10-17" for one in files.values())
    assert all(len("".join(json.dumps(one, separators=(",", ":")).split())) <= LIMIT for one in files.values())


def test_who_may_make_roles_without_a_boundary_is_warned_of(run: Command, tmp_path: Path) -> None:
    assert "nothing limits the roles" in run("rights", *HERE).err
    project(tmp_path)
    file = tmp_path / "site.toml"
    file.write_text(f'{file.read_text()}\n[roles]\npermissions_boundary = "boundaries/hosting"\n')
    ended = run("rights", "--account", ACCOUNT)
    assert ended.err == ""
    assert f"iam:PermissionsBoundary is arn:aws:iam::{ACCOUNT}:policy/boundaries/hosting" in ended.out


def test_a_setting_that_the_asked_source_has_no_use_for_is_said_in_one_line(run: Command, tmp_path: Path) -> None:
    project(tmp_path)
    file = tmp_path / "site.toml"
    file.write_text(f'{file.read_text()}\n[build.variables]\nA = "b"\n')
    ended = run("rights", *HERE, "--source", "direct")
    assert (2, "") == (ended.status, ended.out)
    said = "build variables need a build, and the source 'direct' has none: leave them out"
    assert f"deployments: site.toml: {said}\n" == ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "eu-central-1"], "whose account? Give --account with its twelve digits (no usable credentials"),
        (["--account", ACCOUNT], "no Region: give --region"),
        (["--account", "12"], "account is '12'; it must be twelve digits"),
        ([*HERE, "--stack", "9x"], "stack is '9x'; it must be up to 128 letters, digits and dashes"),
        ([*HERE, "--connection", "x"], "connection is 'x'; it must be an ARN, arn:aws:codeconnections:"),
        (["--account", ACCOUNT, "--region", "nowhere"], "'nowhere' is no Region of AWS: give --region, as in eu-"),
        ([*HERE, "--env", "other"], "has no environment other"),
        ([*HERE, "--role", "--for", "init"], "--role is about `up`: leave --for init out"),
        (["nothing"], "nothing is no folder: give the folder of a project"),
        ([""], "it is empty: give a folder"),
        ([*HERE, "--output", os.devnull], f"{os.devnull}: cannot be written: File exists; give another --output"),
    ],
)
def test_a_mistake_is_said_in_one_line(run: Command, arguments: list[str], said: str) -> None:
    ended = run("rights", *arguments)
    assert (2, "") == (ended.status, ended.out)
    assert said in ended.err
    assert ended.err.count("\n") == 1
