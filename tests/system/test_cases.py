"""Small sites after real ones that failed elsewhere: each is published, and asked for as visitors and programs do."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from contract import ROUTINGS
from deployments.visitor import Answer, Visitor
from local.commands.publication import publish
from workbench.stage import Stage, staged

FETCH = {"sec_fetch_dest": "empty", "sec_fetch_mode": "cors", "accept": "*/*"}
ASSOCIATION = '{"applinks": {"details": []}}'


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.fixture
def visitor(stage: Stage) -> Iterator[Visitor]:
    with stage.serving() as served:
        yield Visitor(served.url)


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A site with these files, and a home page if they have none."""
    for path, content in {"index.html": "<title>home</title>", **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def pages(*paths: str) -> dict[str, str]:
    """Pages that each name their own path."""
    return {path: f"<title>{path}</title>" for path in paths}


def end(visitor: Visitor, address: str) -> tuple[int, str]:
    """How many redirects a navigation costs, and the body at its end, or its status."""
    for hops in range(5):
        answer = visitor.navigate(address)
        if answer.status != 308:
            return hops, answer.body.decode() if answer.status == 200 else str(answer.status)
        address = str(answer.headers["Location"])
    raise AssertionError(f"{address} leads on for ever")


def fetched(visitor: Visitor, address: str) -> Answer:
    """What a program or a script gets that follows no redirect."""
    return visitor.get(address, **FETCH)


def test_a_build_whose_source_map_alone_has_changed_is_published_with_it(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    script = "assets/index-DIp39s_k.js"
    for build in ("one", "two"):
        files = {script: "1;\n//# sourceMappingURL=index-DIp39s_k.js.map\n", f"{script}.map": json.dumps(build)}
        publish(stage.stack, written(tmp_path / build, files), "spa")
    assert fetched(visitor, f"/{script}.map").body == b'"two"'
    assert f"immutable/{script}" in stage.stack.keys("immutable/")


@pytest.mark.parametrize(
    ("routing", "hops"),
    [("mixed", (0, 0, 0)), ("files", (0, 0, 1)), ("folders", (1, 1, 0)), ("bare", (0, 0, 1))],
)
def test_a_page_whose_name_looks_like_a_files_is_a_page(
    stage: Stage, visitor: Visitor, tmp_path: Path, routing: str, hops: tuple[int, int, int]
) -> None:
    paths = "tags/node.js.html", "v/1.2.html", "pkg/chart.js/index.html"
    publish(stage.stack, written(tmp_path, pages(*paths)), routing)
    asked = "/tags/node.js", "/v/1.2", "/pkg/chart.js/"
    expected = [(cost, f"<title>{path}</title>") for cost, path in zip(hops, paths, strict=True)]
    assert [end(visitor, one) for one in asked] == expected
    assert end(visitor, "/pkg/chart.js")[1] == "<title>pkg/chart.js/index.html</title>"


def test_a_reload_of_an_apps_route_that_looks_like_a_file_is_the_app(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    publish(stage.stack, written(tmp_path, pages("tags/node.js.html")), "spa")
    assert end(visitor, "/tags/other.js") == (0, "<title>home</title>")
    assert fetched(visitor, "/tags/other.js").status == 404


def test_a_folder_without_its_slash_and_a_page_with_one_lead_to_the_page(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    publish(stage.stack, written(tmp_path, pages("about.html", "docs/index.html")), "mixed")
    assert end(visitor, "/docs") == (1, "<title>docs/index.html</title>")
    assert end(visitor, "/about/") == (1, "<title>about.html</title>")


@pytest.mark.parametrize("routing", ROUTINGS)
def test_a_file_without_an_extension_is_at_its_address_without_a_redirect(
    stage: Stage, visitor: Visitor, tmp_path: Path, routing: str
) -> None:
    files = {
        "install": "#!/bin/sh\n",
        "LICENSE": "MIT\n",
        "api/v1/users": "[]",
        "apple-app-site-association": ASSOCIATION,
        ".well-known/apple-app-site-association": ASSOCIATION,
    }
    publish(stage.stack, written(tmp_path, files), routing)
    for path, content in files.items():
        program, person = visitor.get(f"/{path}"), visitor.navigate(f"/{path}")
        assert (program.status, program.body.decode()) == (person.status, person.body.decode()) == (200, content)
        kind = "application/json" if content[0] in "[{" else "text/plain; charset=utf-8"
        assert program.headers["Content-Type"] == kind, path


def test_links_without_a_slash_to_folders_cost_no_redirect_in_bare(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    publish(stage.stack, written(tmp_path, pages("docs/intro/index.html")), "bare")
    assert end(visitor, "/docs/intro") == (0, "<title>docs/intro/index.html</title>")
    assert end(visitor, "/docs/intro/") == (1, "<title>docs/intro/index.html</title>")


@pytest.mark.parametrize("shell", ["200.html", "__spa-fallback.html", "index.csr.html", "_shell.html"])
def test_an_apps_page_of_another_name_answers_its_routes_and_prerendered_pages_stay(
    stage: Stage, visitor: Visitor, tmp_path: Path, shell: str
) -> None:
    publish(stage.stack, written(tmp_path, pages(shell, "about/index.html")), "spa")
    asked = "/", "/about", "/about/", "/dashboard"
    about = "<title>about/index.html</title>"
    assert [end(visitor, one) for one in asked] == [
        (0, "<title>home</title>"),
        (0, about),
        (0, about),
        (0, f"<title>{shell}</title>"),
    ]


def test_each_file_has_its_type_and_text_is_shown(stage: Stage, visitor: Visitor, tmp_path: Path) -> None:
    kinds = {
        "f.cjs": "text/javascript; charset=utf-8",
        "f.geojson": "application/geo+json",
        "f.glb": "model/gltf-binary",
        "f.jsonld": "application/ld+json",
        "f.log": "text/plain; charset=utf-8",
        "f.m3u8": "application/vnd.apple.mpegurl",
        "f.m4v": "video/x-m4v",
        "f.md": "text/markdown; charset=utf-8",
        "f.rdf": "application/rdf+xml",
        "f.srt": "application/x-subrip",
        "f.tgz": "application/gzip",
        "f.ts": "video/mp2t",
        "f.xsl": "application/xml",
        "f.yaml": "text/yaml; charset=utf-8",
    }
    publish(stage.stack, written(tmp_path, dict.fromkeys(kinds, "x")), "mixed")
    assert {path: fetched(visitor, f"/{path}").headers["Content-Type"] for path in kinds} == kinds


def test_a_site_that_was_built_for_a_folder_of_another_host_is_told_in_one_line(stage: Stage, tmp_path: Path) -> None:
    home = '<script type=module src="/repo/assets/index-CwcW4uY1.js"></script>'
    files = {"index.html": home, "assets/index-CwcW4uY1.js": "1"}
    (said,) = publish(stage.stack, written(tmp_path, files), "spa").warnings
    assert re.search(r"is the build's base path /\?.*repo/assets/index-CwcW4uY1\.js", said)


def test_what_only_other_hosts_read_is_named_in_one_line(stage: Stage, tmp_path: Path) -> None:
    files = {"CNAME": "www.example.org", "vercel.json": '{"cleanUrls": true}'}
    (said,) = publish(stage.stack, written(tmp_path, files), "mixed").warnings
    assert re.search(r"CNAME.*vercel\.json", said)


def test_all_pages_of_folders_are_reachable_in_files_however_many_they_are(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    folders = [f"storybook-{number}" for number in range(40)]
    publish(stage.stack, written(tmp_path, pages("about.html", *(f"{one}/index.html" for one in folders))), "files")
    assert {end(visitor, f"/{one}") for one in folders} == {(0, f"<title>{one}/index.html</title>") for one in folders}


@pytest.mark.parametrize("routing", ["files", "mixed"])
def test_a_page_at_many_addresses_is_one_page(stage: Stage, visitor: Visitor, tmp_path: Path, routing: str) -> None:
    publish(stage.stack, written(tmp_path, pages("about.html", "docs/index.html")), routing)
    assert end(visitor, "//about") == (1, "<title>about.html</title>")
    for address in ("/docs/index", "/docs/index.html"):
        assert end(visitor, address) == (0, "<title>docs/index.html</title>")
    assert end(visitor, "/about.html") == (0, "<title>about.html</title>")


@pytest.mark.parametrize(
    ("path", "encoding", "kind"),
    [
        ("Build/game.framework.js.gz", "gzip", "text/javascript; charset=utf-8"),
        ("Build/game.wasm.br", "br", "application/wasm"),
        ("backup.tar.gz", None, "application/gzip"),
        ("feed.xml.gz", None, "application/gzip"),
    ],
)
def test_a_file_that_the_build_has_compressed_is_unpacked_by_browsers_where_a_page_loads_it(
    stage: Stage, visitor: Visitor, tmp_path: Path, path: str, encoding: str | None, kind: str
) -> None:
    packed = gzip.compress(b"game", mtime=0)
    publish(stage.stack, written(tmp_path, {path: packed}), "mixed")
    answer = fetched(visitor, f"/{path}")
    headers = answer.headers["Content-Encoding"], answer.headers["Content-Type"]
    assert (answer.body, *headers) == (packed, encoding, kind)


def test_what_is_missing_gets_the_sites_one_page_for_it_below_a_folder_too(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    publish(stage.stack, written(tmp_path, pages("404.html", "fr/404.html", "fr/index.html")), "mixed")
    answer = visitor.navigate("/fr/missing")
    assert (answer.status, answer.body) == (404, b"<title>404.html</title>")


@pytest.mark.parametrize("page", ["404/index.html", "+not-found.html"])
def test_a_page_for_what_is_missing_that_a_tool_calls_otherwise_is_shown(
    stage: Stage, visitor: Visitor, tmp_path: Path, page: str
) -> None:
    publish(stage.stack, written(tmp_path / "one", pages(page, "other.html")), "mixed")
    answer = visitor.navigate("/missing")
    assert (answer.status, answer.body.decode()) == (404, f"<title>{page}</title>")
    files = {**pages(page, "other.html"), "_redirects": "/* /other.html 404\n"}
    said = publish(stage.stack, written(tmp_path / "two", files), "mixed")  # a line of one's own wins
    assert said.warnings == []


def test_a_line_lets_a_folder_have_a_page_of_its_own_for_what_is_missing(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    files = {**pages("404.html", "fr/404.html", "fr/index.html"), "_redirects": "/fr/* /fr/404.html 404\n"}
    publish(stage.stack, written(tmp_path, files), "mixed")
    answer = visitor.navigate("/fr/missing")
    assert (answer.status, answer.body) == (404, b"<title>fr/404.html</title>")
    assert visitor.navigate("/fr/").status == 200
