"""The frameworks' rows: what CloudFormation takes, what the page about them says, and what `auto` installs with."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from generator.frameworks import FRAMEWORKS
from tests.conftest import ROOT


@pytest.mark.parametrize(("name", "row"), FRAMEWORKS.items(), ids=FRAMEWORKS)
def test_a_row_is_what_a_cloudformation_mapping_takes(name: str, row: tuple[str, ...]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9.-]+", name)
    assert all(row)
    assert row[3] in {"spa", "files", "folders", "mixed"}


@pytest.mark.parametrize(("name", "row"), FRAMEWORKS.items(), ids=FRAMEWORKS)
def test_the_page_about_frameworks_says_what_the_row_says(name: str, row: tuple[str, str, str, str]) -> None:
    page = (ROOT / "docs" / "frameworks.md").read_text()
    install, build, output, routing = row
    cells = [f"`{value}`".replace("|", "\\|") for value in (install, build, output)]
    assert f"| {name} | {' | '.join(cells)} | {routing} |" in page


LOCKS = [
    ({}, []),
    ({"package.json": "{}"}, ["npm install"]),
    ({"package.json": "{}", "package-lock.json": "{}"}, ["npm ci"]),
    ({"package.json": "{}", "npm-shrinkwrap.json": "{}"}, ["npm ci"]),
    ({"package.json": "{}", "pnpm-lock.yaml": ""}, ["pnpm install --frozen-lockfile"]),
    ({"package.json": "{}", "yarn.lock": ""}, ["yarn install --frozen-lockfile"]),
    ({"package.json": "{}", "bun.lock": ""}, ["bun install --frozen-lockfile"]),
]


def install(source: Path, files: dict[str, str], command: str = "auto", **stubs: int) -> tuple[int, list[str]]:
    """The exit status of codebuild/install.sh in `source`, and what it called (stand-ins)."""
    tools = source / "tools"
    tools.mkdir()
    for tool in ("npm", "pnpm", "yarn", "bun", "corepack"):
        (tools / tool).write_text(f'#!/bin/sh\necho "{tool} $*" >> "{source}/calls"\nexit {stubs.get(tool, 0)}\n')
        (tools / tool).chmod(0o755)
    app = source / "app"
    app.mkdir()
    for name, text in files.items():
        (app / name).write_text(text)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "CODEBUILD_SRC_DIR": str(app)}
    environment["INSTALL_COMMAND"] = command
    script = (ROOT / "codebuild" / "install.sh").read_text()
    done = subprocess.run(
        ["bash", "-c", script], cwd=app, env=environment, capture_output=True, timeout=60, check=False
    )
    calls = (source / "calls").read_text().splitlines() if (source / "calls").exists() else []
    return done.returncode, [call for call in calls if " -g" not in call and not call.startswith("corepack")]


@pytest.mark.parametrize(("files", "calls"), LOCKS, ids=[" ".join(files) or "nothing" for files, _ in LOCKS])
def test_auto_installs_by_the_lock_file(tmp_path: Path, files: dict[str, str], calls: list[str]) -> None:
    assert (0, calls) == install(tmp_path, files)


def test_a_failing_installation_fails_the_build(tmp_path: Path) -> None:
    status, _ = install(tmp_path, {"package.json": "{}"}, npm=1)
    assert status != 0


def test_none_installs_nothing_and_an_own_command_runs_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert (0, []) == install(tmp_path / "a", {"package.json": "{}"}, command="none")
    assert (0, ["npm run deps"]) == install(tmp_path / "b", {"package.json": "{}"}, command="npm run deps")


BUNDLE = """#!/bin/sh
echo "${RBENV_VERSION-unset} ${JEKYLL_ENV-unset} bundle $*" >> calls
exit "${BUNDLE_STATUS-0}"
"""


def jekyll(source: Path, **variables: str) -> tuple[list[int], list[str]]:
    """The exit statuses of Jekyll's two commands in `source`, and each call of Bundler (a stand-in)."""
    (source / "bundle").write_text(BUNDLE)
    (source / "bundle").chmod(0o755)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RBENV_", "RUBY_", "JEKYLL_"))}
    environment = {**inherited, "PATH": f"{source}:{os.environ['PATH']}", **variables}
    runs = [
        subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=source, env=environment, check=False)
        for command in FRAMEWORKS["jekyll"][:2]
    ]
    return [run.returncode for run in runs], (source / "calls").read_text().splitlines()


def test_jekyll_gets_a_ruby_that_it_runs_on_and_builds_for_production(tmp_path: Path) -> None:
    (tmp_path / "Gemfile").touch()
    statuses, calls = jekyll(tmp_path, RUBY_33_VERSION="3.3.10", RUBY_40_VERSION="4.0.1")
    assert [0, 0] == statuses
    assert ["3.3.10 unset bundle install", "3.3.10 production bundle exec jekyll build"] == calls


def test_jekyll_without_a_gemfile_gets_one_with_what_newer_rubies_lack(tmp_path: Path) -> None:
    statuses, calls = jekyll(tmp_path)
    assert [0, 0] == statuses
    added = ["init", "add jekyll -v 4.4.1", "add logger", "install"]
    assert [f" unset bundle {command}" for command in added] == calls[:-1]


def test_the_projects_own_variables_choose_jekylls_ruby_and_environment(tmp_path: Path) -> None:
    (tmp_path / "Gemfile").touch()
    _, calls = jekyll(tmp_path, RUBY_33_VERSION="3.3.10", RBENV_VERSION="3.4.8", JEKYLL_ENV="staging")
    assert ["3.4.8 staging bundle install", "3.4.8 staging bundle exec jekyll build"] == calls


def test_a_bundler_that_fails_fails_jekylls_build(tmp_path: Path) -> None:
    statuses, calls = jekyll(tmp_path, BUNDLE_STATUS="7")
    assert [7, 7] == statuses
    assert ["bundle init", "bundle exec jekyll build"] == [call.split(" ", 2)[2] for call in calls]
