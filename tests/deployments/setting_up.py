"""Projects as `init` finds them, and a person who answers its questions."""

from __future__ import annotations

import io
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deployments.project.overrides import read
from tests.deployments.calling import Command, Run
from workbench.codeconnections import CodeConnections, codeconnections

VITE = {
    "package.json": '{"name": "shop", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "^7.1.0"}}',
    "package-lock.json": '{"lockfileVersion": 3}',
    "index.html": '<div id="app"></div><script type="module" src="/main.js"></script>',
    "main.js": "document.body.append('shop')",
}


class Person(io.StringIO):
    """Somebody at a terminal, who answers with these lines."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class SettingUp:
    """`init` in one project, with an account of its own."""

    folder: Path
    run: Command
    host: CodeConnections
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *arguments: str, answers: tuple[str, ...] | None = None, **environment: str) -> Run:
        """The command; with `answers` there is a terminal, on which these are given."""
        lines = "".join(f"{answer}\n" for answer in answers or ())
        self.monkeypatch.setattr("sys.stdin", io.StringIO() if answers is None else Person(lines))
        return self.run("init", str(self.folder), *arguments, **environment)

    def yes(self, *arguments: str) -> Run:
        """The command as a script calls it, with the Region."""
        return self("--yes", "--region", "eu-central-1", *arguments)

    @property
    def said(self) -> dict[str, Any]:
        """The environment of samconfig.toml as it is now, with its parameters by name."""
        content = tomllib.loads((self.folder / "samconfig.toml").read_text())
        (name,) = [name for name in ("site", "default") if name in content][:1]
        found = {**content[name]["global"]["parameters"], **content[name]["deploy"]["parameters"]}
        return {**found, "parameter_overrides": read(found["parameter_overrides"])}

    @property
    def parameters(self) -> dict[str, str]:
        found: dict[str, str] = self.said["parameter_overrides"]
        return found

    def write(self, files: Mapping[str, str]) -> None:
        write(self.folder, files)

    @property
    def files(self) -> set[str]:
        """What lies in the project besides its own."""
        return {path.name for path in self.folder.iterdir()} & {
            *("samconfig.toml", "site.toml", "template.yaml", "site-template.yaml")
        }


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, timeout=60)


def cloned(folder: Path, remote: str = "https://somebody:token@github.com/ada/Shop.git") -> None:
    """Make a repository of `folder`, as if it had been cloned from `remote`."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "remote", "add", "origin", remote)


def setting_up(folder: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettingUp]:
    folder.mkdir()
    with codeconnections() as host:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CODECONNECTIONS", host.url)
        monkeypatch.delenv("AWS_REGION")
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        monkeypatch.setattr("deployments.init.connections._LOOK_SECONDS", 0.01)
        yield SettingUp(folder, run, host, monkeypatch)
