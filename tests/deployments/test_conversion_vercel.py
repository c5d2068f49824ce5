"""What vercel.json asks for, as lines of ours that lead where it led."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.redirects import parse_redirects
from tests.deployments.converting import Row, answer, comments, converted, given

VERCEL: list[Row] = [
    ({"source": "/old", "destination": "/new"}, "/old", "308 /new"),
    ({"source": "/old", "destination": "/new", "permanent": False}, "/old", "307 /new"),
    ({"source": "/old", "destination": "/new", "statusCode": 301}, "/old?x=1", "301 /new?x=1"),
    ({"source": "/blog/:slug", "destination": "/news/:slug"}, "/blog/a", "308 /news/a"),
    ({"source": "/blog/:slug", "destination": "/news/:slug"}, "/blog/a/b", None),
    ({"source": "/blog/:slug*", "destination": "/news/:slug*"}, "/blog/a/b", "308 /news/a/b"),
    ({"source": "/blog/:slug+", "destination": "https://b.example/:slug+"}, "/blog/a/b", "308 https://b.example/a/b"),
    ({"source": "/docs/(.*)", "destination": "/guide/$1"}, "/docs/a/b", "308 /guide/a/b"),
    ({"source": "/docs(.*)", "destination": "/guide$1"}, "/docs/a", "308 /guide/a"),
    ({"source": "/:path(.*)", "destination": "https://x.example/:path"}, "/a/b", "308 https://x.example/a/b"),
    ({"source": "/:lang(en|de)/x", "destination": "/x?l=:lang"}, "/de/x", "308 /x?l=de"),
    ({"source": "/:lang(en|de)/x", "destination": "/x?l=:lang"}, "/fr/x", None),
    ({"source": "/:lang?/about", "destination": "/:lang/us"}, "/about", "308 /us"),
    ({"source": "/:lang?/about", "destination": "/:lang/us"}, "/en/about", "308 /en/us"),
    ({"source": "/page{.html}?", "destination": "/p"}, "/page.html", "308 /p"),
    ({"source": "/page{.html}?", "destination": "/p"}, "/page", "308 /p"),
    ({"source": "/v1\\.0/:id", "destination": "/v1/:id"}, "/v1.0/x", "308 /v1/x"),
    ({"source": "/:year/:month/:day", "destination": "/:day?m=:month&y=:year"}, "/20/1/2", "308 /2?m=1&y=20"),
    (
        {"source": "/s", "destination": "/find/:q", "has": [{"type": "query", "key": "q"}]},
        "/s?q=a",
        "308 /find/a?q=a",
    ),
    (
        {"source": "/s", "destination": "/f", "has": [{"type": "query", "key": "q", "value": "a"}]},
        "/s?q=b",
        None,
    ),
]
UNSAID = [
    {"source": "/post/:id(\\d+)", "destination": "/p/:id"},
    {"source": "/@:user", "destination": "/u/:user"},
    {"source": "/:path*/edit", "destination": "/e/:path*"},
    {"source": "/((?!new).*)", "destination": "/new"},
    {"source": "/a", "destination": "/b", "has": [{"type": "host", "value": "www.example.com"}]},
    {"source": "/a", "destination": "/b", "missing": [{"type": "cookie", "key": "c"}]},
    {"source": "/(", "destination": "/b"},
    {"source": "", "destination": "/b"},
    {"source": "/a", "destination": ""},
    {"source": "/a\n/b /c 301", "destination": "/d"},
    {"source": "/a b", "destination": "/c\n/x /y"},
    {"source": "/:a?/:b*/(.*)", "destination": "/b"},
    {"source": "/:a?/x/(.*)", "destination": "/b"},
    {"source": "/:a{.html}?", "destination": "/b/:a"},
    {"source": "{/a}?", "destination": "\t"},
    {"source": ["/a"], "destination": 1},
]


@pytest.mark.parametrize(("entry", "asked", "wanted"), VERCEL)
def test_a_redirect_of_vercel_leads_where_it_led(tmp_path: Path, entry: object, asked: str, wanted: str | None) -> None:
    redirects = converted(tmp_path, "vercel.json", {"redirects": [entry]}).redirects
    assert wanted == answer(redirects, asked)
    assert comments(redirects) == []


@pytest.mark.parametrize("entry", UNSAID, ids=lambda entry: str(entry["source"]))
def test_what_no_line_says_is_a_comment_that_says_why(tmp_path: Path, entry: object) -> None:
    redirects = converted(tmp_path, "vercel.json", {"redirects": [entry]}).redirects
    assert ([], []) == parse_redirects(redirects)
    (comment,) = comments(redirects)
    assert comment.startswith("# vercel.json:3: redirect ")
    assert "nothing does it here: " in comment


def test_redirects_of_vercel_win_over_files_and_rewrites_do_not(tmp_path: Path) -> None:
    content = {
        "rewrites": [{"source": "/(.*)", "destination": "/index.html"}, {"source": "/a", "destination": "/b.html"}],
        "redirects": [{"source": "/old", "destination": "/new"}],
    }
    rules, _ = parse_redirects(converted(tmp_path, "vercel.json", content).redirects)
    assert [("/old", 308, True), ("/a", 200, False), ("/*", 200, False)] == [
        (rule.source, rule.status, rule.forced) for rule in rules
    ]


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("/(.*)", False),
        ("/:path*", False),
        ("/((?!api/).*)", True),
        ("/((?!.*\\..*).*)", False),
        ("/:path((?!assets).*)", True),
        ("/((?!api/)[^\\.]*)", True),
    ],
)
def test_a_rewrite_of_all_to_one_page_is_the_line_for_an_app(tmp_path: Path, source: str, note: bool) -> None:
    content = {"rewrites": [{"source": source, "destination": "/index.html"}]}
    redirects = converted(tmp_path, "vercel.json", content).redirects
    assert "/* /index.html 200" == redirects.splitlines()[-1]
    assert note == any("what it leaves out there gets the page here too" in line for line in comments(redirects))


def test_headers_of_vercel_reach_the_same_files(tmp_path: Path) -> None:
    content = {
        "headers": [
            {"source": "/(.*)", "headers": [{"key": "X-A", "value": "1"}, {"key": "Set-Cookie", "value": "c=1"}]},
            {"source": "/assets/(.*)\\.(js|css)", "headers": [{"key": "X-B", "value": "2"}]},
            {"source": "/:all*(svg|png)", "headers": [{"key": "X-C", "value": "3"}]},
            {"source": "/u/:id", "headers": [{"key": "X-D", "value": "user :id at https://x.example"}]},
            {"source": "/x", "has": [{"type": "header", "key": "a"}], "headers": [{"key": "X-E", "value": "1"}]},
            {"source": "/y", "headers": [{"key": "X\n/evil", "value": "1"}, {"key": "#a", "value": "1"}]},
        ]
    }
    headers = converted(tmp_path, "vercel.json", content).headers
    assert {"X-A": "1", "X-B": "2"} == given(headers, "/assets/a/b.css")
    assert {"X-A": "1", "X-C": "3"} == given(headers, "/i/logo.svg")
    assert {"X-A": "1", "X-D": "user 7 at https://x.example"} == given(headers, "/u/7")
    refused = "header `Set-Cookie`", "headers for /x", "header `X\\n/evil`", "header `#a`"
    assert all(text in comment for text, comment in zip(refused, comments(headers), strict=True))


def test_routes_of_the_older_kind_are_read_as_far_as_a_line_can_say_them(tmp_path: Path) -> None:
    content = {
        "routes": [
            {"src": "/old", "status": 301, "headers": {"Location": "/new"}},
            {"src": "^/docs/(.*)$", "status": 308, "headers": {"Location": "https://d.example/$1"}},
            {"src": "/static/(.*)", "headers": {"X-A": "b"}, "continue": True},
            {"handle": "filesystem"},
            {"src": "/[0-9]+", "dest": "/n.html"},
            {"src": "/(.*)", "dest": "/index.html"},
        ]
    }
    texts = converted(tmp_path, "vercel.json", content)
    assert "301 /new" == answer(texts.redirects, "/old")
    assert "308 https://d.example/a/b" == answer(texts.redirects, "/docs/a/b")
    assert "200 /index.html" == answer(texts.redirects, "/any")
    assert {"X-A": "b"} == given(texts.headers, "/static/x/y")
    assert any("/[0-9]+" in comment for comment in comments(texts.redirects))
