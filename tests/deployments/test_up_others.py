"""`up` and a stack that is not this site's, or that failed: what somebody else has there is not lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract import VERSION
from local.cloud.emulator import REGION, Emulator
from tests.deployments.calling import Command
from tests.deployments.played import Pipeline, played
from tests.deployments.projects import create, create_failed, project, stack
from workbench.site import GIT_PARAMETERS, until

NAMED = f"""Description: Instant Hosting {VERSION} (SOURCE) x
Parameters:
 Repository: {{Type: String, Default: ''}}
 AppRoot: {{Type: String, Default: .}}
 DomainNames: {{Type: String, Default: ''}}
Resources: {{Queue: {{Type: AWS::SQS::Queue}}}}"""
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("formation", "following", "opening"):
        monkeypatch.setattr(f"deployments.up.{module}._PAUSE", 0.02)
    monkeypatch.setattr("deployments.up.opening._STARTS_WITHIN", 0)


@pytest.mark.parametrize(
    ("source", "there", "said"),
    [
        ("git", {"Repository": "ada/shop"}, {"Repository": "example/website"}),
        ("git", {"Repository": "example/website", "AppRoot": "apps/web"}, {"AppRoot": "apps/docs"}),
        ("direct", {"DomainNames": "a.com,www.a.com"}, {"DomainNames": "b.com", "CertificateArn": CERTIFICATE}),
    ],
    ids=["repository", "folder", "domain"],
)
@pytest.mark.parametrize("arguments", [("--yes",), ("--dry-run",)], ids=["yes", "dry run"])
def test_another_sites_stack_of_the_same_name_stays_as_it_is(
    source: str,
    there: dict[str, str],
    said: dict[str, str],
    arguments: tuple[str, ...],
    environment: Emulator,
    run: Command,
    tmp_path: Path,
) -> None:
    create(environment, NAMED.replace("SOURCE", source), parameters=there)
    before = stack(environment)
    given = {**(GIT_PARAMETERS if source == "git" else {}), **said}
    folder = project(tmp_path / "p", "git" if source == "git" else "direct", given)
    ended = run("up", folder, *arguments)
    name, value = next((name, value) for name, value in said.items())
    both = f"its {name} is {there[name]}, and samconfig.toml says {value}: give another stack_name"
    assert (1, True) == (ended.status, both in ended.err), ended.err
    assert ended.err.endswith("or --moved if this site has moved\n")
    assert before == stack(environment)


def test_a_repository_that_has_moved_is_taken_where_somebody_says_so(
    environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create(environment, NAMED.replace("SOURCE", "git"), parameters={"Repository": "ada/shop"})
    with played(Pipeline("", ""), monkeypatch):
        ended = run("up", project(tmp_path / "p", "git", GIT_PARAMETERS), "--yes", "--moved")
    assert "- the parameter Repository: 'ada/shop' -> 'example/website'" in ended.err
    assert "UPDATE_COMPLETE" == stack(environment)["StackStatus"], ended.err


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"DomainNames": "a.com,www.a.com"}, {"DomainNames": "www.a.com,b.com", "CertificateArn": CERTIFICATE}),
        ({}, {"DomainNames": "a.com", "CertificateArn": CERTIFICATE}),
    ],
    ids=["one name stays", "the first one"],
)
def test_a_site_that_is_the_same_one_is_changed_as_before(
    there: dict[str, str], said: dict[str, str], environment: Emulator, run: Command, tmp_path: Path
) -> None:
    create(environment, NAMED.replace("SOURCE", "direct"), parameters=there)
    ended = run("up", project(tmp_path / "p", parameters=said), "--dry-run", "--json")
    assert "planned" == ended.json["outcome"], ended.err


def test_a_failed_creation_that_may_hold_a_site_is_not_deleted(
    environment: Emulator, run: Command, tmp_path: Path
) -> None:
    create_failed(environment)
    assert "CREATE_FAILED" == stack(environment)["StackStatus"]
    ended = run("up", project(tmp_path / "p"), "--yes")
    line = ended.err.splitlines()[-1]
    where = f"`aws cloudformation delete-stack --stack-name site --region {REGION}`, and then `up` again"
    assert (1, True) == (ended.status, where in line)
    resource = environment.client("cloudformation").describe_stack_resource
    bucket = resource(StackName="site", LogicalResourceId="SiteBucket")["StackResourceDetail"]["PhysicalResourceId"]
    has = f"it still has the site's bucket ({bucket}), which may hold a site"
    assert f"the stack site is CREATE_FAILED: its creation failed, and {has}" in line
    assert "First of all failed Gate (CloudFormation::WaitCondition)" in line
    assert environment.client("s3").head_bucket(Bucket=bucket)
    environment.client("cloudformation").delete_stack(StackName="site")
    until(lambda: stack(environment), lambda there: there is None or there["StackStatus"] == "DELETE_COMPLETE")
    assert 0 == run("up", project(tmp_path / "p"), "--yes").status


def test_a_failed_creation_that_made_nothing_which_holds_a_site_is_begun_anew(
    environment: Emulator, run: Command, tmp_path: Path
) -> None:
    create_failed(environment, kind="AWS::SNS::Topic")
    ended = run("up", project(tmp_path / "p"), "--yes")
    assert (0, "created") == (ended.status, ended.facts["outcome"]), ended.err
    assert "site is CREATE_FAILED: its first creation failed" in ended.err
