"""The pictures of the documents are what their texts make, and the names in them are the template's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from workbench import ROOT
from workbench.pages.pictures import PICTURES, draw
from workbench.resolve import resolve
from workbench.templates import every_template

SOURCES = sorted(PICTURES.glob("*.toml"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.fixture(params=SOURCES, ids=lambda source: source.stem)
def source(request: pytest.FixtureRequest) -> Path:
    picture: Path = request.param
    return picture


def test_a_picture_is_what_its_text_makes(source: Path) -> None:
    assert draw(source.read_text()) == source.with_suffix(".svg").read_text(), "run `make docs`"


def test_every_name_in_a_picture_is_that_of_a_resource(source: Path) -> None:
    names = [name for box in parts(source) if "id" in box for name in box["id"].split(", ")]
    assert len(names) > 3
    assert set(names) <= {title for template in every_template().values() for title in template["Resources"]}


def test_a_picture_can_be_read_by_who_cannot_see_it_and_its_words_stay_in_their_boxes(source: Path) -> None:
    root = ElementTree.fromstring(source.with_suffix(".svg").read_text())
    assert ["title", "desc"] == [re.sub("{.*}", "", child.tag) for child in root][:2]
    picture = tomllib.loads(source.read_text())
    for box in parts(source):
        column, span = box["at"][0], box.get("span", [1, 1])[0]
        room = sum(picture["columns"][column : column + span]) + picture["gap"][0] * (span - 1)
        assert [line for line in (*box["lines"], box["title"]) if 7 * len(line) > room] == []


def test_every_picture_is_shown_on_a_page(source: Path) -> None:
    shown = {
        (page.parent / link).resolve() for page in PAGES for link in re.findall(r"!\[.+?\]\((\S+?)\)", page.read_text())
    }
    assert source.with_suffix(".svg") in shown


def parts(source: Path) -> list[dict[str, Any]]:
    picture = tomllib.loads(source.read_text())
    return [*picture["box"], *({**frame, "lines": [], "title": "", "at": [0, 0]} for frame in picture.get("frame", ()))]


WRITES = re.compile(r"s3:(Put|Delete)|cloudfront-keyvaluestore:(Put|Delete|Update)")


def test_who_may_write_what_is_what_the_roles_may() -> None:
    picture = tomllib.loads((PICTURES / "rights.toml").read_text())
    places = {box["name"]: set(box["id"].split(", ")) for box in picture["box"] if box["kind"] == "place"}
    names = {box["name"]: box.get("id", "") for box in picture["box"]}
    shown = {names[arrow["from"]]: places[arrow["to"]] for arrow in picture["arrow"] if arrow["to"] in places}
    assert {title: written(title) for title in shown} == shown
    others = {title for title in roles() if written(title) and title not in shown}
    assert others == {"PipelineRole"}  # CodePipeline itself keeps its artifacts in the artifact bucket


def roles() -> set[str]:
    templates = [every_template()[name] for name in ("git-operations", "zip-operations", "direct-operations")]
    kinds = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")
    return {title for made in templates for title, part in made["Resources"].items() if part["Type"] in kinds}


def written(title: str) -> set[str]:
    """The buckets and stores that a role or a policy may write, by their logical IDs."""
    return {
        re.split(r"[<>.]", str(resource))[1]
        for made in every_template().values()
        if title in made["Resources"] and "DeliveryTable" not in made["Resources"]
        for statement in resolve(made).statements(title)
        if any(WRITES.match(action) for action in statement["Action"])
        for resource in statement["Resource"]
    }
