"""The arrows between packages, read out of their text: imports, and modules and files that are named in strings.

A loader gets a name as a string, and so does a process (`-m`): an arrow that stands in a string is one too.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from workbench import ROOT

PLACES = ("", "lambda", "lambda/webhook", "codebuild")  # where modules are found, as in setup.cfg's `pythonpath`
_NAME = re.compile(r"\w+(?:\.\w+)+")
_FILE = re.compile(r"\w+(?:/[\w.-]+)*/[\w-]+\.(?:py|js|sh)")
_LOADERS = ("import_module", "__import__", "run_module", "run_path", "spec_from_file_location")


class Arrow(NamedTuple):
    """From a file to a file or folder of ours, as paths in the checkout; the modules' without `.py`."""

    source: str
    target: str
    line: int


class Hidden(NamedTuple):
    """A call in a file that loads what no text names."""

    source: str
    line: int


def sources() -> list[str]:
    """Every Python file of the checkout that git knows or would take in."""
    listed = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name for name in names if (ROOT / name).is_file() and not name.startswith("tests/projects/"))


def arrows(source: str) -> Iterator[Arrow]:
    """The arrows that begin in this file, also inside functions."""
    for node in ast.walk(_parsed(source)):
        for target in filter(None, _targets(node, source)):
            yield Arrow(source, target, getattr(node, "lineno", 0))


def hidden(source: str) -> Iterator[Hidden]:
    """The loads whose name is worked out only when they run."""
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Call) and _called(node.func) in _LOADERS and not isinstance(_first(node), ast.Constant):
            yield Hidden(source, node.lineno)


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text())


def _targets(node: ast.AST, source: str) -> Iterable[str | None]:
    if isinstance(node, ast.Import):
        return [_place(name.name) for name in node.names]
    if isinstance(node, ast.ImportFrom):
        parents = Path(source).parts[: -node.level] if node.level else ()
        module = ".".join([*parents, *filter(None, [node.module])])
        return [_place(f"{module}.{name.name}") or _place(module) for name in node.names]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [_named(node.value)]
    if isinstance(node, ast.List | ast.Tuple):  # a command: what stands after its `-m`
        texts = [one.value if isinstance(one, ast.Constant) else None for one in node.elts]
        return [_place(name) for flag, name in pairwise(texts) if flag == "-m" and type(name) is str]
    return []


def _named(text: str) -> str | None:
    """What a string names, if that is there: a module with its package, or a file."""
    if _FILE.fullmatch(text) and (ROOT / text).is_file():
        return text.removesuffix(".py")
    return _place(text) if _NAME.fullmatch(text) else None


@cache
def _place(module: str) -> str | None:
    """Where a module of ours lies; None for libraries, and for a name that is no module."""
    for place in PLACES:
        path = ROOT / place / module.replace(".", "/")
        if path.with_suffix(".py").is_file() or any(path.glob("*.py")):
            return path.relative_to(ROOT).as_posix()
    return None


def _first(call: ast.Call) -> ast.expr | None:
    return call.args[0] if call.args else None


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
