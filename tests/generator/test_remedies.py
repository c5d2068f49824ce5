"""Whoever is refused is told what to do: each text of a refusal goes on behind what is wrong."""

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
# What the commands end with; their text comes first, and behind it the exit code
ENDS = {"Failure", "LocalError"}
# The remedy is in the part that is filled in
FILLED_IN = {
    "{} cannot be published, {}",
    "{} is there, and {}",  # samconfig.yaml: convert it
    "{} has {}, so it looks like {}, or --as-is",  # a project: give the build's output folder
    "{}",  # what is wrong with a settings file, which its reader says with the remedy
    "{}{}",  # the way out of a stack's state, and what failed first
}
# It is a sentence of its own there, behind a question
ASKED = {"whose account? Give --account with its twelve digits ({})"}


def refusals(source: str) -> Iterator[str]:
    """The texts of the refusals in `source`, with {} for what is filled in; a 401 has none, on purpose."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func)
            text = node.exc.args[0 if name in ENDS else -1] if node.exc.args else None
            if name in REFUSALS | ENDS and isinstance(text, ast.Constant | ast.JoinedStr):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                found = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                yield from [found] if found else []


def without_remedy(source: str) -> list[str]:
    """The refusals that end with what is wrong."""
    spared = FILLED_IN | ASKED
    return [text for text in refusals(source) if text not in spared and not re.search(r"[:;] |, read ", text)]


@pytest.mark.parametrize("folder", ["lambda", "codebuild", "deployments", "local"])
def test_each_refusal_says_what_to_do(folder: str) -> None:
    paths = sorted((ROOT / folder).rglob("*.py"))
    found = {str(path.relative_to(ROOT)): without_remedy(path.read_text(encoding="utf-8")) for path in paths}
    assert {} == {path: texts for path, texts in found.items() if texts}, "say behind a colon what is to be done"


@pytest.mark.parametrize(
    "source",
    [
        "raise Refused(f'{name} is no file')",
        "raise Refusal(400, 'the body is no JSON') from None",
        "def f():\n    raise UploadError('too large')",
        "raise Failure('nothing was changed', USAGE)",
        "raise LocalError(f'the build still runs after {most} seconds')",
    ],
)
def test_a_refusal_without_a_remedy_is_seen(source: str) -> None:
    assert 1 == len(without_remedy(source))
