"""Generated reference pages are what would be generated now, and the documents name what is really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.parameters import reference
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_of_parameters_is_up_to_date() -> None:
    assert reference() == (ROOT / "docs" / "parameters.md").read_text(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_of_ours_finds_it(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
