"""Every address that a site's own files should have leads to an object, in each routing."""

from __future__ import annotations

import time
import unicodedata

import pytest

from contract import ROUTINGS
from workbench.tables import compiled, marks, objects


@pytest.mark.parametrize(
    ("routing", "lies"),
    [
        ("files", {"install.html": "install"}),
        ("mixed", {"install.html": "install"}),
        ("bare", {"install/index.html": "install"}),
        ("folders", {}),
        ("spa", {}),
    ],
)
def test_a_file_without_an_extension_is_copied_to_the_key_of_a_page_or_is_exact(
    routing: str, lies: dict[str, str]
) -> None:
    table = compiled(routing, "index.html", "install")
    assert objects(table) == lies
    assert ("lines=" in table["live"]) == (routing in ("folders", "spa"))


@pytest.mark.parametrize(
    ("routing", "lies"),
    [
        ("files", {"tags/node.js": "tags/node.js.html"}),
        ("mixed", {"tags/node.js": "tags/node.js.html", "tags/node.js/index.html": "308 /tags/node.js"}),
        ("bare", {"tags/node.js": "tags/node.js.html", "tags/node.js/index.html": "tags/node.js.html"}),
        ("folders", {"tags/node.js": "308 /tags/node.js/", "tags/node.js/index.html": "tags/node.js.html"}),
        ("spa", {"tags/node.js": "tags/node.js.html"}),
    ],
)
def test_a_page_that_looks_like_a_file_lies_at_the_key_of_that_file(routing: str, lies: dict[str, str]) -> None:
    found = objects(compiled(routing, "index.html", "tags/node.js.html"))
    assert found["tags/node.js"] == lies["tags/node.js"]
    assert lies.items() >= found.items()


def test_a_folder_without_its_slash_leads_to_its_page_in_mixed_and_the_reverse() -> None:
    found = objects(compiled("mixed", "index.html", "docs/index.html", "about.html"))
    assert found == {"docs.html": "308 /docs/", "about/index.html": "308 /about"}


def test_a_page_and_a_folder_of_one_name_are_two_pages_in_mixed() -> None:
    assert objects(compiled("mixed", "index.html", "docs/index.html", "docs.html")) == {}


def test_every_folder_page_is_at_its_address_in_files_however_many_there_are() -> None:
    pages = [f"guide/{number}/index.html" for number in range(500)]
    found = objects(compiled("files", "index.html", *pages))
    assert found == {f"guide/{number}.html": f"guide/{number}/index.html" for number in range(500)}


@pytest.mark.parametrize("routing", ["files", "mixed", "spa"])
def test_a_site_of_20_000_pages_that_all_need_an_object_more_is_compiled_in_seconds(routing: str) -> None:
    started = time.process_time()
    found = objects(compiled(routing, "index.html", *(f"guide/{number}/index.html" for number in range(20_000))))
    assert len(found) >= 20_000
    assert time.process_time() - started < 5


def test_a_page_that_lies_flat_answers_without_a_slash_in_bare_and_with_one_in_folders() -> None:
    for routing in ("bare", "folders"):
        assert objects(compiled(routing, "index.html", "about.html")) == {"about/index.html": "about.html"}


def test_prerendered_pages_are_exact_beside_an_app() -> None:
    table = compiled("spa", "index.html", "about.html", "docs/index.html")
    assert objects(table) == {"about": "about.html", "docs": "docs/index.html"}
    assert marks(table) == 3 + 3  # /about, /docs, /docs/ and the three files' full names


def test_an_app_with_no_page_but_its_own_has_no_set() -> None:
    assert compiled("spa", "index.html", "logo.svg", "assets/app-0f2a9c11.js")["live"] == "spa"


