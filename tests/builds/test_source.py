"""What a build says of its source and takes of it: a clone with history and submodules, or one commit's files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator import sources
from generator.buildspec import auto_command
from workbench import ROOT

HINT = "set the parameter FullClone to true"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
ELSEWHERE = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """A repository with one commit, which has these files."""
    write(folder, files)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def look(source: Path, script: str = "true", **variables: str) -> subprocess.CompletedProcess[str]:
    """The build's first commands in `source`, and then `script`."""
    tools = source.parent / "tools"
    tools.mkdir(exist_ok=True)
    text = f"{auto_command()}\n{sources.shell('codebuild/source.sh')}\n{script}"
    # what a test fetches lies on this disk, which git does not like for submodules
    environment = {**ELSEWHERE, "TMPDIR": str(tools), "GIT_ALLOW_PROTOCOL": "file", "HOME": str(tools), **variables}
    return subprocess.run(
        ["bash", "-c", text], cwd=source, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


LACKS: dict[str, tuple[dict[str, str], list[str]]] = {
    "submodules": ({".gitmodules": '[submodule "theme"]\n'}, [".gitmodules names submodules"]),
    "LFS": (
        {"static/hero.jpg": POINTER, "src/a.png": "really", "node_modules/x/pointer": POINTER},
        ["static/hero.jpg is a pointer of Git LFS"],
    ),
    "Docusaurus": (
        {"site/docusaurus.config.ts": "  docs: {\n    showLastUpdateTime: true,\n  }\n"},
        ["site/docusaurus.config.ts wants the history (showLastUpdateTime)"],
    ),
    "Docusaurus, not": ({"docusaurus.config.js": "showLastUpdateTime: false,\n  // showLastUpdateAuthor: true,\n"}, []),
    "Hugo": ({"hugo.toml": "enableGitInfo = true\n"}, ["hugo.toml wants the history (enableGitInfo)"]),
    "Hugo, as it was": (
        {"config/_default/config.yaml": "enableGitInfo: true\n"},
        ["config/_default/config.yaml wants"],
    ),
    "VitePress": ({"docs/.vitepress/config.mts": "  lastUpdated: true\n"}, ["docs/.vitepress/config.mts wants"]),
    "Starlight": ({"astro.config.mjs": "starlight({ lastUpdated: true })\n"}, ["astro.config.mjs wants the history"]),
    "MkDocs": ({"mkdocs.yml": "plugins:\n  - git-revision-date-localized\n"}, ["mkdocs.yml wants the history"]),
    "nothing": ({"package.json": "{}", "src/lastUpdated.ts": "export const lastUpdated = true\n"}, []),
}


@pytest.mark.parametrize("case", LACKS)
def test_what_a_source_without_history_lacks_is_said(tmp_path: Path, case: str) -> None:
    files, expected = LACKS[case]
    write(tmp_path / "source", {"index.html": "x", **files})
    done = look(tmp_path / "source")
    assert (0, "") == (done.returncode, done.stdout)
    lines = done.stderr.splitlines()
    assert len(expected) == len(lines), done.stderr
    for start, line in zip(expected, lines, strict=True):
        assert line.startswith(f"warning: {start}"), line
        assert line.endswith(HINT)


def test_a_git_that_fails_for_want_of_a_repository_says_why_and_fails_as_it_does(tmp_path: Path) -> None:
    write(tmp_path / "source", {"index.html": "x"})
    done = look(tmp_path / "source", "bash -euc 'git rev-parse --short HEAD > version.txt'")
    assert 128 == done.returncode
    first, hint = done.stderr.splitlines()
    assert "not a git repository" in first
    assert f"git has no history here, and the source is one commit's files: {HINT}" == hint
    other = repository(tmp_path / "other", {"a": "b"})
    asked = look(tmp_path / "source", f"git --version; git -C {other} log --format=%s")
    assert ["first"] == asked.stdout.splitlines()[1:]
    assert HINT not in asked.stderr


def clone(tmp_path: Path, origin: Path, *options: str) -> Path:
    git(tmp_path, "clone", "-q", *options, f"file://{origin}", "source")
    return tmp_path / "source"


def test_a_clone_has_its_history_and_its_submodules(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", {"inner.html": "inner"})
    theme = repository(tmp_path / "theme", {"index.html": "theme"})
    git(theme, "submodule", "--quiet", "add", "../inner", "parts")  # of a submodule, it may be relative
    git(theme, "config", "-f", ".gitmodules", "submodule.parts.url", f"file://{inner}")
    git(theme, "commit", "-qam", "parts")
    origin = repository(tmp_path / "origin", {"one.md": "one"})
    git(origin, "submodule", "--quiet", "add", f"file://{theme}", "themes/plain")
    git(origin, "commit", "-qm", "theme")
    source = clone(tmp_path, origin, "--depth=1")
    done = look(source, "git log --format=%s -- one.md")
    assert 0 == done.returncode, done.stderr
    assert "first" in done.stdout.splitlines()
    assert "theme" == (source / "themes/plain/index.html").read_text()
    assert "inner" == (source / "themes/plain/parts/inner.html").read_text()
    assert HINT not in done.stderr


ADDRESSES = {
    "../theme": ["submodule.theme.url ../theme", "a submodule whose address is relative cannot be read"],
    "file:///nowhere/at-all": ["/nowhere/at-all", "a submodule cannot be read: a build reads public ones"],
    # public ones often have the address by which their owner writes them: what is tried is https
    "git@github.com:example/theme.git": ["transport 'https' not allowed", "a submodule cannot be read"],
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_submodule_that_cannot_be_read_ends_the_build_with_the_reason(tmp_path: Path, address: str) -> None:
    theme = repository(tmp_path / "theme", {"index.html": "theme"})
    origin = repository(tmp_path / "origin", {"one.md": "one"})
    git(origin, "submodule", "--quiet", "add", f"file://{theme}", "theme")
    git(origin, "config", "-f", ".gitmodules", "submodule.theme.url", address)
    git(origin, "commit", "-qam", "theme")
    done = look(clone(tmp_path, origin), "echo it went on")
    assert 1 == done.returncode
    assert "it went on" not in done.stdout
    told = done.stdout + done.stderr
    assert all(part in told for part in ADDRESSES[address]), told


LFS = '#!/bin/sh\necho "lfs $*" >> "$HOME/calls"\n[ "$1" != "$FAILS" ]\n'


def test_lfs_files_are_fetched_where_the_repository_has_any(tmp_path: Path) -> None:
    called = {}
    for name, attributes in (("with", "*.jpg filter=lfs diff=lfs\n"), ("without", "*.jpg binary\n")):
        folder = tmp_path / name
        write(folder / "tools", {"git-lfs": LFS})
        (folder / "tools" / "git-lfs").chmod(0o755)
        origin = repository(folder / "origin", {"media/.gitattributes": attributes, "a": "b"})
        path = f"{folder / 'tools'}:{os.environ['PATH']}"
        done = look(clone(folder, origin), PATH=path)
        assert (0, "") == (done.returncode, done.stderr)
        calls = folder / "tools" / "calls"
        called[name] = calls.read_text().splitlines() if calls.exists() else []
        if name == "with":
            failed = look(folder / "source", PATH=path, FAILS="pull")
            assert (0, True) == (failed.returncode, "git lfs pull failed" in failed.stderr)
    assert {"with": ["lfs install --local", "lfs pull"], "without": []} == called


def test_the_page_about_builds_says_the_same_words() -> None:
    page = " ".join((ROOT / "docs" / "frameworks.md").read_text().split())
    for words in (
        "cannot be read",
        "wants the history",
        "names submodules",
        "is a pointer of Git LFS",
        "git has no history here",
    ):
        assert words in page
