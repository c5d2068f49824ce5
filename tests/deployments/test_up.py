"""`up`: a project's stack created, changed, upgraded and taken up again, with what people are told of it."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from contract import VERSION
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from tests.deployments.calling import Command, Make
from tests.deployments.played import Pipeline, played
from tests.deployments.projects import BUCKET, create, first, project, stack
from workbench import ROOT
from workbench.pages.cli_json import UP
from workbench.site import GIT_PARAMETERS


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("formation", "following", "opening"):
        monkeypatch.setattr(f"deployments.up.{module}._PAUSE", 0.02)


def spoiled(monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    """Let the template be another one than the project's."""
    monkeypatch.setattr("deployments.up.command.to_yaml", lambda template: change(to_yaml(template)))


def proposed(aws: Emulator) -> list[str]:
    """The stack's change sets; the emulator keeps those that were executed."""
    listed = aws.client("cloudformation").list_change_sets(StackName="site")["Summaries"]
    return [one["ChangeSetName"] for one in listed]


def test_a_stack_is_created_and_the_way_to_the_first_page_is_said(
    environment: Emulator, run: Command, make: Make, tmp_path: Path
) -> None:
    ended = run("up", project(tmp_path / "p"), "--yes", "--json")
    assert 0 == ended.status, ended.err
    told = ended.json
    assert list(UP) == list(told)
    assert ("site", "created", VERSION) == (told["stack"], told["outcome"], told["version"])
    assert told["url"] == told["outputs"]["SiteUrl"]
    assert "deployments publish DIR --routing ROUTING --stack site --region us-east-1" == told["next"]
    assert "CREATE_COMPLETE" == stack(environment)["StackStatus"]
    assert "- new: the distribution, through which visitors come" in ended.err
    assert run("publish", str(make()), "--routing", "files", "--stack", "site").status == 0
    again = run("up", project(tmp_path / "p"), "--yes", "--json").json
    assert ("unchanged", "") == (again["outcome"], again["next"])
    assert again["live"]
    assert again["live"] == run("status", "--json").json["live"]


def test_a_template_goes_through_a_bucket_that_is_closed_and_keeps_nothing(
    environment: Emulator, run: Command, tmp_path: Path
) -> None:
    assert f"made the bucket {BUCKET}" in run("up", project(tmp_path / "p"), "--yes").err
    s3 = environment.client("s3")
    closed = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert [True] * 4 == list(closed.values())
    assert s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert ("Enabled", 1) == (rule["Status"], rule["Expiration"]["Days"])
    assert 0 == s3.list_objects_v2(Bucket=BUCKET)["KeyCount"]
    assert "made the bucket" not in run("up", project(tmp_path / "p"), "--yes").err


def test_a_bucket_of_somebody_else_by_that_name_gets_nothing(
    environment: Emulator, run: Command, tmp_path: Path
) -> None:
    other = environment.client("s3", account="999988887777")
    other.create_bucket(Bucket=BUCKET)
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (1, True) == (ended.status, f"the bucket {BUCKET} is not usable: it is another account's" in ended.err)
    assert 0 == other.list_objects_v2(Bucket=BUCKET)["KeyCount"]
    assert stack(environment) is None


