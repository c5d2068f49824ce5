"""What the page says when it cannot see: nothing runs, no login, a right is missing; and that it comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.sites import InRegion, OnThisMachine
from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import ACCOUNT, Emulator, start_emulator
from local.cloud.stack import Stack, deploy
from local.cloud.system import deployed
from local.commands.announcement import announce, withdraw
from tests.dashboard.logins import QUICK, At, rights, write_login
from tests.dashboard.opened import Opened, opened
from tests.dashboard.sending import made
from tests.deployments.calling import TEMPLATE
from tests.deployments.played import answering
from workbench.dashboards import system_of
from workbench.roles import add_role, document
from workbench.site import GIT_PARAMETERS


def test_the_page_comes_back_by_itself_after_a_restart_of_what_it_watches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with opened(OnThisMachine()) as page:
        gone = page.until(lambda page: page["health"]["state"] == "disconnected")["health"]
        assert ("nothing runs here", "start it with `instant-hosting local`") == (gone["line"], gone["remedy"])
        assert [] == page.page["sites"]
        seen = []
        for number in range(2):
            with deployed() as stack:
                announce(system_of(stack, "http://localhost:1"))
                now = made(stack, tmp_path / "site", index_html=f"<h1>start {number}</h1>")
                site = page.site(lambda site: site["health"]["state"] == "ok" and site["live"] and site["revision"])
                seen.append((now, site["live"]["id"]))
                if number:
                    break
            page.site(lambda site: site["health"]["state"] == "disconnected")
            assert page.page["sites"][0]["live"]["id"] == now, "what was known is shown as that"
            told = page.ask("hold", reason="too late")
            assert ("disconnected", 502) == (told["outcome"], told["status"])
            withdraw(os.getpid())
            page.until(lambda page: page["health"]["state"] == "disconnected")
        withdraw(os.getpid())
        assert [now for now, _ in seen] == [live for _, live in seen]


def test_a_login_that_ended_or_lacks_a_right_is_said_and_its_renewal_is_taken_up(at: At, tmp_path: Path) -> None:
    with start_emulator(enforce_iam=True) as emulator:
        stack = deploy(emulator, TEMPLATE, "shop")
        now = made(stack, tmp_path / "site")
        viewer = add_role(emulator, "viewer", rights("cloudformation:DescribeStacks"))
        login = {name.lower(): value for name, value in viewer.environment.items()}
        file = at(emulator, {**login, "aws_access_key_id": "ASIAEXPIREDEXPIRED00"})
        with opened(InRegion(None, None, paces=QUICK)) as page:
            says_that_the_login_ended(page)
            write_login(file, login)
            names_the_right_to_find_stacks(page)
            names_each_right_that_a_site_lacks(page, emulator, stack)
            allow(emulator, "cloudwatch:GetMetricData")
            names_the_right_to_see_traffic(page, now)
            allow(emulator, "cloudformation:DescribeStacks", "lambda:InvokeFunction")
            names_the_right_to_ask(page)
            write_login(file, {**login, "aws_access_key_id": "ASIAEXPIREDEXPIRED00"})
            allow(emulator)


def allow(emulator: Emulator, *without: str) -> None:
    """Give the role of the test all rights but these."""
    policy = document(rights(*without))
    emulator.shared("iam").put_role_policy(RoleName="viewer", PolicyName="Work", PolicyDocument=policy)


def says_that_the_login_ended(page: Opened) -> None:
    lost = page.until(lambda page: page["health"]["state"] == "expired")["health"]
    assert "AWS does not know these credentials" in lost["line"]
    assert lost["remedy"]


def names_the_right_to_find_stacks(page: Opened) -> None:
    lost = page.until(lambda page: page["health"]["state"] == "denied")["health"]
    assert ("cloudformation:DescribeStacks", True) == (lost["action"], "with --stack" in lost["line"])


def names_each_right_that_a_site_lacks(page: Opened, emulator: Emulator, stack: Stack) -> None:
    allow(emulator, "lambda:InvokeFunction")
    site = page.site(lambda site: site["health"]["state"] == "denied")
    assert "lambda:InvokeFunction" == site["health"]["action"]
    assert stack.outputs["PublisherName"] in site["health"]["resource"]
    assert None is site["live"]
    allow(emulator, "s3:ListBucket")
    site = page.site(lambda site: site["health"]["action"] == "s3:ListBucket")
    assert f"arn:aws:s3:::{stack.bucket}" == site["health"]["resource"]


def names_the_right_to_see_traffic(page: Opened, now: str) -> None:
    site = page.site(lambda site: site["health"]["state"] == "ok" and site["revision"])
    assert now == site["live"]["id"]
    told = page.get("traffic", hours="24")
    assert ("cloudwatch:GetMetricData", 502) == (told["health"]["action"], told["status"])


def names_the_right_to_ask(page: Opened) -> None:
    told = page.ask("hold", reason="may I")
    assert ("denied", 502, "lambda:InvokeFunction") == (told["outcome"], told["status"], told["health"]["action"])


def test_without_a_site_it_says_so(at: At, aws: Emulator) -> None:
    at(aws, {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "x", "aws_session_token": aws.token})
    with opened(InRegion("eu-central-1", None, paces=QUICK)) as page:
        whole = page.until(lambda page: page["health"]["state"] == "ok")
        assert ([], True) == (whole["sites"], "no site's stack in eu-central-1" in whole["health"]["line"])


def test_a_program_for_the_login_that_is_not_there_ends_nothing(at: At, aws: Emulator) -> None:
    login = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "x", "aws_session_token": aws.token}
    file = at(aws, {"credential_process": "/nowhere/login"})
    with opened(InRegion("eu-central-1", None, paces=QUICK)) as page:
        lost = page.until(lambda page: page["health"]["state"] == "refused")["health"]
        assert "No such file or directory: /nowhere/login" == lost["line"]
        write_login(file, login)
        page.until(lambda page: page["health"]["state"] == "ok")


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """CodePipeline as it answers somebody without a right, on whom the emulator's own never looks."""

    who, what = "arn:aws:sts::1:x", "codepipeline:ListPipelineExecutions"
    text = f"User: {who} is not authorized to perform: {what} on resource: arn:aws:codepipeline:x:1:y"
    refusal = {"__type": "AccessDeniedException", "message": text}
    with answering(lambda *_: (400, refusal), ["CODEPIPELINE"], monkeypatch):
        yield


def test_who_may_not_see_the_builds_sees_the_site_and_which_right_is_missing(
    at: At, aws: Emulator, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    at(aws, {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "x", "aws_session_token": aws.token})
    request.getfixturevalue("refusing")
    template = to_yaml(build_template(Settings(source="git")))
    stack = deploy(aws, template, "shop", GIT_PARAMETERS | {"Framework": "static"})
    now = made(stack, tmp_path / "site")
    with opened(InRegion(None, None, paces=QUICK)) as page:
        site = page.site(lambda site: site["live"] and site["revision"])
        assert (now, "ok") == (site["live"]["id"], site["health"]["state"])
        (part,) = site["partly"]
        assert ("builds", "denied", "codepipeline:ListPipelineExecutions", "arn:aws:codepipeline:x:1:y") == (
            part["what"],
            part["health"]["state"],
            part["health"]["action"],
            part["health"]["resource"],
        )
        assert ("example/website", "main") == (site["repository"], site["branch"])
        told = page.get("log", build="4f2c1e9a")
        assert "codepipeline:ListPipelineExecutions" == told["health"]["action"]
