"""What a folder means as a deployment: refusals, warnings, what is not published, and the routing's helpers."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import regex  # its partial matching enumerates what a pattern takes

from compiler.layout import ALSO_LIMIT
from content.files import SIZE_LIMIT, UploadError
from content.hashed_names import is_hashed
from content.identity import deployment_id
from content.media_types import FILES, TYPES
from contract import NAME_LIMIT
from tests.edge.harness import LIVE, ROUTINGS, Case, run
from workbench.names import Corpus, corpora
from workbench.uploads import planned, table_of, tabled, warned

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., Path]


def also(folder: Path, routing: str) -> list[str]:
    """The extensions that the store's value tells the router of."""
    names = table_of(planned(folder, routing))["live"].partition(" also=")[2].split(" ")[0]
    return names.split(",") if names else []


def test_the_two_files_of_rules_are_no_files_of_the_site_and_nothing_is_said_of_them(make: Make) -> None:
    folder = make({"_redirects": "/a /", "_headers": "/*\n  X-A: 1", "docs/_redirects": "", "netlify.toml": ""})
    assert sorted(planned(folder, "mixed").files) == ["docs/_redirects", "index.html", "netlify.toml"]
    assert ["for other hosts, without effect here (`deployments rules` says what has): netlify.toml"] == warned(
        folder, "mixed"
    )


def test_a_file_of_rules_that_would_be_read_in_part_is_refused(make: Make) -> None:
    folder = make({"_redirects": "/a /\n" * 300_000})
    with pytest.raises(UploadError, match=r"_redirects has 1,500,000 bytes, over 1,048,576: write fewer lines"):
        tabled(folder, "mixed")


def test_a_missing_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UploadError, match=r"folder .*/dist is missing or empty: check the path and the build"):
        planned(tmp_path / "dist", "spa")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "only" / "folders").mkdir(parents=True)
    with pytest.raises(UploadError, match="missing or empty"):
        planned(tmp_path, "spa")


def test_a_folder_without_index_is_refused_and_the_nearest_one_is_named(make: Make) -> None:
    folder = make({"a/browser/index.html": "", "a/browser/deep/index.html": ""})
    (folder / "index.html").unlink()
    with pytest.raises(
        UploadError,
        match=r"has no index\.html \(nearest: a/browser/index\.html\): check the output folder",
    ):
        tabled(folder, "spa")


def test_an_unknown_routing_is_refused_with_the_allowed_ones(make: Make) -> None:
    with pytest.raises(UploadError, match="routing 'html' is not one of spa, files, folders, mixed"):
        planned(make(), "html")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("_errors/404.html", "reserved for error pages: rename the folder"),
        (
            "a/" + "n" * 249 + "/" + "m" * 250 + "/" + "o" * 250 + "/" + "p" * 150,
            "more than 900 bytes: shorten it",
        ),
        ("a\nb.html", "no browser can request such a name: rename it"),
        ("tab\there.txt", "no browser can request such a name: rename it"),
        ("back\\slash.txt", "no browser can request such a name: rename it"),
        ("del\x7f.txt", "no browser can request such a name: rename it"),
        ("a/%2e%2e/b.txt", "no browser can request such a name: rename it"),
        ("a/%2E/b.txt", "no browser can request such a name: rename it"),
    ],
    ids=["reserved", "long", "newline", "tab", "backslash", "delete", "encoded-dots", "encoded-dot"],
)
def test_a_name_that_endangers_others_is_refused(make: Make, path: str, reason: str) -> None:
    folder = make({path: "x"})
    with pytest.raises(UploadError) as caught:
        planned(folder, "spa")
    assert (
        repr(path) in str(caught.value),
        reason in str(caught.value),
        len(str(caught.value).splitlines()),
    ) == (True, True, 1)


def test_a_name_that_is_not_utf8_is_refused(make: Make) -> None:
    folder = make()
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("x")
    with pytest.raises(UploadError, match="no browser can request such a name"):
        planned(folder, "spa")


def test_a_name_of_exactly_the_limit_is_published(make: Make) -> None:
    path = "/".join(["n" * 249, "m" * 249, "o" * 249, "p" * 146 + ".js"])
    assert len("/" + path) == NAME_LIMIT
    assert path in planned(make({path: "x"}), "spa").files


def test_a_file_larger_than_one_request_takes_is_refused(make: Make) -> None:
    folder = make({"film.mp4": ""})
    with (folder / "film.mp4").open("wb") as film:
        film.truncate(SIZE_LIMIT + 1)  # sparse: it takes no room
    with pytest.raises(UploadError, match=r"'film\.mp4' .*over 5 GB, S3's limit: host it elsewhere"):
        planned(folder, "spa")


