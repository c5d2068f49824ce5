"""The frameworks' rows: what CloudFormation takes, what the page about them says, and what Jekyll's commands do."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from contract import ROUTINGS
from generator.frameworks import FRAMEWORKS
from workbench import ROOT


@pytest.mark.parametrize(("name", "row"), FRAMEWORKS.items(), ids=FRAMEWORKS)
def test_a_row_is_what_a_cloudformation_mapping_takes(name: str, row: tuple[str, ...]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9.-]+", name)
    assert all(row)
    assert row[3] in ROUTINGS


@pytest.mark.parametrize(("name", "row"), FRAMEWORKS.items(), ids=FRAMEWORKS)
def test_the_page_about_frameworks_says_what_the_row_says(name: str, row: tuple[str, str, str, str]) -> None:
    page = (ROOT / "docs" / "frameworks.md").read_text()
    install, build, output, routing = row
    cells = [f"`{value}`".replace("|", "\\|") for value in (install, build, output)]
    assert f"| {name} | {' | '.join(cells)} | {routing} |" in page


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
