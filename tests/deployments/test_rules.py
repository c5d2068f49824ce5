"""`deployments rules`: a folder is checked without AWS, and an address is followed to its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deployments.calling import Command, Make, Run, on_terminal
from workbench.pages.cli_json import RULES

Rules = Callable[..., Run]
REDIRECTS = "/old /news 302\n/blog/* /docs/:splat\n/news /x\n/start /news 200\n"
HEADERS = (
    "/*\n  X-Frame-Options: DENY\n/news\n  Cache-Control: no-cache\n  X-Frame-Options: SAMEORIGIN\n/gone\n  X-A: b\n"
)
SITE = {"news.html": "news", "docs/index.html": "docs", "_redirects": REDIRECTS, "_headers": HEADERS}


VERCEL = """{
  "trailingSlash": false,
  "redirects": [
    {"source": "/old", "destination": "/news", "statusCode": 302},
    {"source": "/start", "destination": "/news"},
    {"source": "/other/:a*", "destination": "/b/:a*"}
  ],
  "headers": [
    {"source": "/(.*)", "headers": [{"key": "X-Frame-Options", "value": "DENY"}]},
    {"source": "/c", "headers": [{"key": "X-C", "value": "d"}]}
  ],
  "functions": {}
}"""


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rules:
    """The command, where there is no AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    command = Command(monkeypatch, capsys)
    return lambda *arguments: command("rules", *map(str, arguments))


def test_a_good_folder_is_summed_up_with_what_has_no_effect(rules: Rules, make: Make) -> None:
    run = rules(make(SITE))
    assert (0, "") == (run.status, run.err)
    told = [" ".join(row) for row in run.rows]
    assert "report _redirects 3 redirects, 1 rewrite, 1 of them in the store; 1 shadowed by files" in told
    assert "report _headers 3 rules for 5 objects" in told
    assert any(line.startswith("warning _redirects a file is there") and "line 3 /news" in line for line in told)
    assert any(line.startswith("warning _headers no file has such an address: line 6 /gone") for line in told)
    assert ["routing", "mixed"] == next(row for row in run.rows if row[0] == "routing")[:2]


def test_what_is_stored_besides_is_counted(rules: Rules, make: Make) -> None:
    stored = rules(make({**SITE, "news.html": "n" * 5000}), "--json").json["stored"]
    assert {"copies": 2, "redirects": 4, "lines": 1} == {k: stored[k] for k in ("copies", "redirects", "lines")}
    assert 10_000 < stored["bytes"] < 12_000


def test_wrong_lines_are_named_and_end_as_refused_input_does(rules: Rules, make: Make) -> None:
    folder = make({"_redirects": "/a /b 999\n/c /d\n", "_headers": "X-A: b\n"})
    run = rules(folder)
    assert 1 == run.status
    named = {row[1] for row in run.rows if row[0] == "problem"}
    assert {"_redirects:1", "_headers:1"} == named
    assert run.err.startswith("deployments: 2 problems: an upload would be refused: mend")
    lenient = rules(folder, "--lenient")
    assert 0 == lenient.status
    assert named == {row[1] for row in lenient.rows if row[0] == "warning"}


def test_the_members_of_json_are_those_of_the_reference(rules: Rules, make: Make) -> None:
    assert RULES.keys() == rules(make(SITE), "--json").json.keys()


def test_json_has_the_same_and_is_whole_where_a_line_is_wrong(rules: Rules, make: Make) -> None:
    run = rules(make({"_redirects": "/a /b 999\n"}), "--json", "--ask", "/a")
    assert 1 == run.status
    assert run.json["problems"][0].startswith("_redirects:1: ")
    assert [] == run.json["asked"]


def test_an_address_is_followed_and_the_lines_that_decide_are_named(rules: Rules, make: Make) -> None:
    run = rules(make(SITE), "--ask", "/old?x=1", "--ask", "https://www.example.com/blog#top")
    assert [
        ["ask", "/old?x=1", "302 to /news?x=1 (_redirects:1)"],
        ["then", "/news?x=1", "200 news.html (the site's own addresses)"],
        ["header", "Cache-Control", "no-cache (_headers:3)"],
        ["header", "X-Frame-Options", "SAMEORIGIN (_headers:3)"],
        ["ask", "/blog", "301 to /docs/ (_redirects:2)"],
        ["then", "/docs/", "200 docs/index.html (the site's own addresses)"],
        ["header", "X-Frame-Options", "DENY (_headers:1)"],
    ] == [row for row in run.rows if row[0] in ("ask", "then", "header")]


