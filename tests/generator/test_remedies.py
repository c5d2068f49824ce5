"""Whoever is refused is told what to do: each text of a refusal in what ships goes on behind what is wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from workbench import ROOT

REFUSALS = {
    *("Refused", "NotThere", "NotAdmitted", "Refusal", "ConfigurationError", "UnusableSecretError"),
    *("UploadError", "KeyTakenError", "TooMuchError", "Busy", "Stuck"),
}
# The remedy is in the part that is filled in
FILLED_IN = ["{} cannot be published, {}"]


def refusals(source: str) -> Iterator[str]:
    """The texts of the refusals in `source`, with {} for what is filled in; a 401 has none, on purpose."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name, text = ast.unparse(node.exc.func), node.exc.args[-1] if node.exc.args else None
            if name in REFUSALS and isinstance(text, ast.Constant | ast.JoinedStr):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                found = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                yield from [found] if found else []


def without_remedy(source: str) -> list[str]:
    """The refusals that end with what is wrong."""
    return [text for text in refusals(source) if text not in FILLED_IN and not re.search(r"[:;] |, read ", text)]


SHIPPED = sorted(path for folder in ("lambda", "codebuild") for path in (ROOT / folder).rglob("*.py"))


def test_each_refusal_in_what_ships_says_what_to_do() -> None:
    found = {str(path.relative_to(ROOT)): without_remedy(path.read_text(encoding="utf-8")) for path in SHIPPED}
    assert {} == {path: texts for path, texts in found.items() if texts}, "say behind a colon what is to be done"


@pytest.mark.parametrize(
    "source",
    [
        "raise Refused(f'{name} is no file')",
        "raise Refusal(400, 'the body is no JSON') from None",
        "def f():\n    raise UploadError('too large')",
    ],
)
def test_a_refusal_without_a_remedy_is_seen(source: str) -> None:
    assert 1 == len(without_remedy(source))
