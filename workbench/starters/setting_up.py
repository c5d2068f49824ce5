"""Runs `init --yes` in a project, with an account in which there is nothing but a connection to the Git host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from workbench import ROOT
from workbench.codeconnections import codeconnections

_SECONDS = 120
# What every project on a Git host has besides the answers that are compared
_OF_THE_HOST = ("ConnectionArn", "Repository")


class Unlike(Exception):
    """`init --yes` asked or found something else than the starter's row says."""


class SetUp(NamedTuple):
    """How `init --yes` ended: the parameters that it wrote, or what it would not decide."""

    parameters: dict[str, str]
    refused: str

    @property
    def found(self) -> dict[str, str]:
        """The parameters that the project's own files say."""
        return {name: value for name, value in self.parameters.items() if name not in _OF_THE_HOST}


def set_up(site: Path, account: dict[str, str]) -> SetUp:
    """`init --yes` with a Region and nothing else; `account` are the variables that lead to the account."""
    command = [sys.executable, "-m", "deployments", "init", str(site), "--yes", "--json", "--region", "eu-central-1"]
    with codeconnections() as host:
        host.add("GitHub", "github")
        environment = {**os.environ, **account, "AWS_ENDPOINT_URL_CODECONNECTIONS": host.url}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    answer = json.loads(done.stdout)
    return SetUp({}, answer["reason"]) if done.returncode else SetUp(answer["parameters"], "")
