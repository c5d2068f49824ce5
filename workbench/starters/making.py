"""Makes a starter's project as a person does: from its public command, in a repository with a remote."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from workbench.starters.table import Starter

_SECONDS = 900
_QUIET = {"CI": "1", "npm_config_yes": "true", "NG_CLI_ANALYTICS": "false", "NEXT_TELEMETRY_DISABLED": "1"}


class NotMade(Exception):  # a state more than a fault
    """The starter's own command failed, or its files are not those that are edited here."""


def make(starter: Starter, folder: Path) -> Path:
    """The project as the starter leaves it, committed; the files by hand are in it where there is nothing else."""
    site = folder / "site"
    if starter.make:
        _run(starter.make, folder)
    else:
        _write(starter, site)
    _git(site, "init", "-q", "-b", "main")
    _git(site, "remote", "add", "origin", "https://github.com/ada/site.git")
    commit(site, "Begin")
    _git(site, "branch", "-M", "main")  # a starter may have made a repository by itself
    return site


def edit(starter: Starter, site: Path) -> Path:
    """The project after a reader of the questions has changed what they name."""
    _write(starter, site)
    for file, edits in starter.edits.items():
        for old, new in edits:
            text = (site / file).read_text()
            if old not in text:
                raise NotMade(f"its {file} has no {old} any more")
            (site / file).write_text(text.replace(old, new))
    return commit(site, "Answer the questions")


def commit(site: Path, message: str) -> Path:
    """The project with all that it has in a commit."""
    _git(site, "add", "-A", "--", ".", ":!node_modules")
    _git(site, "commit", "-q", "--allow-empty", "-m", message)
    return site


def _run(command: str, folder: Path) -> None:
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, **_QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise NotMade(f"{command}: {' / '.join(done.stdout.strip().splitlines()[-3:])}")


def _write(starter: Starter, site: Path) -> None:
    for file, content in starter.files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(content)


def _git(site: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(site), "-c", "user.name=Ada", "-c", "user.email=a@example.com", *words], check=True
    )
