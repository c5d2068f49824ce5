"""What hears a command may be full, closed, or lack a character; and what is set around it may be nonsense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from deployments.ending import ending
from tests.deployments.calling import Command, Make, on_terminal
from workbench import ROOT
from workbench.site import VisitedStack

COMMAND = f"{sys.executable} -m deployments"


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a shell makes of the line."""
    variables = {**os.environ, **environment}
    return subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("arguments", ["status", "status --json", "--help"])
def test_a_full_disk_is_one_line_and_a_closed_pipe_is_none(site: VisitedStack, arguments: str) -> None:
    done = shell(f"{COMMAND} {arguments} > /dev/full")
    line = "deployments: No space left on device: the output cannot be written: send it somewhere else\n"
    assert (1, line) == (done.returncode, done.stderr)
    done = shell(f"{COMMAND} {arguments} | true; exit ${{PIPESTATUS[0]}}")
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_does_its_work_where_nobody_hears_it(site: VisitedStack, run: Command, closed: str) -> None:
    done = shell(f"{COMMAND} hold --reason quiet {closed}")
    assert (0, "") == (done.returncode, done.stderr)
    assert "quiet" in run("status").out


@pytest.mark.parametrize("command", ["generator", "local", "instant_hosting", "instant_hosting docs"])
def test_a_help_text_that_nobody_gets_is_one_line(command: str) -> None:
    done = shell(f"{sys.executable} -m {command} --help > /dev/full")
    assert (1, 1, True) == (done.returncode, len(done.stderr.splitlines()), "No space left" in done.stderr), done


def test_what_a_terminal_lacks_is_escaped_and_json_stays_json(
    site: VisitedStack, run: Command, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("--routing", "mixed", "--message", "Grüße an alle", "--author", "Zoë")
    assert 0 == run("publish", str(make()), *given).status
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert "Gr\\xfc\\xdfe an alle" in shell(f"{COMMAND} list").stdout
    (shown,) = json.loads(shell(f"{COMMAND} list --json").stdout)
    assert ("Grüße an alle", "Zoë") == (shown["message"], shown["author"])
    assert "Gr\\xfc" in on_terminal("list", width=80)


NONSENSE = [
    ({"AWS_ENDPOINT_URL": "nonsense"}, "Invalid endpoint: nonsense: correct the variable AWS_..., or ~/.aws/config", 2),
    ({"AWS_MAX_ATTEMPTS": "many"}, "'many': correct the variable AWS_..., or ~/.aws/config", 2),
    ({"AWS_REGION": "us east"}, "'us east' doesn't match a supported format. Give --region, or set AWS_REGION", 1),
    ({"AWS_CONFIG_FILE": str(ROOT / "README.md")}, "README.md: mend it, or name another file with AWS_CONFIG_FILE", 1),
]


@pytest.mark.parametrize(("given", "said", "status"), NONSENSE, ids=[next(iter(row[0])) for row in NONSENSE])
def test_a_variable_that_cannot_be_is_one_line(run: Command, given: dict[str, str], said: str, status: int) -> None:
    ended = run("list", **given)
    (line,) = ended.err.splitlines()
    assert (status, True) == (ended.status, said in line), line


def test_a_folder_in_another_encoding_is_named_in_one_line(site: VisitedStack, tmp_path: Path) -> None:
    done = shell(f"{COMMAND} publish $'{tmp_path}/caf\\xe9' --routing spa")
    assert (1, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert "caf\\udce9 is missing or empty" in done.stderr


def test_what_others_have_written_steers_no_terminal_and_stays_in_its_line(
    site: VisitedStack, run: Command, make: Make
) -> None:
    written = "a\nb\x1b[31m\x9bc\u202ed"
    assert 0 == run("publish", str(make()), "--routing", "mixed", "--message", written, "--author", written).status
    assert 0 == run("hold", "--reason", written).status
    refused = run("publish", str(make()))
    assert 1 == refused.status
    assert "held: a b\\x1b[31m\\x9bc\\u202ed; " in refused.err
    for shown in (refused.err, *(run(command).out for command in ("list", "status")), on_terminal("status", width=80)):
        assert "\x1b[31m" not in shown
        assert "\x9b" not in shown
        assert "\u202e" not in shown
        assert "b\\x1b[31m" in shown


def test_what_aws_repeats_of_somebodys_text_steers_no_terminal() -> None:
    error = ClientError({"Error": {"Code": "Odd", "Message": "see \x1b]0;title\x07"}}, "Invoke")
    told = ending(error)
    assert told
    assert "Invoke: see \\x1b]0;title\\x07 (Odd)" == told.text
