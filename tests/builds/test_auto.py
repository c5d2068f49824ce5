"""`auto`, as it ships: which package manager installs and builds, which Node, and what the log says about both."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.buildspec import auto_command
from generator.frameworks import FRAMEWORKS
from local.cloud import toolbox
from workbench import ROOT

PACKAGE = json.dumps({"name": "site", "private": True})
CLASSIC = "# yarn lockfile v1\n"
BERRY = "__metadata:\n  version: 8\n"

NONE: Mapping[str, int] = {}


def package(**fields: object) -> str:
    return json.dumps({"name": "site", **fields})


def engines(**kinds: object) -> str:
    return package(devEngines=kinds)


class Source:
    """A repository's source, with stand-ins for the package managers, which note how they were called."""

    def __init__(self, folder: Path, files: Mapping[str, str], app: str = ".", stubs: Mapping[str, int] = NONE) -> None:
        self.folder, self.app, self.tools = folder / "source", folder / "source" / app, folder / "tools"
        self.app.mkdir(parents=True)
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        self.tools.mkdir()
        for tool in ("npm", "npx", "pnpm", "yarn", "bun", "n"):
            (self.tools / tool).write_text(
                f'#!/bin/sh\necho "{tool} $*" >> "{self.tools}/calls"\nexit {stubs.get(tool, 0)}\n'
            )
            (self.tools / tool).chmod(0o755)

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A script of the build in the app's folder, with `auto` as the buildspec puts it there."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("NODE_")}
        given = {"NODE_VERSION": "auto", "CODEBUILD_SRC_DIR": str(self.folder), "TMPDIR": str(self.tools)}
        environment = {**kept, "PATH": f"{self.tools}:{os.environ['PATH']}", **given, **variables}
        command = ["bash", "-c", f"{auto_command()}\n{script}"]
        return subprocess.run(
            command, cwd=self.app, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def calls(self) -> list[str]:
        """How the stand-ins were called."""
        noted = self.tools / "calls"
        return noted.read_text().splitlines() if noted.exists() else []


# What lies in the source; what npm installs, what installs the packages, what runs a tool; what the log says.
MANAGERS: dict[str, tuple[dict[str, str], str, str, str, str]] = {
    "nothing": ({"package.json": PACKAGE}, "", "npm install", "npx", "npm: nothing says another"),
    "npm": ({"package-lock.json": "{}"}, "", "npm ci", "npx", "npm: package-lock.json"),
    "shrinkwrap": ({"npm-shrinkwrap.json": "{}"}, "", "npm ci", "npx", "npm: npm-shrinkwrap.json"),
    "pnpm": (
        {"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"},
        "pnpm@10",
        "pnpm install --frozen-lockfile",
        "pnpm exec",
        "pnpm@10: pnpm-lock.yaml",
    ),
    "an old pnpm": (
        {"pnpm-lock.yaml": "lockfileVersion: '6.0'\n"},
        "pnpm@8",
        "pnpm install --frozen-lockfile",
        "pnpm exec",
        "pnpm@8: pnpm-lock.yaml",
    ),
    "yarn classic": (
        {"yarn.lock": CLASSIC},
        "yarn@1",
        "yarn install --frozen-lockfile",
        "yarn run",
        "yarn@1: yarn.lock",
    ),
    "yarn berry by its lock file": (
        {"yarn.lock": BERRY},
        "@yarnpkg/cli-dist@4",
        "yarn install --immutable",
        "yarn run",
        "yarn@4: yarn.lock",
    ),
    "yarn berry by package.json": (
        {"yarn.lock": BERRY, "package.json": package(packageManager="yarn@4.9.1+sha224.abc")},
        "@yarnpkg/cli-dist@4.9.1",
        "yarn install --immutable",
        "yarn run",
        "yarn@4.9.1: yarn.lock, packageManager",
    ),
    "bun": (
        {"bun.lock": ""},
        "bun@1.4.5",
        "bun install --frozen-lockfile",
        "bun x --no-install",
        "bun@1.4.5: bun.lock",
    ),
    "a manager without its lock file": (
        {"package.json": package(packageManager="pnpm@9.1.0")},
        "pnpm@9.1.0",
        "pnpm install --no-frozen-lockfile",
        "pnpm exec",
        "pnpm@9.1.0: packageManager",
    ),
    "berry without its lock file": (
        {"package.json": package(packageManager="yarn@4.9.1")},
        "@yarnpkg/cli-dist@4.9.1",
        "yarn install --no-immutable",
        "yarn run",
        "yarn@4.9.1: packageManager",
    ),
    "devEngines": (
        {"package.json": engines(packageManager={"name": "pnpm", "version": "^10.2.0"}), "pnpm-lock.yaml": ""},
        "pnpm@^10.2.0",
        "pnpm install --frozen-lockfile",
        "pnpm exec",
        "pnpm@^10.2.0: pnpm-lock.yaml, devEngines",
    ),
    "devEngines with a choice": (
        {"package.json": engines(packageManager=[{"name": "deno"}, {"name": "yarn", "version": ">=4"}])},
        "@yarnpkg/cli-dist@>=4",
        "yarn install --no-immutable",
        "yarn run",
        "yarn@>=4: devEngines",
    ),
    "devEngines and npm": (  # npm stops where they do not fit its version
        {"package.json": engines(packageManager={"name": "npm", "version": "^10"}), "package-lock.json": "{}"},
        "npm@^10",
        "npm ci",
        "npx",
        "npm@^10: package-lock.json, devEngines",
    ),
    "two lock files and a word": (
        {"package.json": package(packageManager="yarn@1.22.22"), "yarn.lock": CLASSIC, "pnpm-lock.yaml": ""},
        "yarn@1.22.22",
        "yarn install --frozen-lockfile",
        "yarn run",
        "yarn@1.22.22: yarn.lock, packageManager",
    ),
    "a word and another's lock file": (
        {"package.json": package(packageManager="pnpm@9.1.0"), "package-lock.json": "{}"},
        "",
        "npm ci",
        "npx",
        "npm: package-lock.json, packageManager says pnpm",
    ),
    "a package.json that cannot be read": ({"package.json": "{oops"}, "", "npm install", "npx", "npm: nothing"),
}


@pytest.mark.parametrize("case", MANAGERS)
def test_what_installed_also_builds_and_the_log_says_why(tmp_path: Path, case: str) -> None:
    files, provided, installed, tool, why = MANAGERS[case]
    source = Source(tmp_path, {"package.json": PACKAGE, **files})
    rows = "auto run build && auto exec @11ty/eleventy --quiet"
    done = source.run(f"auto manager && auto && {rows}")
    assert 0 == done.returncode, done.stderr
    got = [f"npm i -gf --loglevel=error {provided}"] if provided else []
    eleventy = f"{tool} {'@11ty/' if tool == 'npx' else ''}eleventy --quiet"
    expected = [*got, installed, f"{installed.split()[0]} run build", eleventy]
    assert expected == source.calls()
    assert done.stdout.startswith(why)
    assert [f"+ {call}" for call in expected] == [line for line in done.stderr.splitlines() if line.startswith("+")]


NEAREST = {
    "the workspace's": ({"pnpm-lock.yaml": "", "apps/web/package.json": PACKAGE}, "pnpm install --frozen-lockfile"),
    "the app's own": ({"pnpm-lock.yaml": "", "apps/web/package-lock.json": "{}"}, "npm ci"),
    "what lies between": ({"yarn.lock": CLASSIC, "apps/bun.lock": ""}, "bun install --frozen-lockfile"),
    "the workspace's word": (
        {"package.json": package(packageManager="yarn@4.9.1"), "yarn.lock": BERRY, "apps/web/package.json": PACKAGE},
        "yarn install --immutable",
    ),
    "the app's word with the workspace's lock file": (
        {"pnpm-lock.yaml": "", "apps/web/package.json": package(packageManager="pnpm@9.0.0")},
        "pnpm install --frozen-lockfile",
    ),
    "not what lies around the source": ({"../yarn.lock": CLASSIC}, "npm install"),
}


@pytest.mark.parametrize("case", NEAREST)
def test_the_nearest_folder_of_the_source_decides(tmp_path: Path, case: str) -> None:
    files, installed = NEAREST[case]
    source = Source(tmp_path, {"apps/web/package.json": PACKAGE, **files}, app="apps/web")
    assert 0 == source.run("auto").returncode
    assert [installed] == source.calls()


IMAGE = {"NODE_22_VERSION": "22.22.0", "NODE_24_VERSION": "24.14.0", "NODE_26_VERSION": "26.3.0"}
NODES: dict[str, tuple[dict[str, str], str, str]] = {
    "nothing": ({}, "24.14.0", "no .nvmrc, .node-version or engines says another"),
    "a major": ({".nvmrc": "v22\n"}, "22.22.0", ".nvmrc says v22"),
    "a comment": ({".nvmrc": "# why\n22 # Jod\n"}, "22.22.0", ".nvmrc says 22"),
    "a version that the image has": ({".node-version": "22.22.0"}, "22.22.0", ".node-version says 22.22.0"),
    "a version that it lacks": ({".node-version": "v22.1.0"}, "22.1.0", ".node-version says v22.1.0"),
    "a major that it lacks": ({".nvmrc": "20"}, "20", ".nvmrc says 20"),
    "a line of versions": ({".nvmrc": "lts/jod"}, "jod", ".nvmrc says lts/jod"),
    "the newest LTS": ({".nvmrc": "lts/*"}, "lts", ".nvmrc says lts/*"),
    "engines that are wide": ({"package.json": package(engines={"node": ">=18"})}, "24.14.0", "engines says >=18"),
    "engines that are narrow": ({"package.json": package(engines={"node": "^20 || ^22"})}, "22.22.0", "engines says"),
    "engines beyond": ({"package.json": package(engines={"node": ">=25"})}, "26.3.0", "engines says >=25"),
    "engines of the past": ({"package.json": package(engines={"node": "^20.9.0"})}, "20", "engines says ^20.9.0"),
    "devEngines": (
        {"package.json": engines(runtime=[{"name": "deno"}, {"name": "node", "version": "22.x"}])},
        "22.22.0",
        "devEngines says 22.x",
    ),
    "a file before engines": (
        {".nvmrc": "22", "apps/web/package.json": package(engines={"node": "26"})},
        "22.22.0",
        ".nvmrc says 22",
    ),
    "the app's file": ({".nvmrc": "22", "apps/web/.nvmrc": "26"}, "26.3.0", "apps/web/.nvmrc says 26"),
}


@pytest.mark.parametrize("case", NODES)
def test_node_is_as_the_source_says_and_the_log_says_why(tmp_path: Path, case: str) -> None:
    files, version, why = NODES[case]
    source = Source(tmp_path, files, app="apps/web")
    done = source.run("auto node", **IMAGE)
    assert ("", 0) == (done.stderr, done.returncode)
    assert done.stdout.startswith(f"{version}: {why}")


def test_the_parameter_goes_before_what_the_source_says(tmp_path: Path) -> None:
    source = Source(tmp_path, {".nvmrc": "26"})
    done = source.run("auto node", **IMAGE, NODE_VERSION="22")
    assert "22.22.0: the parameter NodeVersion says 22\n" == done.stdout


def test_a_node_that_is_not_to_be_had_is_one_line_that_says_whose_wish_it_was(tmp_path: Path) -> None:
    source = Source(tmp_path, {".nvmrc": "21.99.0"}, stubs={"n": 1})
    script = (ROOT / "codebuild" / "prepare.sh").read_text()
    done = source.run(script, **IMAGE, APP_ROOT=".")
    assert 1 == done.returncode
    assert ["n 21.99.0"] == source.calls()
    assert "Node 21.99.0: .nvmrc says 21.99.0\n" == done.stdout
    remedy = "correct that, or set the parameter NodeVersion"
    assert f"n cannot get Node 21.99.0: .nvmrc says 21.99.0; {remedy}\n" == done.stderr


def install(source: Source, command: str) -> int:
    script = (ROOT / "codebuild" / "install.sh").read_text()
    return source.run(script, INSTALL_COMMAND=command).returncode


def test_a_failing_installation_fails_the_build(tmp_path: Path) -> None:
    for number, tool in enumerate(("npm", "pnpm")):
        (tmp_path / str(number)).mkdir()
        files = {"package.json": PACKAGE, "pnpm-lock.yaml": ""}
        assert 0 != install(Source(tmp_path / str(number), files, stubs={tool: 1}), "auto")


def test_none_installs_nothing_and_an_own_command_runs_as_it_is_with_the_manager_there(tmp_path: Path) -> None:
    calls = {}
    for command in ("none", "pnpm run deps", "auto"):
        (tmp_path / command).mkdir()
        source = Source(tmp_path / command, {"pnpm-lock.yaml": ""})  # and no package.json
        assert 0 == install(source, command)
        calls[command] = source.calls()[1:]
    assert {"none": [], "pnpm run deps": ["pnpm run deps"], "auto": []} == calls


def test_a_script_that_fails_fails_with_its_own_status(tmp_path: Path) -> None:
    source = Source(tmp_path, {"package.json": PACKAGE}, stubs={"npm": 7, "npx": 8})
    assert [7, 8] == [source.run(FRAMEWORKS[name].build).returncode for name in ("vite", "eleventy")]


def test_no_framework_names_a_package_manager() -> None:
    for name, row in FRAMEWORKS.items():
        for command in (row.install, row.build):
            assert not {"npm", "npx", "pnpm", "yarn", "bun"} & set(command.replace(";", " ").split()), name


def test_a_folder_that_is_served_locally_is_built_with_its_repositorys_manager(tmp_path: Path) -> None:
    source = Source(tmp_path, {"pnpm-lock.yaml": "", "apps/web/package.json": PACKAGE}, app="apps/web")
    (source.folder / ".git").mkdir()
    inherited = {**os.environ, "PATH": f"{source.tools}:{os.environ['PATH']}"}
    (tmp_path / "auto").mkdir()
    environment = toolbox.auto(tmp_path / "auto", source.app, inherited)
    subprocess.run(["bash", "-c", FRAMEWORKS["vite"].build], cwd=source.app, env=environment, check=True)
    assert ["pnpm run build"] == source.calls()
