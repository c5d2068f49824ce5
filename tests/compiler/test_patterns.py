"""What is written in two ways means the same: patterns by expression and by segment, and which behaviors are assets."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from compiler.matching import match_path
from compiler.patterns import Patterns
from compiler.places import has_finisher
from compiler.redirects import Rule
from generator.sections.edge import ASSET_PATTERNS

WORDS = st.sampled_from(["a", "b", "a b", "\u00e9", "x.y", "*a"])
PARTS = st.lists(WORDS | st.sampled_from([":one", ":two"]), max_size=3, unique=True)


def rule(parts: list[str], end: str) -> Rule:
    return Rule(1, "/" + "/".join([*parts, *([end] if end else [])]), (), "/x", 301, forced=False)


@given(PARTS, st.sampled_from(["", "*"]), st.lists(WORDS, max_size=4), st.sampled_from(["", "/"]))
def test_an_address_that_a_pattern_finds_is_one_that_its_line_holds_for(
    parts: list[str], end: str, asked: list[str], slash: str
) -> None:
    one = rule(parts, end)
    address = "/" + "/".join(asked) + slash * bool(asked)
    assert bool(Patterns([one]).at(address)) == (match_path(one.source, quote(address)) is not None)


def test_assets_are_what_the_templates_behaviors_without_a_finisher_match() -> None:
    assert ASSET_PATTERNS == ("*.css", "*.png", "*.jpg", "/assets/*.js", "/_*/*.js")
    without = ["a.css", "x/a.png", "a.jpg", "assets/a.js", "assets/x/a.js", "_app/x/a.js", "_x/a.js"]
    with_it = ["a.js", "x/assets/a.js", "a.css/", "sw.js", "_a.js", "assets/a.mjs", "a.css.html"]
    assert [path for path in without if has_finisher(path, assets=False)] == []
    assert [path for path in with_it if not has_finisher(path, assets=False)] == []
    assert all(has_finisher(path, assets=True) for path in without)
