"""What a line holds for and what it leads to. Netlify's engine decides most of it: test_oracles.py."""

from __future__ import annotations

import pytest

from compiler.matching import fill, location, match
from compiler.redirects import parse_redirects


def values(line: str, path: str, query: str = "") -> dict[str, str] | None:
    [rule], _ = parse_redirects(line)
    return match(rule, path, query)


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        ("/", "/", {}),
        ("/a", "/a/", {}),
        ("/a", "/a//", None),
        ("/a", "/%61", {}),
        ("/a", "/A", None),
        ("/:x", "/", None),
        ("/:x", "/a%2Fb", {"x": "a%2Fb"}),
        ("/:x", "/%C3%BC/", {"x": "%C3%BC"}),
        ("/é/:x", "/%c3%a9/1", {"x": "1"}),
        ("/%ff", "/%ff", {}),
        ("/%ff", "/%FF", None),  # as the router decodes: what is no UTF-8 stays as it is
        ("/%ffAB", "/%ff%41%42", {}),
        ("/%zzAé", "/%zz%41é", {}),
        ("/%zzé", "/%zz%C3%A9", None),
        ("/*", "/", {"splat": ""}),
        ("/a/*", "/a", {"splat": ""}),
        ("/a/*", "/a/", {"splat": ""}),
        ("/a/*", "/a/%20/", {"splat": "%20/"}),
        ("/a/*", "/", None),
        ("/:x/b/*", "/1/b/2/3", {"x": "1", "splat": "2/3"}),
        ("/:x/*", "//", None),
    ],
)
def test_placeholders_take_segments_as_they_were_sent(source: str, path: str, expected: dict[str, str] | None) -> None:
    assert values(f"{source} /to", path) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=2", {"b": "2"}),
        ("b=2&x=3&a=1", {"b": "2"}),
        ("a=%31&b=x%20y+z", {"b": "x%20y+z"}),
        ("a=1&b", {"b": ""}),
        ("a=1&b=2&b=3", {"b": "2"}),
        ("a=1", None),
        ("a=2&b=2", None),
        ("A=1&b=2", None),
        ("", None),
    ],
)
def test_every_word_of_a_query_must_be_there(query: str, expected: dict[str, str] | None) -> None:
    assert values("/q a=1 b=:b /to", "/q", query) == expected


def test_a_target_is_filled_in_once_and_by_whole_names() -> None:
    assert fill("/:id/:idx/:other", {"id": ":idx", "idx": "2"}) == "/:idx/2/:other"
    assert fill("/wiki/Talk:constructor", {}) == "/wiki/Talk:constructor"
    assert fill("https://x.example/:id-:id?q=:id#:id", {"id": "1"}) == "https://x.example/1-1?q=1#1"


def test_a_path_never_becomes_another_host() -> None:
    assert fill("/:splat", {"splat": "/evil.example/"}) == "/evil.example/"
    assert fill("/:splat", {"splat": "\\/evil.example"}) == "/evil.example"
    assert fill("/:x/:splat", {"x": "", "splat": "/evil.example"}) == "/evil.example"
    assert fill("https://x.example/:splat", {"splat": ""}) == "https://x.example/"


@pytest.mark.parametrize(
    ("target", "query", "expected"),
    [
        ("/b", "", "/b"),
        ("/b", "x=1", "/b?x=1"),
        ("/b?y=2", "x=1", "/b?y=2"),
        ("/b?", "x=1", "/b?"),
        ("/b#f", "x=1", "/b?x=1#f"),
        ("/b#f?y", "x=1", "/b?x=1#f?y"),
        ("https://x.example/b?y=2#f", "x=1", "https://x.example/b?y=2#f"),
    ],
)
def test_the_query_goes_along_unless_the_target_has_its_own(target: str, query: str, expected: str) -> None:
    assert location(target, query) == expected
