"""The functions as texts: within CloudFront's limits, and nothing but what its runtime documents."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.edge import EMPTY, FUNCTION, LIVE, LONG, NAVIGATION, instructions
from tests.conftest import ROOT
from tests.support.once import once, shared

FUNCTIONS = sorted((ROOT / "function").glob("*.js"))
LINT = Path(__file__).parent / "lint"


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_fits_cloudfronts_limit(path: Path) -> None:
    assert len(path.read_bytes()) <= 10_240


def lint(text: str) -> tuple[int, str]:
    """eslint's exit status and its words on a function's text."""
    command = ["npx", "--no-install", "eslint", "--config", "eslint.config.mjs", "--max-warnings", "0"]
    done = subprocess.run(
        [*command, "--stdin", "--stdin-filename", "function.js"],
        cwd=LINT,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module", autouse=True)
def eslint(tmp_path_factory: pytest.TempPathFactory) -> None:
    """eslint as package-lock.json has it, installed once, also when several workers ask at the same time."""
    install = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
    once(
        LINT / "node_modules" / ".package-lock.json",
        lambda: subprocess.run(install, cwd=LINT, check=True, timeout=300),
        shared(tmp_path_factory),
    )


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_the_linter_finds_nothing_that_the_runtime_does_not_document(path: Path) -> None:
    assert (0, "") == lint(path.read_text())


FORBIDDEN = ["const [a] = b;", "a?.b;", "a ?? b;", "for (const a of b) {}", "class A {}", "const f = async () => {};"]
FORBIDDEN += ["function f(a = 1) {}", "f(...a);", "console.log(a, b);", "setTimeout(f, 1);", "new Map();"]


@pytest.mark.parametrize("line", FORBIDDEN)
def test_the_linter_finds_what_the_runtime_lacks(line: str) -> None:
    status, said = lint(f"const a = 1;\nconst b = [a];\nconst f = a;\n{line}\n")
    assert status == 1
    assert "4:" in said


@pytest.mark.parametrize("what", ["850 dots", "850 dashes, .js", "850 letters in segments"])
def test_a_long_path_costs_no_more_than_its_length_allows(what: str) -> None:
    uri = LONG[what]
    cost, empty = (instructions(source, [(uri, NAVIGATION)], LIVE, "mixed") for source in (FUNCTION.read_text(), EMPTY))
    assert cost - empty <= 40_000 + 500 * len(uri.encode())
