"""The rule that tells content-hashed names: on thousands of real ones, and the same in function and uploader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import uploader

from tests.edge.harness import SCRIPT, Case, run

TRAPS = [
    *("og-image-1200x630.png", "photo-1024x768.jpg", "IMG-20240101-WA0001.jpg", "jquery.scrollTo.js"),
    *("icon-LinkedIn.svg", "secondaryToolbarButton-rotateCw.svg", "KaTeX_Main-Regular.woff2", "README-Template.js"),
    "jquery-3.7.1.min.js",
]


def flat(value: Any) -> list[str]:
    """Every name in a part of the corpus, however it is grouped."""
    if isinstance(value, str):
        return [value]
    return [name for item in (value.values() if isinstance(value, dict) else value) for name in flat(item)]


@pytest.fixture(scope="module")
def corpus(vectors: Path) -> dict[str, list[str]]:
    found = json.loads((vectors / "asset-names.json").read_text())
    return {part: flat(found[part]) for part in ("hashed", "not_hashed", "traps")}


def routed_as_hashed(names: list[str]) -> list[bool]:
    """Whether the shipped function takes each name for a hashed one."""
    outcomes = run(*(Case("/" + name.lstrip("/"), SCRIPT) for name in names))
    return [outcome.target.startswith("/immutable/") for outcome in outcomes]


def test_nearly_every_hashed_name_is_told(corpus: dict[str, list[str]]) -> None:
    told = routed_as_hashed(corpus["hashed"])
    assert len(told) > 5000
    assert sum(told) / len(told) >= 0.98


@pytest.mark.parametrize("part", ["not_hashed", "traps"])
def test_no_other_name_is_taken_for_a_hashed_one(corpus: dict[str, list[str]], part: str) -> None:
    names = [name for name in corpus[part] if not name.startswith("hashed")]
    told = routed_as_hashed(names)
    assert [] == [name for name, hashed in zip(names, told, strict=True) if hashed]


def test_names_that_only_look_hashed_are_not() -> None:
    assert [False] * len(TRAPS) == routed_as_hashed([f"assets/{name}" for name in TRAPS])


def test_function_and_uploader_agree_on_every_name(corpus: dict[str, list[str]]) -> None:
    names = [name.lstrip("/") for part in corpus.values() for name in part]
    said = [uploader.is_hashed(name) for name in names]
    assert [] == [name for name, a, b in zip(names, routed_as_hashed(names), said, strict=True) if a != b]


@pytest.mark.parametrize("kind", ["html", "json", "txt", "pdf"])
def test_a_document_is_never_taken_for_a_hashed_file(kind: str) -> None:
    assert [False] == routed_as_hashed([f"assets/index-BdE8sX2_.{kind}"])