def test_an_address_may_have_signs_that_a_browser_encodes(rules: Rules, make: Make) -> None:
    folder = make({"_redirects": "/caf%C3%A9/:x /new/:x\n", "new/\u00e0 b.html": "x"})
    (hop, end) = rules(folder, "--json", "--ask", "/caf\u00e9/\u00e0 b").json["asked"][0]["hops"]
    assert ("/new/%C3%A0%20b", 1) == (hop["to"], hop["line"])
    assert (200, "new/\u00e0 b.html") == (end["status"], end["to"])


def test_an_address_that_is_none_is_wrong_usage(rules: Rules, make: Make) -> None:
    run = rules(make(), "--ask", "old")
    assert (2, "deployments: 'old' is no address of a site: write a path that begins with a slash\n") == (
        run.status,
        run.err,
    )


def test_bytes_of_another_encoding_are_wrong_usage(rules: Rules, make: Make) -> None:
    for option in ("--ask", "--fallback"):
        run = rules(make(), option, "/caf\udce9")
        assert 2 == run.status
        assert "is not UTF-8: write it in UTF-8" in run.err


def test_nothing_of_a_strangers_file_steers_a_terminal(rules: Rules, tmp_path: Path) -> None:
    path = tmp_path / "vercel.json"
    path.write_text(
        '{"redirects": [{"source": "/\\u001b[31ma", "destination": "/b\\u202e"}], "\\u001b[1m": "\\u001b]0;x"}'
    )
    run = rules("--convert", path)
    assert 0 == run.status
    assert run.out.replace("\n", "").isprintable()


def test_a_header_that_no_function_adds_is_told_as_lost(rules: Rules, make: Make) -> None:
    folder = make({"a.css": "a{}", "_headers": "/*.css\n  X-A: b\n  Cache-Control: max-age=60\n"})
    given = {row[1]: row[2] for row in rules(folder, "--ask", "/a.css").rows if row[0] == "header"}
    assert "max-age=60 (_headers:1)" == given["Cache-Control"]
    assert "does not arrive without `assets = true`" in given["X-A"]
    with_assets = {row[1]: row[2] for row in rules(folder, "--ask", "/a.css", "--assets").rows if row[0] == "header"}
    assert "b (_headers:1)" == with_assets["X-A"]


def test_a_line_for_an_apps_page_decides_the_routing(rules: Rules, make: Make) -> None:
    folder = make({"_redirects": "/* /index.html 200\n"})
    assert "spa" == rules(folder, "--json").json["routing"]
    run = rules(folder, "--routing", "files")
    assert 1 == run.status
    assert "Routing to spa" in run.out


def test_a_fallback_is_an_apps_page(rules: Rules, make: Make) -> None:
    run = rules(make({"app.html": "app"}), "--fallback", "app.html", "--ask", "/any", "--json")
    assert ("spa", "app.html") == (run.json["routing"], run.json["asked"][0]["hops"][0]["to"])


def test_files_of_rules_beside_the_folder_are_named(rules: Rules, make: Make, tmp_path: Path) -> None:
    (tmp_path / "_redirects").write_text("/a /b\n")
    (warning,) = rules(make(), "--json").json["warnings"]
    assert (
        f"_redirects: it lies in {tmp_path}, outside of out, so it has no effect: let the build copy it there"
        == warning
    )


def test_a_repositorys_root_is_looked_at_however_deep_the_output_is(rules: Rules, make: Make, tmp_path: Path) -> None:
    (tmp_path / "vercel.json").write_text(VERCEL)
    deep = make(name="dist/app/browser")
    assert [] == rules(deep, "--json").json["elsewhere"]
    (tmp_path / ".git").mkdir()
    assert 7 == len(rules(deep, "--json").json["elsewhere"])


