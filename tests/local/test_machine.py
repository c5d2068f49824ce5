"""A build of the local pipeline leaves the machine as it was: what it installs goes with the folder of its run."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from local.cloud.build import Build
from local.cloud.emulator import free_port
from local.cloud.stack import Stack
from local.cloud.system import deployed
from workbench.site import GIT_PARAMETERS

PAGE = "mkdir -p dist && echo '<h1>built</h1>' > dist/index.html"
LOCKED = {"name": "site", "version": "1.0.0", "lockfileVersion": 3, "requires": True}
LOCKS = {
    "npm": {"package-lock.json": json.dumps({**LOCKED, "packages": {"": {"name": "site", "version": "1.0.0"}}})},
    "pnpm": {"pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n"},
    "yarn": {"yarn.lock": "# yarn lockfile v1\n"},
}
MANAGERS = {"npm": {}, "pnpm": {"packageManager": "pnpm@9.15.4"}, "yarn": {"packageManager": "yarn@1.22.22"}}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The git template."""
    given = {**GIT_PARAMETERS, "Framework": "custom", "OutputFolder": "dist", "BuildCommand": PAGE, "Routing": "mixed"}
    with deployed("git", **given) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _temporary(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files, in which a build leaves none."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    yield
    assert [] == list((tmp_path / "tmp").iterdir())


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A HOME with settings in it, and the downloads elsewhere: npm's where all tests share them."""
    monkeypatch.setenv("npm_config_cache", str(Path.home() / ".npm"))
    for name in ("npm_config_store_dir", "YARN_GLOBAL_FOLDER", "PIP_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "downloads" / name))
    (tmp_path / "home" / ".config").mkdir(parents=True)
    (tmp_path / "home" / ".npmrc").write_text("fund=false\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def machine() -> dict[str, list[str]]:
    """Where package managers install for everybody, HOME, and what lies there."""
    root = Path(subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip())
    npm = shutil.which("npm")
    assert npm
    user = Path(pwd.getpwuid(os.getuid()).pw_dir)
    corepack = Path(os.environ.get("COREPACK_HOME") or user / ".cache" / "node" / "corepack")
    python = [Path(sysconfig.get_path(name)) for name in ("purelib", "scripts")]
    places = [root, root.parent.parent / "bin", Path(npm).parent, corepack, Path(sys.executable).parent, *python]
    deeper = [root / "corepack", root / "npm", corepack / "v1"]
    home = sorted(f"{path} {path.lstat().st_mtime_ns}" for path in [Path.home(), *Path.home().rglob("*")])
    return {"HOME": home} | {
        str(place): sorted(f"{path.name} {path.lstat().st_mtime_ns}" for path in place.iterdir() if path.name[0] != "_")
        for place in [*places, *deeper]
        if place.is_dir()
    }


def wheel(folder: Path) -> str:
    """A package with a command, which needs no other."""
    name = "nothing_much-1.0-py3-none-any.whl"
    info = "nothing_much-1.0.dist-info"
    with zipfile.ZipFile(folder / name, "w") as file:
        file.writestr("nothing_much.py", "def main():\n    print('I am installed')\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: nothing-much\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/entry_points.txt", "[console_scripts]\nnothing-much = nothing_much:main\n")
        file.writestr(f"{info}/RECORD", "")
    return name


def built(stack: Stack, folder: Path, files: Mapping[str, str], status: int = 0, **variables: str) -> str:
    """What a build of these files said, which changed nothing outside of its folder."""
    source, tools = folder / "source", folder / "tools"
    source.mkdir(exist_ok=True)
    tools.mkdir()
    for name, text in files.items():
        (source / name).write_text(text)
    before = machine()
    done = Build(stack, "a" * 40, variables=variables).run(source, tools)
    assert done.returncode == status, done.stdout + done.stderr
    assert before == machine()
    return done.stdout + done.stderr


@pytest.mark.parametrize("manager", LOCKS)
def test_a_package_manager_and_what_a_build_installs_for_everybody(stack: Stack, tmp_path: Path, manager: str) -> None:
    package = {"name": "site", "version": "1.0.0", **MANAGERS[manager]}
    (tmp_path / "tool").mkdir()
    tool = {"name": "a-tool-of-a-test", "version": "1.0.0", "bin": "tool.js"}
    (tmp_path / "tool" / "package.json").write_text(json.dumps(tool))
    (tmp_path / "tool" / "tool.js").write_text("#!/usr/bin/env node\nconsole.log('a tool runs')\n")
    asked = "pnpm store path" if manager == "pnpm" else f"{manager} --version"
    command = f"npm install -g {tmp_path / 'tool'} && a-tool-of-a-test && {asked} && {PAGE}"
    said = built(stack, tmp_path, {"package.json": json.dumps(package), **LOCKS[manager]}, BUILD_COMMAND=command)
    assert "a tool runs" in said
    version = MANAGERS[manager].get("packageManager", "").partition("@")[2]
    assert (version if manager != "pnpm" else f"{tmp_path}/downloads/npm_config_store_dir/") in said
    assert "Unknown env config" not in said
    assert not shutil.which("a-tool-of-a-test")


LITTERS = """mkdir -p ~/.config/astro ~/.cache/tool ~/.local/bin && echo x > ~/.config/astro/config.json
cp /bin/true ~/.local/bin/tool && npm config set --location=global fund=false && npm config get fund"""


def test_what_a_build_leaves_in_its_home_goes_with_it_also_if_it_fails(stack: Stack, tmp_path: Path) -> None:
    assert "false" in built(stack, tmp_path, {}, 1, BUILD_COMMAND=f"{LITTERS} && exit 3")


def test_a_version_managers_stand_in_is_not_asked_again_where_its_home_is_another(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("node")
    (tmp_path / "shims").mkdir()
    (tmp_path / "shims" / "node").write_text('#!/bin/sh\nexec $(cat ~/version) "$@"\n')
    (tmp_path / "shims" / "node").chmod(0o755)
    (tmp_path / "home" / "version").write_text(f"{real}\n")
    monkeypatch.setenv("PATH", f"{tmp_path}/shims:{os.environ['PATH']}")
    assert "I am Node" in built(stack, tmp_path, {}, BUILD_COMMAND=f"node -p '\"I am Node\"' && {PAGE}")


def test_a_python_package_that_a_build_installs_is_found_by_it_and_by_nobody_else(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    install = f"pip install {wheel(tmp_path / 'source')} && python -m pip --version"
    command = f"nothing-much && python -c 'import nothing_much' && {PAGE}"
    assert "I am installed" in built(stack, tmp_path, {}, INSTALL_COMMAND=install, BUILD_COMMAND=command)
    seen = subprocess.run([sys.executable, "-c", "import nothing_much"], capture_output=True, check=False)
    assert 0 != seen.returncode


def test_the_emulated_aws_listens_where_no_client_is_given_a_port() -> None:
    """A port of the clients' range can be taken while the emulator starts, and then it ends."""
    first, _ = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert max(free_port() for _ in range(50)) < first
