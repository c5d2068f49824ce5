"""What a package.json says: the packages that it names, and what its scripts run.

Scripts are taken apart as a shell would, because what a script runs says more than what is installed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cached_property

from detection.files import Files, at

_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies")
# What runs another script of the same file: `npm run x`, `pnpm x`, `run-s x y`, `npm-run-all x`
_RUNNERS = {"npm", "pnpm", "yarn", "bun", "run-s", "run-p", "npm-run-all", "npm-run-all2", "concurrently"}
# What stands before a command and changes nothing of what it is
_PREFIXES = {"npx", "bunx", "cross-env", "cross-env-shell", "dotenv", "env", "exec", "dlx", "x", "node", "--", "time"}
_MOST = 50  # scripts that one may run: they may call each other in a circle
_BUILDING = re.compile("build|generate|export")
# What makes a command one that goes on until it is stopped
_ENDLESS = {"--watch", "-w", "--serve", "serve", "dev", "develop", "start", "preview", "watch", "--dev"}


class Package:
    """One package.json; without one everything is empty."""

    def __init__(self, files: Files) -> None:
        self.about = files.json("package.json")
        self._known: dict[str, list[list[str]]] = {}

    @cached_property
    def dependencies(self) -> Mapping[str, str]:
        """Each package that it names, and the range of versions."""
        return {str(name): str(version) for kind in _DEPENDENCIES for name, version in _table(self.about, kind).items()}

    @cached_property
    def scripts(self) -> Mapping[str, str]:
        """Its scripts by name."""
        return {str(name): text for name, text in _table(self.about, "scripts").items() if isinstance(text, str)}

    def commands(self, script: str) -> list[list[str]]:
        """The commands that a script runs, in words, with those of the scripts that it calls."""
        if script not in self._known:  # each tool asks for each script
            self._known[script] = [*self._commands(script)]
        return self._known[script]

    def scripts_that_run(self, *commands: str) -> list[str]:
        """The scripts that build with such a command: `build` first, then those that are named for it."""
        found = [name for name in self._in_order if self.runs(name, *commands)]
        return [name for name in found if _BUILDING.search(name)] or found

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self.scripts, key=lambda name: (name != "build", not _BUILDING.search(name), name))

    def runs(self, script: str, *commands: str) -> list[str]:
        """The words of the first such command in the script, if it ends by itself: `vite build --watch` does not."""
        wanted = [command.split() for command in commands]
        for words in self.commands(script):
            if any(words[: len(want)] == want for want in wanted) and not _ENDLESS & set(words):
                return words
        return []

    def words(self, *commands: str) -> list[str]:
        """The words of the command that builds, in whichever script that is."""
        script = next(iter(self.scripts_that_run(*commands)), "")
        return self.runs(script, *commands) if script else []

    def _commands(self, script: str) -> Iterator[list[str]]:
        """In their order; a script that several call is followed once."""
        seen, parts = {script}, self._parts(script)
        while parts:
            words = _stripped(_words(parts.pop(0)))
            called = [word for word in dict.fromkeys(_called(words)) if word in self.scripts] if words else []
            if words and not called:
                yield words
            new = [name for name in called if name not in seen][: _MOST - len(seen)]
            seen.update(new)
            parts[:0] = [part for name in new for part in self._parts(name)]

    def _parts(self, script: str) -> list[str]:
        return re.split(r"&&|\|\||[;&|\n]", self.scripts.get(script, ""))


def _table(about: Mapping[str, object], key: str) -> Mapping[str, object]:
    table = at(about, key)
    return table if isinstance(table, Mapping) else {}


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quote that somebody did not close
        return command.split()


def _stripped(words: list[str]) -> list[str]:
    """Without variables and what only starts the command; a path to a tool is the tool."""
    while words and (words[0] in _PREFIXES or re.match(r"[A-Za-z_]\w*=|-", words[0])):
        words = words[1:]
    if words and words[0] in ("npm", "pnpm", "yarn", "bun") and words[1:2] in (["exec"], ["dlx"], ["x"]):
        return _stripped(words[2:])
    if words and "node_modules/" in words[0]:
        return [words[0].rsplit("/", 1)[-1].removesuffix(".js"), *words[1:]]
    return words  # behind yarn or pnpm may stand a script or a tool: whoever asks looks for both


def _called(words: list[str]) -> list[str]:
    """The names of scripts that a command may run."""
    if words[0] not in _RUNNERS:
        return []
    starts = [word.removeprefix("npm:").removeprefix("npm run ").split(" ")[0] for word in words[1:]]
    return [word for word in starts if word != "run" and not word.startswith("-")]


def option(words: list[str], *names: str) -> str:
    """The value of an option in a command: `--outDir x` or `--outDir=x`."""
    for number, word in enumerate(words):
        for name in names:
            if word == name:
                return words[number + 1] if number + 1 < len(words) else ""
            if word.startswith(f"{name}=") and name.startswith("-"):
                return word[len(name) + 1 :]
    return ""
