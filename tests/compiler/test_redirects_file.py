"""What a `_redirects` gives: rules, and for each other line a problem that names it."""

from __future__ import annotations

import pytest

from compiler.problems import Problem
from compiler.redirects import DYNAMIC_LIMIT, LINE_LIMIT, STATIC_LIMIT, Rule, parse_redirects
from content.media_types import FILES


def problem(line: str) -> str:
    rules, problems = parse_redirects(line)
    assert rules == []
    assert [(one.file, one.line) for one in problems] == [("_redirects", 1)]
    return problems[0].text


def rule(line: str) -> Rule:
    [one], problems = parse_redirects(line)
    assert problems == []
    return one


def test_a_line_says_where_from_where_to_and_how() -> None:
    rules, problems = parse_redirects("# moved\n/old/  /new  302!  # for now\r\n\n/q id=:id /p/:id\n")
    assert problems == []
    assert rules == [
        Rule(line=2, source="/old", query=(), target="/new", status=302, forced=True),
        Rule(line=4, source="/q", query=(("id", ":id"),), target="/p/:id", status=301, forced=False),
    ]


@pytest.mark.parametrize(
    ("line", "static"),
    [
        *(("/a /b", True), ("/ /b", True), ("/a.pdf /b", True), ("/wiki/Talk%3AFoo /b", True)),
        *(("/a/* /b", False), ("/* /b", False), ("/:a /b", False), ("/a/:b/c /d", False), ("/a id=1 /b", False)),
    ],
)
def test_a_line_with_a_star_a_placeholder_or_a_query_is_not_static(line: str, static: bool) -> None:
    assert rule(line).is_static == static


def test_a_source_is_decoded_and_a_target_is_an_address() -> None:
    assert rule("/caf%C3%A9/ /ü?a=b%20c#d").source == "/café"
    assert rule("/caf%C3%A9/ /ü?a=b%20c#d").target == "/%C3%BC?a=b%20c#d"
    assert rule('/a https://x.example/<"|">').target == "https://x.example/%3C%22%7C%22%3E"


def test_a_placeholder_may_have_dashes() -> None:
    assert rule("/u/:user-id/* /t/:user-id/:splat-:user-id") == Rule(
        1, "/u/:user_id/*", (), "/t/:user_id/:splat-:user_id", 301, forced=False
    )
    assert rule("/u/* go-get=:go-get /go.html 200").query == (("go-get", ":go_get"),)
    assert rule("/u/:id /t/:id-x 301").target == "/t/:id-x"
    assert "`:a_b` is there twice" in problem("/:a-b/:a_b /t")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_may_lead_to_a_path_or_to_another_host(status: int) -> None:
    assert rule(f"/a /b {status}").status == status
    assert rule(f"/a https://example.com/ {status}!") == Rule(1, "/a", (), "https://example.com/", status, forced=True)


