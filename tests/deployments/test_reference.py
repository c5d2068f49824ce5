"""The reference page is what the commands say of themselves, and every example is one that they take."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from deployments import cli
from deployments.cli import commands
from tests.deployments.calling import Command
from workbench import ROOT
from workbench.pages.cli import example, reference
from workbench.pages.cli_json import DEPLOYMENT, PUBLISH, SHOW, STATUS, SWITCH
from workbench.site import VisitedStack

COMMANDS = list(commands().items())
EVERY = pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])


def test_the_reference_page_is_up_to_date() -> None:
    assert reference() == (ROOT / "docs" / "cli.md").read_text(), "run `make docs`"


def test_the_commands_are_those_that_were_promised() -> None:
    promised = "init up list show rules publish promote rollback hold release status watch dashboard prune cache doctor"
    promised += " rights"
    assert set(promised.split()) == set(commands())


@EVERY
def test_the_help_has_an_example_that_the_command_takes(name: str, command: click.Command) -> None:
    shown = CliRunner().invoke(cli.deployments, [name, "--help"]).output
    text = example(command)
    assert f"Example:\n    {text}" in shown
    program, called, *arguments = shlex.split(text.replace("$(git rev-parse HEAD)", "0" * 40))
    assert ["deployments", name] == [program, called]
    command.make_context(name, arguments)  # raises for what the command does not take


@EVERY
def test_every_option_is_explained(name: str, command: click.Command) -> None:
    unexplained = [param.name for param in command.params if isinstance(param, click.Option) and not param.help]
    assert [] == unexplained
    assert command.help


def test_the_members_of_json_are_those_of_the_reference(
    site: VisitedStack, run: Command, make: Callable[..., Path], publish: Callable[..., str]
) -> None:
    answer = run("publish", str(make()), "--routing", "mixed", "--json").json
    assert {*SWITCH, *PUBLISH} <= answer.keys()
    (entry,) = run("list", "--json").json
    assert [*DEPLOYMENT] == [*entry]
    shown = run("show", answer["after"], "--json").json
    assert {*DEPLOYMENT, *SHOW} == shown.keys()
    assert STATUS.keys() == run("status", "--json").json.keys()
