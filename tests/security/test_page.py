"""docs/security.md: whatever it names as shown is there."""

from __future__ import annotations

import re

from workbench import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_that_the_page_names_is_there() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    assert sorted(name for name in named if f"def {name}(" not in tests) == []