def test_a_folder_that_an_upload_refuses_is_refused_with_its_words(rules: Rules, make: Make) -> None:
    run = rules(make({"_redirects": b"/a /b\n/caf\xe9 /c\n"}))
    assert (1, "", "deployments: _redirects is no UTF-8: write it so\n") == (run.status, run.out, run.err)
    run = rules(make({"_redirects": "", "a.bin": "version https://git-lfs.github.com/spec/v1\n"}))
    assert (1, "") == (run.status, run.out)
    assert "pointers of Git LFS" in run.err


def test_a_folder_that_is_missing_is_one_line(rules: Rules, tmp_path: Path) -> None:
    run = rules(tmp_path / "nothing")
    assert (1, 1) == (run.status, run.err.count("\n"))
    assert "is missing or empty" in run.err


def test_a_terminal_shows_a_table(make: Make) -> None:
    shown = on_terminal("rules", str(make(SITE)), "--ask", "/old", width=160)
    assert "302 to /news (_redirects:1)" in shown


@pytest.mark.parametrize("place", ["out/vercel.json", "vercel.json"])
def test_what_another_hosts_file_asks_for_is_listed_with_the_line_that_does_it(
    rules: Rules, make: Make, tmp_path: Path, place: str
) -> None:
    folder = make(SITE)
    (tmp_path / place).write_text(VERCEL)
    run = rules(folder)
    assert 0 == run.status
    assert [
        ("2", "trailingSlash false: the parameter Routing: files, or bare for pages that are folders"),
        ("9", "X-Frame-Options for /*: _headers:1 does it"),
        ("10", "X-C for /c: write `/c`, `X-C: d` into _headers"),
        ("4", "redirect /old to /news (302): _redirects:1 does it"),
        ("5", "redirect /start to /news (308): _redirects:4 does otherwise: to /news (200)"),
        ("6", "redirect /other/:a* to /b/:a* (308): write `/other/* /b/:splat 308!` into _redirects"),
        (
            "12",
            "functions: nothing does it here: there are no functions: put an API on a host of its own",
        ),
    ] == [(row[1].removeprefix("vercel.json:"), row[2]) for row in run.rows if row[0] == "elsewhere"]
    assert "`deployments rules --convert FILE` prints the lines that are not there" in run.err


def test_a_file_of_another_host_that_cannot_be_read_is_a_warning(rules: Rules, make: Make) -> None:
    run = rules(make({"vercel.json": '{\n "a"\n}', "firebase.json": "{}"}))
    assert 0 == run.status
    assert ["warning", "", "vercel.json:3: Expecting ':' delimiter: write valid JSON"] in run.rows


def test_a_conversion_prints_both_files_which_an_upload_takes(rules: Rules, make: Make, tmp_path: Path) -> None:
    (tmp_path / "vercel.json").write_text(VERCEL)
    run = rules("--convert", tmp_path / "vercel.json")
    assert (0, "") == (run.status, run.err)
    assert run.out.startswith("# ---- _redirects ----\n# From vercel.json. ")
    assert "\n/start /news 308!\n" in run.out
    assert "\n/c\n  X-C: d\n" in run.out.partition("# ---- _headers ----\n")[2]
    texts = rules("--convert", tmp_path / "vercel.json", "--json").json
    folder = make({name: texts[name] for name in ("_redirects", "_headers")} | {"news.html": "n", "c.html": "c"})
    asked = rules(folder, "--json", "--ask", "/start", "--ask", "/c").json
    assert [] == asked["problems"]
    assert [308, 200] == [hop["status"] for hop in asked["asked"][0]["hops"]]
    assert ["X-Frame-Options", "X-C"] == [header["name"] for header in asked["asked"][1]["headers"]]


def test_a_conversion_of_what_is_not_there_is_one_line(rules: Rules, tmp_path: Path) -> None:
    run = rules("--convert", tmp_path / "vercel.json")
    assert (1, "") == (run.status, run.out)
    assert run.err == f"deployments: {tmp_path}/vercel.json cannot be read: No such file or directory\n"


def test_a_folder_or_a_conversion_is_asked_for(rules: Rules, make: Make) -> None:
    for arguments in ([], [make(), "--convert", "vercel.json"]):
        run = rules(*arguments)
        assert 2 == run.status
        assert "give the built site's folder" in run.err
