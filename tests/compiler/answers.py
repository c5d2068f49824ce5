"""What our parsers and matcher answer, as one line: the form in which tests/compiler/cases has the others' answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from compiler.addresses import decoded
from compiler.headers import headers_of, parse_headers
from compiler.matching import fill, match
from compiler.redirects import parse_redirects

CASES = Path(__file__).with_name("cases")

Case = TypedDict(
    "Case",
    {
        "file": str,  # the text of the file
        "ask": str,  # an address, perhaps with a query
        "netlify": str,
        "cloudflare": str,
        "ours": str,
        "not netlify": NotRequired[str],  # why ours is another one: a row of the documents' table
        "not cloudflare": NotRequired[str],
    },
)


def cases(kind: str) -> list[Case]:
    """The table of `redirects` or `headers`; in it `{a*3}` is `aaa`."""
    text = re.sub(r"\{(.)\*(\d+)\}", lambda long: long[1] * int(long[2]), CASES.joinpath(f"{kind}.json").read_text())
    return cast(list[Case], json.loads(text))


def redirected(file: str, ask: str) -> str:
    """Status and target of the first line that holds, `none`, or what is wrong with the first line that is refused."""
    rules, problems = parse_redirects(file)
    if problems:
        return f"refused: {problems[0].text}"
    path, _, query = ask.partition("?")
    for rule in rules:
        values = match(rule, path, query)
        if values is not None:
            return f"{rule.status}{'!' * rule.forced} {fill(rule.target, values)}"
    return "none"


def headed(file: str, ask: str) -> str:
    """The headers that an address gets; one that is taken away has a `!`."""
    rules, problems = parse_headers(file)
    if problems:
        return f"refused: {problems[0].text}"
    headers = headers_of(rules, [decoded(ask)])
    return " | ".join(f"!{n.lower()}" if v is None else f"{n.lower()}: {v}" for n, v in headers) or "none"


ANSWER = {"redirects": redirected, "headers": headed}