def test_a_device_or_pipe_is_refused(make: Make) -> None:
    folder = make()
    os.mkfifo(folder / "pipe")
    with pytest.raises(UploadError, match=r"'pipe' .*or a device: remove it"):
        planned(folder, "spa")


@pytest.mark.parametrize("target", ["/etc/hostname", "../secret.txt", "..", "/"])
def test_a_link_that_leaves_the_folder_is_refused(make: Make, target: str) -> None:
    folder = make()
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "link").symlink_to(target)
    with pytest.raises(UploadError, match=r"link is a link out of the output folder, to .*: put a copy there"):
        planned(folder, "spa")


def test_links_inside_the_folder_are_followed(make: Make) -> None:
    folder = make({"docs/v2/a.html": "two"})
    (folder / "docs" / "latest").symlink_to("v2")
    (folder / "b.html").symlink_to("docs/v2/a.html")
    files = planned(folder, "mixed").files
    assert sorted(files) == ["b.html", "docs/latest/a.html", "docs/v2/a.html", "index.html"]
    assert Path(files["docs/latest/a.html"].place).read_text() == "two"


def test_the_output_folder_itself_may_be_a_link(make: Make, tmp_path: Path) -> None:
    make({"a.txt": ""})
    (tmp_path / "current").symlink_to("out")
    assert sorted(planned(tmp_path / "current", "spa").files) == ["a.txt", "index.html"]


@pytest.mark.parametrize(
    "links",
    [{"a/up": "../a"}, {"a/top": ".."}, {"a/x": "../b", "b/y": "../a"}, {"self": "self"}, {"gone": "nowhere.html"}],
    ids=["to-a-parent", "to-the-top", "through-each-other", "to-itself", "to-nowhere"],
)
def test_links_in_a_circle_or_to_nowhere_are_refused(make: Make, links: dict[str, str]) -> None:
    folder = make({"a/1.txt": "", "b/2.txt": ""})
    for name, target in links.items():
        (folder / name).symlink_to(target)
    with pytest.raises(UploadError, match="a link to nowhere or in a circle"):
        planned(folder, "spa")


def test_secrets_and_repositories_are_never_published(make: Make) -> None:
    hidden = [
        ".git/config",
        "sub/.git/HEAD",
        ".env",
        ".env.local",
        "sub/.ENV.production",
        ".npmrc",
        ".aws/credentials",
    ]
    hidden += ["node_modules/a/index.js", "sub/.DS_Store"]
    folder = make(dict.fromkeys(hidden, "secret"))
    assert sorted(planned(folder, "spa").files) == ["index.html"]
    kept_back = [".aws", ".env", ".env.local", ".git", ".npmrc", "node_modules"]
    kept_back += ["sub/.DS_Store", "sub/.ENV.production", "sub/.git"]
    assert [f"not published: {', '.join(kept_back)}"] == warned(folder, "spa")


def test_what_says_how_a_site_is_deployed_is_never_published(make: Make) -> None:
    folder = make(dict.fromkeys(["samconfig.toml", "site.toml", ".template.yaml"], "ours"))
    assert ["index.html"] == sorted(planned(folder, "spa").files)
    assert ["not published: .template.yaml, samconfig.toml, site.toml"] == warned(folder, "spa")


@pytest.mark.parametrize(
    "path",
    [
        ".well-known/apple-app-site-association",
        "assets/node_modules/.pnpm/nav@1/back.png",
        "sub/.hidden",
        "environment.html",
        "git.html",
        "sub/site.toml",
        "template.yaml",
    ],
)
def test_what_only_looks_like_a_secret_is_published(make: Make, path: str) -> None:
    assert path in planned(make({path: "x"}), "mixed").files


def test_a_link_does_not_publish_what_is_kept_back(make: Make) -> None:
    folder = make({".env": "TOKEN=1", "node_modules/lib/a.js": ""})
    (folder / "config.txt").symlink_to(".env")
    (folder / "lib").symlink_to("node_modules/lib")
    assert sorted(planned(folder, "spa").files) == ["index.html"]


def test_kept_back_links_may_lead_out(make: Make) -> None:
    folder = make()
    (folder / "node_modules").symlink_to("/usr/lib")
    assert sorted(planned(folder, "spa").files) == ["index.html"]


def test_extensions_that_the_router_does_not_know_are_collected(make: Make) -> None:
    paths = [
        "pagefind/a.pf_meta",
        "b.GLB",
        "map.geojson",
        "_astro/x.BdE8sX2_.js",
        ".well-known/a.odd",
        "CNAME",
        "a.b c",
    ]
    assert sorted(also(make(dict.fromkeys(paths, "")), "spa")) == ["geojson", "glb", "pf_meta"]


