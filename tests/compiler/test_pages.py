"""What docs/redirects.md and docs/headers.md show is what happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from compiler import headers, redirects
from compiler.problems import Problem
from workbench import ROOT

PAGES: dict[str, Callable[[str], tuple[Sequence[object], list[Problem]]]] = {
    "redirects": redirects.parse_redirects,
    "headers": headers.parse_headers,
}
LIMITS = {
    "redirects": {
        "lines for one address each": redirects.STATIC_LIMIT,
        "dynamic lines": redirects.DYNAMIC_LIMIT,
        "a line": redirects.LINE_LIMIT,
    },
    "headers": {"paths": headers.HEADER_RULE_LIMIT, "a line": headers.HEADER_LINE_LIMIT},
}


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_the_file_that_a_page_shows_is_taken(name: str) -> None:
    [example, *_] = re.findall(r"```text\n(.+?)```", page(name), re.S)
    rules, problems = PAGES[name](example)
    assert problems == []
    assert len(rules) > 3


def test_the_problems_that_the_page_shows_are_told_so() -> None:
    [_, shown] = re.findall(r"```text\n(.+?)```", page("redirects"), re.S)
    lines = ["#"] * 6 + ["/promo/*/de /de"] + ["#"] + ["/x /y 302 Country=de"]
    assert [str(problem) for problem in redirects.parse_redirects("\n".join(lines))[1]] == shown.splitlines()


@pytest.mark.parametrize("name", LIMITS)
def test_a_page_names_the_limits_that_the_compiler_has(name: str) -> None:
    for what, limit in LIMITS[name].items():
        assert re.search(rf"^\| {what} \| {limit:,}( characters)? \|$", page(name), re.M), what


def test_the_headers_that_a_page_says_are_refused_are_refused() -> None:
    table = page("headers").partition("## What a rule may not set")[2].partition("## Limits")[0]
    names = re.findall(r"`([A-Z][\w*-]+)`", table)
    assert len(names) > 30
    for name in names:
        rules, problems = headers.parse_headers(f"/*\n  {name.replace('*', 'Cf-Id')}: v")
        assert rules == [], name
        assert "is CloudFront's or S3's own" in problems[0].text or "is not for _headers" in problems[0].text, name
