"""What other hosts' files ask for means the same here: each row says an address, and where that host sends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compiler.headers import headers_of, parse_headers
from compiler.matching import fill, location, match
from compiler.redirects import parse_redirects
from deployments.errors import Failure
from deployments.foreign.converting import Converted, convert, demands

Row = tuple[Any, str, str | None]


def converted(folder: Path, name: str, content: object) -> Converted:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return convert(name, demands(path))


def answer(redirects: str, address: str) -> str | None:
    """Status and target of the first line that holds."""
    path, _, query = address.partition("?")
    rules, problems = parse_redirects(redirects)
    assert problems == []
    for rule in rules:
        values = match(rule, path, query)
        if values is not None:
            return f"{rule.status} {location(fill(rule.target, values), query)}"
    return None


def given(headers: str, address: str) -> dict[str, str | None]:
    rules, problems = parse_headers(headers)
    assert problems == []
    return dict(headers_of(rules, [address]))


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line[:1] == "#"][1:]


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


def test_lines_over_a_limit_of_ours_are_comments(tmp_path: Path) -> None:
    content = {"redirects": [{"source": f"/{n}/:a", "destination": "/b/:a"} for n in range(102)]}
    redirects = converted(tmp_path, "vercel.json", content).redirects
    rules, problems = parse_redirects(redirects)
    assert (100, []) == (len(rules), problems)
    many = [{"source": f"/{n}", "headers": [{"key": "X-A", "value": "b"}]} for n in range(101)]
    headers = converted(tmp_path, "vercel.json", {"headers": many}).headers
    assert [] == parse_headers(headers)[1]
    assert ["#   X-A: b"] == comments(headers)[1:]
    assert comments(redirects)[0].startswith("# /100/:a /b/:a 308!: is over the limit of 100 lines")


FIREBASE: list[Row] = [
    ({"source": "/foo", "destination": "/bar", "type": 302}, "/foo", "302 /bar"),
    ({"source": "foo", "destination": "/bar"}, "/foo", "301 /bar"),
    ({"source": "/foo{,/**}", "destination": "/bar"}, "/foo/a/b", "301 /bar"),
    ({"source": "/foo/**", "destination": "/bar"}, "/foo/a/b", "301 /bar"),
    ({"source": "/foo/*", "destination": "/bar"}, "/foo/a", "301 /bar"),
    ({"source": "/foo/*", "destination": "/bar"}, "/foo/a/b", None),
    ({"source": "/blog/:post*", "destination": "https://b.example/:post"}, "/blog/a/b", "301 https://b.example/a/b"),
    ({"source": "/u/:id/avatar", "destination": "/a/:id"}, "/u/7/avatar", "301 /a/7"),
    ({"source": "/@(a|b)/x", "destination": "/c"}, "/b/x", "301 /c"),
    ({"source": "/old?(.html)", "destination": "/new"}, "/old.html", "301 /new"),
    ({"regex": "^/d/(.*)$", "destination": "/e/:1"}, "/d/x/y", "301 /e/x/y"),
    ({"regex": "^/u/(?P<id>[^/]+)$", "destination": "/v/:id"}, "/u/x", "301 /v/x"),
    ({"regex": "/u/", "destination": "/v"}, "/u/x", None),
    ({"source": "!/a/**", "destination": "/v"}, "/u/x", None),
]


@pytest.mark.parametrize(("entry", "asked", "wanted"), FIREBASE)
def test_a_redirect_of_firebase_leads_where_it_led(
    tmp_path: Path, entry: object, asked: str, wanted: str | None
) -> None:
    redirects = converted(tmp_path, "firebase.json", {"hosting": {"redirects": [entry]}}).redirects
    assert wanted == answer(redirects, asked)


def test_a_whole_file_of_firebase_is_read_with_comments_and_several_sites(tmp_path: Path) -> None:
    content = """{
  // two sites
  "hosting": [{
    "target": "app", "public": "dist", "cleanUrls": true, "trailingSlash": false,
    "headers": [
      {"source": "**/*.@(jpg|png)", "headers": [{"key": "X-A", "value": "http://x // y"}]},
      {"source": "*.html", "headers": [{"key": "X-B", "value": "1"}]}
    ],
    "rewrites": [
      {"source": "/api/**", "function": "api"},
      {"source": "**", "destination": "/index.html"} /* the app */
    ]
  }, {"public": "docs"}],
  "firestore": {"rules": "f"}
}"""
    texts = converted(tmp_path, "firebase.json", content)
    assert "200 /index.html" == answer(texts.redirects, "/any/route")
    assert {"X-A": "http://x // y"} == given(texts.headers, "/i/a/b.png")
    told = comments(texts.redirects)
    assert any(
        line.startswith("# firebase.json:10: rewrite /api/** to function api (200): nothing does it here: ")
        for line in told
    )
    assert any(line.startswith("# firebase.json:4: cleanUrls: the parameter Routing") for line in told)
    assert any(line.startswith("# firebase.json:13: public `docs`: the parameter OutputFolder") for line in told)
    assert any("takes files of one folder" in line for line in comments(texts.headers))


SWA: list[Row] = [
    ({"route": "/old", "redirect": "/new"}, "/old", "302 /new"),
    ({"route": "/old", "redirect": "/new", "statusCode": 301}, "/old", "301 /new"),
    ({"route": "/shop/*", "redirect": "https://shop.example/"}, "/shop/a/b", "302 https://shop.example/"),
    ({"route": "/calendar*", "rewrite": "/calendar.html"}, "/calendar/january/1", "200 /calendar.html"),
    ({"route": "/calendar*", "rewrite": "/calendar.html"}, "/calendar", "200 /calendar.html"),
    ({"route": "/gone", "statusCode": 404}, "/gone", "404 /404.html"),
    ({"route": "/a", "rewrite": "b.html"}, "/a", "200 /b.html"),
    ({"route": "/login", "redirect": "/.auth/login/github"}, "/login", None),
    ({"route": "/admin*", "allowedRoles": ["admin"]}, "/admin", None),
    ({"route": "/api/*", "methods": ["POST"], "rewrite": "/x.html"}, "/api/a", None),
]


@pytest.mark.parametrize(("entry", "asked", "wanted"), SWA)
def test_a_route_of_static_web_apps_leads_where_it_led(
    tmp_path: Path, entry: object, asked: str, wanted: str | None
) -> None:
    redirects = converted(tmp_path, "staticwebapp.config.json", {"routes": [entry]}).redirects
    assert wanted == answer(redirects, asked)
    assert wanted or comments(redirects)


def test_a_whole_file_of_static_web_apps_is_read(tmp_path: Path) -> None:
    content = {
        "globalHeaders": {"X-A": "all", "X-Powered-By": ""},
        "mimeTypes": {".json": "text/json"},
        "routes": [
            {"route": "/images/*.{png,jpg}", "headers": {"X-A": "image"}},
            {"route": "/profile*", "allowedRoles": ["authenticated"], "headers": {"X-B": "1"}},
        ],
        "navigationFallback": {"rewrite": "/index.html", "exclude": ["/images/*.{png,gif}", "/css/*"]},
        "responseOverrides": {"404": {"rewrite": "/missing.html"}, "401": {"redirect": "/login"}},
        "auth": {},
        "trailingSlash": "always",
    }
    texts = converted(tmp_path, "staticwebapp.config.json", content)
    assert "200 /index.html" == answer(texts.redirects, "/any")
    assert {"X-A": "image", "X-Powered-By": None} == given(texts.headers, "/images/a/b.jpg")
    assert {"X-A": "all", "X-Powered-By": None, "Content-Type": "text/json"} == given(texts.headers, "/d/a.json")
    told = "\n".join(comments(texts.redirects))
    assert "/profile* only for authenticated: nothing does it here: everybody can read every file" in told
    assert "/css/* is left out there" in told
    assert "not reached, as the line before takes all: /* /missing.html 404" in told
    assert "trailingSlash always: the parameter Routing (`--routing`): folders" in told


AMPLIFY_APP = r"</^[^.]+$|\.(?!(css|gif|ico|jpg|js|png|txt|svg|woff|woff2|ttf|map|json|webp)$)([^.]+$)/>"
AMPLIFY: list[Row] = [
    ({"source": "/a.html", "status": "301", "target": "/b.html", "condition": None}, "/a.html", "301 /b.html"),
    ({"source": "/docs/<*>", "status": "301", "target": "/documents/<*>"}, "/docs/a/b", "301 /documents/a/b"),
    ({"source": "/<y>/<m>/<my-id>", "status": "302", "target": "/<my-id>?y=<y>"}, "/20/1/x", "302 /x?y=20"),
    ({"source": "/d?id=<my-id>", "status": "301", "target": "/e/<my-id>"}, "/d?id=7", "301 /e/7?id=7"),
    ({"source": AMPLIFY_APP, "status": "200", "target": "/index.html"}, "/a/b", "200 /index.html"),
    ({"source": "/<*>", "status": "404-200", "target": "index.html"}, "/a/b", "200 /index.html"),
    ({"source": "/<*>", "status": "404", "target": "/404.html"}, "/a/b", "404 /404.html"),
    ({"source": "/x", "status": "302", "target": "/us", "condition": "<US>"}, "/x", None),
    ({"source": "https://a.example", "status": "302", "target": "https://www.a.example"}, "/", None),
    ({"source": "/api/<*>", "status": "200", "target": "https://api.example/<*>"}, "/api/x", None),
]


@pytest.mark.parametrize(("entry", "asked", "wanted"), AMPLIFY)
def test_a_rule_that_amplify_exports_leads_where_it_led(
    tmp_path: Path, entry: object, asked: str, wanted: str | None
) -> None:
    for content in ([entry], {"app": {"customRules": [entry]}}):
        redirects = converted(tmp_path, "redirects.json", content).redirects
        assert wanted == answer(redirects, asked)
        assert wanted or comments(redirects)


def test_a_fallback_of_static_web_apps_to_a_function_is_none(tmp_path: Path) -> None:
    texts = converted(tmp_path, "staticwebapp.config.json", {"navigationFallback": {"rewrite": "/api/server"}})
    assert answer(texts.redirects, "/any") is None
    texts = converted(tmp_path, "staticwebapp.config.json", {"navigationFallback": {"rewrite": "index.html"}})
    assert "200 /index.html" == answer(texts.redirects, "/any")


def test_headers_of_amplify_are_read_for_each_app_of_a_monorepo(tmp_path: Path) -> None:
    content = """
