"""What a `_headers` gives: rules, for each other line a problem that names it, and what a file's rules leave."""

from __future__ import annotations

import time

import pytest

from compiler.headers import HEADER_RULE_LIMIT, HeaderRule, headers_of, parse_headers


def problem(text: str) -> str:
    rules, problems = parse_headers(text)
    assert rules == []
    assert len(problems) == 1
    assert problems[0].file == "_headers"
    return f"{problems[0].line} {problems[0].text}"


def left(text: str, *addresses: str) -> list[tuple[str, str | None]]:
    rules, problems = parse_headers(text)
    assert problems == []
    return headers_of(rules, addresses)


def test_a_path_and_what_stands_below_it_is_a_rule() -> None:
    text = "# all\n/*  # every page\n  X-One: a: b\n\n\tX-two :c\n/caf%C3%A9/\n ! X-One\n"
    assert parse_headers(text) == (
        [
            HeaderRule(line=2, pattern="/*", changes=(("X-One", "a: b"), ("X-two", "c"))),
            HeaderRule(line=6, pattern="/café/", changes=(("X-One", None),)),
        ],
        [],
    )


def test_a_name_that_is_there_twice_below_a_path_is_one_header() -> None:
    text = "/a\n  Link: <x>\n  X: 1\n  link: <y>\n"
    assert left(text, "/a") == [("Link", "<x>, <y>"), ("X", "1")]


def test_a_later_rule_replaces_a_header_of_the_same_name_and_takes_its_place() -> None:
    text = "/*\n  X-A: all\n  X-B: all\n/a\n  x-a: one\n"
    assert left(text, "/a") == [("X-B", "all"), ("x-a", "one")]
    assert left(text, "/b") == [("X-A", "all"), ("X-B", "all")]


def test_what_is_taken_away_is_told_even_if_no_rule_has_set_it() -> None:
    text = "/*\n  X-A: all\n/a\n  ! x-a\n  ! Server-Timing\n/a/b\n  X-A: again\n"
    assert left(text, "/a") == [("x-a", None), ("Server-Timing", None)]
    assert left(text, "/a", "/a/b") == [("Server-Timing", None), ("X-A", "again")]


def test_a_rule_holds_for_the_address_and_for_the_file_name_and_applies_once() -> None:
    assert left("/about\n  X: 1\n/about.html\n  Y: 2\n", "/about", "/about.html") == [("X", "1"), ("Y", "2")]
    assert left("/*\n  X: /:splat\n", "/about", "/about.html") == [("X", "/about")]


@pytest.mark.parametrize(
    ("pattern", "holds", "others"),
    [
        ("/", ["/"], ["/a", "//"]),
        ("/*", ["/", "/a", "/a/b/", "/a.html"], []),
        ("/a", ["/a", "/a/"], ["/", "/A", "/ab", "/a/b"]),
        ("/a/", ["/a", "/a/"], ["/ab"]),
        ("/a/*", ["/a", "/a/", "/a/b/c"], ["/ab", "/b"]),
        ("/a*", ["/a", "/ab", "/a/b"], ["/b"]),
        ("/*.jpg", ["/x.jpg", "/a/b.jpg"], ["/x.jpeg", "/jpg"]),
        ("/a/*/z", ["/a/b/z", "/a/b/c/z"], ["/a/z", "/a/b"]),
        ("/:x", ["/a", "/a/"], ["/", "/a/b"]),
        ("/:x/b/*", ["/a/b", "/a/b/c"], ["/a/c", "/b"]),
        ("/a.b", ["/a.b"], ["/acb"]),
        ("/a(b)+[c]$^", ["/a(b)+[c]$^"], ["/ab"]),
        ("/new%0Aline", [], ["/new\nline"]),
    ],
)
def test_which_addresses_a_pattern_holds_for(pattern: str, holds: list[str], others: list[str]) -> None:
    rules, _ = parse_headers(f"{pattern}\n  X: 1\n")
    assert [address for address in [*holds, *others] if headers_of(rules, [address])] == holds


def test_placeholders_are_filled_into_values_as_an_address_has_them() -> None:
    text = "/:lang/*\n  Link: <https://x.example/:splat>; hreflang=:lang; at=10:30:lang; as:other\n"
    value = "<https://x.example/%C3%BC%20b/%7Ec%2C>; hreflang=de; at=10:30de; as:other"
    assert left(text, "/de/ü b/~c,") == [("Link", value)]


