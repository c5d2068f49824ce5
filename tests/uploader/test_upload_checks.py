"""What a site obviously lacks, or has and should not have, is said in one line before it is live, and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content.files import File, UploadError
from content.plan import Plan
from packer.oddities import warnings
from workbench.together import PACKER
from workbench.uploads import planned, warned

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., Path]
MISSING = "missing, although a page loads it (is the build's base path /?): "
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"


def said(folder: Path) -> list[str]:
    return warned(folder, "mixed")


def lacks(make: Make, page: str, path: str = "index.html", **files: str) -> list[str]:
    """What is said to be missing for a page of this text."""
    (line,) = said(make({path: page, **files})) or [MISSING]
    assert line.startswith(MISSING)
    return [name for name in line.removeprefix(MISSING).split(", ") if name]


def test_the_demo_of_the_readme_has_nothing_to_say() -> None:
    assert [] == said(ROOT / "tests" / "projects" / "plain")


def test_a_site_that_was_built_for_a_sub_path_is_told_in_one_line(make: Make) -> None:
    page = """<!doctype html><link rel=stylesheet href="/repo/assets/index-BdE8sX2_.css">
    <script type=module src="/repo/assets/index-CwcW4uY1.js"></script><div id=app></div>"""
    names = ["repo/assets/index-BdE8sX2_.css (index.html)", "repo/assets/index-CwcW4uY1.js (index.html)"]
    folder = make({"index.html": page, "assets/index-BdE8sX2_.css": "", "assets/index-CwcW4uY1.js": ""})
    assert [MISSING + ", ".join(names)] == said(folder)


def test_what_other_hosts_read_is_told_in_one_line(make: Make) -> None:
    names = ["CNAME", "new.html", "vercel.json"]
    text = "for other hosts, without effect here (`deployments rules` says what has)"
    assert [f"{text}: CNAME, vercel.json"] == said(make(dict.fromkeys(names, "")))


@pytest.mark.parametrize(
    "name",
    [
        *("_routes.json", "_worker.js", "netlify.toml", "vercel.json", "firebase.json"),
        *("staticwebapp.config.json", "customHttp.yml", "wrangler.toml", "CNAME", ".htaccess", "a/.htaccess"),
        *("web.config", "a/web.config"),
    ],
)
def test_each_of_them_is_known_and_is_in_no_other_line(make: Make, name: str) -> None:
    (line,) = said(make({name: "x", ".nojekyll": ""}))  # which any generator leaves, and nobody misses
    assert line.startswith("for other hosts")
    assert line.endswith(f": {name}")


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        ('<script src="/a.js"></script>', "a.js"),
        ("<SCRIPT defer SRC=a.js></SCRIPT>", "a.js"),
        ('<link href="/a.css" rel="stylesheet">', "a.css"),
        ('<link rel="modulepreload" href="/a.mjs">', "a.mjs"),
        ('<img alt="1 > 0" src="a.png"><img src="b.png">', "b.png"),  # the first is not read to its end
        ("<img src='a%20b.png'>", "a b.png"),
        ('<img src="a&amp;b.png">', "a&b.png"),
        ('<img src="my cat.png">', "my cat.png"),
        ('<img srcset="/there.png 1x, /2x.png 2x">', "2x.png"),
        ('<picture><source srcset="big.webp 800w,\n small.webp 400w"></picture>', "big.webp|small.webp"),
        ('<base href="/app/"><script src="a.js"></script>', "app/a.js"),
        ('<noscript><img src="/pixel.gif"></noscript>', "pixel.gif"),
        ('<!-- <script src="x.js"></script> --><script src="/a.js"></script>', "a.js"),
        ('<script>"<img src=x.png>"</script><script src="/a.js"></script>', "a.js"),
        ('<img src="/THERE.png">', "THERE.png"),
    ],
)
def test_what_a_page_loads_and_the_site_lacks_is_named(make: Make, page: str, missing: str) -> None:
    expected = [f"{name} (index.html)" for name in missing.split("|")]
    assert expected == lacks(make, page, **{"there.png": ""})


@pytest.mark.parametrize(
    "page",
    [
        '<script src="/there.js?v=1"></script><script src="there.js#x"></script>',
        '<script src="./there.js"></script><img src="../../there.png">',
        '<img src="th%65re.png"><img src="/a%20b.png"><img src=" there.png ">',
        '<img src="/a b.png"><script src="a, b.js"></script>',
        '<img src="data:image/png;base64,AAAA"><img srcset="data:image/gif;base64,AA== 1x, /there.png 2x">',
        '<script src="https://cdn.example/x.js"></script><script src="//cdn.example/x.js"></script>',
        '<img src="blob:https://example/1"><script src="HTTPS://cdn.example/x.js"></script><img src="about:blank">',
        '<img src=""><img src="#"><img src="?"><script src></script><img>',
        '<base href="https://cdn.example/"><script src="x.js"></script>',
        '<base href="/app/"><base href="/no/"><script src="in.js"></script>',
        '<template><img src="x.png"></template><textarea><img src="x.png"></textarea>',
        '<title>How <img src="x.png"> works</title><style>/* <img src="x.png"> */</style>',
        '<!-- <script src="x.js"></script><!--[if IE]><script src="ie.js"></script><![endif]-->',
        """<script type="text/template"><img src="x.png"></script><script>const a = '<script src="x.js">'</script>""",
        """<div data-html="<img src='x.png'>" title='<script src="x.js">'></div>""",
        """<iframe srcdoc="<link rel=stylesheet href=x.css>"></iframe>""",
        '<img src="{{ photo }}"><img src="/img/${name}.png"><img src="<%= photo %>"><img src="{% static x %}">',
        '<img data-src="x.png" src="/there.png"><img alt="see src=x.png, href=y" src="/there.png">',
        '<link rel="icon" href="/favicon.ico"><link rel=canonical href="/x"><link rel="alternate" href="/feed.xml">',
        '<link rel="preconnect" href="/x"><a href="/x.png">x</a><form action="/x.js"></form>',
        '<script src="http://[bad/x.js"></script>',
    ],
)
def test_what_is_there_elsewhere_or_only_text_is_no_matter(make: Make, page: str) -> None:
    there = dict.fromkeys(["there.js", "there.png", "a b.png", "a, b.js", "app/in.js"], "")
    assert [] == said(make({"index.html": page, **there}))


def test_an_address_counts_from_where_its_page_lies(make: Make) -> None:
    files = {"docs/index.html": '<img src="a.png"><img src="../b.png">', "docs/a.png": "", "b.png": ""}
    assert [] == said(make(files))
    assert ["guide/a.png (guide/one.html)"] == lacks(make, '<img src="a.png">', "guide/one.html")


def test_a_missing_file_is_named_once_with_the_first_page_that_loads_it(make: Make) -> None:
    pages = {f"{folder}/index.html": '<script src="/a.js"></script>' for folder in ("b", "a", "a/deep")}
    assert ["a.js (a/index.html)"] == lacks(make, "<p>", **pages)


def test_pointers_in_place_of_large_files_are_refused(make: Make) -> None:
    folder = make(
        {"b.png": POINTER, "a.mp4": POINTER, "c.zip": "/annex/objects/SHA256E-s5--1.zip\n", "d.txt": "version"}
    )
    with pytest.raises(UploadError) as caught:
        planned(folder, "mixed")
    text = "pointers of Git LFS and no files, run `git lfs pull` before the build: a.mp4, b.png, c.zip"
    assert text == str(caught.value)


def test_a_page_about_pointers_is_published(make: Make) -> None:
    assert [] == said(make({"lfs.txt": f"This is a pointer:\n{POINTER}", "long.txt": POINTER + "x" * 1024}))


def test_what_looks_like_a_secret_is_named(make: Make) -> None:
    names = ["id_rsa", "keys/server.key", "a.pem", "prod.env", "credentials.json", "secrets.yml", "store.p12"]
    lines = said(make(dict.fromkeys([*names, "monkey.html", "id_rsa.pub.txt", "environment.js"], "")))
    expected = "a.pem, credentials.json, id_rsa, keys/server.key, prod.env, secrets.yml, store.p12"
    assert f"look like secrets that everybody can read, remove them: {expected}" in lines


def test_names_that_differ_in_case_or_unicode_form_only_are_named(make: Make) -> None:
    cafe = unicodedata.normalize("NFD", "caf\xe9.html")
    (line,) = said(make(dict.fromkeys(["Logo.png", "logo.png", "caf\xe9.html", cafe, "straw.png"], "")))
    assert f"differ in case or Unicode form only, keep one: caf\xe9.html from {cafe}, logo.png from Logo.png" == line


def test_of_a_huge_site_only_so_much_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PACKER, "_LOOKED_AT", 5_000)
    page = '<script src="/a.js"></script>' + "x" * 400
    asked: list[Any] = []

    def read(file: File) -> str:
        asked.append(file)
        return page

    monkeypatch.setattr(PACKER, "read", read)
    files = {name: File("", 0, 0, (0, 0, 0)) for name in ("index.html", *(f"p{number}.html" for number in range(999)))}
    warnings(files, Plan("mixed", files))
    assert 2 == len(asked)
    asked.clear()
    files["a.js"] = File("", 0, 0, (0, 0, 0))
    warnings(files, Plan("mixed", files))
    assert 12 == len(asked)
