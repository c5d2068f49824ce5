"""Each line of `_redirects` becomes an object at the key that is asked for, or a line of the store; nothing is lost."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from compiler.store import digest
from compiler.table import ID_LENGTH, compile_site, read_site, visitor_of
from contract import ID, ROUTINGS
from workbench.tables import compiled, marks, objects, site_of

SITE = "index.html", "404.html", "news.html", "docs/index.html"


@pytest.mark.parametrize(
    ("routing", "keys"),
    [
        ("files", {"old.html"}),
        ("mixed", {"old.html", "old/index.html"}),
        ("folders", {"old/index.html"}),
        ("bare", {"old/index.html"}),
        ("spa", {"old", "old/index.html"}),
    ],
)
def test_a_redirect_of_one_address_lies_where_the_routing_looks_for_it(routing: str, keys: set[str]) -> None:
    found = objects(compiled(routing, "index.html", redirects="/old /new 302"))
    assert found == dict.fromkeys(keys, "302 /new")


@pytest.mark.parametrize("routing", ROUTINGS)
def test_a_redirect_of_a_file_lies_at_its_name_and_behind_a_slash_where_the_routing_does_not_lead_there(
    routing: str,
) -> None:
    found = objects(compiled(routing, "index.html", redirects="/old.pdf https://example.com/new.pdf"))
    keys = {"old.pdf"} if routing in ("files", "bare") else {"old.pdf", "old.pdf/index.html"}
    assert found == dict.fromkeys(keys, "301 https://example.com/new.pdf")


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize("source", ["/news", "/news/", "/docs", "/docs/", "/", "/news.html"])
def test_a_file_wins_over_a_line_which_is_named(routing: str, source: str) -> None:
    plain, table = compiled(routing, *SITE), compiled(routing, *SITE, redirects=f"{source} /else")
    assert objects(table) == objects(plain)
    assert any("a file is there" in warning and "line 1" in warning for warning in table["warnings"])


@pytest.mark.parametrize("routing", ROUTINGS)
def test_a_line_with_an_exclamation_mark_wins_over_a_file(routing: str) -> None:
    table = compiled(routing, *SITE, redirects="/news.html /else 301!")
    assert objects(table)["news.html"] == "301 /else"
    assert table["left_out"] == ["news.html"]


def test_the_first_line_wins_and_the_other_one_is_named() -> None:
    table = compiled("files", *SITE, redirects="/a /b\n/a /c\n/x/* /y/:splat\n/x/one /z")
    assert objects(table)["a.html"] == "301 /b"
    assert "x/one.html" not in objects(table)
    assert any("line 2 /a (line 1 /a), line 4 /x/one (line 3 /x/*)" in warning for warning in table["warnings"])


def test_a_line_behind_one_with_a_query_waits_for_its_turn_in_the_store() -> None:
    table = compiled("files", *SITE, redirects="/a id=:id /b/:id\n/a /c")
    assert "a.html" not in objects(table)
    (lines,) = [value for key, value in table["lines"].items() if key[0] == "r"]
    assert lines.split("\t") == ["1", "a", "301", "/a", "id", "/b/<?id<", "a", "301", "/a", "", "/c"]


def test_a_rewrite_is_a_copy_and_a_page_with_a_status_says_it() -> None:
    found = objects(compiled("files", *SITE, redirects="/latest /news 200\n/gone /404.html 410\n/secret /404 404"))
    assert found["latest.html"] == "news.html"
    assert found["gone.html"] == "410 404.html"
    assert found["secret.html"] == "404 404.html"


@pytest.mark.parametrize("status", [200, 404, 410])
def test_a_rewrite_to_what_is_not_there_is_refused_with_its_line(status: int) -> None:
    (problem,) = compiled("files", *SITE, redirects=f"\n/a /nowhere {status}")["problems"]
    assert problem.startswith("_redirects:2: /nowhere is no file of the site")


def test_the_line_of_an_app_means_the_routing_spa_and_must_not_contradict_another() -> None:
    line = "/old /new\n/* /index.html 200"
    assert compiled("", "index.html", redirects=line)["routing"] == "spa"
    assert compiled("spa", "index.html", redirects=line)["problems"] == []
    (problem,) = compiled("files", "index.html", redirects=line)["problems"]
    assert problem.startswith("_redirects:2:")
    assert "the routing is files" in problem


def test_the_line_of_an_app_names_its_shell() -> None:
    assert "shell=app.html" in compiled("spa", "index.html", "app.html", redirects="/* /app.html 200")["live"]


def test_the_page_for_what_is_missing_is_ours_whatever_its_name() -> None:
    assert objects(compiled("files", "index.html", "404.html", redirects="/* /404.html 404")) == {}
    assert (
        objects(compiled("files", "index.html", "nope.html", redirects="/* /nope.html 404"))["404.html"] == "nope.html"
    )


def test_what_follows_a_line_that_takes_all_is_named() -> None:
    table = compiled("spa", "index.html", redirects="/* /index.html 200\n/a /b")
    assert any("line 2 /a (line 1 /*)" in warning for warning in table["warnings"])


def test_lines_with_a_placeholder_are_in_the_store_and_pages_are_spared() -> None:
    table = compiled("files", *SITE, redirects="/docs/* /news/:splat\n/n* /x\n" + "/u/:id /users/:id 308", lenient=True)
    assert re.search(r" lines=\w{12}:0:\d+:\d \+$", table["live"])
    assert marks(table) == 3, "/docs, /docs/ and /docs/index.html"
    assert sum("\t/u/:\t" in value for value in table["lines"].values()) == 1


def test_a_page_that_a_forced_pattern_wins_over_is_not_spared() -> None:
    assert marks(compiled("files", *SITE, redirects="/docs/* /news/:splat 302!")) == 0


def test_a_pattern_before_a_forced_one_that_both_hold_for_a_page_are_refused_with_the_page() -> None:
    (problem,) = compiled("files", *SITE, redirects="/docs/* /a/:splat\n/docs/:page /b/:page 302!")["problems"]
    assert problem.startswith("_redirects:2:")
    assert "lines 1" in problem


def test_an_address_that_a_line_decides_is_not_taken_by_a_later_pattern() -> None:
    table = compiled("files", "index.html", redirects="/a/one /b\n/a/* /c/:splat")
    assert objects(table)["a/one.html"] == "301 /b"
    assert marks(table) == 2, "/a/one and /a/one/"


def test_patterns_that_all_hold_for_the_same_paths_are_refused_with_their_lines() -> None:
    lines = "\n".join(f"/:a{number}/b/:c /x{number}/:c" for number in range(9))
    (problem,) = compiled("files", *SITE, redirects=lines)["problems"]
    assert problem.startswith("_redirects: lines 1, 2, 3, 4, 5, 6, 7, 8, 9 can all match the same paths")


def test_a_hundred_patterns_of_one_folder_are_found_by_their_second_segment() -> None:
    table = compiled("files", *SITE, redirects="\n".join(f"/blog/{n}-x/* /news/{n}/:splat" for n in range(100)))
    assert table["problems"] == []
    mask, segment = re.search(r"lines=\w+::(\d+):(\d)", table["live"]).groups()  # type: ignore[union-attr]
    assert segment == "2"
    assert int(mask) < 128


def test_a_pattern_that_answers_410_serves_a_page_that_says_so() -> None:
    table = compiled("files", *SITE, redirects="/old/* /404.html 410")
    assert objects(table)["_rules/410/404.html"] == "410 404.html"
    assert any(value.endswith("200\t/old/*\t\t/_rules/410/404.html") for value in table["lines"].values())


@pytest.mark.parametrize("routing", ["files", "folders", "bare", "mixed"])
@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("/a /b\n/b /a", "lines 1 and 2"),
        ("/a /a", "lines 1"),
        ("/a /a/", "lines 1"),
        ("/x/* /x/y/:splat", "lines 1"),
        ("/:a/:b /:b/:a", "lines 1"),
        ("/a /b\n/b/* /c\n/c /a?x=1", "lines 1 and 2 and 3"),
    ],
)
def test_redirects_that_never_end_are_refused_with_their_lines(routing: str, lines: str, named: str) -> None:
    problems = compiled(routing, "index.html", redirects=lines)["problems"]
    assert any("go round for ever" in problem and named in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("routing", "line"),
    [
        ("files", "/about.html /about 301!"),
        ("files", "/about /about.html 301!"),
        ("mixed", "/docs/index.html /docs 301!"),
        ("folders", "/docs/index.html /docs/ 301!"),
        ("bare", "/docs/index.html /docs 301!"),
        ("spa", "/ /home 301!"),  # the key of the app's page, which answers /home
    ],
)
def test_a_line_whose_object_would_lie_where_it_leads_is_in_the_store(routing: str, line: str) -> None:
    table = compiled(routing, "index.html", "about.html", "docs/index.html", redirects=line)
    assert (table["problems"], table["left_out"]) == ([], [])
    source, target = line.split()[:2]
    rules = [value.split("\t")[2:] for key, value in table["lines"].items() if key[0] == "r"]
    assert rules.count(["301", source.rstrip("/"), "", target]) == 1


@pytest.mark.parametrize(
    ("routing", "lines"),
    [
        ("files", "/about.html /a 301!\n/a /about"),
        # the third line has no key of its own, as the second one has taken it
        ("folders", "/index.html /docs 301!\n/docs/index.html / 301!\n/docs /about/ 301!"),
    ],
)
def test_lines_that_lead_to_each_other_over_one_key_are_refused(routing: str, lines: str) -> None:
    table = compiled(routing, "index.html", "about.html", "docs/index.html", redirects=lines)
    assert table["problems"] == ["_redirects:1: redirects go round for ever (lines 1 and 2): let one of them end"]


def test_a_redirect_to_the_other_form_of_a_page_is_no_loop() -> None:
    assert compiled("folders", "index.html", "a/index.html", redirects="/b /a")["problems"] == []


def test_a_stylesheet_cannot_redirect_without_the_setting_but_may_be_another_file() -> None:
    (problem,) = compiled("files", *SITE, redirects="/a.css https://example.com/a.css")["problems"]
    assert "assets = true" in problem
    assert objects(compiled("files", *SITE, "b.css", redirects="/a.css /b.css"))["a.css"] == "b.css"
    forwarded = compiled("files", *SITE, redirects="/a.css https://example.com/a.css", assets=True)
    assert objects(forwarded)["a.css"] == "301 https://example.com/a.css"


def test_an_address_with_a_hash_in_its_name_is_refused_as_all_versions_share_it() -> None:
    (problem,) = compiled("files", *SITE, redirects="/assets/app-0f2a9c11.js /x.js")["problems"]
    assert "hash in its name" in problem


def test_wrong_lines_stop_the_upload_unless_it_is_lenient() -> None:
    lines = "/a /b 999\nnonsense\n/c /d"
    assert [problem[:13] for problem in compiled("files", *SITE, redirects=lines)["problems"]] == [
        "_redirects:1:",
        "_redirects:2:",
    ]
    table = compiled("files", *SITE, redirects=lines, lenient=True)
    assert table["problems"] == []
    assert len([one for one in table["warnings"] if one.startswith("_redirects:")]) == 2
    assert objects(table)["c.html"] == "301 /d"


def test_the_report_sums_up() -> None:
    table = compiled("files", *SITE, redirects="/a /b\n/c /news 200\n/news /x\n/d/* /e/:splat", headers="/*\n  X-A: b")
    assert table["report"][0] == "_redirects: 3 redirects, 1 rewrite, 1 of them in the store; 1 shadowed by files"
    assert table["report"][1].startswith("_headers: 1 rule for")


def test_a_redirect_of_a_file_in_an_app_is_in_the_exact_set_as_its_files_are() -> None:
    table = compiled("spa", "index.html", "a.pdf", redirects="/old /new\n/old.pdf /new.pdf")
    (value,) = table["lines"].values()
    there = "/old", "/old/", "/a.pdf", "/old.pdf"
    assert list(there) == [address for address in there if digest(address)[:8] in value]


def test_two_lines_whose_addresses_are_one_key_are_named_unless_they_say_the_same() -> None:
    table = compiled("mixed", "index.html", redirects="/old /new\n/old.html /new\n/a /b\n/a.html /c")
    assert objects(table)["a.html"] == "301 /b"
    assert [warning for warning in table["warnings"] if "never match" in warning] == [
        "_redirects: these never match, as a line before takes them: line 4 /a.html (line 3 /a)"
    ]


def test_a_rewrite_leads_to_a_file_and_to_no_object_of_another_line() -> None:
    (problem,) = compiled("files", "index.html", "404.html", redirects="/a.html /404.html 404\n/b/* /a.html 200")[
        "problems"
    ]
    assert problem.startswith("_redirects:2: /a.html is no file of the site")


def test_a_rewrite_to_a_file_whose_key_a_forced_line_took_has_a_copy_of_its_own() -> None:
    table = compiled("files", "index.html", "a.html", redirects="/b/* /a.html 200\n/a.html /c 301!")
    assert objects(table) == {"_rules/200/a.html": "a.html", "a.html": "301 /c"}
    assert any("\t/_rules/200/a.html" in value for value in table["lines"].values())


@pytest.mark.parametrize(
    ("file", "asked"),
    [("my app.html", "my%20app.html"), ("\u00e9.html", "%C3%A9.html"), ("50%+x.html", "50%25%2Bx.html")],
)
def test_what_the_router_asks_for_is_written_as_it_stands_in_an_address(file: str, asked: str) -> None:
    assert f"shell={asked} " in compiled("spa", "index.html", file, fallback=file)["live"]
    line = f"/app/* /{quote(file)} 200"
    table = compiled("files", "index.html", file, redirects=line)
    assert any(f"\t/{asked}" in value for value in table["lines"].values())


def test_the_store_has_room_for_the_longest_id() -> None:
    assert re.fullmatch(ID, "a" * ID_LENGTH)
    assert not re.fullmatch(ID, "a" * (ID_LENGTH + 1))


def test_of_two_forced_lines_that_take_one_key_the_first_answers_at_every_name_of_it() -> None:
    site = site_of("files", "index.html", "about.html", redirects="/about /a 301!\n/about.html /b 301!")
    assert any("line 2 /about.html (line 1 /about)" in warning for warning in compile_site(site)["warnings"])
    visitor = visitor_of(site, read_site(site))
    assert {(visitor.ask(path).line, visitor.ask(path).to) for path in ("/about", "/about.html")} == {(1, "/a")}
