"""What holds for every file of another host: its errors name the place, and what has no line is a comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.headers import parse_headers
from compiler.redirects import parse_redirects
from deployments.errors import Failure
from tests.deployments.converting import comments, converted


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
