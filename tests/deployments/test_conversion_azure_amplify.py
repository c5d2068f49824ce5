"""What Azure's staticwebapp.config.json and Amplify ask for, as lines of ours that lead where it led."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployments.converting import Row, answer, comments, converted, given

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
