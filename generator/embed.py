"""Turns the Python that ships inside the template into the text that the template carries.

A template body has 51,200 bytes, so the Python sources travel without comments, docstrings and blank lines, and with
two spaces for each level of indentation; the syntax tree stays the same, names are never shortened, and the template
says where the commented source is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

_INDENT = 4  # what the sources are written with
_EMBEDDED_INDENT = 2
# A text, a comment, a bracket, or a line break with the indentation after it. Python's own tokenizer takes a tenth of a
# second for the sources of a template.
_PIECE = re.compile(r'''"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\#[^\n]*|[\[\](){}]|\n *''')
# What has blanks that can go: an operator, a comma, a colon in brackets; or a text, in which they stay.
_BLANKS = re.compile(
    r'''"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\[\](){}]'''
    r"| (?:[-+|*/%<>!=]?=|[-+|*/%<>&^]|\*\*|//|:=) |, | ?: ?"
)
WIDTH, FIELDS_WIDTH = 160, 400  # of statements side by side, and of a class's fields


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
    for piece in _PIECE.finditer(source):
        if piece[0][0] == "#":
            number = source.count("\n", 0, piece.start())
            lines[number] = lines[number][: piece.start() - source.rfind("\n", 0, piece.start()) - 1].rstrip()
    for first, last in _long_strings(source):
        kept_whole.update(range(first + 1, last + 1))
    result = []
    for number, line in enumerate(lines, 1):
        if number in dropped or (number not in kept_whole and not line.strip()):
            continue
        result.append(line if number in kept_whole else _reindent(line))
    return "\n".join(result) + "\n"


def join(modules: Mapping[str, str]) -> str:
    """Give one module made of several, in their order, as Lambda's inline code wants it.

    `modules` maps module names, with dots, to sources. `from <one of them> import ...` disappears (the names are in the
    same module now), and what they import stands at the top, once. `ValueError` names what two modules define, or what
    one takes under another name.
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
                if node.module in modules:
                    _keep_their_names(node, name)
                else:
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


def needed_modules(entry: str, read: Callable[[str], str | None]) -> dict[str, str]:
    """Give the sources of `entry` and of all that it imports of ours, each after those that it needs.

    `read` gives a module's source by its name, with dots, and None for what is not ours.
    """
    found: dict[str, str] = {}

    def visit(name: str) -> None:
        source = read(name)
        if source is None or name in found:
            return
        for node in ast.parse(source).body:
            if isinstance(node, ast.ImportFrom):
                visit(str(node.module))
        found[name] = source

    visit(entry)
    return found


