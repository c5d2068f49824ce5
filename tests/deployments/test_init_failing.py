"""`init` when something goes wrong late: no connection stays that no file names, no answer is lost in a file."""

from __future__ import annotations

import tomllib

import pytest

from tests.deployments.setting_up import SettingUp
from workbench.codeconnections import Answer, Given


def spoiled_by(shop: SettingUp) -> None:
    """Let somebody take samconfig.toml away, and put a folder there, while the connection is made."""
    make = shop.host._CreateConnection

    def spoil(given: Given) -> Answer:
        (shop.folder / "samconfig.toml").unlink()
        (shop.folder / "samconfig.toml").mkdir()
        return make(given)

    shop.monkeypatch.setattr(shop.host, "_CreateConnection", spoil)


def names(shop: SettingUp) -> list[str]:
    return [connection["ConnectionName"] for connection in shop.host.connections]


def test_no_connection_is_made_for_files_that_cannot_be_written(shop: SettingUp) -> None:
    for name in ("template.yaml", "site-template.yaml"):
        (shop.folder / name).mkdir()
    ended = shop.yes("--connection", "new")
    assert (2, ["github"]) == (ended.status, names(shop)), ended.err
    assert "site-template.yaml is not a template of Instant Hosting, and stays as it is" in ended.err


def test_a_connection_that_no_file_could_name_goes_again(shop: SettingUp) -> None:
    spoiled_by(shop)
    ended = shop.yes("--connection", "new")
    assert (2, ["github"]) == (ended.status, names(shop)), ended.err
    assert "samconfig.toml is no file: take it away" in ended.err.splitlines()[-1]


def test_whoever_may_not_delete_the_connection_is_told_how_to_take_it(shop: SettingUp) -> None:
    spoiled_by(shop)
    denied = {"__type": "AccessDeniedException", "message": "no"}
    shop.monkeypatch.setattr(shop.host, "_DeleteConnection", lambda _: (400, denied), raising=False)
    ended = shop.yes("--connection", "new")
    assert (2, ["github", "site-github"]) == (ended.status, names(shop))
    assert "the connection site-github stays: `deployments init --connection site-github` takes it" in ended.err


def test_what_aws_refuses_late_leaves_files_with_which_the_next_run_goes_on(shop: SettingUp) -> None:
    full = {"__type": "LimitExceededException", "message": "too many connections"}
    with shop.monkeypatch.context() as patched:
        patched.setattr(shop.host, "_CreateConnection", lambda _: (400, full))
        ended = shop.yes("--connection", "new")
    assert (1, True) == (ended.status, "CreateConnection: too many connections" in ended.err), ended.err
    assert "ConnectionArn" not in shop.parameters
    assert 0 == shop.yes("--connection", "new").status
    assert shop.host.connections[-1]["ConnectionArn"] == shop.parameters["ConnectionArn"]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--build", "npm\x01run"), ("--install", "\x1b[A'"), ("--env", "a\x07b"), ("--stack", "a\x00")],
)
def test_a_control_character_in_an_option_is_named_and_nothing_is_written(
    shop: SettingUp, option: str, value: str
) -> None:
    ended = shop.yes(option, value)
    assert (2, set()) == (ended.status, shop.files), ended.err
    assert repr(value) in ended.err.splitlines()[-1]


def test_a_control_character_in_an_answer_is_asked_for_again(shop: SettingUp) -> None:
    for name in ("package.json", "package-lock.json", "index.html"):
        (shop.folder / name).unlink()
    answers = ("zip", "eu-central-1", "custom", "echo \"\x1b[Aa'", "make site", "out\x7f", "out", "files", "")
    ended = shop(answers=answers)
    assert 0 == ended.status, ended.err
    assert 2 == ended.err.count("has a control character: type it again without")
    assert ("make site", "out") == (shop.parameters["BuildCommand"], shop.parameters["OutputFolder"])


@pytest.mark.parametrize("command", ['a\tb "c"', "echo 'a' \"b\"", "a\\b"])
def test_a_command_of_several_lines_and_quotes_is_read_as_it_was_given(shop: SettingUp, command: str) -> None:
    assert 0 == shop.yes("--build", command).status
    assert command == shop.parameters["BuildCommand"]
    assert 0 == shop.yes("--build", f"{command} ").status
    assert f"{command} " == shop.parameters["BuildCommand"]
    assert tomllib.loads((shop.folder / "samconfig.toml").read_text())


@pytest.mark.parametrize("name", ["my env", "a.b", "", "a]b", "ä"])
def test_an_environments_name_is_one_that_needs_no_quotes(shop: SettingUp, name: str) -> None:
    ended = shop.yes("--env", name)
    assert (2, set()) == (ended.status, shop.files), ended.err
    assert f"--env {name!r}: give a name of letters, digits, - and _" in ended.err
