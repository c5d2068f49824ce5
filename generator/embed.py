"""Turns the Python that ships inside the template into the text that the template carries.

A template body has 51,200 bytes, so the Python sources travel without comments, docstrings and blank lines, and with
two spaces for each level of indentation; the syntax tree stays the same, names are never shortened, and the template
says where the commented source is.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Mapping

_INDENT = 4  # what the sources are written with
_EMBEDDED_INDENT = 2


def strip(source: str) -> str:
    """Give `source` without comments, docstrings and blank lines, indented by two spaces a level.

    The syntax tree is that of `source` but for the docstrings; `pass` stands where there was nothing else.
    """
    lines = source.splitlines()
    dropped: set[int] = set()
    for docstring, alone in _docstrings(ast.parse(source)):
        dropped.update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
        if alone:
            dropped.remove(docstring.lineno)
            lines[docstring.lineno - 1] = " " * docstring.col_offset + "pass"
    kept_whole: set[int] = set()  # the inside of multi-line strings: not ours to change
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            number, column = token.start
            lines[number - 1] = lines[number - 1][:column].rstrip()
        elif token.type == tokenize.STRING and token.start[0] != token.end[0]:
            kept_whole.update(range(token.start[0] + 1, token.end[0] + 1))
    result = []
    for number, line in enumerate(lines, 1):
        if number in dropped or (number not in kept_whole and not line.strip()):
            continue
        result.append(line if number in kept_whole else _reindent(line))
    return "\n".join(result) + "\n"


def join(modules: Mapping[str, str]) -> str:
    """Give one module made of several, in their order, as Lambda's inline code wants it.

    `modules` maps module names to sources. `from <one of them> import ...` disappears (the names are in the same
    module now), and what they import stands at the top, once. `ValueError` names what two modules define.
    """
    imports: set[str] = set()
    names: dict[str, set[str]] = {}  # by the module that they come from
    bodies = []
    owners: dict[str, str] = {}
    for name, source in modules.items():
        body = []
        stripped = strip(source)
        tree = ast.parse(stripped)
        lines = stripped.splitlines()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                if node.module not in modules:
                    names.setdefault(str(node.module), set()).update(ast.unparse(alias) for alias in node.names)
                continue
            if isinstance(node, ast.Import):
                imports.add(ast.unparse(node))
                continue
            for defined in _defined_names(node):
                if owners.setdefault(defined, name) != name:
                    raise ValueError(
                        f"{defined} is defined in {owners[defined]} and in {name}; one module can hold it once"
                    )
            body.append("\n".join(lines[_first_line(node) - 1 : node.end_lineno]))
        bodies.append("\n".join(body))
    future = sorted(names.pop("__future__", ()))
    first = [f"from __future__ import {', '.join(future)}"] if future else []
    froms = [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
    return "\n".join([*first, *froms, *sorted(imports), *bodies]) + "\n"


def _reindent(line: str) -> str:
    body = line.lstrip(" ")
    spaces = len(line) - len(body)
    return " " * (spaces // _INDENT * _EMBEDDED_INDENT + spaces % _INDENT) + body


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.Expr, bool]]:
    """Every docstring, and whether it is all of its body."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            yield first, len(node.body) == 1 and not isinstance(node, ast.Module)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _defined_names(node: ast.stmt) -> Iterable[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
