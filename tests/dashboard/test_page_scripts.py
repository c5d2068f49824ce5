"""The page's scripts as texts: of one form, without what nobody uses, and served as the same program in fewer bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.page import assemble, script
from generator import javascript
from workbench import ROOT
from workbench.lint import compared, form, install, lint
from workbench.once import shared

PAGE = ROOT / "dashboard" / "page"
FILES = sorted(PAGE.glob("*.js"))


@pytest.fixture(scope="module", autouse=True)
def tools(tmp_path_factory: pytest.TempPathFactory) -> None:
    install(shared(tmp_path_factory))


def test_scripts_and_styles_have_one_form() -> None:
    assert form(write=False) == "", "`python -m workbench.lint --write` gives it"


def test_the_linter_finds_nothing_in_what_browsers_and_our_own_node_run() -> None:
    assert lint("scripts.config.mjs", "dashboard/page", "local/edge", "codebuild") == ""


FAULTS = {
    "export const a = b;": "'b' is not defined",
    "const c = 1;": "'c' is assigned a value but never used",
    "document.body.innerHTML = location.hash;": "texts of others become text nodes",
    "document.title = `${`a`}`;": "a text within a text",
    "export const d = location == document;": "Expected '==='",
}


def test_the_linter_finds_what_must_not_be() -> None:
    text = "\n".join(FAULTS) + "\n"
    found = lint("scripts.config.mjs", "--stdin", "--stdin-filename", "dashboard/page/x.js", text=text)
    for number, fault in enumerate(FAULTS.values(), 1):
        assert any(line.split()[0].startswith(f"{number}:") and fault in line for line in found.splitlines() if line)


def test_what_is_served_is_the_same_program_without_comments() -> None:
    served = assemble("token", "nonce").split('type="module">\n')[1].split("\n\n</script>")[0]
    assert compared(script(), served) == "same"
    assert javascript.strip(script()).rstrip() == served.rstrip()
    assert "\n// " not in served
    assert len(served) < 0.8 * len(script())


def test_every_file_is_in_the_page_short_and_says_first_what_it_is_for() -> None:
    joined = script()
    for file in FILES:
        lines = file.read_text().splitlines()
        assert lines[0].startswith("// "), file.name
        assert lines[0] in joined, f"{file.name} is in no page"
        assert len(lines) <= 250, file.name
    styles = {file.stem: file.read_text() for file in (PAGE / "style").iterdir()}
    assert [] == [name for name, text in styles.items() if text not in assemble("token", "nonce")]


def test_no_line_is_longer_than_a_screen_is_wide() -> None:
    long = [f"{path.name}:{number}" for path in _scripts() for number, line in _lines(path) if len(line) > 120]
    assert [] == long


def _scripts() -> list[Path]:
    return [*FILES, *(PAGE / "style").iterdir()]


def _lines(path: Path) -> list[tuple[int, str]]:
    return [*enumerate(path.read_text().splitlines(), 1)]