def test_an_extension_with_a_type_of_ours_needs_its_place_in_also_too(make: Make) -> None:
    names = sorted({*TYPES} - {*FILES})
    extensions = [name for name in names if re.fullmatch("[a-z0-9]{2,8}", name)][:40]
    assert extensions == sorted(also(make({f"f.{name}": "" for name in extensions}), "spa"))


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize(
    ("path", "page", "address"),
    [
        ("dl/tool-1.2.0", "index.html", "/v/3.4.0"),
        ("dl/tool-1.2.0-beta", "index.html", "/v/3.4.0-beta"),
        ("dl/tool-1.2.0_1", "index.html", "/v/3.4.0_1"),
        ("data/x.doe", "user/john.doe.html", "/user/john.doe"),
        ("data/x.DOE", "user/john.doe/index.html", "/user/john.doe"),
    ],
)
def test_a_file_never_takes_the_addresses_of_pages(
    make: Make, path: str, page: str, address: str, routing: str
) -> None:
    listed = also(make({path: "", page: ""}), routing)
    without, with_it = run(
        *(Case(address, store=f"{LIVE} {routing}{more}") for more in ("", f" also={','.join(listed)}"))
    )
    assert without.target == with_it.target != f"/deployments/{LIVE}{address}"


@pytest.mark.parametrize("path", ["a.3mf", "b.pf_meta", "c.code-workspace", "d.x"])
def test_an_extension_has_a_letter(make: Make, path: str) -> None:
    assert [path[2:]] == also(make({path: "", "v/1.2.html": ""}), "mixed")


def test_the_most_frequent_extensions_win_when_there_are_too_many(make: Make) -> None:
    files = {f"f.x{number:03}": "" for number in range(100)} | {"a.zzz": "", "b.zzz": ""}
    folder = make(files)
    listed = also(folder, "spa")
    assert listed[0] == "zzz"
    assert len(",".join(listed)) <= ALSO_LIMIT


def test_a_404_page_with_files_of_its_own_is_warned_of(make: Make) -> None:
    page = """<link rel=stylesheet href="/style.css"><script src='_astro/a.BdE8sX2_.js'></script><a href="/about">x</a>
    <img src=./logo%20big.png?v=1><img src="https://example.com/other.png"><img src="//example.com/other.png">"""
    names = ["style.css", "_astro/a.BdE8sX2_.js", "logo big.png", "other.png"]
    folder = make({"404.html": page, **dict.fromkeys(names, "")})
    text = "used by 404.html, perhaps of another deployment: logo big.png, style.css"
    assert [text] == warned(folder, "spa")


def test_a_long_list_of_names_is_cut_and_counted(make: Make) -> None:
    warning = "\n".join(warned(make({f"key{number:02}.pem": "" for number in range(15)}), "spa"))
    assert warning.endswith("key08.pem, key09.pem and 5 more")


def words(pattern: str, start: str = "") -> list[str]:
    """Every word of lower case letters and digits that the pattern matches whole."""
    matches: Any = regex.fullmatch
    longer = (start + letter for letter in string.ascii_lowercase + string.digits)
    found = [start] if matches(pattern, start) else []
    return found + [word for more in longer if matches(pattern, more, partial=True) for word in words(pattern, more)]


def test_the_uploader_knows_what_the_router_takes_for_a_file_by_itself() -> None:
    """The rest needs `also=`: an extension with a type of ours and without a place in the router would be a page."""
    text = (ROOT / "function" / "address.js").read_text()
    found = re.search(r"const EXTENSIONS =\n +/\\\.\(\?=\\w\+\$\)(\(\?:.+\))\$/i;", text)
    assert found
    assert sorted(words(found[1])) == sorted(FILES)


@pytest.mark.parametrize("corpus", corpora().values(), ids=corpora())
def test_names_that_carry_a_hash_are_told_from_others(corpus: Corpus) -> None:
    assert [] == [name for name in corpus.plain if is_hashed(name)]
    hashed = [name for name in corpus.hashed if not name.endswith(".map")]
    assert sum(map(is_hashed, hashed)) / len(hashed) > 0.98


@pytest.mark.parametrize(("commit", "begin"), [("a" * 40, "a" * 40), ("b" * 64, "b" * 40), ("zip", "zip")])
def test_a_commit_begins_the_id_and_what_was_packed_ends_it(commit: str, begin: str) -> None:
    assert f"{begin}-1a2b3c4d5e6f7a8b" == deployment_id(commit, "1a2b3c4d5e6f7a8b")


def test_outside_a_pipeline_the_id_is_random() -> None:
    first, second = (deployment_id("upload") for _ in range(2))
    assert re.fullmatch(r"upload-[0-9a-f]{16}", first)
    assert first != second


@pytest.mark.parametrize("commit", ["feature/x", "-x", "caf\xe9", "a b"])
def test_a_commit_that_cannot_begin_an_id_is_refused(commit: str) -> None:
    with pytest.raises(UploadError, match="use letters, digits, - and _"):
        deployment_id(commit)
