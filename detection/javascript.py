"""Reads a configuration that is written in JavaScript or TypeScript without running it.

What is written as a literal is read; of an expression only the literals in it are known, which may be choices.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

_DEEPEST = 12  # steps from a name or a call to what it stands for: names that lead in a circle end here too
_QUOTED = 60  # characters of an expression that a person is shown
_REST = "..."
# What stands around a value and changes nothing of it
_WRAPPERS = {
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "await_expression",
    "non_null_expression",
}
_FUNCTIONS = {"arrow_function", "function_expression", "function_declaration", "generator_function"}
_KEYS = {"property_identifier", "string", "shorthand_property_identifier"}


class Unreadable(NamedTuple):
    """A value that only a run of the project's code would give."""

    text: str  # as it stands there, in one line
    literals: tuple[str, ...]  # the texts in it


Value = str | bool | Unreadable | None


class Configuration:
    """The object that a module exports, or hands to a function whose result it exports."""

    def __init__(self, text: str) -> None:
        self._tree = _parser().parse(text.encode())
        self._root = self._tree.root_node
        self._declared = {name: value for node in _all(self._root) for name, value in _declarations(node)}
        self._open = False  # whether a part of the object comes from elsewhere
        self._objects = [one for node in self._exported() for one in self._resolved(node)]

    def value(self, *path: str) -> Value:
        """What stands at the path of keys: a text, true or false, something unreadable, or None where it is not set."""
        value = self._value(self._objects, path)
        return self._hidden(path[-1]) if value is None and (self._open or not self._objects) else value

    def value_given_to(self, name: str, *path: str) -> Value:
        """The same in the object that a function with this name is called with."""
        calls = [node for node in _all(self._root) if _called(node) == name]
        return self._value([one for call in calls for given in _arguments(call) for one in self._resolved(given)], path)

    def _value(self, objects: list[Node], path: tuple[str, ...]) -> Value:
        found = [one for top in objects for one in self._at(top, path)]
        values = list(dict.fromkeys(self._literal(node) for node in found))
        if len(values) > 1:
            texts = [value for value in values if isinstance(value, str)]
            return Unreadable(" or ".join(_line(node) for node in found), tuple(texts))
        return values[0] if values else None

    def calls(self, name: str) -> list[str]:
        """The first argument of each call of a function or method with this name, where that is a text."""
        found = []
        for node in _all(self._root):
            if _called(node) == name and (first := _arguments(node)[:1]):
                value = self._literal(first[0])
                found += [value] if isinstance(value, str) else []
        return found

    def imports(self) -> list[str]:
        """The modules that it names in import or require."""
        sources = [node.child_by_field_name("source") for node in _all(self._root) if node.type == "import_statement"]
        return [_text(source)[1:-1] for source in sources if source] + self.calls("require")

    def _exported(self) -> Iterator[Node]:
        for node in _all(self._root):
            if node.type == "export_statement" and (value := node.child_by_field_name("value")):
                yield value
            elif node.type == "export_statement" and any(child.type == "default" for child in node.children):
                yield from (child for child in node.named_children if child.type in _FUNCTIONS)
            elif node.type == "assignment_expression":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left and right and _text(left) in ("module.exports", "exports.default", "exports"):
                    yield right

    def _resolved(self, node: Node, depth: int = 0) -> Iterator[Node]:
        """The objects that a value may be."""
        if depth > _DEEPEST:
            return
        if node.type == "object":
            yield node
            for child in node.named_children:
                if child.type == "spread_element":
                    yield from self._resolved(child.named_children[0], depth + 1)
            return
        parts = [*self._parts(node)]
        if not parts:
            self._open = True
        for part in parts:
            yield from self._resolved(part, depth + 1)

    def _parts(self, node: Node) -> Iterator[Node]:
        if node.type in _WRAPPERS:
            yield node.named_children[0]
        elif node.type == "identifier":
            if value := self._declared.get(_text(node)):
                yield value
        elif node.type == "call_expression":
            called = node.child_by_field_name("function")
            if called and called.type == "parenthesized_expression":
                yield called
            elif called and _text(called) in self._declared and not _arguments(node):
                yield self._declared[_text(called)]
            yield from (one for one in _arguments(node) if one.type not in ("string", "number", "true", "false"))
        elif node.type == "ternary_expression":
            yield from node.named_children[1:]
        elif node.type in _FUNCTIONS and (body := node.child_by_field_name("body")):
            if body.type != "statement_block":
                yield body
            else:
                yield from _returned(body)

    def _at(self, node: Node, path: tuple[str, ...]) -> Iterator[Node]:
        """The values at the path of keys of an object."""
        for child in node.named_children:
            if child.type == "shorthand_property_identifier" and _text(child) == path[0]:
                value: Node | None = self._declared.get(_text(child), child)
            elif child.type == "pair" and _key(child) == path[0]:
                value = child.child_by_field_name("value")
            else:
                continue
            if value and len(path) == 1:
                yield value
            elif value:
                for inner in self._resolved(value):
                    yield from self._at(inner, path[1:])

    def _literal(self, node: Node, depth: int = 0) -> Value:
        if node.type in _WRAPPERS and node.named_children:
            return self._literal(node.named_children[0], depth)
        if node.type == "string" or (node.type == "template_string" and not _holes(node)):
            return _text(node)[1:-1]
        if node.type in ("true", "false"):
            return node.type == "true"
        if node.type in ("undefined", "null"):
            return None
        if node.type == "identifier" and depth < _DEEPEST and (value := self._declared.get(_text(node))):
            return self._literal(value, depth + 1)
        if (joined := self._joined(node, depth)) is not None:
            return joined
        texts = [_text(one)[1:-1] for one in _all(node) if one.type == "string"]
        return Unreadable(_line(node), tuple(dict.fromkeys(texts)))

    def _joined(self, node: Node, depth: int) -> str | None:
        """A path as people write one: `resolve(__dirname, 'dist')`, `new URL('./dist', import.meta.url)`."""
        if node.type not in ("call_expression", "new_expression") or depth > _DEEPEST:
            return None
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        if not called or _text(called).split(".")[-1] not in ("resolve", "join", "fileURLToPath", "URL"):
            return None
        here = ("__dirname", "import.meta.dirname", "import.meta.url", "process.cwd()")
        values = [self._literal(one, depth + 1) for one in _arguments(node) if _text(one) not in here]
        texts = [value.strip("/") for value in values if isinstance(value, str)]
        return "/".join(texts) if texts and len(texts) == len(values) else None

    def _hidden(self, key: str) -> Value:
        """Something unreadable where the module names the key in a place that was not understood."""
        for node in _all(self._root):
            if node.type == "pair" and _key(node) == key and (value := node.child_by_field_name("value")):
                texts = [_text(one)[1:-1] for one in _all(value) if one.type == "string"]
                return Unreadable(_line(node), tuple(dict.fromkeys(texts)))
        return None


