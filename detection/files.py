"""The files of a folder, as far as the search reads them: small ones, inside of it, and never with an error.

A project may hold anything: a file that nobody can read is said at the end, and never an end of the search.
"""

from __future__ import annotations

import fnmatch
import json
import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import yaml

_WILD = set("*?[")
_MOST_PAIRS = 10_000  # of a YAML mapping that merges others: they may multiply each other
_MOST_BYTES = 1_000_000  # a configuration that is larger is none that somebody wrote


class Files:
    """One folder of the project; `bad` collects what could not be read, and why."""

    def __init__(self, folder: Path, bad: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.bad = {} if bad is None else bad
        self._texts: dict[str, str] = {}

    def named(self, *patterns: str) -> str:
        """The first file that one of the patterns matches, or nothing."""
        for pattern in patterns:
            for name in self._matching(pattern):
                return name
        return ""

    def all(self, pattern: str) -> list[str]:
        """The files that a pattern matches."""
        return self._matching(pattern)

    def has(self, *names: str) -> bool:
        """Whether one of these files is there."""
        return bool(self.named(*names))

    def has_folder(self, name: str) -> bool:
        """Whether there is such a folder."""
        try:
            return (self.folder / name).is_dir()
        except OSError:
            return False

    def text(self, name: str) -> str:
        """What a file says, or nothing; it is read once."""
        if name not in self._texts:
            self._texts[name] = self._text(name)
        return self._texts[name]

    def _text(self, name: str) -> str:
        path = self.folder / name
        try:
            if not name or not path.is_file():
                return ""
            if path.stat().st_size > _MOST_BYTES:
                self.bad[name] = "is too large for a configuration"
                return ""
            return path.read_bytes().decode("utf-8-sig", "replace")
        except (OSError, ValueError) as error:
            self.bad[name] = f"cannot be read: {error}"
            return ""

    def json(self, name: str) -> Mapping[str, object]:
        """The object that a JSON file holds, or an empty one."""
        text = self.text(name)
        try:
            value = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError) as error:
            self.bad[name] = f"is no JSON: {error}"
            return {}
        return value if isinstance(value, dict) else {}

    def toml(self, name: str) -> Mapping[str, object]:
        """The tables of a TOML file, or none."""
        try:
            return tomllib.loads(self.text(name))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.bad[name] = f"is no TOML: {error}"
            return {}

    def yaml(self, name: str) -> Mapping[str, object]:
        """The object that a YAML file holds; a tag of somebody's own is nothing."""
        try:
            value = yaml.load(self.text(name), Loader=_Tolerant)  # noqa: S506  # it is a SafeLoader
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            self.bad[name] = f"is no YAML: {' '.join(str(error).split())}"
            return {}
        return value if isinstance(value, dict) else {}

    def below(self, folder: str) -> Files:
        """A folder of this one; what cannot be read there is noted here."""
        return Files(self.folder / folder, self.bad)

    def _matching(self, pattern: str) -> list[str]:
        if "/" in pattern:
            return self._deeper(pattern)
        if not _WILD & set(pattern):  # most are; a repository may have a thousand folders
            return [pattern] if pattern in self._names else []
        return fnmatch.filter(self._names, pattern)

    def _deeper(self, pattern: str) -> list[str]:
        try:
            found = sorted(path for path in self.folder.glob(pattern) if path.is_file())
        except (OSError, ValueError):
            return []
        return [path.relative_to(self.folder).as_posix() for path in found]

    @cached_property
    def _names(self) -> dict[str, None]:
        """The files of the folder itself in their order, listed once for all tools that ask."""
        try:
            with os.scandir(self.folder) as entries:
                return dict.fromkeys(sorted(entry.name for entry in entries if _is_file(entry)))
        except OSError:
            return {}


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link in a circle
        return False


class _Tolerant(yaml.SafeLoader):
    """Reads `!!python/name:...` and `!ENV` of MkDocs as nothing."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge what `<<` names, up to a limit."""
        super().flatten_mapping(node)  # type: ignore[no-untyped-call]  # PyYAML has no types
        if len(node.value) > _MOST_PAIRS:
            raise yaml.YAMLError("its merges are too many")


def _nothing(*_: object) -> None:
    """What an unknown tag stands for."""


_Tolerant.add_multi_constructor("", _nothing)  # type: ignore[no-untyped-call]  # PyYAML has no types


def at(value: object, *keys: str) -> object:
    """What lies at the path of keys, or nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def text_at(value: object, *keys: str) -> str:
    """The text at the path of keys, or an empty one."""
    found = at(value, *keys)
    return found if isinstance(found, str) else ""
