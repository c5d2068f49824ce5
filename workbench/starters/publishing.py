"""Publishes a project from the files that `init` wrote: its template, with its parameters, and its last commit."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Mapping
from pathlib import Path

from compiler.report import count
from local.cloud.child import Children
from local.cloud.emulator import Emulator
from local.cloud.stack import deploy
from local.commands.pipeline import Plan, execute
from local.commands.repository import Repository
from local.errors import LocalError
from workbench.running import text
from workbench.stage import Stage


class NotPublished(Exception):
    """It did not become a site with a first page."""


def publish(site: Path, parameters: Mapping[str, str], emulator: Emulator) -> str:
    """Deploy, build, publish and open the first page: how many files it has."""
    repository = Repository(site)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            stack = deploy(emulator, (site / "template.yaml").read_text(), "starter", parameters)
            plan = Plan(repository, "HEAD", False, dict(parameters))
            execute(stack, plan, repository.commit("HEAD"), Children())
        except LocalError as error:
            raise NotPublished(f"{said.getvalue()[-300:]} {error}") from None
    (files,) = re.findall(r"packed files: ([\d,]+)", said.getvalue())
    stage = Stage(stack)
    try:
        with stage.serving() as served:
            page = text(served.url)
    finally:
        stage.close()
    if "<" not in page:
        raise NotPublished(f"its first page is {page[:80]!r}")
    return count(int(files.replace(",", "")), "file")
