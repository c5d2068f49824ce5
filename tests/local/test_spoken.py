"""What the local system says: nobody need hear it, and it need not be ASCII."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deployments import local_system
from workbench import ROOT
from workbench.running import SECONDS, running, text
from workbench.site import until


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a name that ASCII lacks."""
    folder = tmp_path / "Grüße"
    folder.mkdir()
    (folder / "index.html").write_text("<title>Grüße</title>")
    (folder / "grüße.html").write_text('<script src="gibt-es-nicht-ß.js"></script>')
    return folder


def test_a_terminal_that_lacks_characters_gets_them_escaped(tmp_path: Path, site: Path) -> None:
    given = (str(site), "--port", "0", "--watch")
    with running(tmp_path / "its own", *given, PYTHONIOENCODING="ascii") as local:
        url = local.until("site:")
        assert "Gr\\xfc\\xdfe is watched" in local.until("Ctrl-C")
        assert "Grüße" in text(url)
        (site / "Grüße\\.txt").write_text("")  # a name that no browser can ask for
        assert "Gr\\xfc\\xdfe" in local.until("not published:")
        assert not any("Traceback" in line for line in local.lines)


def test_after_a_closed_pipe_it_ends_in_order(tmp_path: Path, site: Path) -> None:
    own = tmp_path / "its own"
    own.mkdir()
    line = f"{sys.executable} -m local '{site}' --port 0 | head -1; exit ${{PIPESTATUS[0]}}"
    places = {"TMPDIR": str(own), "XDG_RUNTIME_DIR": str(own)}
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env={**os.environ, **places}, capture_output=True, text=True, timeout=SECONDS
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("site: ")
    assert [] == list(own.rglob("*"))


def test_a_full_disk_stops_no_site_that_is_served(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    command = [sys.executable, "-m", "local", str(site), "--port", "0"]
    with Path("/dev/full").open("w") as full, Path(tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=full, stderr=said)
        try:
            found = until(local_system.running, lambda found: found is not None, SECONDS)
            assert found
            until(lambda: visible(found.site), lambda shown: "Grüße" in shown, SECONDS)
        finally:
            process.send_signal(signal.SIGINT)
            assert 0 == process.wait(SECONDS)
    line = "local: standard output cannot be written (No space left on device): from now on nothing is said\n"
    assert line == (tmp_path / "said").read_text()


def visible(url: str) -> str:
    """What is there, "" if nothing is."""
    try:
        return text(url)
    except OSError:
        return ""


@pytest.mark.parametrize("command", ["generator", "local", "deployments"])
@pytest.mark.parametrize("where", [">&-", "2>&-", "> /dev/full", "2> /dev/full", "| true"])
def test_help_and_mistakes_are_no_traceback_wherever_they_are_said(command: str, where: str) -> None:
    for arguments in ("--help", "--no-such-option"):
        line = f"{sys.executable} -m {command} {arguments} {where}"
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
