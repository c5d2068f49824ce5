"""What netlify.toml asks for, as lines of ours that lead where it led."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployments.converting import answer, comments, converted, given

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
