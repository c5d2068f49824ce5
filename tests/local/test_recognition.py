"""`python -m local` without `--framework`: what the files say is built and said; what they leave open is one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local.commands.project import project_of
from tests.detection.folders import File, made
from tests.local.commits import commit, git
from workbench import ROOT
from workbench.running import running, text

VITE: dict[str, File] = {
    "package.json": {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^8"}},
    "index.html": "",
}
BUILDER = "#!/bin/sh\nmkdir -p web && echo '<h1>Built</h1>' > web/index.html\n"


def refused(*arguments: str) -> str:
    """What it says when it ends at once."""
    line = [sys.executable, "-m", "local", *arguments, "--port", "0"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (1, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    return done.stderr


def repository(folder: Path, files: dict[str, File]) -> Path:
    """A repository with one commit of these files."""
    made(folder, files)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "one", "Begin")
    return folder


def test_a_project_is_built_as_its_files_say_and_it_says_from_what(tmp_path: Path) -> None:
    made(tmp_path / "site", {**VITE, "vite.config.js": "export default { build: { outDir: 'web' } }"})
    made(tmp_path / "site", {"node_modules/.bin/vite": BUILDER})
    (tmp_path / "site" / "node_modules" / ".bin" / "vite").chmod(0o755)
    with running(tmp_path / "its own", str(tmp_path / "site"), "--port", "0") as local:
        assert local.until("found:") == "Vite"
        assert local.until("  package.json") == "names vite ^8, its script build runs vite build"
        assert local.until("  output web:") == "build.outDir of vite.config.js"
        url = local.until("site:")
        local.until("live:")
        assert "<h1>Built</h1>" in text(url)


def test_a_command_of_ones_own_does_not_make_the_sources_the_site(tmp_path: Path) -> None:
    made(tmp_path, {**VITE, "vite.config.js": "export default { build: { outDir: 'web' } }"})
    project = project_of(tmp_path, "", "", "make", "")
    assert ("make", "web", "spa") == (project.build, project.output, project.routing)


def test_the_pipeline_takes_its_parameters_from_the_commit(tmp_path: Path) -> None:
    folder = repository(tmp_path / "repository", {"README.md": "", "public/index.html": "<h1>Plain</h1>"})
    made(folder, VITE)  # not in the commit
    with running(tmp_path / "its own", "pipeline", str(folder), "--port", "0") as local:
        assert local.until("found:") == "plain files"
        url = local.until("site:")
        local.until("  Publish  ok")
        assert "<h1>Plain</h1>" in text(url)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {f"{app}/{name}": file for app in ("admin", "web") for name, file in VITE.items()},
            "Which of these is the site? admin (Vite), web (Vite): give its folder, or --framework (there are several)",
        ),
        (
            {"package.json": {"scripts": {"build": "next build"}, "dependencies": {"next": "16.0.0"}}},
            "set output: 'export' in next.config, or publish what does not need a server: or say with --framework",
        ),
        (
            {**VITE, "vite.config.ts": "export default { build: { outDir: process.env.OUT ?? 'web' } }"},
            "Which folder does the build write? web, dist: answer with --output (build.outDir of vite.config.ts is",
        ),
    ],
)
def test_what_is_in_doubt_is_one_line_with_what_answers_it(tmp_path: Path, files: dict[str, File], said: str) -> None:
    assert said in refused(str(made(tmp_path / "site", files)))


def test_among_several_apps_of_a_repository_the_root_decides(tmp_path: Path) -> None:
    plain = {"index.html": "", "package-lock.json": "", "package.json": VITE["package.json"]}
    folder = repository(tmp_path, {f"{app}/{name}": file for app in ("admin", "web") for name, file in plain.items()})
    assert "admin (Vite), web (Vite): answer with --root" in refused("pipeline", str(folder))
    assert "give --framework, or all of --build" in refused("pipeline", str(folder), "--root", "elsewhere")
