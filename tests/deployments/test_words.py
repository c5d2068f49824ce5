"""What people and programs are told in the end: outcomes in words, errors as JSON, help and tables that fit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from contract import VERSION
from deployments import words
from deployments.cli import commands
from tests.deployments.calling import Command, Make, on_terminal
from workbench import ROOT
from workbench.site import VisitedStack

Publish = Callable[..., str]
LONG = "Fix_the_checkout_" * 7  # no blank


def seen(*arguments: str, width: int) -> list[str]:
    """The lines on a terminal of this width, without its control codes and the blanks at their ends."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(*arguments, width=width))
    return [line.rstrip() for line in text.splitlines()]


def test_a_narrow_terminal_shows_state_short_id_age_and_message_and_a_wider_one_more(
    site: VisitedStack, publish: Publish
) -> None:
    publish("old", "--message", f"🎁 {LONG}", "--branch", "feature/checkout", "--author", "Zoë")
    live = publish("new", "--message", "Grüße", "--branch", "main", "--author", "ada")
    for width, titles in ((60, ["ID", "AGE", "MESSAGE"]), (80, ["BRANCH", "AUTHOR"]), (140, ["LIVE", "BY", "SIZE"])):
        head, first, second = seen("list", width=width)
        assert max(cell_len(line) for line in (head, first, second)) <= width
        assert [title for title in titles if title not in head] == []
        assert first.split()[:2] == ["live", live if len(live) < 20 else first.split()[1]]
        assert ("Grüße" in first, "🎁 Fix_the" in second, "…" in first) == (True, True, False)
    assert "BRANCH" not in seen("list", width=60)[0]


def test_what_may_be_copied_is_whole_and_in_one_line_on_the_narrowest_terminal(
    site: VisitedStack, publish: Publish
) -> None:
    live = publish("new", "--commit", "c" * 40, "--message", LONG)
    for command in (["status"], ["show", live], ["promote", live], ["hold", "--reason", f"see {LONG} and wait"]):
        lines = seen(*command, width=40)
        assert [line for line in lines if line.endswith(live)], lines
        assert [line for line in lines if line.endswith(site.outputs["SiteUrl"])], lines
    assert [line for line in seen("status", width=40) if line.endswith(LONG)]


def test_a_terminal_without_colours_is_as_wide_as_it_is(site: VisitedStack, publish: Publish) -> None:
    publish("new", "--message", LONG)
    lines = on_terminal("list", width=60, term="dumb").splitlines()
    assert {60} == {len(line) for line in lines}, lines


def test_an_outcome_is_said_in_words_on_a_terminal_and_in_the_publishers_word_to_programs(
    site: VisitedStack, publish: Publish, run: Command
) -> None:
    first, second = publish("one"), publish("two")
    assert "outcome  already live" in seen("promote", second, width=60)
    again = run("promote", second)
    assert ("duplicate", "already live\n") == (again.facts["outcome"], again.err)
    assert "duplicate" == run("promote", second, "--json").json["outcome"]
    assert "outcome  gone back: the one before is live" in seen("rollback", width=60)
    assert "outcome  held: new deployments wait from now on" in seen("hold", "--reason", "so", width=60)
    assert "outcome  the hold has ended" in seen("release", width=60)
    lines = seen("release", width=60)
    assert {"outcome  nothing had to be done", "reason   not held"} <= set(lines)
    assert f"live     {first}" in lines


def test_every_outcome_has_its_words() -> None:
    text = (ROOT / "lambda" / "documents.py").read_text().partition("Outcome = Literal[")[2].partition("]")[0]
    outcomes = set(re.findall(r'"([a-z-]+)"', text)) - {"status", "duplicate"}
    assert outcomes > {"published", "stale", "held"}
    assert outcomes - set(words.OUTCOMES) == set()


ERRORS = [
    (["show", "nix"], {"outcome": "failed", "remedy": "`list` shows those that exist", "status": 1}),
    (["shw"], {"outcome": "wrong-usage", "remedy": "see --help", "status": 2}),
    (["list", "--limit", "no"], {"outcome": "wrong-usage", "remedy": "see --help", "status": 2}),
    (["publish", "none", "--routing", "spa"], {"outcome": "failed", "status": 1}),
    (["list", "--stack", "other"], {"status": 2}),
    (["rollback"], {"outcome": "refused", "choices": [], "status": 1}),
]


@pytest.mark.parametrize(("arguments", "wanted"), ERRORS, ids=[" ".join(row[0]) for row in ERRORS])
def test_an_error_is_one_object_for_programs_and_one_line_for_people(
    site: VisitedStack, run: Command, arguments: list[str], wanted: dict[str, object]
) -> None:
    ended = run(*arguments, "--json")
    found = ended.json
    assert {"outcome", "reason", "remedy", "status"} <= set(found)
    assert wanted == {name: found.get(name) for name in wanted}
    assert found["status"] == ended.status
    (line,) = ended.err.splitlines()
    assert found["reason"] in line
    assert found["remedy"] in line
    assert (run(*arguments).out, ended.status) == ("", run(*arguments).status)


