"""Each exception to a rule of the house says its reason: what the linter or mypy lets pass, and a long module."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

from workbench import ROOT

LINES = 250  # of a module that has one reason to exist
LONG = {
    "workbench/double.py": "S3 and the store in memory: the tests of the double hold it to the real ones as a whole",
    "local/cloud/launcher.py": "one patch of the emulator after the other, each in the list at its top",
}
LET_PASS = re.compile(r"\s*# (type: ignore(\[[\w, -]+\])?|noqa(: [A-Z]+\d+(, [A-Z]+\d+)*)?)")


def modules() -> list[Path]:
    """The Python files of the house, without its tests."""
    listed = ["git", "-C", str(ROOT), "ls-files", "*.py", ":!tests"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def without_reason(text: str) -> list[str]:
    """The lines that let something pass, with no comment beside or above them."""
    lines = ["", *text.splitlines()]
    return [
        line.strip()
        for above, line in pairwise(lines)
        if LET_PASS.search(line) and "#" not in LET_PASS.sub("", line) and not above.lstrip().startswith("#")
    ]


def test_what_the_linter_or_mypy_lets_pass_has_its_reason_beside_or_above_it() -> None:
    found = {str(path.relative_to(ROOT)): without_reason(path.read_text(encoding="utf-8")) for path in modules()}
    assert {} == {name: lines for name, lines in found.items() if lines}


def test_a_module_of_more_lines_than_the_house_allows_has_its_reason() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert set(LONG) >= {name for name, size in sizes.items() if size > LINES}