def tighten(module: str, *, entry: str = "handler", width: int = WIDTH) -> str:
    """Give a joined module shorter, with all names that it needs: for a template that shall fit its limit.

    What `entry` and the statements that run at once do not need goes. Annotations go but for those of classes, which
    NamedTuple reads, and with them what was defined or imported for them only; a statement is one line, also with the
    only one below it, the fields of a class share one as a function's arguments do, and so do short statements that
    follow each other, up to `width` characters. A level is one blank; an operator has none around it, and a comma none
    after it.
    """
    if not module.isascii():  # columns are bytes to one library and characters to the other
        raise ValueError("a module that shall be tightened is ASCII")
    starts = [0, *(match.end() for match in re.finditer("\n", module))]
    edits = {*_annotations(module, starts), *_inner_breaks(module)}
    for start, end, text in sorted(edits, reverse=True):
        module = module[:start] + text + module[end:]
    module = _without_unused(module, entry)
    inside = {row for first, last in _long_strings(module) for row in range(first + 1, last + 1)}
    lines = [
        line if row in inside else " " * (_depth(line) // _EMBEDDED_INDENT) + line.lstrip(" ")
        for row, line in enumerate(module.splitlines(), 1)
    ]
    lines = _side_by_side(lines, ast.ClassDef, ast.AnnAssign, FIELDS_WIDTH)
    inside = {row for first, last in _long_strings("\n".join(lines)) for row in range(first + 1, last + 1)}
    for row in range(len(lines) - 1, 0, -1):
        if lines[row - 1].startswith("import ") and lines[row].startswith("import "):
            lines[row - 1 : row + 1] = [f"{lines[row - 1]}, {lines[row].removeprefix('import ')}"]
        elif row not in inside and row + 1 not in inside and _is_all_below(lines[row - 1 : row + 2]):
            lines[row - 1 : row + 1] = [f"{lines[row - 1]} {lines[row].lstrip()}"]
    return _without_blanks("\n".join(_side_by_side(lines, ast.AST, ast.stmt, width)) + "\n")


def _without_blanks(module: str) -> str:
    depth = 0

    def narrow(piece: re.Match[str]) -> str:
        nonlocal depth
        text = piece[0]
        depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        return text.strip() if " " in (text[0], text[-1]) and (depth or text.strip() != ":") else text

    return _BLANKS.sub(narrow, module)


def _side_by_side(lines: list[str], within: type[ast.AST], kind: type[ast.stmt], width: int) -> list[str]:
    """The same with short statements of a kind that follow each other within such a node on one line."""
    after: set[int] = set()  # rows of statements that may stand behind the row before
    for node in ast.walk(ast.parse("\n".join(lines))):
        for _, body in ast.iter_fields(node) if isinstance(node, within) else ():
            if isinstance(body, list) and len(body) > 1 and all(isinstance(one, ast.stmt) for one in body):
                plain = [
                    isinstance(one, kind) and not hasattr(one, "body") and one.lineno == one.end_lineno for one in body
                ]
                pairs = zip(body, plain, body[1:], plain[1:], strict=False)
                after.update(two.lineno for one, a, two, b in pairs if a and b and two.lineno == one.lineno + 1)
    result = lines[:1]
    for row, line in enumerate(lines[1:], 2):
        joined = f"{result[-1]}; {line.lstrip(' ')}"
        result[-1:] = [joined] if row in after and len(joined) <= width else [result[-1], line]
    return result


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_all_below(lines: list[str]) -> bool:
    """Whether the second line is a plain statement and all that the first one governs; the third comes after it."""
    head, only, *after = lines
    governs = re.match(r" *(def|class|if|elif|else|for|while|with|try|except|finally)\b.*:$", head)
    plain = not re.match(r" *(def|class|if|for|while|with|try|@)\b", only)
    return bool(governs and plain and _depth(only) > _depth(head) and not (after and _depth(after[0]) > _depth(head)))


def _annotations(module: str, starts: list[int]) -> Iterator[tuple[int, int, str]]:
    """What is cut out for all annotations but those of classes."""
    nodes: list[tuple[ast.AST, bool]] = [(ast.parse(module), False)]
    while nodes:
        node, of_class = nodes.pop()
        nodes += ((child, isinstance(node, ast.ClassDef)) for child in ast.iter_child_nodes(node))
        annotation = None
        if isinstance(node, ast.FunctionDef):
            annotation = node.returns
        elif isinstance(node, ast.arg) or (isinstance(node, ast.AnnAssign) and node.value and not of_class):
            annotation = node.annotation
        if annotation:
            start = starts[annotation.lineno - 1] + annotation.col_offset
            end = starts[(annotation.end_lineno or 0) - 1] + (annotation.end_col_offset or 0)
            sign = " ->" if isinstance(node, ast.FunctionDef) else ":"
            yield module.rindex(sign, 0, start), end, ""


def _without_unused(module: str, entry: str) -> str:
    """The module without definitions and imports that neither `entry` nor a statement which runs at once needs."""
    tree = ast.parse(module)
    statements = {name: node for node in tree.body for name in _defined_names(node)}
    wanted = [name for node in tree.body if not _provided_names(node) for name in _names_in(node)] + [entry]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += _names_in(statements[name]) if name in statements else ()
    lines = dict(enumerate(module.split("\n"), 1))
    for node in tree.body:
        used = [name for name in _provided_names(node) if name in needed]
        if len(used) == len(_provided_names(node)):
            continue
        if used and isinstance(node, ast.ImportFrom):
            kept = [ast.unparse(alias) for alias in node.names if (alias.asname or alias.name) in needed]
            lines[node.lineno] = f"from {node.module} import {', '.join(kept)}"
        elif not used:
            for row in range(_first_line(node), (node.end_lineno or node.lineno) + 1):
                del lines[row]
    return "\n".join(lines.values())


def _names_in(node: ast.stmt) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _provided_names(node: ast.stmt) -> list[str]:
    """What a statement gives to those after it; nothing if it is there for what it does."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return []
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    return list(_defined_names(node))


def _inner_breaks(module: str) -> Iterator[tuple[int, int, str]]:
    """What is put in the place of line breaks inside of brackets."""
    depth = 0
    for piece in _PIECE.finditer(module):
        first = piece[0][0]
        depth += (first in "([{") - (first in ")]}")
        if depth and first == "\n":
            around = module[piece.start() - 1] in "([{" or module[piece.end()] in ")]}"
            yield *piece.span(), "" if around else " "


def _long_strings(module: str) -> Iterator[tuple[int, int]]:
    for piece in _PIECE.finditer(module):
        if piece[0][0] in "\"'" and "\n" in piece[0]:
            yield module.count("\n", 0, piece.start()) + 1, module.count("\n", 0, piece.end()) + 1


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


def _keep_their_names(node: ast.ImportFrom, name: str) -> None:
    for alias in node.names:
        if alias.asname not in (None, alias.name):
            raise ValueError(f"{name} takes {alias.name} of {node.module} as {alias.asname}: keep its name")


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