REFUSED = {
    "/old": "`/old` leads nowhere: write `/old /new 301`",
    "/old 301": "`/old 301` has no target: write `/old /new 301`",
    "/old example.com": "`example.com` is no target: write a path, `/new`, or an address that begins with https:// or",
    "old /new": "`old` does not begin with a slash: write `/old`",
    "https://a.example/x /y": "`https://a.example/x` names a host: take it out",
    "/x /y Country=us": "`Country=us`: conditions on country do not work here yet: write a line without it",
    "/x /y 302 Language=en": "`Language=en`: conditions on language do not work here yet",
    "/x /y 302 Role=admin": "`Role=admin`: conditions on role do not work here yet",
    "/x /y 302 Cookie=a": "`Cookie=a`: conditions on cookie do not work here yet",
    "/x /y 200 Sign=KEY": "`Sign=KEY`: signed proxy requests do not work here yet",
    "/x https://api.example/x 200": "with 200 would serve another host's answers: API origins, not yet; write 302",
    "/x https://api.example/x 404": "with 404 must be a page of this site: write its path, `/404.html`",
    "/p-:id /x": "`p-:id` is no whole placeholder: write `/:name/`",
    "/a/*/b /c": "`/a/*/b` has a `*` that is not its last segment: write `/old/*`, or `:name` in between",
    "/a* /c": "`/a*` has a `*` that is not its last segment",
    "/a/* /b/*": "`/b/*` has a `*` in its target: write `:splat` for what the `*` before took",
    "/a/:x /b/:y": "`:y` is no placeholder of the line's path, which has `:x`: write one of those",
    "/a /b/:splat": "`:splat` is no placeholder of the line's path, which has none",
    "/a/:x/:x /b": "`:x` is there twice: give each placeholder a name of its own",
    "/a/:x x=:x /b": "`:x` is there twice",
    "/a/:splat/* /b": "`:splat` is there twice",
    "/a /b 999": "`999` is no status: write one of 301, 302, 303, 307, 308, 200, 404, 410, with `!` to win over a file",
    "/a/:x/feed.xml /feed": "could match only files ending in .xml, for which patterns and queries do not hold",
    "/a.PDF v=1 /b": "could match only files ending in .PDF",
    "/* https://:x.example/": "`https://:x.example/` has a placeholder in the host: write one line for each host",
    "/* https://x.example:splat": "has a placeholder in the host",
    "/a https://münchen.example/": "has no host, or one that is not ASCII: write `https://xn--...`",
    "/a https:///b": "`https:///b` has no host",
    "/a /.netlify/functions/f 200": "`/.netlify/functions/f` is a function of Netlify, which is not here",
    "/a /.netlify/images?url=/x": "is a service of Netlify, which is not here",
    "/a //example.com/b": "`//example.com/b` has two slashes: write `https://example.com/b`, or one slash",
    "/a /\\example.com": "has a backslash or a control character: write slashes",
    "/a?id=1&b=:c /b": "has a query in its path: write `/a id=1 b=:c /new`",
    "/a?id=1 /b": "`/a?id=1` has a query in its path: write `/a id=1 /new`",
    "/a#b /c": "`/a#b` has a fragment, which no browser sends: write the path alone",
    "/a/../b /c": "`/a/../b` is an address that the site answers itself: write single slashes, without dot segments",
    "/a%2F%2E%2E%2Fb /c": "is an address that the site answers itself",
    "/a%00 /c": "is an address that the site answers itself",
    "/%3Aid /x": "`%3Aid` would be taken for a placeholder",
    "/a /b?x=1 200": "`/b?x=1` with 200 is a file, which has no query and no fragment: leave them out",
    "/a /b/../c 200": "`/b/../c` is no path of a file",
    "/a c /b": "`c` is neither a query nor a target: write `/old name=value /new`",
    "/a a=1 a=2 /b": "`a=1 a=2` asks for a name twice: write each once",
    "/a a=%26 /b": "`a=%26` has a value that no line can ask for: write `a=:value` for any",
    "/a a=%3Ab /c": "`a=%3Ab` has a value that no line can ask for",
    "/a /b#x 404": "`/b#x` with 404 is a file, which has no query and no fragment",
    "/a /b?x 410": "`/b?x` with 410 is a file, which has no query and no fragment",
    "/a a=:1 /b": "`a=:1` is no whole placeholder: write `a=:value`",
    "/a /b 301 c": "`c` follows the status: write a line that ends with it, `/old /new 301`",
    "X-Frame-Options: DENY": "`X-Frame-Options:` is a header's name: write it into _headers, below its path",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_wrong_line_is_told_what_is_wrong_and_the_spelling_that_we_take(line: str) -> None:
    assert REFUSED[line] in problem(line)
    assert ": " in problem(line)


@pytest.mark.parametrize("extension", FILES)
def test_a_pattern_may_end_in_html_and_in_no_other_extension_of_files(extension: str) -> None:
    rules, problems = parse_redirects(f"/:lang/index.{extension} /:lang/")
    assert bool(rules) == (extension in {"html", "htm"})
    assert bool(rules) != bool(problems)


def test_an_unknown_extension_is_a_page() -> None:
    assert rule("/old/:name/index.php /:name").source == "/old/:name/index.php"


def test_more_lines_than_there_may_be_are_named_one_by_one() -> None:
    static = [f"/a{n} /b" for n in range(STATIC_LIMIT + 2)]
    dynamic = [f"/a{n}/* /b" for n in range(DYNAMIC_LIMIT + 1)]
    rules, problems = parse_redirects("\n".join(static + dynamic))
    assert [sum(one.is_static for one in rules), len(rules)] == [STATIC_LIMIT, STATIC_LIMIT + DYNAMIC_LIMIT]
    assert [one.line for one in problems] == [2001, 2002, len(static) + 101]
    assert (
        problems[0].text == "`/a2000 /b` is over the limit of 2,000 lines for one address each: join some into patterns"
    )
    assert "is over the limit of 100 lines with `*`, `:name` or a query" in problems[2].text


def test_a_line_has_at_most_1000_characters() -> None:
    longest = "/" + "a" * (LINE_LIMIT - 4) + " /b"
    assert rule(f"  {longest}  ").target == "/b"
    assert "has 1,001 characters: a line has at most 1,000" in problem("/a" + longest[1:])


def test_each_wrong_line_is_named_with_its_number_as_a_text_editor_counts() -> None:
    text = "\ufeff# a\r\n/a b\r\n\r\n/c /d\r\n/e f\r\n"
    assert [str(one) for one in parse_redirects(text)[1]] == [
        "_redirects:2: `b` is no target: write a path, `/new`, or an address that begins with https:// or http://",
        "_redirects:5: `f` is no target: write a path, `/new`, or an address that begins with https:// or http://",
    ]
    assert isinstance(parse_redirects(text)[1][0], Problem)
