"""Whatever text the two files have: no parser fails, and each line that says something gives a rule or a problem."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compiler.headers import HEADER_LINE_LIMIT, headers_of, parse_headers
from compiler.matching import fill, location, match
from compiler.problems import PROBLEM_LIMIT, Problem, shown
from compiler.redirects import LINE_LIMIT, parse_redirects
from instant_hosting import shipped

Parser = Callable[[str], tuple[Sequence[object], list[Problem]]]

# What lines are made of, and what breaks parsers
WORDS = [
    *("/", "/*", "/a", "/a/:b", "/:splat", "/a/*", "*", ":x", ":splat", ":constructor", "200", "301!", "404", "#", "!"),
    *("?", "=", "a=b", "a=:b", "%zz", "%2F", "%3A", "%00", "%ff", "..", "//", "\\", "https://a.b/:x", "http://", "[["),
    *("é", "\ud800", "\x00", "\x85", "\u2028", "\ufeff", "🙂", "~", "X:", "! ", "__proto__", "/.netlify/x", "Role=a"),
]
BLANKS = [" ", "\t", "\n", "\r\n", "  ", "\r", "\x0b"]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(WORDS + BLANKS)).map("".join))
PATHS = st.one_of(st.text(), st.lists(st.sampled_from([*WORDS, "/"])).map("".join)).map("/{}".format)


def said(text: str) -> set[int]:
    """The numbers of the lines that are neither empty nor comments."""
    lines = [line.strip() for line in text.lstrip("\ufeff").split("\n")]
    return {number for number, line in enumerate(lines, 1) if line and not line.startswith("#")}


def one_line_each(problems: list[Problem]) -> bool:
    return all(problem.text.isprintable() and len(problem.text) < 400 for problem in problems)


@settings(deadline=None, max_examples=400)
@given(TEXTS, PATHS)
@example("/a /b\n" * 3000, "/a")
@example("/" + "*" * 5000 + " /b", "/")
@example("/a" + " x=1" * 300 + " /b", "/a")
@example("/:a" * 300 + " /:a", "/a")
def test_each_line_of_redirects_gives_a_rule_or_a_problem(text: str, path: str) -> None:
    rules, problems = parse_redirects(text)
    assert sorted([rule.line for rule in rules] + [problem.line for problem in problems]) == sorted(said(text))
    assert one_line_each(problems)
    for rule in rules:
        assert rule.target.isascii()
        assert rule.source[0] == "/"
        values = match(rule, path, path)
        assert values is None or location(fill(rule.target, values), path)


@settings(deadline=None, max_examples=400)
@given(TEXTS, PATHS)
@example("/a\n X: y\n" * 300, "/a")
@example("/" + ":a/" * 500 + "*\n X: y", "/a")
@example("/*a*a*a*a*a\n X: y", "/a")
def test_each_line_of_headers_belongs_to_a_rule_or_gives_a_problem(text: str, path: str) -> None:
    rules, problems = parse_headers(text)
    told = {problem.line for problem in problems}
    assert told <= said(text)
    assert one_line_each(problems)
    changes = sum(len(rule.changes) for rule in rules)
    assert bool(said(text)) <= bool(changes or told)
    for name, value in headers_of(rules, [path, path + ".html"]):
        assert name.isascii()
        assert value is None or (value.isascii() and value.isprintable() and "~" not in value)


@pytest.mark.parametrize("line", ["/" + "a" * 100_000 + " /b", "/a /b" + "/:a" * 50_000, "/a " + "x=1 " * 50_000])
def test_a_line_that_is_too_long_is_refused_with_its_beginning(line: str) -> None:
    assert [f"has {len(line.strip()):,} characters: a line has at most {LINE_LIMIT:,}" in problem.text
            for problem in parse_redirects(line)[1]] == [True]  # fmt: skip
    assert any(f"at most {HEADER_LINE_LIMIT:,}" in problem.text for problem in parse_headers(line)[1])


@pytest.mark.parametrize(("parse", "line"), [(parse_redirects, "x"), (parse_headers, "x"), (parse_headers, "/a")])
def test_after_1000_wrong_lines_no_further_one_is_read(parse: Parser, line: str) -> None:
    started = time.process_time()
    _, problems = parse(f"/* /new\n{line}\n" * 300_000)
    assert time.process_time() - started < 5
    assert len(problems) == PROBLEM_LIMIT + 1
    assert problems[-1].text.startswith("1,000 lines before this one are wrong, and no further one is read")
    assert max(problem.line for problem in problems) == problems[-1].line


def test_what_was_written_is_shown_on_one_line() -> None:
    assert shown("/a\x1b[2J\n\ud800é") == r"`/a\x1b[2J\n\ud800é`"
    assert len(shown("x" * 1000)) < 100


@pytest.mark.parametrize("module", ["problems", "addresses", "redirects", "headers", "matching"])
def test_the_parsers_are_python_3_9(module: str) -> None:
    """The machine that checks a site may have no newer one."""
    assert isinstance(ast.parse(shipped.text(f"lambda/compiler/{module}.py"), feature_version=(3, 9)), ast.Module)