applications:
  - appRoot: web
    customHeaders:
      - pattern: '**/*'
        headers:
          - key: Strict-Transport-Security
            value: max-age=31536000; includeSubDomains
          - {key: X-On, value: on}
  - appRoot: docs
    customHeaders: [{pattern: '*.json', headers: [{key: X-A, value: 1.10}]}]
  - appRoot: art
    customHeaders: [{pattern: '/img/*.*', headers: [{key: X-B, value: b}]}]
"""
    headers = converted(tmp_path, "customHttp.yml", content).headers
    assert {"Strict-Transport-Security": "max-age=31536000; includeSubDomains", "X-On": "on", "X-A": "1.10"} == given(
        headers, "/d/a.json"
    )
    assert "b" == given(headers, "/img/a.png")["X-B"]


NETLIFY: list[tuple[str, str, str | None]] = [
    ('from = "/a"\nto = "/b"', "/a", "301 /b"),
    ('from = "/a/*"\nto = "/b/:splat"\nstatus = 302\nforce = true', "/a/x/y", "302 /b/x/y"),
    ('from = "/s"\nto = "/f/:q"\n[redirects.query]\nid = ":q"', "/s?id=1", "301 /f/1?id=1"),
    ('from = "/*"\nto = "/index.html"\nstatus = 200', "/any", "200 /index.html"),
    ('from = "/x"\nto = "/de"\nconditions = {Language = ["de"]}', "/x", None),
    ('from = "/api/*"\nto = "https://api.example/:splat"\nstatus = 200', "/api/x", None),
    ('from = "/x"\nto = "/.netlify/functions/y"\nstatus = 200', "/x", None),
    ('from = "/x"\nto = "/y"\nsigned = "TOKEN"', "/x", None),
]


@pytest.mark.parametrize(("table", "asked", "wanted"), NETLIFY)
def test_a_redirect_of_netlify_leads_where_it_led(tmp_path: Path, table: str, asked: str, wanted: str | None) -> None:
    redirects = converted(tmp_path, "netlify.toml", f"[[redirects]]\n{table}\n").redirects
    assert wanted == answer(redirects, asked)
    assert bool(wanted) == (comments(redirects) == [])


def test_a_whole_file_of_netlify_is_read_with_its_lines(tmp_path: Path) -> None:
    content = '''[build]
  publish = "dist"
  command = "npm run build"
  [build.environment]
    NODE_VERSION = "20"

[[plugins]]
package = "x"

[[headers]]
  for = "/*"
  [headers.values]
    X-A = """
      one,
      two"""
    X-B = ["a", "b"]

[[redirects]]
  from = "/a"
  to = "/b"

[[redirects]]
  from = "https://www.example.com/*"
  to = "https://example.com/:splat"
'''
    texts = converted(tmp_path, "netlify.toml", content)
    assert {"X-A": "one, two", "X-B": "a, b"} == given(texts.headers, "/x")
    told = comments(texts.redirects)
    assert any(line.startswith("# netlify.toml:22: redirect https://www.example.com/*") for line in told)
    assert any(line.startswith("# netlify.toml:2: publish `dist`: the parameter OutputFolder") for line in told)
    assert any(line.startswith("# netlify.toml:4: environment: [build.variables] in site.toml") for line in told)
    assert any(line.startswith("# netlify.toml:7: plugins: nothing does it here: ") for line in told)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("vercel.json", '{\n  "a": 1,\n}', "vercel.json:3: "),
        ("vercel.json", "[]", "vercel.json: it is no object with members: "),
        ("vercel.json", "[" * 100_000, "vercel.json: it is nested too deeply: "),
        ("firebase.json", "", "firebase.json:1: Expecting value: write valid JSON"),
        ("netlify.toml", "[build\n", "netlify.toml:1: "),
        ("netlify.toml", "a = 1\na = 2\n", "netlify.toml:2: "),
        ("customHttp.yml", "a:\n  - b: [\n", "customHttp.yml:3: "),
        ("customHttp.yml", "a: &a [*a]\n", ""),
        ("other.json", "{}", "other.json is of no host that is known here: "),
        ("vercel.json", "{'a'}", "vercel.json:1: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_with_the_place(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    if not message:
        converted(tmp_path, name, content)
        return
    with pytest.raises(Failure) as failure:
        converted(tmp_path, name, content)
    assert str(failure.value).startswith(message)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("name", ["vercel.json", "firebase.json", "staticwebapp.config.json", "rules.json"])
@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [1], [None], ["x"], [[]], {"a": 1}, [{}], [{"source": 1}]])
def test_members_of_another_type_are_never_a_traceback(tmp_path: Path, name: str, odd: object) -> None:
    names = "redirects rewrites headers routes hosting navigationFallback globalHeaders responseOverrides mimeTypes"
    content: object = dict.fromkeys([*names.split(), "cleanUrls", "trailingSlash", "functions"], odd)
    if name == "firebase.json":
        content = {"hosting": content}
    elif name == "rules.json":
        content = {"customRules": odd if isinstance(odd, list) else []}
    texts = converted(tmp_path, name, content)
    assert [] == parse_redirects(texts.redirects)[1] == parse_headers(texts.headers)[1]
