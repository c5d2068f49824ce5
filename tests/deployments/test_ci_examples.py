"""The examples for a CI of one's own: they are valid YAML, and their steps publish."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from local.cloud.emulator import ACCOUNT, start_emulator
from tests.deployments.calling import TEMPLATE, Command, Make
from workbench import ROOT
from workbench.site import VisitedStack, deployed

CI = ROOT / "docs" / "ci"
GITHUB: dict[str, Any] = yaml.safe_load((CI / "github-actions.yml").read_text())
GITLAB: dict[str, Any] = yaml.safe_load((CI / "gitlab-ci.yml").read_text())


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A folder with the command, as it is after the example's installation."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "deployments"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m deployments "$@"\n')
    command.chmod(0o755)
    return folder


@pytest.fixture
def project(make: Make, tmp_path: Path) -> Path:
    """A repository with a built site in `dist`."""
    make({"index.html": "<h1>from CI</h1>"}, "project/dist")
    folder = tmp_path / "project"
    run = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run([*run, "init", "--quiet", str(folder)], check=True)
    subprocess.run([*run, "commit", "--quiet", "--allow-empty", "-m", 'Say "hello"\n\n$(more)'], cwd=folder, check=True)
    return folder


def step(script: str, folder: Path, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step as a runner runs it: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax"""
    base = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(folder), "AWS_CONFIG_FILE": os.devnull}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**base, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def github_step(name: str) -> str:
    (step,) = (item for item in GITHUB["jobs"]["publish"]["steps"] if item.get("name") == name)
    return str(step["run"])


def test_the_github_workflow_asks_for_nothing_but_what_the_role_needs() -> None:
    assert {"contents": "read", "id-token": "write"} == GITHUB["permissions"]
    assert "secrets." not in (CI / "github-actions.yml").read_text()


def test_the_github_step_publishes_and_the_slower_of_two_is_refused(
    site: VisitedStack, run: Command, project: Path, bin_folder: Path
) -> None:
    environment = {**site.emulator.environment(), "STACK": "site", "ROUTING": GITHUB["env"]["ROUTING"]}
    environment |= {"GITHUB_SHA": "e" * 40, "GITHUB_REF_NAME": "main", "GITHUB_ACTOR": "ada", "GITHUB_RUN_NUMBER": "9"}
    ended = step(github_step("publish"), project, bin_folder, **environment)
    assert 0 == ended.returncode, ended.stderr
    assert "<h1>from CI</h1>" == site.get("/").text
    (entry,) = run("list", "--json").json
    assert ("e" * 40, "main", 'Say "hello"\n\n$(more)') == (entry["commit"], entry["branch"], entry["message"])
    assert ("ada", "ada") == (entry["author"], entry["by"])
    (project / "dist" / "index.html").write_text("old")
    slower = step(github_step("publish"), project, bin_folder, **{**environment, "GITHUB_RUN_NUMBER": "8"})
    assert (1, True) == (slower.returncode, "sequence 8 is lower than 9" in slower.stderr)
    assert "<h1>from CI</h1>" == site.get("/").text


@pytest.fixture(scope="module")
def strict() -> Iterator[VisitedStack]:
    with start_emulator(enforce_iam=True) as emulator, deployed(emulator, TEMPLATE) as site:
        yield site


def role(site: VisitedStack, name: str, **named: str) -> str:
    """A role with the deploy policy and the trust policy that stands in the example's comment; its ARN."""
    comment = re.search(r'#   (\{"Version".*?\}\]\})$', (CI / name).read_text(), re.DOTALL | re.MULTILINE)
    assert comment
    document = re.sub(r"\n# *", " ", comment[1])
    for placeholder, value in {"ACCOUNT": ACCOUNT, **named}.items():
        assert placeholder in document
        document = document.replace(placeholder, value)
    iam = site.emulator.client("iam")
    title = name.split("-")[0]
    made: str = iam.create_role(RoleName=title, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.attach_role_policy(RoleName=title, PolicyArn=site.outputs["DeployPolicyArn"])
    return made


def token(**claims: str) -> str:
    """An identity token with these claims; the emulator does not check the signature."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "signature"])


def test_the_gitlab_job_publishes_with_the_role_of_its_comment_and_no_key(
    strict: VisitedStack, project: Path, bin_folder: Path
) -> None:
    arn = role(strict, "gitlab-ci.yml", **{"GROUP/PROJECT": "ada/website"})
    environment = {name: text for name, text in strict.emulator.environment().items() if "ACCESS_KEY" not in name}
    environment |= {"AWS_ROLE_ARN": arn, "STACK": "site", "CI_PIPELINE_IID": "3", "GITLAB_USER_LOGIN": "ada"}
    environment |= {"ROUTING": GITLAB["publish"]["variables"]["ROUTING"]}
    environment |= {"CI_COMMIT_SHA": "f" * 40, "CI_COMMIT_MESSAGE": "Say hello"}
    script = "\n".join(GITLAB["publish"]["script"])
    claims = {"iss": "https://gitlab.com", "aud": GITLAB["publish"]["id_tokens"]["IDENTITY"]["aud"]}
    branch = "project_path:ada/website:ref_type:branch:ref:"
    other = step(script, project, bin_folder, **environment, IDENTITY=token(**claims, sub=f"{branch}fix"))
    line = f"deployments: not allowed: sts:AssumeRoleWithWebIdentity on {arn}: its trust policy must name"
    assert (1, True) == (other.returncode, other.stderr.startswith(line)), other.stderr
    ended = step(script, project, bin_folder, **environment, IDENTITY=token(**claims, sub=f"{branch}main"))
    assert 0 == ended.returncode, ended.stderr
    assert "<h1>from CI</h1>" == strict.get("/").text


def test_the_role_of_the_github_comment_is_for_the_branch_main_of_one_repository(strict: VisitedStack) -> None:
    arn = role(strict, "github-actions.yml", **{"OWNER/REPOSITORY": "ada/website"})
    claims = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com"}
    sts = strict.emulator.client("sts")

    def take(subject: str) -> None:
        identity = token(**claims, sub=subject)
        sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="run", WebIdentityToken=identity)

    take("repo:ada/website:ref:refs/heads/main")
    # https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
    others = ("ada/website:ref:refs/heads/fix", "ada/website:pull_request", "eve/website:ref:refs/heads/main")
    for other in (f"repo:{one}" for one in others):
        with pytest.raises(ClientError, match="AccessDenied"):
            take(other)


def test_the_gitlab_job_uses_an_identity_token_and_publishes_the_default_branch_only() -> None:
    job = GITLAB["publish"]
    assert "aud" in job["id_tokens"]["IDENTITY"]
    assert [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}] == job["rules"]
    assert GITLAB["build"]["artifacts"]["paths"] == ["dist"]


def test_the_recipe_of_the_image_names_what_is_there_and_runs_as_nobody() -> None:
    text = (CI / "Containerfile").read_text()
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    assert {"FROM", "COPY", "RUN", "ENV", "USER", "CMD"} == {name for name, _ in steps}
    bases = {base.split()[0] for name, base in steps if name == "FROM"}
    assert {"docker.io/library/python:3.13-slim"} == bases  # one Python: the environment is copied
    assert ["python -m venv /tool", "/tool/bin/pip install"] == [
        step.partition(" --")[0] for name, step in steps if name == "RUN"
    ]
    assert "[cli]'" in text
    assert ["65534:65534"] == [user for name, user in steps if name == "USER"]
    assert ["deployments", "--help"] == json.loads(steps[-1][1])
