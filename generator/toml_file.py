"""A TOML file that knows where its keys stand, so that every mistake is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from generator.settings import SettingsError


class Text(NamedTuple):
    """What a key's text must be: a `pattern` for all of it, the same in words, with an example."""

    pattern: str
    allowed: str
    limit: int = 2048  # the most characters, an ARN's where nothing else is said

    def fits(self, value: str) -> bool:
        return len(value) <= self.limit and re.fullmatch(self.pattern, value) is not None


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
                known = f"allowed: {', '.join(allowed)}"
                if key[:1].isupper():  # no setting is, all parameters are
                    known += ". If it is a parameter, give it when you deploy the stack (docs/parameters.md)"
                raise self.error(key, table, f"unknown key {shown(key)}{where}; {known}")

    def table(self, key: str, parent: Mapping[str, object] | None = None, within: str = "") -> Mapping[str, object]:
        """The table `key` of the file, or of its table `parent`, which is called `within`; empty if it is not there."""
        value = (self.content if parent is None else parent).get(key, {})
        if not isinstance(value, dict):
            name = f"{within}.{key}" if within else key
            raise self.error(key, within, f"{name} is {kind(value)}; it must be a table: [{name}]")
        return cast(Mapping[str, object], value)

    def refuse(self, wrong: Callable[[str], str]) -> None:
        """Refuse the file if `wrong` says something against one of its keys and texts."""
        for table, key, text in _texts(self.content, ""):
            problem = wrong(key) or wrong(text)
            if problem:
                raise self.error(key, table, f"{shown(key)} {problem}")

    def texts(self, table: str, known: Mapping[str, Text]) -> dict[str, str]:
        """The keys of `table` with their values, each of which must be as `known` says."""
        given = self.table(table)
        self.only(given, known, table)
        return {key: self._text(key, value, table, known[key]) for key, value in given.items()}

    def _text(self, key: str, value: object, table: str, wanted: Text) -> str:
        if not isinstance(value, str):
            raise self.error(key, table, f"{key} is {kind(value)}; it must be a string: {wanted.allowed}")
        if not wanted.fits(value):
            raise self.error(key, table, f"{key} is {shown(value)}; it must be {wanted.allowed}")
        return value

    def _line(self, key: str, table: str) -> int:
        """The line on which `key` of `table` begins (dotted, "" for the top); 1 where it stands nowhere.

        The shortest beginning of the file that is TOML and has the key ends where the key's value does, and the
        longest one without it just before: no second reader of TOML is needed, which would fail at the first
        line of a text that looks like a table.
        """
        begun = 0
        for number in range(1, len(self.lines) + 1):
            try:
                found: object = tomllib.loads("\n".join([*self.lines[:number], ""]))
            except ValueError:
                continue
            for name in [*(table.split(".") if table else ()), key]:
                found = found.get(name) if isinstance(found, dict) else None
            if found is not None:
                return begun + 1
            begun = number
        return 1


def read_toml(path: Path) -> TomlFile:
    """The file at `path`; `SettingsError` says why it cannot be read."""
    try:
        # some editors begin a file with a mark; as bytes, so that a lone carriage return is not taken for a line break
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}; give the path of a TOML file") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8 text: save it as UTF-8") from None
    try:
        return TomlFile(path, text.split("\n"), tomllib.loads(text))
    except RecursionError:
        raise SettingsError(
            f"{path}: is nested too deeply: a table may be inside a table inside a table, and no deeper"
        ) from None
    except ValueError as error:  # also of a number with thousands of digits
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


def shown(value: str) -> str:
    """A text as a message quotes it: in one line, and no longer than helps."""
    return repr(value) if len(value) <= 200 else f"{value[:60]!r}... ({len(value):,} characters)"


def _texts(value: object, table: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text in `value`, which is `key` of `table`, with the table and the key that it belongs to."""
    if isinstance(value, str):
        yield table, key, value
    elif isinstance(value, dict):
        within = f"{table}.{key}" if table and key else table or key
        for name, inner in value.items():
            yield from _texts(inner, within, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, table, key)
