"""Each exception to a rule of the house says its reason: what the linter or mypy lets pass, and what is long."""

from __future__ import annotations

import ast
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
PRODUCT = {
    *("codebuild", "dashboard", "deployments", "detection", "function", "generator", "instant_hosting", "lambda"),
    "local",
}
FUNCTION_LINES, BRANCHES = 15, 8  # of a function that decides; more lines are no harm where it branches less
QUESTIONS = "one list of questions, which is read in its order"
PASS = "one pass over a text: each step begins where the last one ended"
STEPS = "one list of steps, each of which can be left out or fail"
ENDS = "one list of the ways in which a command ends"
BRANCHING = {
    "codebuild/uploader/archive.py _members": "bytes: docs/decisions/template-size.md",
    "deployments/__main__.py _command": ENDS,
    "deployments/command.py report": "one list of what is said of an answer, in its order",
    "deployments/errors.py _answered": QUESTIONS,
    "deployments/errors.py trouble": QUESTIONS,
    "deployments/foreign/path_to_regexp.py _parts": PASS,
    "deployments/foreign/vercel.py _query": QUESTIONS,
    "deployments/foreign/vercel.py _route": QUESTIONS,
    "deployments/init/building.py _answer": QUESTIONS,
    "deployments/init/domain.py decide_domain": QUESTIONS,
    "deployments/project/checking.py problem_of": QUESTIONS,
    "deployments/project/samconfig.py read_samconfig": QUESTIONS,
    "deployments/rights/own.py _resources": "one case for each word that a right can say",
    "deployments/up/command.py up": STEPS,
    "deployments/up/opening.py open_site": STEPS,
    "detection/javascript.py _parts": "one case for each kind of node",
    "detection/readers/angular.py _angular_app": QUESTIONS,
    "generator/delivery.py _to_file": STEPS,
    "generator/site_file.py _variable": QUESTIONS,
    "instant_hosting/usage.py run": ENDS,
    "lambda/compiler/headers.py parse_headers": PASS,
    "lambda/compiler/matching.py match_path": QUESTIONS,
    "lambda/webhook/door/route.py _problem": "a literal: its questions and what is said of each",
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


def lines_and_branches(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """How many lines a function has behind its docstring, and in how many places it goes one of two ways."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    kinds = ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.ExceptHandler, ast.BoolOp, ast.match_case
    nodes = list(ast.walk(function))
    branches = sum(isinstance(node, kinds) for node in nodes)
    branches += sum(len(node.ifs) for node in nodes if isinstance(node, ast.comprehension))
    return sum((body[-1].end_lineno or 0) - one.lineno + 1 for one in body[:1]), branches


def test_what_the_linter_or_mypy_lets_pass_has_its_reason_beside_or_above_it() -> None:
    found = {str(path.relative_to(ROOT)): without_reason(path.read_text(encoding="utf-8")) for path in modules()}
    assert {} == {name: lines for name, lines in found.items() if lines}


def test_a_module_of_more_lines_than_the_house_allows_has_its_reason() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert set(LONG) >= {name for name, size in sizes.items() if size > LINES}


def test_a_long_function_that_branches_much_has_its_reason() -> None:
    product = {name: path for path in modules() if (name := str(path.relative_to(ROOT))).split("/")[0] in PRODUCT}
    found = [
        (f"{name} {node.name}", *lines_and_branches(node))
        for name, path in product.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {name for name, lines, branches in found if lines > FUNCTION_LINES and branches >= BRANCHES}
    assert long - set(BRANCHING) == set(), "give its parts names, or write into BRANCHING why it is one"
    assert set(BRANCHING) - long == set(), "these are short now: take their rows out"