def test_a_dry_run_says_all_and_leaves_nothing_behind(environment: Emulator, run: Command, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", options=frozenset(["operations"]))
    template = (tmp_path / "p" / "template.yaml").stat().st_mtime_ns
    ended = run("up", folder, "--dry-run", "--json")
    assert "planned" == ended.json["outcome"]
    assert {
        "what": "new",
        "resource": "Pruner",
        "text": "new: the pruner, which deletes old deployments",
    } in ended.json["changes"]
    assert stack(environment) is None
    assert [] == environment.client("s3").list_buckets()["Buckets"]
    assert template == (tmp_path / "p" / "template.yaml").stat().st_mtime_ns
    run("up", project(tmp_path / "p"), "--yes")
    before, change_sets = stack(environment), proposed(environment)
    assert (
        "planned"
        == run("up", project(tmp_path / "p", options=frozenset(["operations"])), "--dry-run", "--json").json["outcome"]
    )
    assert before == stack(environment)
    assert change_sets == proposed(environment)


@pytest.fixture
def modes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In which mode each change set was asked for."""
    asked: list[str] = []
    call = BaseClient._make_api_call

    def noted(self: Any, operation: str, parameters: Any) -> Any:
        if operation == "CreateChangeSet":
            config = parameters.get("DeploymentConfig", {})
            asked.append(config.get("Mode", "STANDARD"))
            assert config.get("DisableRollback", False) is False
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    return asked


def test_a_first_creation_is_in_express_mode_and_what_an_update_takes_away_is_said_with_what_follows(
    environment: Emulator, run: Command, modes: list[str], tmp_path: Path
) -> None:
    run("up", project(tmp_path / "p", options=frozenset(["operations"])), "--yes")
    ended = run("up", project(tmp_path / "p"), "--yes")
    lines = ended.err.splitlines()
    assert "- removed: the pruner, which deletes old deployments. Old deployments are not deleted any more" in lines
    assert lines.index("- changed: the publisher, which makes deployments live") > next(
        number for number, line in enumerate(lines) if line.startswith("- removed")
    )
    assert ("updated", ["EXPRESS", "STANDARD"]) == (ended.facts["outcome"], modes)
    run("up", project(tmp_path / "q", stack="other"), "--dry-run", "--no-express")
    assert "STANDARD" == modes[-1]


def test_the_command_that_comes_next_knows_what_the_project_builds(
    environment: Emulator, run: Command, tmp_path: Path
) -> None:
    folder = Path(project(tmp_path / "p"))
    (folder / "package.json").write_text('{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^7.1.0"}}')
    (folder / "package-lock.json").write_text('{"lockfileVersion": 3}')
    (folder / "index.html").write_text("<div id=root></div><script type=module src=/main.js></script>")
    ended = run("up", str(folder), "--yes")
    publish = f"deployments publish {folder}/dist --routing spa --stack site --region us-east-1"
    assert publish == ended.facts["next"]


def test_whoever_lacks_a_right_is_told_which_and_what_prints_the_policy(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "User: arn:aws:iam::1:user/me is not authorized to perform: cloudformation:CreateChangeSet on resource: x"
    call = BaseClient._make_api_call

    def denied(self: Any, operation: str, parameters: Any) -> Any:
        if operation == "CreateChangeSet":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": text}}, operation)
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", denied)
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert 1 == ended.status
    assert "not allowed: cloudformation:CreateChangeSet on x" in ended.err.splitlines()[-1]
    assert ended.err.endswith("have it added to the policy; `deployments rights` prints it\n")


def test_whoever_may_not_take_the_template_away_leaves_no_change_set_behind(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    call = BaseClient._make_api_call

    def denied(self: Any, operation: str, parameters: Any) -> Any:
        if operation == "DeleteObject":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, operation)
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", denied)
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (1, True) == (ended.status, "not allowed: DeleteObject" in ended.err)
    assert stack(environment) is None


def test_nobody_is_asked_who_is_not_there(environment: Emulator, run: Command, tmp_path: Path) -> None:
    ended = run("up", str(tmp_path))
    assert (2, True) == (ended.status, "run `deployments init` there" in ended.err)
    ended = run("up", project(tmp_path / "p"))
    assert (2, True) == (ended.status, "nobody is there to ask: give --yes, or --dry-run" in ended.err)
    assert stack(environment) is None
    assert [] == environment.client("s3").list_buckets()["Buckets"]


def test_a_failed_creation_names_its_first_cause_and_the_next_run_begins_anew(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.client("s3").create_bucket(Bucket="taken")
    with monkeypatch.context() as patched:
        named = "\n  Properties:\n   BucketName: taken\n   BucketEncryption:"
        spoiled(patched, lambda text: text.replace("\n  Properties:\n   BucketEncryption:", named, 1))
        ended = run("up", project(tmp_path / "p"), "--yes")
    assert 1 == ended.status
    last = ended.err.splitlines()[-1]
    assert last.startswith("deployments: site: SiteBucket (the site's bucket, in which all deployments lie): ")
    assert "something by this name is there already" in last
    assert last.endswith("nothing is left of it; the next `up` deletes the empty stack and begins anew")
    assert "ROLLBACK_COMPLETE" == stack(environment)["StackStatus"]
    refused = run("up", project(tmp_path / "p"), "--dry-run")
    assert "it must be deleted first" in refused.err
    assert (1, "ROLLBACK_COMPLETE") == (refused.status, stack(environment)["StackStatus"])
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (0, "created") == (ended.status, ended.facts["outcome"]), ended.err
    assert "First of all failed SiteBucket" in ended.err


def test_a_creation_that_was_interrupted_goes_on_and_is_taken_up(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wait = """
Resources:
 Door: {Type: AWS::CloudFormation::WaitConditionHandle}
 Gate: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Door, Timeout: 60}}"""
    spoiled(monkeypatch, lambda text: text.replace("\nResources:", wait, 1))
    folder = project(tmp_path / "p")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("deployments.up.following.time.sleep", interrupt)
        ended = run("up", folder, "--yes")
    assert 130 == ended.status
    assert "interrupted: CloudFormation goes on with site by itself; `deployments up` takes it up again" in ended.err
    assert "CREATE_IN_PROGRESS" == stack(environment)["StackStatus"]

    def open_gate(_: float) -> None:
        formation = environment.client("cloudformation")
        if stack(environment)["StackStatus"] == "CREATE_IN_PROGRESS":
            formation.signal_resource(StackName="site", LogicalResourceId="Gate", UniqueId="1", Status="SUCCESS")

    monkeypatch.setattr("deployments.up.following.time.sleep", open_gate)
    ended = run("up", folder, "--yes")
    assert "site is CREATE_IN_PROGRESS: somebody, or an interrupted `up`, began that; following it" in ended.err
    assert (0, "unchanged") == (ended.status, ended.facts["outcome"]), ended.err


def test_a_stack_of_the_first_version_is_brought_to_this_one(
    environment: Emulator, run: Command, make: Make, tmp_path: Path
) -> None:
    create(environment, first("direct"), parameters={"RetentionDays": "90"})
    run("publish", str(make()), "--routing", "files", "--stack", "site")
    live = run("status", "--json").json["live"]
    ended = run("up", project(tmp_path / "p"), "--yes", "--json")
    assert 0 == ended.status, ended.err
    assert f"version 0.1.0 -> {VERSION}" in ended.err.splitlines()
    assert ("0.1.0", VERSION, "updated") == tuple(ended.json[name] for name in ("from", "version", "outcome"))
    assert any("through the alias `ci`" in act["text"] for act in ended.json["acts"])
    assert live == ended.json["live"]
    assert VERSION in stack(environment)["Description"]
    kept = {one["ParameterKey"]: one["ParameterValue"] for one in stack(environment)["Parameters"]}
    assert "90" == kept["RetentionDays"]
    assert "version 0.1.0" not in run("up", project(tmp_path / "p"), "--yes").err


def test_a_pipelines_stack_of_the_first_version_is_brought_to_this_one_too(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create(environment, first("git"), parameters={**GIT_PARAMETERS, "Framework": "static"})
    with played(Pipeline("", ""), monkeypatch):
        monkeypatch.setattr("deployments.up.opening._STARTS_WITHIN", 0)
        ended = run("up", project(tmp_path / "p", "git", GIT_PARAMETERS), "--yes")  # the stack keeps the rest
    assert f"version 0.1.0 -> {VERSION}" in ended.err.splitlines()
    assert "- new: the compiler, which reads the site's rules" in ended.err.splitlines()
    assert "UPDATE_COMPLETE" == stack(environment)["StackStatus"]
    assert stack(environment)["Description"].startswith(f"Instant Hosting {VERSION} (git)")
    assert "its pipeline has not run: `deployments watch --start` starts it" in ended.err
    kept = {one["ParameterKey"]: one["ParameterValue"] for one in stack(environment)["Parameters"]}
    assert ("example/website", "static") == (kept["Repository"], kept["Framework"])


OTHERS = "Resources: {Queue: {Type: AWS::SQS::Queue}}"


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("Our queue", "the stack site is no site's (it describes itself as 'Our queue'): give another stack_name"),
        ("Instant Hosting 9.0.0 (direct) x", f"is of version 9.0.0, and this is {VERSION}: update with `pip install"),
        (
            "Instant Hosting 0.1.0 (git) x",
            "is of the source git, and site.toml says direct: correct source",
        ),
    ],
)
def test_a_stack_that_is_another_one_stays_as_it_is(
    description: str, said: str, environment: Emulator, run: Command, tmp_path: Path
) -> None:
    create(environment, f"Description: {description}\n{OTHERS}")
    before = stack(environment)
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (1, True) == (ended.status, said in ended.err), ended.err
    assert before == stack(environment)


def test_an_update_that_fails_is_taken_back_and_says_why(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("up", project(tmp_path / "p"), "--yes")
    environment.client("s3").create_bucket(Bucket="taken")
    more = "\nResources:\n Extra: {Type: AWS::S3::Bucket, Properties: {BucketName: taken}}"
    spoiled(monkeypatch, lambda text: text.replace("\nResources:", more, 1))
    ended = run("up", project(tmp_path / "p"), "--yes")
    last = ended.err.splitlines()[-1]
    assert last.startswith("deployments: site: Extra (S3::Bucket): ")
    assert last.endswith("the stack is as it was before, and so is the site")
    assert "UPDATE_ROLLBACK_COMPLETE" == stack(environment)["StackStatus"]


def test_what_cloudformation_refuses_at_once_leaves_nothing_behind(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spoiled(monkeypatch, lambda text: text.replace("\nResources:", "\nResources:\n Moon: {Type: AWS::Moon::Phase}", 1))
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (1, True) == (ended.status, "site: CloudFormation refuses the change: " in ended.err.splitlines()[-1])
    assert stack(environment) is None
    assert 0 == environment.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"]


def test_whoever_says_no_or_interrupts_the_look_leaves_nothing_behind(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    folder = project(tmp_path / "p")
    monkeypatch.setattr("deployments.up.formation.Formation._changes", interrupt)
    assert 130 == run("up", folder, "--yes").status
    assert stack(environment) is None
    assert 0 == environment.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"]


def test_a_terminal_shows_a_bar_and_asks(environment: Emulator, tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    no = talk("n\n", "up", folder)
    assert "Create it? [y/N]" in no[1]
    assert (1, None) == (no[0], stack(environment))
    status, seen = talk("y\n", "up", folder)
    assert 0 == status, seen
    assert "/23" in seen
    assert "CREATE_COMPLETE" == stack(environment)["StackStatus"]


def talk(answer: str, *arguments: str) -> tuple[int, str]:
    """The command on a terminal where somebody types `answer`; how it ended, and what was to be seen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "deployments", *arguments], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # Linux' end of a terminal
        while part := os.read(ours, 65536):
            if b"[y/N]" in part:
                os.write(ours, answer.encode())
            seen += part
    os.close(ours)
    return process.wait(60), seen.decode()
