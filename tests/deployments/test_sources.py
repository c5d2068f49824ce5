"""What is a project's sources, which nobody wants to publish, and what is a built site although it looks odd."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployments.sources import LOCKS, mark_of_sources
from generator import buildspec
from generator.frameworks import FRAMEWORKS
from instant_hosting import shipped
from workbench import ROOT

PROJECTS = {
    "vite": ["index.html", "package.json", "vite.config.ts"],
    "create-react-app": ["package.json", "public/index.html", "src/index.js"],
    "nextjs": ["next.config.mjs", "package.json"],
    "astro": ["astro.config.mjs", "package.json", "public/index.html"],
    "nuxt": ["nuxt.config.ts", "package.json"],
    "sveltekit": ["svelte.config.js", "package.json"],
    "angular": ["angular.json", "package.json", "src/index.html"],
    "gatsby": ["gatsby-config.js", "package.json"],
    "docusaurus": ["docusaurus.config.js", "package.json"],
    "vitepress": ["package.json", "docs/index.md"],
    "eleventy": ["index.html", "package.json", ".eleventy.js"],
    "hugo": ["hugo.toml", "content/_index.md", "index.html"],
    "jekyll": ["_config.yml", "index.html"],
    "mkdocs": ["mkdocs.yml", "docs/index.md"],
    "sphinx": ["conf.py", "index.rst"],
    "react-router": ["react-router.config.ts", "package.json"],
    "solidstart": ["app.config.ts", "package.json"],
}


def write(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_every_framework_that_builds_has_an_example() -> None:
    assert {*FRAMEWORKS} - {"static", "custom"} == {*PROJECTS}


@pytest.mark.parametrize("framework", PROJECTS)
def test_sources_of_each_framework_are_told(tmp_path: Path, framework: str) -> None:
    assert mark_of_sources(write(tmp_path, PROJECTS[framework]))


@pytest.mark.parametrize("mark", ["node_modules/a/index.js", "yarn.lock", "bun.lockb", "package-lock.json", "Gemfile"])
def test_what_only_a_project_has_is_named(tmp_path: Path, mark: str) -> None:
    assert mark.split("/")[0] == mark_of_sources(write(tmp_path, ["index.html", "package.json", mark]))


@pytest.mark.parametrize(
    "names",
    [
        ["index.html", "package.json"],
        ["index.html", "assets/package-lock.json", "assets/node_modules/.pnpm/a.png"],
        ["index.html", "config.js", "app.config.js", "config.toml", "_headers", ".nojekyll"],
    ],
    ids=["for its tools", "deeper", "of its own"],
)
def test_a_built_site_is_none(tmp_path: Path, names: list[str]) -> None:
    assert "" == mark_of_sources(write(tmp_path, names))


@pytest.mark.parametrize("name", ["vite", "next", "starlight", "sveltekit", "vitepress"])
def test_the_projects_of_the_tests_are_told_and_the_plain_site_is_not(name: str) -> None:
    projects = ROOT / "tests" / "projects"
    assert "package-lock.json" == mark_of_sources(projects / name)
    assert "" == mark_of_sources(projects / "plain")


def test_the_lock_files_are_those_that_a_build_installs_by() -> None:
    table = re.search(r"const LOCKS = \{(.*?)\};", shipped.text("codebuild/auto.js"), re.DOTALL)
    assert table
    assert LOCKS == tuple(re.findall(r"'([^']+)': '[a-z]+',", table[1]))


@pytest.mark.parametrize("name", LOCKS)
def test_the_cache_of_a_builds_packages_depends_on_every_lock_file(name: str) -> None:
    assert any(Path("app", name).match(pattern.removeprefix("**/")) for pattern in buildspec.LOCKS)
