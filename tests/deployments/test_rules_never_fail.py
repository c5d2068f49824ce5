"""Whatever another host's file says, it is read: no traceback, and no line that an upload would refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.headers import parse_headers
from compiler.redirects import parse_redirects
from deployments.foreign import amplify, firebase, netlify, static_web_apps, vercel
from deployments.foreign.converting import convert
from deployments.foreign.reading import Entry

HOSTS = netlify.demands, vercel.demands, firebase.demands, static_web_apps.demands, amplify.demands, amplify.redirects
# What patterns are made of, and what would end a line or a block of ours
SIGNS = "/", ":", "*", "+", "?", "(", ")", "{", "}", "|", "\\", ".", "a", "b1", "@", "!", "<", ">", "[", "]", "^", "$"
ODD = "\n", "\r", "\t", " ", "#", "\x00", "\u2028", "é", "%", "%2F", "%0a", "~", "=", "&", ",", "https://", "(.*)", "/*"
TEXTS = st.lists(st.sampled_from([*SIGNS, *ODD]), max_size=8).map("".join)
MEMBERS = """
    redirects rewrites headers routes source destination src dest status statusCode permanent has missing type key value
    values for from to query conditions force signed hosting regex glob function route redirect rewrite methods build
    allowedRoles globalHeaders mimeTypes navigationFallback exclude responseOverrides 404 trailingSlash cleanUrls handle
    customHeaders applications appRoot pattern target condition Location
"""
NAMES = st.sampled_from(MEMBERS.split())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 999) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=5),
    max_leaves=25,
)


def check(content: object) -> None:
    for host in HOSTS:
        texts = convert("x.json", host(Entry("x.json", content, {})))
        rules, problems = parse_redirects(texts.redirects)
        assert [] == problems == parse_headers(texts.headers)[1]
        assert len(rules) == sum(line[:1] not in ("", "#") for line in texts.redirects.split("\n"))
        assert "".join(texts).replace("\n", "").isprintable()


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_any_file_is_read(content: object) -> None:
    check(content)


RULES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ["source", "src", "route", "from", "for", "pattern", "regex"], TEXTS.map(lambda text: f"/{text}")
        ),
        **dict.fromkeys(
            ["destination", "dest", "redirect", "rewrite", "to", "target"], TEXTS.map(lambda text: f"/{text}")
        ),
        "headers": st.lists(st.fixed_dictionaries({"key": TEXTS, "value": TEXTS}), max_size=2)
        | st.dictionaries(TEXTS, TEXTS, max_size=2),
        "values": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "status": st.sampled_from(["200", "301", "404-200", "x"]),
    },
)


@given(st.lists(RULES, max_size=4))
@settings(max_examples=300, deadline=None)
def test_any_rule_is_converted_or_named(rules: list[dict[str, Any]]) -> None:
    members = "redirects", "rewrites", "headers", "routes", "customHeaders"
    content = dict.fromkeys(members, rules)
    for one in (content, {"hosting": content}, rules):
        check(one)
