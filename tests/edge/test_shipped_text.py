"""The functions as texts: within CloudFront's limits, and nothing but what its runtime documents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import uploader

from tests.conftest import ROOT

FUNCTIONS = sorted((ROOT / "function").glob("*.js"))
LINT = Path(__file__).parent / "lint"


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_fits_cloudfronts_limit(path: Path) -> None:
    assert len(path.read_bytes()) <= 10_240


def test_the_linter_finds_nothing_that_the_runtime_does_not_document() -> None:
    if not (LINT / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=LINT, check=True, timeout=300)
    command = ["npx", "--no-install", "eslint", "--config", "eslint.config.mjs", "--max-warnings", "0", "../../../function"]
    done = subprocess.run(command, cwd=LINT, capture_output=True, text=True, timeout=120, check=False)
    assert (0, "") == (done.returncode, done.stdout + done.stderr)


FORBIDDEN = ["const [a] = b;", "a?.b;", "a ?? b;", "for (const a of b) {}", "class A {}", "const f = async () => {};"]
FORBIDDEN += ["function f(a = 1) {}", "f(...a);", "console.log(a, b);", "setTimeout(f, 1);", "new Map();"]


@pytest.mark.parametrize("line", FORBIDDEN)
def test_the_linter_finds_what_the_runtime_lacks(line: str, tmp_path: Path) -> None:
    command = ["npx", "--no-install", "eslint", "--config", "eslint.config.mjs", "--stdin", "--stdin-filename", "x.js"]
    text = f"const a = 1;\nconst b = [a];\nconst f = a;\n{line}\n"
    done = subprocess.run(command, cwd=LINT, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1


def test_function_and_uploader_know_the_same_extensions() -> None:
    text = (ROOT / "function" / "viewer-request.js").read_text()
    literal = re.search(r"const FILES =\n(.*?);", text, re.S)
    assert literal
    known = set(" ".join(re.findall(r"'([^']*)'", literal[1])).split())
    assert known == set(uploader.CONTENT_TYPES)
