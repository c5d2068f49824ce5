"""What firebase.json asks for, as lines of ours that lead where it led."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployments.converting import Row, answer, comments, converted, given

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
