"""What docs/addresses.md says of each address is what a visitor gets, through the shipped functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.visitor import Visitor
from local.commands.publication import publish
from workbench import ROOT
from workbench.stage import Stage, staged

PAGE = (ROOT / "docs" / "addresses.md").read_text()


def table() -> dict[str, dict[str, str]]:
    """By routing: each address, and what the page says that it answers."""
    text = PAGE.partition("## What an address answers")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    head, _, *others = rows
    return {
        routing: {row[0].strip("`"): row[number] for row in others} for number, routing in enumerate(head) if number
    }


def files() -> list[str]:
    """The files of the table's site."""
    return re.findall(r"`([^`]+)`", PAGE.partition("has the files")[2].partition(".\n")[0].partition(". A file")[0])


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.mark.parametrize(("routing", "said"), table().items(), ids=table())
def test_each_address_of_the_page_answers_what_the_page_says(
    stage: Stage, tmp_path: Path, routing: str, said: dict[str, str]
) -> None:
    for path in files():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"`{path}`")
    publish(stage.stack, tmp_path, routing)
    with stage.serving() as served:
        visitor = Visitor(served.url)
        assert {address: answered(visitor, address) for address in said} == said


def answered(visitor: Visitor, address: str) -> str:
    """What a navigation gets, as the page writes it."""
    answer = visitor.navigate(address)
    if answer.status == 200:
        return answer.body.decode()
    return f"{answer.status} `{answer.headers['Location']}`" if answer.status == 308 else str(answer.status)
