"""The commands run our code, whatever lies in the working directory or is installed under the same name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from instant_hosting import shipped
from workbench import ROOT

OURS = sorted(shipped.our_names())
THEIRS = "raise SystemExit('theirs ran')\n"


def run(command: str, folder: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """`python -m deployments` with `--help`, which loads the command."""
    return subprocess.run(
        [sys.executable, "-m", "deployments", command, "--help"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT)))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["publish", "prune"])
def test_files_of_a_project_do_not_run_in_place_of_ours_or_of_a_library(tmp_path: Path, command: str) -> None:
    assert {"contract", "publisher", "pruner", "messenger"} <= set(OURS)
    for name in (*OURS, "click", "rich"):
        (tmp_path / f"{name}.py").write_text(THEIRS)
    done = run(command, tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert f"deployments {command}" in done.stdout


@pytest.mark.parametrize("command", ["publish", "prune"])
def test_an_installed_package_does_not_run_in_place_of_ours(tmp_path: Path, command: str) -> None:
    for name in OURS:
        (tmp_path / "packages" / name).mkdir(parents=True)
        (tmp_path / "packages" / name / "__init__.py").write_text(THEIRS)
    done = run(command, tmp_path, tmp_path / "packages")
    assert (0, "") == (done.returncode, done.stderr)


def test_what_is_imported_already_under_such_a_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "contract.py").write_text("ID = 'theirs'\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import contract; import deployments"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"contract is {tmp_path}/contract.py and not ours below {ROOT}: ")
    assert len(done.stderr.splitlines()) == 1