@pytest.mark.parametrize("routing", ROUTINGS)
def test_a_name_in_the_other_form_of_unicode_is_found_as_people_type_it(routing: str) -> None:
    typed = "caf\u00e9.pdf"
    table = compiled(routing, "index.html", unicodedata.normalize("NFD", typed))
    assert objects(table)[typed] == unicodedata.normalize("NFD", typed)


def test_the_file_that_is_really_at_a_key_keeps_it_and_the_other_one_is_named() -> None:
    table = compiled("bare", "index.html", "about.html", "about/index.html")
    assert objects(table) == {}
    assert table["warnings"] == ["reached by the full file name only: about.html"]


@pytest.mark.parametrize("routing", ["files", "mixed"])
def test_a_file_is_at_its_full_name_also_where_a_page_is_called_so(routing: str) -> None:
    table = compiled(routing, "index.html", "code/hello.py", "code/hello.py.html")
    assert (marks(table), table["left_out"]) == (1, [])
    assert table["warnings"] == ["reached by the full file name only: code/hello.py.html"]


def test_extensions_that_the_router_lacks_are_listed_and_what_has_no_room_is_copied() -> None:
    many = [f"data/x.{letter}{number}{'z' * 15}" for letter in "abcdef" for number in range(5)]
    table = compiled("mixed", "index.html", "model.glb", "more.glb", *many)
    listed = table["live"].split("also=")[1].split(" ")[0].split(",")
    assert listed[0] == "glb"
    assert len(",".join(listed)) <= 300
    left = [path for path in many if path.rpartition(".")[2] not in listed]
    assert left
    assert objects(table) == {f"{path}.html": path for path in left}


def test_a_stylesheets_address_cannot_redirect_as_no_function_runs_there_so_its_page_is_copied() -> None:
    table = compiled("mixed", "index.html", "tags/main.css/index.html")
    assert objects(table)["tags/main.css"] == "tags/main.css/index.html"
    assert objects(compiled("mixed", "index.html", "tags/main.css/index.html", assets=True))["tags/main.css"] == (
        "308 /tags/main.css/"
    )


def test_files_below_a_dot_folder_have_their_full_name_only() -> None:
    for routing in ROUTINGS:
        assert objects(compiled(routing, "index.html", ".well-known/page.html", ".well-known/webfinger")) == {}


def test_a_shell_of_another_name_answers_an_apps_routes_and_index_html_stays_a_page() -> None:
    table = compiled("spa", "index.html", "200.html")
    assert table["live"].split(" ")[1] == "shell=200.html"
    assert objects(compiled("spa", "200.html"))["index.html"] == "200.html"
    assert "shell=" not in compiled("spa", "200.html")["live"]


def test_a_fallback_that_is_no_file_or_no_apps_is_refused() -> None:
    assert "no file of the site" in compiled("spa", "index.html", fallback="app.html")["problems"][0]
    assert "set Routing to spa" in compiled("mixed", "index.html", "app.html", fallback="app.html")["problems"][0]


def test_a_site_without_a_page_at_its_root_says_which_line_leads_elsewhere() -> None:
    (problem,) = compiled("folders", "docs/index.html")["problems"]
    assert "nearest: docs/index.html" in problem
    assert "`/ /docs/ 302`" in problem
    table = compiled("folders", "docs/index.html", redirects="/ /docs/ 302\n")
    assert table["problems"] == []
    assert objects(table) == {"index.html": "302 /docs/"}


def test_the_same_site_gives_the_same_table() -> None:
    files = ["b.html", "a/index.html", "index.html", "x"]
    one, other = compiled("mixed", *files), compiled("mixed", *reversed(files))
    assert one["objects"] == other["objects"]
    assert one["lines"] == other["lines"]


def test_a_redirect_to_a_name_outside_ascii_is_encoded_as_headers_are() -> None:
    found = objects(compiled("mixed", "index.html", "caf\u00e9.html", "50% off.html"))
    assert found == {"caf\u00e9/index.html": "308 /caf%C3%A9", "50% off/index.html": "308 /50%25%20off"}
