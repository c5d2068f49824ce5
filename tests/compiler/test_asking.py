"""What a visitor gets is said as the deployment answers it, with the line that decides."""

from __future__ import annotations

import pytest

from compiler.asking import Verdict, Visitor, addresses_of
from compiler.table import compile_site, read_site, visitor_of
from contract import Site

SITE = "index.html", "404.html", "news.html", "docs/index.html", "old.png", "logo.png"


def visitor(routing: str, *files: str, redirects: str = "", **more: object) -> Visitor:
    site: Site = {
        "routing": routing,
        "files": list(files),
        "redirects": redirects,
        "headers": "",
        "fallback": "",
        "assets": False,
        "shared": True,
        "lenient": True,
        **more,  # type: ignore[typeddict-item]
    }
    compiled = compile_site(site)
    assert compiled["problems"] == []
    return visitor_of(site, read_site(site))


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ("/", Verdict(200, "index.html")),
        ("/news", Verdict(200, "news.html")),
        ("/docs", Verdict(308, "/docs/")),
        ("/docs?x=1", Verdict(308, "/docs/?x=1")),
        ("/gone", Verdict(404, "404.html")),
        ("/old", Verdict(302, "/news", 1)),
        ("/old/?x=1", Verdict(302, "/news?x=1", 1)),
        ("/blog/a/b", Verdict(301, "/n/a/b", 2)),
        ("/search?q=a", Verdict(301, "/find/a?q=a", 3)),
        ("/search?q=a&p=2", Verdict(301, "/find/a?q=a&p=2", 3)),
        ("/start", Verdict(200, "news.html", 4)),
        ("/away", Verdict(410, "404.html", 5)),
    ],
)
def test_a_line_decides_or_the_routing_does(asked: str, verdict: Verdict) -> None:
    lines = "/old /news 302", "/blog/* /n/:splat", "/search q=:q /find/:q", "/start /news 200", "/away /404.html 410"
    path, _, query = asked.partition("?")
    assert verdict == visitor("mixed", *SITE, redirects="\n".join(lines)).ask(path, query)


@pytest.mark.parametrize("page", ["404/index.html", "+not-found.html"])
def test_a_page_for_what_is_missing_may_have_the_name_that_a_tool_gives_it(page: str) -> None:
    files = "index.html", "other.html", page
    assert Verdict(404, page) == visitor("mixed", *files).ask("/gone")
    assert Verdict(404, "other.html", 1) == visitor("mixed", *files, redirects="/* /other.html 404").ask("/gone")
    assert Verdict(404, "404.html") == visitor("mixed", *files, "404.html").ask("/gone")


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("/docs//a", Verdict(308, "/docs/a")),
        ("//example.com", Verdict(308, "/example.com")),
        ("/docs/%2Fa", Verdict(400, "")),
        ("/docs/../a", Verdict(400, "")),
        ("/a%5Cb", Verdict(400, "")),
        ("/" + "a" * 900, Verdict(414, "")),
    ],
)
def test_what_the_router_answers_itself_no_line_decides(path: str, verdict: Verdict) -> None:
    assert verdict == visitor("files", *SITE, redirects="/* https://example.com/:splat").ask(path)


def test_a_hashed_file_is_the_pools_whatever_a_line_says() -> None:
    asks = visitor("spa", "index.html", "assets/app-Bq3fH2kz.js", redirects="/assets/* /else/:splat 301!")
    assert Verdict(200, "assets/app-Bq3fH2kz.js") == asks.ask("/assets/app-Bq3fH2kz.js")
    assert 404 == asks.ask("/assets/app-Bq3fH2kX.js").status


@pytest.mark.parametrize("routing", ["", "spa"])
def test_the_page_of_an_app_is_given_for_its_routes_by_the_line_that_says_so(routing: str) -> None:
    asks = visitor(routing, "index.html", "app.html", "a.pdf", redirects="/* /app.html 200")
    assert Verdict(200, "app.html", 1) == asks.ask("/any/route")
    assert Verdict(200, "index.html") == asks.ask("/")
    assert Verdict(200, "a.pdf") == asks.ask("/a.pdf")


