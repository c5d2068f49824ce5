"""Turns the Python that ships inside the template into the text that the template carries.

A template body has 51,200 bytes, so several modules become one program without what nothing needs, comments included
(see `statements`). Names are never shortened, and the template says where the commented source is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from generator.statements import Row, Writer, read_by_nobody, side_by_side, without_blanks, without_docstring

WIDTH = 400  # of statements side by side


class Statement(NamedTuple):
    """A statement of a module's own level that is no import."""

    provided: frozenset[str]  # what it defines; nothing if it is there for what it does
    needed: frozenset[str]
    rows: list[Row]


def program(modules: Mapping[str, str], *, entry: str = "handler", width: int = WIDTH) -> str:
    """Give one program made of several modules, in their order, as Lambda's inline code wants it.

    `modules` maps module names, with dots, to sources. `from <one of them> import ...` disappears (the names are in the
    same module now), and what they import stands at the top, once. What neither `entry` nor a statement that runs at
    once needs goes, and so do annotations but those of classes, which NamedTuple reads.

    A statement is one line, also with the only one below it; the fields of a class share one as a function's arguments
    do, and so do short statements that follow each other, up to `width` characters, also behind the line that governs
    them. A level is one blank; an operator has none around it, a comma, a colon and a semicolon none after them, and a
    keyword none beside a bracket or a text.
    """
    _check(modules)
    statements = [statement for source in modules.values() for statement in _statements(source, width)]
    needed = _needed_names(statements, entry)
    rows = [Row(line, is_plain=True) for line in _import_lines(modules, needed)]
    for statement in statements:
        if not statement.provided or statement.provided & needed:
            rows += statement.rows
    text = "\n".join(row.text for row in side_by_side(rows, width)) + "\n"
    if not text.isascii():  # columns are bytes to one library and characters to the other
        raise ValueError("a program that ships inside a template is ASCII: write \\u... for other signs")
    return without_blanks(text)


def needed_modules(entry: str, read: Callable[[str], str | None]) -> dict[str, str]:
    """Give the sources of `entry` and of all that it imports of ours, each after those that it needs.

    `read` gives a module's source by its name, with dots, and None for what is not ours.
    """
    found: dict[str, str] = {}

    def visit(name: str) -> None:
        source = read(name)
        if source is None or name in found:
            return
        for node in _parsed(source).body:
            if isinstance(node, ast.ImportFrom):
                visit(str(node.module))
        found[name] = source

    visit(entry)
    return found


def _check(modules: Mapping[str, str]) -> None:
    """`ValueError` names what two modules define, or what one takes of another under another name."""
    owners: dict[str, str] = {}
    for name, source in modules.items():
        for node in _parsed(source).body:
            for defined in _defined_names(node):
                if owners.setdefault(defined, name) != name:
                    raise ValueError(
                        f"{defined} is defined in {owners[defined]} and in {name}; one module can hold it once"
                    )
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                _keep_their_names(node, name)


def _keep_their_names(node: ast.ImportFrom, name: str) -> None:
    for alias in node.names:
        if alias.asname not in (None, alias.name):
            raise ValueError(f"{name} takes {alias.name} of {node.module} as {alias.asname}: keep its name")


def _needed_names(statements: Iterable[Statement], entry: str) -> set[str]:
    """The names that `entry` and what runs at once need, and whatever defines those, and so on."""
    queue, uses = [entry], dict[str, set[str]]()  # of each name those in its definition
    for statement in statements:
        if not statement.provided:
            queue += statement.needed
        for name in statement.provided:
            uses.setdefault(name, set()).update(statement.needed)
    kept: set[str] = set()
    while queue:
        name = queue.pop()
        if name not in kept:
            kept.add(name)
            queue += uses.get(name, ())
    return kept


def _import_lines(modules: Mapping[str, str], needed: set[str]) -> Iterator[str]:
    """What the modules need of others' modules, each of those once."""
    imports: set[str] = set()
    names: dict[str, set[str]] = {}  # by the module that they come from
    for source in modules.values():
        for node in _parsed(source).body:
            if isinstance(node, ast.Import):
                imports.update(_spelled(alias) for alias in node.names if _provided_name(alias) in needed)
            elif isinstance(node, ast.ImportFrom) and node.module not in modules:
                of_python = node.module == "__future__"
                used = [_spelled(alias) for alias in node.names if of_python or _provided_name(alias) in needed]
                names.setdefault(str(node.module), set()).update(used)
    for module in sorted(filter(names.get, names), key=lambda name: (name != "__future__", name)):
        yield f"from {module} import {', '.join(sorted(names[module]))}"
    if imports:
        yield f"import {', '.join(sorted(imports))}"


def _spelled(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _provided_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def _statements(source: str, width: int) -> list[Statement]:
    """The statements of a module's own level, each as a program carries it, but for imports."""
    module, writer = _parsed(source), Writer(source, width)
    return [
        Statement(frozenset(_defined_names(node)), frozenset(_used_names(node)), writer.rows([node]))
        for node in without_docstring(module, module.body)
        if not isinstance(node, (ast.Import, ast.ImportFrom)) and not _for_the_checker(node)
    ]


def _for_the_checker(node: ast.stmt) -> bool:
    """Whether only a checker of types reads the statement."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _defined_names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _used_names(statement: ast.stmt) -> Iterator[str]:
    """The names in a statement but for annotations that go."""
    parts: list[tuple[object, bool]] = [(statement, False)]
    while parts:
        part, of_class = parts.pop()
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, list):
            parts += [(item, of_class) for item in part]
        elif isinstance(part, ast.AST) and not isinstance(part, ast.Constant):
            gone, is_class = read_by_nobody(part, of_class=of_class), isinstance(part, ast.ClassDef)
            # not by ast.walk, which takes twice as long
            parts += [(inner, is_class) for inner in vars(part).values() if inner is not gone]
