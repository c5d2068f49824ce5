"""The notation of `parameter_overrides` in samconfig.toml, as `sam` reads it.

It exists because sam takes apart what it reads once more, by quotes and backslashes: a command with blanks that is
written without them reaches AWS as its first word, and nothing says so.
https://github.com/aws/aws-sam-cli/blob/develop/samcli/cli/types.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deployments.errors import USAGE, Failure

_QUOTED = r"""\"(?:\\.|[^\"\\]+)*\"|'(?:\\.|[^'\\]+)*'"""
_KEY = r"([A-Za-z0-9\"']+)"
_LONG = re.compile(rf"ParameterKey={_KEY},ParameterValue=({_QUOTED}|(?:\\.|[^ \"\\]+)+)")
_SHORT = re.compile(rf" {_KEY}=({_QUOTED}|(?:\\.|[^ \"\\]+)+)")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,*=-]+")  # is read the same by whoever reads it


def written(parameters: Mapping[str, str]) -> list[str]:
    """One text for each parameter, as sam has read them from its first version on."""
    return [f"{name}={_value(name, value)}" for name, value in parameters.items()]


def read(given: object) -> dict[str, str]:
    """What sam makes of `given`: texts, and tables in newer versions, in lists or not."""
    found: dict[str, str] = {}
    for one in _flat(given):
        found |= _table(one) if isinstance(one, Mapping) else _text(one)
    return {_unquoted(name): _unquoted(value) for name, value in found.items()}


def _value(name: str, value: str) -> str:
    """`value` in the first notation that sam reads as this value."""
    escaped = value.replace('"', '\\"')
    twice = value.replace('\\"', '\\\\"').replace("\\ ", "\\\\ ")  # before what sam takes a backslash away
    plain = [value] if _PLAIN.fullmatch(value) else []
    for text in (*plain, f'"{escaped}"', f"'{value}'", f"'{twice}'"):
        if _means(text, value):
            return text
    raise Failure(
        f"{name}: {value!r} has no notation in samconfig.toml, because sam takes backslashes and quotes away; put the "
        "command into a script of the project, and name that",
        USAGE,
    )


def _means(text: str, value: str) -> bool:
    """Whether sam reads a value that is written so as this one."""
    try:
        return read(f"A={text}") == {"A": value}
    except Failure:
        return False


def _flat(given: object) -> Iterator[object]:
    if isinstance(given, list):
        for one in given:
            yield from _flat(one)
    elif given not in ("", None):
        yield given


def _table(given: Mapping[object, object]) -> dict[str, str]:
    if "$include" in given:
        raise Failure("parameter_overrides has $include, which only sam follows: write the parameters there", USAGE)
    return {
        str(name): ",".join(str(one).strip() for one in value) if isinstance(value, list) else str(value)
        for name, value in given.items()
    }


def _text(given: object) -> dict[str, str]:
    if not isinstance(given, str):
        raise Failure(f"parameter_overrides has {given!r}; it may have texts such as Framework=vite", USAGE)
    if given.startswith("file://"):
        raise Failure(f"parameter_overrides has {given!r}, which only sam follows: write the parameters there", USAGE)
    line = f" {given.strip()}"
    form = _LONG if _LONG.search(line) else _SHORT
    found = form.findall(line)
    if lost := form.sub("", line).strip():
        raise Failure(
            f"parameter_overrides has {given!r}, of which sam would leave out {lost!r}: write texts such as "
            "Framework=vite, and a value with blanks in quotes, as in BuildCommand='npm run build'",
            USAGE,
        )
    return dict(found)


def _unquoted(text: str) -> str:
    if text and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text.replace("\\ ", " ").replace('\\"', '"').replace("\\'", "'")
