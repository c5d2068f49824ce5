"""A TOML file that knows where its keys stand, so that every mistake is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from generator.settings import SettingsError


class Text(NamedTuple):
    """What a key's text must be: a `pattern` for all of it, and the same in words, with an example."""

    pattern: str
    allowed: str


class TomlFile(NamedTuple):
    path: Path
    lines: list[str]
    content: Mapping[str, object]

    def error(self, key: str, table: str, problem: str) -> SettingsError:
        """The error for `key` of `table` ("" for the top), with file and line."""
        return SettingsError(f"{self.path}:{self._line(key, table)}: {problem}")

    def only(self, given: Mapping[str, object], allowed: Collection[str], table: str) -> None:
        """Refuse any key of `table` but those."""
        for key in given:
            if key not in allowed:
                where = f" in [{table}]" if table else ""
                raise self.error(key, table, f"unknown key {key!r}{where}; allowed: {', '.join(allowed)}")

    def table(self, key: str, parent: Mapping[str, object] | None = None, within: str = "") -> Mapping[str, object]:
        """The table `key` of the file, or of its table `parent`, which is called `within`; empty if it is not there."""
        value = (self.content if parent is None else parent).get(key, {})
        if not isinstance(value, dict):
            name = f"{within}.{key}" if within else key
            raise self.error(key, within, f"{name} is {kind(value)}; it must be a table: [{name}]")
        return cast(Mapping[str, object], value)

    def texts(self, table: str, known: Mapping[str, Text]) -> dict[str, str]:
        """The keys of `table` with their values, each of which must be as `known` says."""
        given = self.table(table)
        self.only(given, known, table)
        return {key: self._text(key, value, table, known[key]) for key, value in given.items()}

    def _text(self, key: str, value: object, table: str, wanted: Text) -> str:
        if not isinstance(value, str):
            raise self.error(key, table, f"{key} is {kind(value)}; it must be a string: {wanted.allowed}")
        if not re.fullmatch(wanted.pattern, value):
            raise self.error(key, table, f"{key} is {value!r}; it must be {wanted.allowed}")
        return value

    def _line(self, key: str, table: str) -> int:
        """The line of `key` in `table` (dotted, "" for the top), or of the nearest thing around it."""
        here, best = "", 1
        for number, line in enumerate(self.lines, 1):
            header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if header:
                here = re.sub(r"[\s\"']", "", header[1])
                full = f"{table}.{key}" if table else key
                if here == full or here.startswith(full + "."):
                    return number
                if here == table:
                    best = number
                continue
            name = re.match(r"\s*([^=#]+?)\s*=", line)
            if name and _within(here, re.sub(r"[\s\"']", "", name[1])) in (_within(table, key), table):
                best = number
                if _within(here, re.sub(r"[\s\"']", "", name[1])) == _within(table, key):
                    return number
            elif name and _within(here, re.sub(r"[\s\"']", "", name[1])).startswith(_within(table, key) + "."):
                return number
        return best


def read_toml(path: Path) -> TomlFile:
    """The file at `path`; `SettingsError` says why it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}; give the path of a TOML file") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8 text: save it as UTF-8") from None
    try:
        return TomlFile(path, text.splitlines(), tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from None


def kind(value: object) -> str:
    """What a TOML value is, in words: `a number`, `true or false`, `a list` ..."""
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
        str: "a string",
    }
    return names.get(type(value), "a date")


def _within(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key
