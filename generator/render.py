"""Writes a template as a person would: sections in their usual order, short tags, sources as literal blocks.

People audit the text, and a template body has 51,200 bytes: why no library writes it stands in
docs/decisions/yaml-writer.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from troposphere import Template


@dataclass(frozen=True)
class Function:
    """An intrinsic function with a short tag."""

    tag: str
    argument: Node


Node = str | int | float | bool | Function | Mapping[str, "Node"] | Sequence["Node"]
_TREES = (Function, Mapping, list, tuple)  # all nodes that are no scalars

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
_SECTIONS = (
    *("AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Parameters", "Rules", "Mappings"),
    *("Conditions", "Resources", "Outputs"),
)
_ATTRIBUTES = ("Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy")  # of a resource: these first
# Above this depth everything is a block, so that sections, logical IDs and their properties each have a line.
_BLOCK_DEPTH = {"Resources": 3, "Metadata": 3, "Conditions": 1}
_WIDTH = 120  # of a line, but for those of sources and for words without a blank
# Blanks a level: of 51,200 bytes inline, a second one would cost the direct template 3,800.
_STEP = 1
# CloudFormation has no short form for the functions of Rules (Fn::Contains ...), so those keep their names.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
_SHORT = (
    *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Not"),
    *("Or", "Select", "Split", "Sub"),
)
_TAGS = {"Ref": "!Ref", "Condition": "!Condition", **{f"Fn::{name}": f"!{name}" for name in _SHORT}}

_PLAIN = re.compile(r"[A-Za-z/$.(][^\"'`]*")
_UUID = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}")  # with so many dashes no reader takes it for a number
_FOLDABLE = re.compile(r"\S+( \S+)+")
_PLAIN_BREAKERS = re.compile(r": |:$| #|\s$")
_FLOW_BREAKERS = re.compile(r"[,\[\]{}?]|:$")
# What YAML 1.1 readers (CloudFormation's among them) take for something else than text; https://yaml.org/type/
_NOT_TEXT = re.compile(r"y|n|yes|no|on|off|true|false|null|\.inf|\.nan|\.[\d_.]*(e[-+]?\d*)?", re.IGNORECASE)


def to_yaml(template: Template) -> str:
    """The template as YAML, ending in a line break; the same template gives the same text, everywhere."""
    lines: list[str] = []
    for section, value in _ordered(template).items():
        lines += _entry(f"{section}:", _with_tags(value), 0, _BLOCK_DEPTH.get(section, 2))
    return "\n".join(lines) + "\n"


def to_json(template: Template) -> str:
    """The template as JSON, ending in a line break."""
    return json.dumps(_ordered(template), indent=1, ensure_ascii=False) + "\n"


def block_text(content: Mapping[str, Node]) -> str:
    """A document of its own, such as a buildspec, that a template carries as a text."""
    return "\n".join(_members(content, 0, 3)) + "\n"


def _ordered(template: Template) -> dict[str, Node]:
    content = template.to_dict()
    content["Resources"] = {name: _first(_ATTRIBUTES, resource) for name, resource in content["Resources"].items()}
    return _first(_SECTIONS, content)


def _first(keys: Sequence[str], mapping: Mapping[str, Node]) -> dict[str, Node]:
    """The same mapping with these keys before all others."""
    return {key: mapping[key] for key in [*keys, *mapping] if key in mapping}


def _with_tags(value: Node) -> Node:
    """The same value with its intrinsic functions as such."""
    if isinstance(value, Mapping):
        members = {key: _with_tags(item) for key, item in value.items()}
        return _function(*members.popitem()) if len(members) == 1 else members
    return [_with_tags(item) for item in value] if isinstance(value, (list, tuple)) else value


def _function(name: str, argument: Node) -> Node:
    """The function of this name, or else a mapping with this one member."""
    if name == "Fn::GetAtt" and isinstance(argument, list):
        argument = ".".join(map(str, argument))
    # YAML cannot put one tag after another: the outer function keeps its long form
    has_tag = name in _TAGS and not isinstance(argument, Function)
    if not has_tag or (name == "Condition" and not isinstance(argument, str)):  # a policy's has a mapping
        return {name: argument}
    return Function(_TAGS[name], argument)


def _members(mapping: Mapping[str, Node], indent: int, depth: int) -> Iterator[str]:
    for key, value in mapping.items():
        yield from _entry(f"{' ' * indent}{_scalar(key, flow=False)}:", value, indent, depth)


def _entry(start: str, value: Node, indent: int, depth: int) -> Iterator[str]:
    """A key or a dash, and what follows it: on the same line where that fits, as a block otherwise."""
    has_lines = _is_block(value) or (isinstance(value, Mapping) and depth > 0 and bool(value))  # whether it fits or not
    words = "" if has_lines else _flow(value) if isinstance(value, _TREES) else _scalar(value, flow=False)
    if words and (not value or len(start) + 1 + len(words) <= _WIDTH):
        yield f"{start} {words}"
    else:
        yield from _block(start, value, indent, depth)


def _block(start: str, value: Node, indent: int, depth: int) -> Iterator[str]:
    """A key or a dash, and below it what follows."""
    if isinstance(value, Function):
        yield from _block(f"{start} {value.tag}", value.argument, indent, 0)
    elif isinstance(value, Mapping) and start.endswith("-"):  # the first member stands behind the dash
        first, *others = _members(value, indent + 2, 0)
        yield from (f"{start} {first.lstrip(' ')}", *others)
    elif isinstance(value, Mapping):
        yield from (start, *_members(value, indent + _STEP, depth - 1))
    elif isinstance(value, (list, tuple)):
        yield from _items(start, value, indent)
    else:
        yield from _text(start, value, indent)


def _items(start: str, items: Sequence[Node], indent: int) -> Iterator[str]:
    """The items of a list: words in full lines, all else with a line an item."""
    if all(not isinstance(item, _TREES) and not _is_block(item) for item in items):
        first, *others = [f"{_flow(item)}," for item in items]
        *pieces, last = f"[{first}", *others
        yield from _full_lines(start, [*pieces, f"{last[:-1]}]"], indent + _STEP)
        return
    yield start
    deeper = indent if start.endswith(":") else indent + _STEP  # under a key alone, items may stand as far out as it
    for item in items:
        yield from _entry(f"{' ' * deeper}-", item, deeper, 0)


def _text(start: str, value: Node, indent: int) -> Iterator[str]:
    """A scalar that needs lines of its own: a source, or words in full lines, which a reader joins with blanks."""
    margin = " " * (indent + _STEP)
    if isinstance(value, str) and _is_block(value):
        yield f"{start} |" if value.endswith("\n") else f"{start} |-"
        yield from (f"{margin}{line}" if line else "" for line in value.rstrip("\n").split("\n"))
    elif isinstance(value, str) and value.isprintable() and _FOLDABLE.fullmatch(value):
        yield f"{start} >-"
        yield from _full_lines(margin[1:], value.split(" "), indent + _STEP)
    else:
        yield f"{start} {_scalar(value, flow=False)}"


def _full_lines(start: str, pieces: Sequence[str], indent: int) -> Iterator[str]:
    """The pieces behind `start` and below it, with a blank between two, as many on a line as fit."""
    line = f"{start} {pieces[0]}"
    for piece in pieces[1:]:
        if len(line) + 1 + len(piece) > _WIDTH:
            yield line
            line = " " * indent + piece
        else:
            line += f" {piece}"
    yield line


def _flow(value: Node) -> str:
    """`value` in flow style; empty where it holds a text of several lines."""
    if isinstance(value, Function):
        inside = _flow(value.argument)
        return inside and f"{value.tag} {inside}"
    if isinstance(value, Mapping):
        members = {_scalar(key, flow=True): _flow(item) for key, item in value.items()}
        return "{" + ", ".join(f"{key}: {item}" for key, item in members.items()) + "}" if all(members.values()) else ""
    if isinstance(value, (list, tuple)):
        items = [_flow(item) for item in value]
        return f"[{', '.join(items)}]" if all(items) else ""
    return "" if _is_block(value) else _scalar(value, flow=True)


def _is_block(text: Node) -> bool:
    """Whether it is a text that is best read as a literal block, and every reader takes exactly it out of one."""
    return isinstance(text, str) and "\n" in text and _reads_well(text)


@cache
def _reads_well(text: str) -> bool:
    if text.startswith((" ", "\n")) or text.endswith("\n\n"):
        return False
    return text.replace("\n", "").isprintable() and not re.search(r" $", text, re.MULTILINE)


def _scalar(value: Node, *, flow: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if not value.isprintable():
        return _escaped(value)
    begins = _PLAIN.fullmatch(value) or _UUID.fullmatch(value)
    plain = begins and not _PLAIN_BREAKERS.search(value) and not _NOT_TEXT.fullmatch(value)
    if plain and not (flow and _FLOW_BREAKERS.search(value)):
        return value
    return _escaped(value) if "'" in value else f"'{value}'"


def _escaped(text: str) -> str:
    """`text` in double quotes. What is not printable stands as its number: U+2028 would be a line break in YAML 1.1."""
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(text, ensure_ascii=False))
