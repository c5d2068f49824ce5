"""The whole line on the generated templates: a commit of a real project is built, uploaded, published and visited.

In the projects that build in seconds a second commit replaces the first; `make projects` does it with all of them. The
publisher is the deployed inline code, the buildspec the generated one, the distribution the emulated one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator, start_emulator
from workbench import ROOT
from workbench.site import GIT_PARAMETERS, Answer, Build, VisitedStack, deployed, until

PROJECTS: list[dict[str, Any]] = json.loads((ROOT / "tests" / "projects" / "projects.json").read_text())
MISSING = "/assets/missing-0a1b2c3d.js"
SLOW = () if os.environ.get("COMMITS") == "all" else ("next", "starlight")  # a build takes 10 to 25 s of processor time


class Case(NamedTuple):
    project: dict[str, Any]
    site: VisitedStack
    source: Path
    tools: Path


@pytest.fixture(scope="module")
def own_emulator() -> Iterator[Emulator]:
    with start_emulator() as running:
        yield running


@pytest.fixture(params=PROJECTS, ids=lambda project: str(project["name"]))
def case(request: pytest.FixtureRequest, own_emulator: Emulator, tmp_path: Path) -> Iterator[Case]:
    project = request.param
    own_emulator.reset()
    source, tools = tmp_path / "source", tmp_path / "tools"
    shutil.copytree(
        ROOT / "tests" / "projects" / project["name"], source, ignore=shutil.ignore_patterns("node_modules")
    )
    tools.mkdir()
    template = to_yaml(build_template(Settings(source="git")))
    parameters = {**GIT_PARAMETERS, "Framework": project["framework"]}
    with deployed(own_emulator, template, parameters=parameters) as site:
        yield Case(project, site, source, tools)


def publish(case: Case, version: str, start_time: str, **variables: str) -> Build:
    """A commit that says `version`, built and published by the event of an execution that began at `start_time`."""
    (case.source / "version.txt").write_text(version + "\n")
    build = Build(case.site, commit=uuid.uuid4().hex + "0" * 8, variables=variables)
    run = build.run(case.source, case.tools)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    case.site.send_success(build.execution, start_time)
    return build


def navigate(site: VisitedStack, path: str) -> Answer:
    """What a person gets who opens `path`."""
    return site.get(path, Sec_Fetch_Dest="document", Sec_Fetch_Mode="navigate", Accept="text/html")


def shows(case: Case, version: str) -> None:
    """Every page of the project's list is there, and of that version."""
    for path, expected in case.project["pages"].items():
        answer = navigate(case.site, path)
        assert (path, 200) == (path, answer.status)
        assert expected.replace("{version}", version) in answer.text, path


@pytest.mark.long
def test_a_commit_becomes_a_page_the_next_one_replaces_it_and_an_older_event_changes_nothing(case: Case) -> None:
    site = case.site
    placeholder = site.get("/")
    assert placeholder.status == 503
    assert "no-store" in placeholder.headers["Cache-Control"]

    first = publish(case, "one", "2026-05-01T10:00:00.000Z")
    until(site.live, lambda live: live is not None)
    assert site.live().split()[:2] == [first.deployment, case.project["routing"]]  # type: ignore[union-attr]
    shows(case, "one")

    if case.project["name"] not in SLOW:
        # the packages of the first build are still there: installing the same ones again would show nothing
        second = publish(case, "two", "2026-05-01T11:00:00.000Z", INSTALL_COMMAND="none")
        until(site.live, lambda live: str(live).startswith(second.deployment))
        shows(case, "two")

        site.send_success(first.execution, "2026-05-01T10:00:00.000Z")
        until(lambda: [line["outcome"] for line in site.log()], lambda outcomes: outcomes[-1:] == ["stale"])
        shows(case, "two")

    if case.project["hashed"]:
        pages = "".join(navigate(site, path).text for path in case.project["pages"])
        asset = re.findall(case.project["hashed"], pages)[0]
        answer = site.get(asset, Sec_Fetch_Dest="script")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "immutable" + unquote(asset) in site.keys("immutable/")

    missing = site.get(MISSING, Sec_Fetch_Dest="script")
    assert missing.status == 404
    assert "text/html" in missing.headers["Content-Type"]
    if case.project.get("not_found"):
        assert case.project["not_found"] in missing.text
    assert site.get("/nothing/here.js", Sec_Fetch_Dest="script").status == 404
