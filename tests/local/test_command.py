"""`python -m local DIR` as a person runs it: it serves, publishes again, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from deployments import local_system
from local.cloud import child
from local.errors import LocalError
from tests.dashboard.opened import listening
from tests.detection.folders import made
from workbench import ROOT
from workbench.running import running, text
from workbench.site import until

OPTION = re.compile(r"--[a-z-]+")
VITE = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^8"}}
PLAIN = ROOT / "tests" / "projects" / "plain"


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def deployments(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command on the local system whose state lies in `folder`."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    line = [sys.executable, "-m", "deployments", *arguments, "--local"]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_local_serves_a_folder_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    with running(tmp_path / "its own", str(PLAIN), "--port", "0") as local:
        url = local.until("site:")
        local.until("live:")
        assert "Plain site" in text(url)
        line = local.until("200 GET / ->")
        assert line.startswith("/deployments/local-")
        assert line.endswith("miss 1 read live")  # urllib sends no Sec-Fetch headers
        assert len(local.processes()) >= 3  # emulator, its Lambda worker, Node
        local.process.send_signal(signal.SIGINT)
        assert (0, 0) == (local.ended()[0], sum("Traceback" in line for line in local.lines))
        local.leaves_nothing()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) != 0


@pytest.mark.parametrize(("part", "words"), [("launcher.py", "emulated AWS"), ("functions.mjs", "edge functions")])
def test_a_crash_of_a_part_ends_the_rest_and_says_which(tmp_path: Path, part: str, words: str) -> None:
    with running(tmp_path / "its own", str(PLAIN), "--port", "0", "--dashboard", "0", "--watch") as local:
        url, dashboard = local.until("site:"), local.until("dashboard:")
        local.until("Ctrl-C")
        with listening(dashboard) as page:
            page.until(lambda told: told["sites"])
            (pid,) = [pid for pid, name in local.processes().items() if part in name]
            os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):  # 502, or nobody there any more
                text(url)
            status, last = local.ended()
        assert status == 1
        assert len(local.lines) < 10, local.lines
        assert last.startswith("local: ")
        assert words in last
        for pid in local.processes():  # a killed emulator cannot end its own Lambda workers
            os.kill(pid, 0)
        local.leaves_nothing()


def test_killed_outright_it_leaves_nothing_behind_but_its_state(tmp_path: Path) -> None:
    with running(tmp_path / "its own", str(PLAIN), "--port", "0") as local:
        local.until("live:")
        local.process.kill()
        local.ended()
        until(local.processes, lambda found: found == {}, 10)
        left = [path.name for path in local.folder.rglob("*") if path.is_file()]
        assert [f"local-{local.process.pid}.json"] == left


def test_a_change_is_published_when_it_has_come_to_rest(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(PLAIN, site)
    with running(tmp_path / "its own", str(site), "--port", "0", "--watch") as local:
        url = local.until("site:")
        first = local.until("live:")
        for number in range(5):  # a build that takes its time
            (site / "version.txt").write_text(f"{number}\n")
        (site / "index.html").write_text((site / "index.html").read_text().replace("Plain site", "Changed site"))
        assert local.until("live:") != first
        assert "Changed site" in text(url)
        (site / "index.html").unlink()
        assert "no index.html" in local.until("not published:")
        assert "Changed site" in text(url)


def test_what_was_edited_during_a_hold_is_published_once_when_it_is_released(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(PLAIN, site)
    with running(tmp_path / "its own", str(site), "--port", "0", "--watch") as local:
        url = local.until("site:")
        local.until("Ctrl-C")
        assert 0 == deployments(tmp_path / "its own", "hold", "--reason", "incident 17").returncode
        (site / "version.txt").write_text("edited\n")
        assert "held: incident 17" in local.until("not published:")
        (site / "version.txt").write_text("edited again\n")
        time.sleep(1)
        assert "edited" not in text(url + "/version.txt")
        assert 0 == deployments(tmp_path / "its own", "release").returncode
        local.until("live:")
        assert "edited again" in text(url + "/version.txt")
        time.sleep(1.5)
        local.process.send_signal(signal.SIGINT)
        local.ended()
        assert 2 == sum(line.startswith("live:") for line in local.lines)


def test_an_edit_of_a_project_is_published_once(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PLAIN, project / "src")
    build = "mkdir -p dist .cache; cp -r src/. dist; date +%N | tee .cache/pack > stats.json"
    given = ("--framework", "custom", "--build", build, "--output", "dist", "--routing", "mixed", "--port", "0")
    (project / "stats.json").touch()
    with running(tmp_path / "its own", str(project), *given, "--watch") as local:
        local.until("Ctrl-C")
        local.until("live:")  # the build has changed stats.json, which somebody may have written
        (project / "src" / "version.txt").write_text("edited\n")
        local.until("live:")
        time.sleep(1.5)
        local.process.send_signal(signal.SIGINT)
        local.ended()
        assert sum(line.startswith("live:") for line in local.lines) == 3


def test_while_it_runs_its_state_leads_other_programs_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "its own"))
    with running(tmp_path / "its own", str(PLAIN), "--port", "0") as local:
        url = local.until("site:")
        local.until("live:")
        found = local_system.running()
        assert found is not None
        assert (url, local.process.pid, "local") == (found.site, found.pid, found.stack)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        session = boto3.session.Session()
        (stack,) = session.client("cloudformation").describe_stacks(StackName=found.stack)["Stacks"]
        outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
        live = (
            boto3.session.Session().client("cloudfront-keyvaluestore").get_key(KvsARN=outputs["StoreArn"], Key="live")
        )
        assert live["Value"].endswith(" mixed")
    assert local_system.running() is None


@pytest.mark.parametrize("option", ["--port", "--dashboard"])
def test_a_port_that_cannot_be_is_wrong_usage(option: str) -> None:
    done = command(str(PLAIN), option, "65536")
    line = f"local: argument {option}: 65536 is no port: 0 to 65535 (see --help)\n"
    assert (2, line) == (done.returncode, done.stderr)


def test_wrong_usage_of_the_pipeline_is_one_line_that_leads_to_its_own_help() -> None:
    done = command("pipeline", ".", "--watsh")
    line = "local pipeline: unrecognized arguments: --watsh (see --help)\n"
    assert (2, line) == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("pipeline", str(PLAIN), "--framework", "custom"), "missing: --build, --output, --routing"),
        ((str(PLAIN), "--framework", "custom", "--build", "true", "--output", "."), "missing: --routing"),
    ],
)
def test_a_build_of_ones_own_that_is_not_all_said_is_wrong_usage(arguments: tuple[str, ...], missing: str) -> None:
    done = command(*arguments)
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert "give --framework, or all of --build, --output and --routing" in done.stderr
    assert missing in done.stderr


def test_a_project_that_is_a_site_as_it_is_can_be_said(tmp_path: Path) -> None:
    shutil.copytree(PLAIN, tmp_path / "site")
    for name in ("package.json", "package-lock.json"):
        (tmp_path / "site" / name).write_text("{}")
    with running(tmp_path / "its own", str(tmp_path / "site"), "--framework", "static", "--port", "0") as local:
        url = local.until("site:")
        local.until("live:")
        assert "Plain site" in text(url)


def test_mistakes_are_one_line_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        python = Path(sys.executable).parent
        empty = tmp_path / "empty"
        empty.mkdir()
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "package.json").write_text("{}")
        made(tmp_path / "vite", {"package.json": VITE, "index.html": ""})
        for arguments, environment, words in (
            ((str(PLAIN), "--port", port), {}, f"port {port} is taken by another program: end that one"),
            (
                (str(PLAIN), "--port", "0", "--dashboard", port),
                {},
                f"{port} is taken by another program: end that one, or choose with --dashboard",
            ),
            ((str(PLAIN), "--port", "0"), {"PATH": str(python)}, "install Node.js 20 or later"),
            ((str(tmp_path / "nowhere"),), {}, "is no folder: give the folder"),
            ((str(empty), "--port", "0"), {}, "is missing or empty"),
            ((str(tmp_path / "project"),), {}, "say how it is built, as in --framework vite"),
            ((str(tmp_path / "vite"),), {}, "lacks node_modules: install what it needs before, with `npm install`"),
            (("pipeline", str(empty), "--framework", "static"), {}, "not a git repository"),
        ):
            done = command(*arguments, XDG_RUNTIME_DIR=str(tmp_path), **environment)
            said = done.stderr.strip()
            assert (1, 1) == (done.returncode, len(said.splitlines())), said
            assert said.startswith("local: ")
            assert words in said


@pytest.mark.parametrize("says", ["v18.20.4", "0.10", ""])
def test_an_old_node_or_another_program_of_that_name_is_named_before_anything_starts(tmp_path: Path, says: str) -> None:
    node = tmp_path / "bin" / "node"
    node.parent.mkdir()
    node.write_text(f"#!/bin/sh\necho {says}\n")
    node.chmod(0o755)
    (tmp_path / "project").mkdir()
    given = (str(tmp_path / "project"), "--framework", "vite", "--build", "touch started")
    done = command(*given, PATH=f"{node.parent}:{os.environ['PATH']}")
    line = f"local: {node} --version says '{says or 'nothing'}': install Node.js 20 or later, https://nodejs.org/"
    assert (1, f"{line}en/download\n") == (done.returncode, done.stderr)
    assert not (tmp_path / "project" / "started").exists()


@pytest.mark.parametrize("build", ["true", "none"])
def test_a_folder_that_is_moved_away_is_one_line_and_what_is_live_stays(tmp_path: Path, build: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(PLAIN, project / "dist")
    (project / "source").write_text("one")
    given = ("--framework", "vite", "--build", build, "--output", "dist", "--port", "0", "--watch")
    with running(tmp_path / "its own", str(project), *given) as local:
        url = local.until("site:")
        local.until("Ctrl-C")
        project.rename(tmp_path / "elsewhere")
        assert f"{project} is gone: what is live stays" in local.until("not published:")
        assert "Plain site" in text(url)
        (tmp_path / "elsewhere").rename(project)
        local.until("live:")
        assert not any("Traceback" in line for line in local.lines)


def test_a_pattern_of_the_output_folder_must_match_exactly_one(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    given = (str(tmp_path / "project"), "--framework", "angular", "--port", "0")
    build = "mkdir -p dist/{}/browser; echo '<h1>Built</h1>' > dist/{}/browser/index.html"
    with running(tmp_path / "its own", *given, "--build", build.replace("{}", "app")) as local:
        url = local.until("site:")
        local.until("live:")
        assert "<h1>Built</h1>" in text(url)
    both = "it left: dist/app/browser, dist/other/browser"
    for again, left in ((build.replace("{}", "other"), both), ("rm -r dist", "it left: none")):
        done = command(*given, "--build", again)
        assert (1, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
        assert "the output folder is 'dist/*/browser'" in done.stderr
        assert left in done.stderr


def test_a_folder_in_which_nothing_is_to_publish_is_one_line_and_no_address(tmp_path: Path) -> None:
    made(tmp_path, {"empty/.git/HEAD": "", "no page/dist/.env": "", "link/away": ""})
    (tmp_path / "link" / "out").symlink_to(ROOT / "README.md")
    output = ("--framework", "custom", "--build", "true", "--output", "dist", "--routing", "mixed")
    for folder, options, words in (
        ("empty", (), "empty is missing or empty: check the path and the build"),
        ("no page", output, "dist is missing or empty: check the path and the build"),
        ("link", (), "out is a link out of the output folder"),
    ):
        done = command(str(tmp_path / folder), *options, "--port", "0", XDG_RUNTIME_DIR=str(tmp_path))
        assert (1, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
        assert words in done.stderr
        assert "site:" not in done.stdout


def test_of_a_build_that_goes_on_is_told_how_long_and_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server as build command never ends: who waits must see that it is one."""
    monkeypatch.setattr(child, "_TELL_SECONDS", 0.05)
    heard: list[str] = []
    served = "echo Local: http://localhost:5173; sleep 0.5"
    child.Children(lambda _, last: heard.append(last)).run(["bash", "-c", served], tmp_path, os.environ)
    assert "Local: http://localhost:5173" in heard
    assert len(heard) > 2
    with pytest.raises(LocalError, match="still runs after 0 seconds"):
        child.Children(lambda *_: None).run(["sleep", "9"], tmp_path, os.environ, 0.2)


def test_a_project_is_built_first_and_a_failing_build_shows_its_output(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    build = "mkdir -p out && echo '<h1>Built</h1>' > out/index.html"
    given = (str(project), "--framework", "custom", "--output", "out", "--routing", "mixed", "--port", "0")
    with running(tmp_path / "its own", *given, "--build", build) as local:
        assert build == local.until("building:")
        url = local.until("site:")
        local.until("live:")
        assert "<h1>Built</h1>" in text(url)
    done = command(*given, "--build", "echo the reason; exit 3")
    assert 1 == done.returncode
    assert "the build failed with status 3: echo the reason; exit 3" in done.stderr
    assert "the reason" in done.stderr.splitlines()[-1]


def test_the_page_about_the_laptop_has_every_option_of_its_commands() -> None:
    page = (ROOT / "docs" / "local.md").read_text()
    helps = command("--help").stdout + command("pipeline", "--help").stdout
    known = set(OPTION.findall(helps)) - {"--help", "--version"}
    assert "--full-clone" in known
    assert sorted(known - set(OPTION.findall(page))) == []
