"""In a project's folder the commands of day two know its stack and Region, as `up` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from deployments.cli import deployments
from deployments.up.hint import to_publish
from local.cloud.emulator import Emulator
from tests.deployments.calling import TEMPLATE, Command
from tests.deployments.projects import create, project
from tests.deployments.setting_up import SettingUp
from workbench.site import VisitedStack

OTHER = "eu-central-1"


@pytest.fixture
def folder(environment: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose Region no variable names, and which is not the only site of its Region."""
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    folder = Path(project(tmp_path / "shop", stack="shop"))
    (folder / "dist").mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_in_its_folder_a_project_says_which_stack_is_meant_and_in_which_region(
    environment: Emulator, folder: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("shop", "another"):
        create(environment, TEMPLATE, name)
    assert "shop" == run("status", "--json").json["stack"]
    assert "shop" == run("status", "--json", AWS_REGION=OTHER, AWS_DEFAULT_REGION=OTHER).json["stack"]
    monkeypatch.chdir(folder / "dist")
    assert "shop" == run("status", "--json").json["stack"]
    assert "another" == run("status", "--json", AWS_REGION="us-east-1", DEPLOYMENTS_STACK="another").json["stack"]
    assert "another" == run("status", "--json", "--stack", "another", "--region", "us-east-1").json["stack"]
    assert f"no stack shop in {OTHER}" in run("status", "--region", OTHER).err


def test_a_stack_that_is_named_is_not_looked_for_in_another_stacks_region(folder: Path, run: Command) -> None:
    assert "no Region: give --region" in run("status", "--stack", "another").err
    assert f"no stack another in {OTHER}" in run("status", "--stack", "another", AWS_REGION=OTHER).err


def test_before_up_a_command_in_the_project_names_up(folder: Path, run: Command) -> None:
    ended = run("publish", "dist", "--routing", "spa")
    assert 2 == ended.status
    assert "no stack shop in us-east-1; this folder's samconfig.toml names it, and `deployments up` creates it" in (
        ended.err
    )


@pytest.mark.parametrize("text", ["", "not = [toml", "version = 0.1"])
def test_a_file_that_is_no_project_of_ours_hinders_no_command(
    site: VisitedStack, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "samconfig.toml").write_text(text)
    (tmp_path / "site.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert site.name == run("status", "--json").json["stack"]


def test_up_in_a_subfolder_names_the_folder_of_the_project(folder: Path, run: Command) -> None:
    assert f"has no samconfig.toml of a site: {folder} has one, give that folder" in run("up", "dist").err
    (folder / "dist" / ".git").mkdir()
    assert "run `deployments init` there" in run("up", "dist").err


def test_what_is_published_after_up_is_said_alike_by_init_and_up(init: SettingUp) -> None:
    init.write({"index.html": "<h1>hello</h1>"})
    said = init.yes("--source", "direct").err
    assert "then: `deployments publish . --routing mixed --stack shop`" in said
    assert f"{init.folder} --routing mixed" == to_publish(init.folder)


def test_the_tab_key_offers_the_ids_of_the_projects_site_and_nothing_where_nobody_can_be_asked(
    site: VisitedStack, publish: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = publish("one", "--stack", "site"), publish("two", "--stack", "site")
    monkeypatch.chdir(project(tmp_path / "p"))
    shell = ShellComplete(deployments, {}, "deployments", "_DEPLOYMENTS_COMPLETE")
    for name in ("promote", "show", "prune"):
        assert [two, one] == [item.value for item in shell.get_completions([name], "")]
        assert [one] == [item.value for item in shell.get_completions([name, "--stack", "site"], one)]
    assert [] == shell.get_completions(["promote", "--stack", "nowhere"], "")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert [] == shell.get_completions(["promote"], "")
