"""Which package manager and which Node a build will use: the rules of codebuild/auto.js, told before the build."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from detection.answer import Doubt, Reason
from detection.files import Files, at, text_at

# In the order of codebuild/auto.js: the first of several wins there
LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_NODES = ("20", "22", "24")  # what the parameter NodeVersion knows


class Tooling(NamedTuple):
    """What a build of a folder runs with."""

    manager: str
    node: str
    reasons: tuple[Reason, ...]
    doubts: tuple[Doubt, ...]


def tooling(folders: Sequence[tuple[str, Files]]) -> Tooling:
    """What the app's folder and those around it say, the nearest first."""
    if not any(files.has("package.json") for _, files in folders):
        return Tooling("", "", (), ())
    manager, why, doubts = _manager(folders)
    node, reasons = _node(folders)
    return Tooling(manager, node, (Reason("package manager", manager, why), *reasons), doubts)


def _manager(folders: Sequence[tuple[str, Files]]) -> tuple[str, str, tuple[Doubt, ...]]:
    for name, files in folders:
        said, by = _said(files)
        locks = [lock for lock in LOCKS if files.has(lock)]
        managers = list(dict.fromkeys(LOCKS[lock] for lock in locks))
        if said and (not locks or said in managers):
            return said, f"{_in(name, 'package.json')} names it in {by}", ()
        if len(managers) > 1:
            return managers[0], f"{_in(name, locks[0])} is there", (_which(name, locks, managers),)
        if managers:
            return managers[0], f"{_in(name, locks[0])} is there", ()
    return "npm", "there is no lock file", ()


def _said(files: Files) -> tuple[str, str]:
    about = files.json("package.json")
    if found := re.match(r"(npm|pnpm|yarn|bun)@[^+]+", text_at(about, "packageManager")):
        return found[1], "packageManager"
    wished = at(about, "devEngines", "packageManager")
    for one in wished if isinstance(wished, list) else [wished]:
        if (name := text_at(one, "name")) in LOCKS.values():
            return name, "devEngines"
    return "", ""


def _which(folder: str, locks: list[str], managers: list[str]) -> Doubt:
    where = "the project" if folder == "." else folder
    question = f"Which package manager does {where} use? Delete the other's lock file, or name one in packageManager"
    return Doubt("package manager", question, tuple(managers), f"there are {' and '.join(locks)}")


def _node(folders: Sequence[tuple[str, Files]]) -> tuple[str, tuple[Reason, ...]]:
    """The parameter's value where the build would not see what the project says, and what it says."""
    for name, files in folders:
        for file in (".nvmrc", ".node-version"):
            if wish := re.sub("#.*", "", files.text(file)).strip():
                return "", (Reason("node", wish, f"{_in(name, file)} says so, and the build follows it"),)
    for name, files in folders:
        about = files.json("package.json")
        if wish := text_at(about, "engines", "node"):
            return "", (Reason("node", wish, f"engines of {_in(name, 'package.json')}, which the build follows"),)
    for name, files in folders:
        for wish, by in _elsewhere(files):
            major = re.sub(r"^v?(\d+).*", r"\1", wish)
            if major in _NODES:
                return major, (Reason("node", major, f"{_in(name, by)} says {wish}"),)
    return "", ()


def _elsewhere(files: Files) -> list[tuple[str, str]]:
    """What other tools are told, which the build does not read."""
    tools = re.search(r"^node(?:js)?\s+(\S+)", files.text(".tool-versions"), re.M)
    netlify = text_at(files.toml("netlify.toml"), "build", "environment", "NODE_VERSION")
    mise = text_at(files.toml("mise.toml"), "tools", "node")
    found = [
        (text_at(files.json("package.json"), "volta", "node"), "volta of package.json"),
        (tools[1] if tools else "", ".tool-versions"),
        (mise, "mise.toml"),
        (netlify, "netlify.toml"),
    ]
    return [(wish, by) for wish, by in found if wish]


def _in(folder: str, file: str) -> str:
    return file if folder == "." else f"{folder}/{file}"