REFUSED = {
    "X: y\n": "1 `X: y` stands above the first path: write a line like `/*` before it",
    "/a\n": "1 `/a` has no headers below it: write `  Name: value`",
    "/a\n  what\n": "2 `what` is no header: write `Name: value`, or `! Name` to take one away",
    "*/a.js\n": "1 `*/a.js` is no path: write `/*/a.js`",
    "/a\n  X:\n": "2 `X` has no value: write `Name: value`, or `! Name` to take it away",
    "/a\n  X Y: z\n": "2 `X Y` is no header's name: write letters, digits and `-`, without blanks",
    "/a\n  !X\n": "2 `!X` would take a header away: write `! Name` with a blank and without a value",
    "/a\n  ! X: y\n": "2 `! X` would take a header away: write `! Name` with a blank and without a value",
    "/a\n  X: ~a\n": "2 `~a` has `~`: a value is printable ASCII without `~`; in an address write %7E",
    "/a\n  X: ü\n": "2 `ü` has `ü`: a value is printable ASCII without `~`; in an address write %C3%BC",
    "https://x.example/a\n  X: y\n": "1 `https://x.example/a` names a host: take it out",
    "/a b\n  X: y\n": "1 `/a b` has a blank: write %20, and headers on lines of their own below the path",
    "/a?b\n  X: y\n": "1 `/a?b` has `?`: write the path alone",
    "/*/*\n  X: y\n": "1 `/*/*` has more than one `*`: write `:name` for a segment",
    "/a-:b\n  X: y\n": "1 `a-:b` is no whole placeholder: write `/:name/`",
    "/:a/:a\n  X: y\n": "1 `:a` is there twice",
    "/*/:splat\n  X: y\n": "1 `:splat` is there twice",
    "/a//b\n  X: y\n": "1 `/a//b` is an address that the site answers itself",
    "/a\n  Set-Cookie: a=b\n": "2 `Set-Cookie` is not for _headers: all visitors would share the cookie; set it",
    "/a\n  location: /b\n": "2 `location` is not for _headers: a header does not redirect; write a line in _redirects",
    "/a\n  Content-Encoding: br\n": "2 `Content-Encoding` is not for _headers: a file whose name says so",
    "/a\n  Basic-Auth: me:secret\n": "2 `Basic-Auth` is not for _headers: there is no password here",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_wrong_line_is_told_what_is_wrong_and_the_spelling_that_we_take(text: str) -> None:
    assert problem(text).startswith(REFUSED[text])


# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
RESTRICTED = """Connection Expect Keep-Alive Proxy-Authenticate Proxy-Authorization Proxy-Connection Trailer Upgrade Via
X-Accel-Buffering X-Accel-Charset X-Accel-Limit-Rate X-Accel-Redirect X-Amz-Cf-Id X-Amzn-Auth X-Amzn-Cf-Billing
X-Amzn-Cf-Id X-Amzn-Cf-Xff X-Amzn-Errortype X-Amzn-Fle-Profile X-Amzn-Header-Count X-Amzn-Header-Order
X-Amzn-Lambda-Integration-Tag X-Amzn-RequestId X-Cache X-Edge-Location X-Forwarded-Proto X-Real-IP CDN-Loop
Content-Length Host Transfer-Encoding Warning"""
OURS = " Accept-Ranges Age Content-Range Date ETag Last-Modified Server x-amz-meta-headers"  # S3's and CloudFront's own
TAKEN = """Cache-Control Content-Type Content-Disposition Content-Language Content-Security-Policy Referrer-Policy Link
Permissions-Policy Strict-Transport-Security X-Frame-Options X-Content-Type-Options X-Robots-Tag Vary Refresh Allow NEL
Access-Control-Allow-Origin Cross-Origin-Opener-Policy Cross-Origin-Embedder-Policy Service-Worker-Allowed Report-To
Timing-Allow-Origin Clear-Site-Data Alt-Svc X-Custom_Name.1"""


@pytest.mark.parametrize("name", (RESTRICTED + OURS).split())
@pytest.mark.parametrize("line", ["{}: v", "! {}"])
def test_a_header_that_makes_cloudfront_answer_502_is_refused_by_name(name: str, line: str) -> None:
    for spelled in (name, name.lower(), name.upper()):
        assert f"`{spelled}` is CloudFront's or S3's own header" in problem("/a\n  " + line.format(spelled))


def test_headers_that_people_write_are_taken() -> None:
    names = TAKEN.split()
    text = "/*\n" + "".join(f"  {name}: v\n" for name in names)
    assert left(text, "/") == [(name, "v") for name in names]


def test_a_wrong_header_does_not_hide_the_others_of_its_path() -> None:
    rules, problems = parse_headers("/a\n  X: 1\n  Via: 2\n  Y: 3\n/../b\n  Z: ü\n")
    assert [rule.changes for rule in rules] == [(("X", "1"), ("Y", "3"))]
    assert [one.line for one in problems] == [3, 5, 6]


def test_paths_over_the_limit_are_named_one_by_one() -> None:
    rules, problems = parse_headers("".join(f"/{n}\n  X: 1\n" for n in range(HEADER_RULE_LIMIT + 2)))
    assert len(rules) == HEADER_RULE_LIMIT
    assert [str(one) for one in problems] == [
        "_headers:201: `/100` is over the limit of 100 paths: join some into patterns",
        "_headers:203: `/101` is over the limit of 100 paths: join some into patterns",
    ]


def test_a_line_has_at_most_2000_characters() -> None:
    assert left("/a\n  X: " + "b" * 1997, "/a") == [("X", "b" * 1997)]
    assert "has 2,001 characters: a line has at most 2,000" in problem("/a\n  X: " + "b" * 1998)


@pytest.mark.parametrize("pattern", ["/" + "a/" * 400 + "*", "/" + ":x/" * 2 + "*a", "/*" + "a" * 900])
def test_no_pattern_is_slow(pattern: str) -> None:
    rules, _ = parse_headers(f"{pattern}\n  X: 1\n")
    started = time.process_time()
    for _ in range(100):
        headers_of(rules, ["/" + "a/" * 450 + "b"])
    assert time.process_time() - started < 0.5