def test_an_error_of_aws_tells_programs_the_remedy_of_its_line(site: VisitedStack, run: Command) -> None:
    ended = run("list", "--json", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert ("failed", "check the network, the proxy and --region") == (ended.json["outcome"], ended.json["remedy"])


def test_a_result_that_is_printed_already_stays_the_only_object(run: Command, make: Make) -> None:
    folder = make({"_redirects": "/a /b 999\n"})
    ended = run("rules", str(folder), "--json")
    assert (1, ["_redirects"]) == (ended.status, [one.split(":")[0] for one in ended.json["problems"]])
    assert ended.err.startswith("deployments: 1 problem: ")


def test_the_list_says_the_first_sentence_of_each_commands_help(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    listed = " ".join(run("--help").out.split())
    for name, command in commands().items():
        first = " ".join((command.help or "").split()).partition(". ")[0].removesuffix(".")
        assert f" {name} {first}." in listed


def test_the_list_of_commands_and_its_completion_wait_for_no_library() -> None:
    seen = f"import sys; from deployments.__main__ import main; main(['--help']); {AFTER}"
    code = [sys.executable, "-c", seen]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "[]" == done.stdout.splitlines()[-1]


SLOW = "boto3", "botocore", "rich", "tomlkit", "troposphere", "aiohttp"
AFTER = f"print([name for name in {SLOW} if name in sys.modules])"


@pytest.mark.parametrize(("library", "command"), [("boto3", "list"), ("rich", "status"), ("tomlkit", "init")])
def test_a_library_that_is_missing_is_an_object_for_programs_too(library: str, command: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; from deployments.__main__ import main; "
    code += f"sys.exit(main([{command!r}, '--json']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    told = json.loads(done.stdout)
    remedy = "pip install 'instant-hosting[cli]', or pip install '.[cli]' in the checkout"
    assert (2, f"deployments: {library} is missing: {remedy}\n") == (done.returncode, done.stderr)
    assert {
        "outcome": "wrong-usage",
        "reason": f"{library} is missing: {remedy}",
        "remedy": remedy,
        "status": 2,
    } == told


def test_a_disk_that_takes_no_more_is_an_object_for_programs_too(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>hello</h1>")
    command = ["prlimit", "--fsize=100", sys.executable, "-m", "deployments", "init", str(tmp_path), "--json", "--yes"]
    command += ["--region", "eu-central-1", "--source", "direct", "--stack", "site", "--profile", "none"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    told = json.loads(done.stdout)
    assert ("failed", 1) == (told["outcome"], told["status"]), done.stderr
    assert "cannot be written: File too large" in told["reason"]
    assert ["index.html"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("rollback",), ""),
        (("status", "--stack", "queue"), "give another --stack or --region"),
        (("publish", "OUT"), "give --routing"),
        (("init", "OUT", "--yes"), "Give --source, one of git, zip, direct"),
        (("list", "--stack", "nowhere"), "give another --stack or --region"),
    ],
)
def test_the_remedy_for_programs_is_one_and_not_a_piece_of_the_reason(
    arguments: tuple[str, ...], remedy: str, site: VisitedStack, run: Command, make: Make
) -> None:
    queue = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    site.emulator.client("cloudformation").create_stack(StackName="queue", TemplateBody=queue)
    more = () if "--stack" in arguments or "init" in arguments else ("--stack", "site")
    ended = run(*(str(make()) if word == "OUT" else word for word in arguments), *more, "--json")
    assert remedy == ended.json["remedy"], ended.err


def test_the_version_is_answered_by_every_command() -> None:
    for command in ("deployments", "generator", "local", "instant_hosting"):
        line = [sys.executable, "-m", command, "--version"]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        assert f"instant-hosting {VERSION}\n" == done.stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_help_text_is_cut_or_wider_than_the_terminal(
    run: Command, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = run("--help").out
    assert "..." not in text.replace("[ARGS]...", "")
    assert sorted(commands()) == sorted(re.findall(r"^  (\w+)  ", text.partition("\nSet up:")[2], re.M))
    for name in commands():
        lines = run(name, "--help").out.partition("\n  Example:")[0].splitlines()
        assert [line for line in lines if len(line) > width and " " in line.strip()] == []


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("deployments ro", ["rollback"]),
        ("deployments publish --rou", ["--routing"]),
        ("deployments publish dist --routing f", ["files", "folders"]),
    ],
)
def test_bash_completes_commands_options_and_choices(tmp_path: Path, line: str, offered: list[str]) -> None:
    command = tmp_path / "deployments"  # as it is installed: completion knows it by its name
    code = "from instant_hosting.commands import deployments; deployments()"
    command.write_text(f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c '{code}' \"$@\"\n")
    command.chmod(0o755)
    (start,) = re.findall(r"`(eval .*bash_source.*)` \|", (ROOT / "docs" / "cli.md").read_text())
    typed = line.split()
    script = f"{start}\nCOMP_WORDS=({line}) COMP_CWORD={len(typed) - 1}\n"
    script += '_deployments_completion deployments; printf "%s\\n" "${COMPREPLY[@]}"; complete -p deployments >&2'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert offered == done.stdout.split(), done.stderr
    assert "-F _deployments_completion deployments" in done.stderr
