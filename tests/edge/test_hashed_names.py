"""The rule that tells content-hashed names: on thousands of them, and the same in function and uploader."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from content.hashed_names import is_hashed
from tests.edge.harness import SCRIPT, Case, run
from workbench.names import Corpus, corpora

TRAPS = [
    *("og-image-1200x630.png", "photo-1024x768.jpg", "IMG-20240101-WA0001.jpg", "jquery.scrollTo.js"),
    *("icon-LinkedIn.svg", "secondaryToolbarButton-rotateCw.svg", "KaTeX_Main-Regular.woff2", "README-Template.js"),
    *("jquery-3.7.1.min.js", "bootstrap.bundle.min.js", "main-es2015.legacy.js", "three.module.min.js"),
    # models
    *("phone-SM-S928B.jpg", "phone-SM-A546E.jpg", "tv-QE55S95D.jpg", "camera-ILCE-7M4.jpg", "drill-GSR18V55.jpg"),
    *("case-iPhone15.webp", "cover-iPhoneSE.jpg", "plane-B737-MAX.jpg", "car-BMW-X5-G.jpg", "sku-AB12CD34.jpg"),
    *("gpu-RTX-4090.png", "fridge-RS68A8820S9.jpg", "asin-B08N5WRW.jpg", "track-B1A2C3D4.png", "logo-YouTube1.svg"),
    # identifiers
    *("550e8400-e29b-41d4-a716-446655440000.png", "3f2504e0-4f89-41d3-9a0c-0305e82c3301.webp"),
    *("team_550e8400-e29b-41d4-a716-44665544000a.png", "6ba7b8109dad41d180b400c04fd430c8.png"),
    # services and cameras
    *("photo-1517694712202-14dd9538aa97.jpg", "john-doe-AbCdEfGh1jk-unsplash.jpg", "pexels-photo-1234567.jpeg"),
    *("52512345678_0a1b2c3d4e_b.jpg", "123456789_1234567890_n.jpg", "gettyimages-1234567890-612x612.jpg"),
    *("hero-e1600000000000.jpg", "photo-1700000000000-1a2b3c4d.png", "shot-2024-01-01-1a2b3c4d.png"),
    *("PXL_20240101_123456789.MP.jpg", "photo-IMG_2034.jpg", "pic-deadbeef.png", "caf\u00e9-1a2b3c4d.png"),
]
HASHED = [
    *(
        "assets/index-BdE8sX2_.js",
        "assets/bundle.5cf534bf.min.js",
        "js/app-legacy.BdE8sX2_.legacy.js",
        "x.1a2b3c4d.wasm",
    ),
    *("static/media/logo.8d3f2ea5.svg", "media/logo-K7GRP2DO.svg", "assets/hero-2-q8VEBKGg.png"),
    *("img/photo.1517694712202a4b.jpg", "static/img/logo.27e20196a850.png", "docs/assets/images/a-1a2b3c4d.png"),
    *("images/0cc175b9c0f1b6a831c399e269772661.jpg", "_static/x-0cc175b9c0f1b6a831c399e269772661.gif"),
    *("_astro/team.Z1abc.webp", "_next/static/media/phone-SM-S928B.jpg", "fonts/inter-BdE8sX2_.woff2"),
]
# As bundlers write it, but not where they write images; and source maps, which a comment changes
OWN = ["photos/hero-q8VEBKGg.png", "logo.8d3f2ea5.svg", "assets/index-BdE8sX2_.js.map", "_astro/a.BdE8sX2_.css.map"]
OWN += ["_next/static/chunks/1050.f3f08438e7faea18.js.map", "assets/a-BdE8sX2_.min.png", "_nuxt/builds/a-BdE8sX2_.svg"]


@pytest.fixture(scope="module", params=corpora())
def corpus(request: pytest.FixtureRequest) -> Corpus:
    """Names of both kinds: our own, and those of real builds where `VECTORS` says where they are."""
    return corpora()[request.param]


def routed_as_hashed(names: list[str]) -> list[bool]:
    """Whether the shipped function takes each name for a hashed one."""
    outcomes = run(*(Case("/" + name.lstrip("/"), SCRIPT) for name in names))
    return [outcome.target.startswith("/immutable/") for outcome in outcomes]


IMAGE = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico")


def test_nearly_every_hashed_name_is_told(corpus: Corpus) -> None:
    """Not all: some random tokens look like words, numbers or UUIDs."""
    images = [name for name in corpus.hashed if name.endswith(IMAGE)]
    assert len(images) > 400
    assert sum(routed_as_hashed(images)) / len(images) > 0.97
    others = [name for name in corpus.hashed if not name.endswith((*IMAGE, ".map"))]
    assert len(others) > 1000
    assert sum(routed_as_hashed(others)) / len(others) > 0.98


def test_a_source_map_is_never_shared(corpus: Corpus) -> None:
    maps = [name for name in corpus.hashed if name.endswith(".map")]
    assert len(maps) > 100
    assert not any(routed_as_hashed(maps))


def test_no_other_name_is_taken_for_a_hashed_one(corpus: Corpus) -> None:
    told = routed_as_hashed(corpus.plain)
    assert [] == [name for name, hashed in zip(corpus.plain, told, strict=True) if hashed]


@pytest.mark.parametrize("folder", ["assets/", "images/", "static/media/", ""])
def test_names_that_people_gave_are_not_taken_for_hashed(folder: str) -> None:
    assert [] == [
        name for name, hashed in zip(TRAPS, routed_as_hashed([folder + name for name in TRAPS]), strict=True) if hashed
    ]


def test_names_that_bundlers_gave_are_told_where_they_write_them() -> None:
    assert [True] * len(HASHED) + [False] * len(OWN) == routed_as_hashed(HASHED + OWN)


def spellings(name: str) -> list[str]:
    """A path as clients send it: only what must be is percent-encoded, or all that may be."""
    return [quote("/" + name, safe=sent) for sent in ("/!$&'()*+,;=:@[]|^{}~", "/")]


FOLDERS = [
    *("", "assets/", "images/", "_next/static/media/", "_app/immutable/a/", "_nuxt/", "_nuxt/builds/"),
    *("docs/img/", "\u65e5\u672c/media/" + "d\u00e9p\u00f4t/" * 9, "a b/_static/" + "x/" * 50, "x/" * 60),
    "_astro/[...x]/",
]
STEMS = ["a", "photo-2", "v2", "caf\u00e9", "x(1)", "50%a", "a b", "logo_", "A", "x&", "B-737", "\u65e5"]
TOKENS = [
    *("1a2b3c4d", "1A2B3C4D", "K7GRP2DO", "BdE8sX2_", "q8-EB_Gg", "iPhone15", "14dd9538aa97", "0" * 15 + "a"),
    *("f1" * 10, "0cc175b9c0f1b6a831c399e269772661", "6ba7b8109dad41d180b400c04fd430c8", "a1" * 20, "b2" * 32),
    *("a1" * 5, "12345678"),
]
KINDS = [
    *("js", "mjs", "css", "woff2", "wasm", "svg", "png", "jpeg", "webp", "ico", "js.map", "json", "min.js", "min.svg")
]


def made_up(count: int) -> set[str]:
    """Names of every form, the same ones in each run."""
    pick = random.Random(11).choice
    return {
        f"{pick(FOLDERS)}{pick([pick(STEMS) + pick(['-', '.', '_', '/']), ''])}{pick(TOKENS)}.{pick(KINDS)}"
        for _ in range(count)
    }


def test_function_and_uploader_agree_on_names_of_every_form() -> None:
    sent = [(name, path) for name in sorted(made_up(20_000)) for path in dict.fromkeys(spellings(name))]
    routed = [outcome.target.startswith("/immutable/") for outcome in run(*(Case(path, SCRIPT) for _, path in sent))]
    assert 1000 < sum(routed) < len(sent) - 1000
    assert [] == [path for (name, path), hashed in zip(sent, routed, strict=True) if hashed != is_hashed(name)]


def test_function_and_uploader_agree_on_every_name(corpus: Corpus) -> None:
    names = corpus.hashed + corpus.plain
    said = [is_hashed(name) for name in names]
    assert [] == [name for name, a, b in zip(names, routed_as_hashed(names), said, strict=True) if a != b]


@pytest.mark.parametrize("kind", ["html", "json", "txt", "pdf"])
def test_a_document_is_never_taken_for_a_hashed_file(kind: str) -> None:
    assert [False] == routed_as_hashed([f"assets/index-BdE8sX2_.{kind}"])
