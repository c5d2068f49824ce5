"""Reads JSON, TOML and YAML, so that each thing is known with its line: people look for it there."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from deployments.errors import Failure
from deployments.output import one_line

Step = str | int
Lines = Mapping[tuple[Step, ...], int]

_JSON_PARTS = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TOML_NAMES = re.compile(r"^[ \t]*(?:\[(\[)?[ \t]*([\w.\"'-]+)[ \t]*\]|([\w-]+)[ \t]*=)", re.MULTILINE)


class Entry(NamedTuple):
    """Something in a file: its value, which may be of any type, and where it stands."""

    file: str
    value: object
    lines: Lines
    path: tuple[Step, ...] = ()

    @property
    def where(self) -> str:
        """The file's name with the line, as far as that is known."""
        steps = range(len(self.path), 0, -1)
        line = next((self.lines[self.path[:end]] for end in steps if self.path[:end] in self.lines), 0)
        return f"{self.file}:{line}" if line else self.file

    def member(self, name: str) -> Entry:
        """The member of that name; its value is None if there is none."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        return self._replace(value=value, path=(*self.path, name))

    def members(self) -> Iterator[tuple[str, Entry]]:
        """All members, as they stand there."""
        for name in self.value if isinstance(self.value, dict) else ():
            yield str(name), self.member(name)

    def items(self) -> Iterator[Entry]:
        """The items of a list."""
        for index, value in enumerate(self.value if isinstance(self.value, list) else ()):
            yield self._replace(value=value, path=(*self.path, index))

    def text(self, *names: str) -> str:
        """The first of the members that is there, as text; without names its own value."""
        for name in names:
            if self.member(name).value is not None:
                return self.member(name).text()
        if names or self.value is None or isinstance(self.value, (dict, list)):
            return ""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


def read(path: Path) -> Entry:
    """What is in a file of another host; `Failure` names the line that cannot be read."""
    name = one_line(path.name)
    try:
        text = path.read_bytes().decode().lstrip("\ufeff")
        if path.suffix == ".toml":
            return Entry(name, tomllib.loads(text), _toml_lines(text))
        if path.suffix in (".yml", ".yaml"):
            return Entry(name, *_yaml(text))
        bare = _JSON_PARTS.sub(_without_comment, text)
        return Entry(name, json.loads(bare), _json_lines(bare))
    except UnicodeDecodeError as error:
        raise Failure(f"{name}: byte {error.start} is no UTF-8: write the file in UTF-8") from None
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise Failure(_unreadable(name, error)) from None
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None


def _unreadable(name: str, error: Exception) -> str:
    kind = {".toml": "TOML", ".yml": "YAML", ".yaml": "YAML"}.get(Path(name).suffix, "JSON")
    if isinstance(error, RecursionError):
        return f"{name}: it is nested too deeply: write it flatter"
    line, why = "", str(error)
    if isinstance(error, json.JSONDecodeError):
        line, why = f":{error.lineno}", error.msg
    elif isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line, why = f":{error.problem_mark.line + 1}", error.problem or ""
    elif found := re.search(r" \(at line (\d+), column \d+\)$", why):
        line, why = f":{found[1]}", why[: found.start()]
    return f"{name}{line}: {why}: write valid {kind}"


def _without_comment(found: re.Match[str]) -> str:
    """A string as it is; of a comment (Firebase's command takes them) the line breaks."""
    return found[0] if found[0][0] == '"' else re.sub(r"[^\n]", " ", found[0])


def _json_lines(text: str) -> Lines:
    """Lines by path: JSON is YAML, but for tabs, and YAML's reader knows them."""
    try:
        return dict(_lines_of(yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader), (), set()))
    except (yaml.YAMLError, RecursionError):
        return {}


def _yaml(text: str) -> tuple[object, Lines]:
    """All scalars are texts: `on` is no truth, and 1.10 no number."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return _plain(node, {}), dict(_lines_of(node, (), set()))


def _plain(node: yaml.Node | None, known: dict[int, object]) -> object:
    if node is not None and id(node) not in known:
        known[id(node)] = None  # of what holds itself
        if isinstance(node, yaml.MappingNode):
            known[id(node)] = {str(key.value): _plain(value, known) for key, value in node.value}
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] = [_plain(item, known) for item in node.value]
        else:
            known[id(node)] = None if node.tag.endswith(":null") else node.value
    return known[id(node)] if node is not None else None


def _lines_of(node: yaml.Node | None, path: tuple[Step, ...], seen: set[int]) -> Iterator[tuple[tuple[Step, ...], int]]:
    if node is None or id(node) in seen:  # an alias is where it was first
        return
    seen.add(id(node))
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines_of(value, (*path, str(key.value)), seen)
            yield (*path, str(key.value)), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines_of(item, (*path, index), seen)


def _toml_lines(text: str) -> Lines:
    """Lines of tables and their members: TOML's own reader knows none."""
    lines: dict[tuple[Step, ...], int] = {}
    counts: dict[str, int] = {}
    table: tuple[Step, ...] = ()
    for found in _TOML_NAMES.finditer(text):
        line = text.count("\n", 0, found.end()) + 1
        several, name, member = found.groups()
        if member:
            lines.setdefault((*table, member), line)
            continue
        table = tuple(step.strip("\"'") for step in name.split("."))
        lines.setdefault(table, line)
        if several:
            counts[name] = counts.get(name, -1) + 1
            table = (*table, counts[name])
            lines.setdefault(table, line)
    return lines