@lru_cache(maxsize=1)
def _parser() -> Parser:
    # TypeScript with JSX, of which JavaScript is a part
    return Parser(Language(tree_sitter_typescript.language_tsx()))


def _all(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.children)


def _declarations(node: Node) -> Iterator[tuple[str, Node]]:
    name = node.child_by_field_name("name")
    if node.type == "variable_declarator" and name and (value := node.child_by_field_name("value")):
        yield _text(name), value
    elif node.type == "function_declaration" and name:
        yield _text(name), node


def _returned(body: Node) -> Iterator[Node]:
    """What a function returns, but not what the functions in it return."""
    waiting = [*body.named_children]
    while waiting:
        node = waiting.pop(0)
        if node.type == "return_statement":
            yield from node.named_children[:1]
        elif node.type not in _FUNCTIONS:
            waiting += node.named_children


def _called(node: Node) -> str:
    """The name of the function or method that is called here."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    return _text(called).split(".")[-1] if called else ""


def _arguments(node: Node) -> list[Node]:
    given = node.child_by_field_name("arguments")
    return [one for one in given.named_children if one.type != "comment"] if given else []


def _holes(node: Node) -> bool:
    return any(child.type == "template_substitution" for child in node.children)


def _key(pair: Node) -> str:
    key = pair.child_by_field_name("key")
    return _text(key).strip("'\"") if key and key.type in _KEYS else ""


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _line(node: Node) -> str:
    line = " ".join(_text(node).split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - len(_REST)] + _REST