def test_a_missing_file_of_an_app_is_missing_unless_the_store_lists_what_is_there() -> None:
    assert 404 == visitor("", "index.html", redirects="/* /index.html 200").ask("/static/x.js").status
    asks = visitor("", "index.html", redirects="/a /b\n/* /index.html 200")
    assert Verdict(200, "index.html", 2) == asks.ask("/api/node.js")


@pytest.mark.parametrize("address", ["/sitemap.xml/", "/robots.txt/", "/.well-known/x"])
@pytest.mark.parametrize("page", ["", "about.html"])
def test_an_app_has_no_route_that_is_a_files_name_with_a_slash_or_below_a_dot(address: str, page: str) -> None:
    assert 404 == visitor("spa", "index.html", *filter(None, [page])).ask(address).status


def test_the_page_for_what_is_missing_is_that_of_the_line() -> None:
    asks = visitor("files", "index.html", "oops.html", redirects="/* /oops 404\n/never /x")
    assert Verdict(404, "oops.html", 1) == asks.ask("/gone")
    assert Verdict(404, "oops.html", 1) == asks.ask("/never")


def test_where_no_function_runs_a_redirect_is_a_copy() -> None:
    lines = "/old.jpg /logo.png\n/old.pdf /new.pdf"
    asks = visitor("files", *SITE, redirects=lines)
    assert Verdict(200, "logo.png", 1) == asks.ask("/old.jpg")
    assert Verdict(301, "/new.pdf", 2) == asks.ask("/old.pdf")
    assert Verdict(301, "/logo.png", 1) == visitor("files", *SITE, redirects=lines, assets=True).ask("/old.jpg")


def test_a_refused_line_does_not_hold_where_it_is_a_warning_only() -> None:
    asks = visitor("files", *SITE, redirects="/a /nothing 200\n/b /news")
    assert Verdict(404, "404.html") == asks.ask("/a")
    assert Verdict(301, "/news", 2) == asks.ask("/b")


def test_redirects_are_followed_to_their_end() -> None:
    asks = visitor("folders", *SITE, redirects="/a /b?x=1#y\n/b /docs")
    assert [
        ("/a", Verdict(308, "/a/")),
        ("/a/", Verdict(301, "/b?x=1#y", 1)),
        ("/b?x=1", Verdict(308, "/b/?x=1")),
        ("/b/?x=1", Verdict(301, "/docs?x=1", 2)),
        ("/docs?x=1", Verdict(308, "/docs/?x=1")),
        ("/docs/?x=1", Verdict(200, "docs/index.html")),
    ] == asks.follow("/a")


def test_a_file_is_known_under_the_addresses_that_its_headers_are_looked_for() -> None:
    asks = visitor("folders", *SITE, redirects="/start /news.html 200")
    assert ["/docs/", "/docs/index.html"] == addresses_of(asks, asks.ask("/docs/"))
    assert ["/start", "/news.html"] == addresses_of(asks, asks.ask("/start/"))


@pytest.mark.parametrize(("routing", "asked"), [("files", "/old/"), ("bare", "/old/"), ("folders", "/old")])
def test_the_routings_own_redirect_comes_before_a_line_for_one_address(routing: str, asked: str) -> None:
    asks = visitor(routing, *SITE, redirects="/old /news\n/x/* /news")
    hops = asks.follow(asked)
    assert [(308, 0), (301, 1)] == [(verdict.status, verdict.line) for _, verdict in hops[:2]]
    other = asked.rstrip("/") if asked.endswith("/") else f"{asked}/"
    assert Verdict(301, "/news", 1) == asks.ask(other)


@pytest.mark.parametrize("routing", ["files", "folders", "bare", "mixed", "spa"])
def test_a_line_of_the_store_comes_before_the_routings_own_redirect(routing: str) -> None:
    asks = visitor(routing, *SITE, redirects="/old id=:id /news/:id\n/old /news\n/x/* /y/:splat")
    assert [2, 2] == [asks.ask(asked).line for asked in ("/old", "/old/")]
    assert [3, 3] == [asks.ask(asked).line for asked in ("/x/a", "/x/a/")]
