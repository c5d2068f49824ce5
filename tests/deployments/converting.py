"""A file of another host, converted, and what our rules then make of an address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compiler.headers import headers_of, parse_headers
from compiler.matching import fill, location, match
from compiler.redirects import parse_redirects
from deployments.foreign.converting import Converted, convert, demands

Row = tuple[Any, str, str | None]


def converted(folder: Path, name: str, content: object) -> Converted:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return convert(name, demands(path))


def answer(redirects: str, address: str) -> str | None:
    """Status and target of the first line that holds."""
    path, _, query = address.partition("?")
    rules, problems = parse_redirects(redirects)
    assert problems == []
    for rule in rules:
        values = match(rule, path, query)
        if values is not None:
            return f"{rule.status} {location(fill(rule.target, values), query)}"
    return None


def given(headers: str, address: str) -> dict[str, str | None]:
    rules, problems = parse_headers(headers)
    assert problems == []
    return dict(headers_of(rules, [address]))


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line[:1] == "#"][1:]
