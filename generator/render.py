"""Writes a template as a person would: sections in their usual order, short tags, sources as literal blocks.

troposphere's own `to_yaml` sorts every key and escapes what it cannot fold; a template that people audit, and that
has 51,200 bytes, cannot afford either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from troposphere import Template

Node = str | int | float | bool | Mapping[str, "Node"] | Sequence["Node"]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
_SECTIONS = (
    *("AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Parameters", "Rules", "Mappings"),
    *("Conditions", "Resources", "Outputs"),
)
_WIDTH = 200
_FILLED_LINES = 4  # what needs more of them in flow style is easier to read as a block
# Above this depth everything is a block, so that sections, logical IDs and their properties each have a line.
_BLOCK_DEPTH = {"Resources": 3, "Metadata": 3, "Conditions": 1, "Mappings": 2}
# CloudFormation has no short form for the functions of Rules (Fn::Contains ...), so those keep their names.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
_SHORT = (
    *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Not"),
    *("Or", "Select", "Split", "Sub"),
)
_TAGS = {"Ref": "!Ref", "Condition": "!Condition", **{f"Fn::{name}": f"!{name}" for name in _SHORT}}

_PLAIN = re.compile(r"[A-Za-z/$.(][^\"'`]*")
_UUID = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}")  # with so many dashes no reader takes it for a number
_PLAIN_BREAKERS = re.compile(r": |:$| #|\s$")
_FLOW_BREAKERS = re.compile(r"[,\[\]{}?]|:$")
# What YAML 1.1 readers (CloudFormation's among them) take for something else than text; https://yaml.org/type/
_NOT_TEXT = re.compile(r"y|n|yes|no|on|off|true|false|null|\.inf|\.nan|\.[\d_.]*(e[-+]?\d*)?", re.IGNORECASE)
# Blanks a level: of 51,200 bytes inline, a second one would cost the direct template 3,800.
_STEP = 1


def to_yaml(template: Template) -> str:
    """The template as YAML, ending in a line break; the same template gives the same text, everywhere."""
    content = _ordered(template)
    lines: list[str] = []
    for section, value in content.items():
        if isinstance(value, Mapping):
            lines.append(f"{section}:")
            depth = _BLOCK_DEPTH.get(section, 2)
            lines.extend(_block_mapping(value, _STEP, depth - 1))
        else:
            lines.append(f"{section}: {_scalar(value, flow=False)}")
    return "\n".join(lines) + "\n"


def to_json(template: Template) -> str:
    """The template as JSON, ending in a line break."""
    return json.dumps(_ordered(template), indent=1, ensure_ascii=False) + "\n"


def block_text(content: Mapping[str, Node]) -> str:
    """A document of its own, such as a buildspec, that a template carries as a text."""
    return "\n".join(_block_mapping(content, 0, 3)) + "\n"


def _ordered(template: Template) -> dict[str, Node]:
    content: dict[str, Node] = template.to_dict()
    resources = content.get("Resources", {})
    if isinstance(resources, Mapping):
        first = ("Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy")
        content["Resources"] = {name: _front(resource, first) for name, resource in resources.items()}
    return {section: content[section] for section in _SECTIONS if section in content}


def _front(resource: Node, keys: Sequence[str]) -> Node:
    if not isinstance(resource, Mapping):
        return resource
    return {key: resource[key] for key in [*keys, *resource] if key in resource}


def _block_mapping(mapping: Mapping[str, Node], indent: int, depth: int) -> Iterator[str]:
    for key, value in mapping.items():
        yield from _entry(f"{' ' * indent}{_scalar(key, flow=False)}:", value, indent, depth)


def _entry(start: str, value: Node, indent: int, depth: int) -> Iterator[str]:
    """A key or a dash, and what follows it: on the same line or few lines where it fits, as a block otherwise."""
    if isinstance(value, str) and _is_block(value):
        yield f"{start} |" if value.endswith("\n") else f"{start} |-"
        yield from (f"{' ' * (indent + _STEP)}{line}" if line else "" for line in value.rstrip("\n").split("\n"))
    elif not isinstance(value, (Mapping, list, tuple)):
        yield f"{start} {_scalar(value, flow=False)}"
    else:
        filled = _filled(start, value, indent)
        as_block = value and (depth > 0 if isinstance(value, Mapping) else len(filled) > 1 and _are_members(value))
        yield from filled if filled and (_function(value) or not as_block) else _block(start, value, indent, depth)


def _are_members(items: Sequence[Node]) -> bool:
    """Whether each item deserves a line: several mappings, such as statements and behaviors."""
    return len(items) > 1 and all(isinstance(item, Mapping) and not _function(item) for item in items)


def _block(start: str, value: Node, indent: int, depth: int) -> Iterator[str]:
    tagged = _function(value)
    if tagged:
        start, value = f"{start} {tagged[0]}", tagged[1]
    if isinstance(value, Mapping):
        yield start
        yield from _block_mapping(value, indent + _STEP, depth - 1)
    elif isinstance(value, (list, tuple)):
        yield start
        deeper = (
            indent if start.endswith(":") else indent + _STEP
        )  # under a key alone, items may stand as far out as it
        for item in value:
            yield from _item(item, deeper)
    else:
        yield from _entry(start, value, indent, 0)


def _item(item: Node, indent: int) -> Iterator[str]:
    dash = " " * indent + "-"
    if not isinstance(item, Mapping) or _function(item):
        yield from _entry(dash, item, indent, 0)
        return
    filled = _filled(dash, item, indent)
    if filled:
        yield from filled
        return
    lines = _block_mapping(item, indent + 2, 0)
    yield f"{dash} {next(lines).lstrip(' ')}"
    yield from lines


def _filled(start: str, value: Node, indent: int) -> list[str]:
    """`value` in flow style after `start`, in at most `_FILLED_LINES` lines; no line at all where it needs more."""
    pieces = _flow(value)
    if pieces is None:
        return []
    lines = [start]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > _WIDTH and lines[-1] != start:
            lines.append(" " * (indent + _STEP) + piece)
        else:
            lines[-1] += f" {piece}"
    return lines if len(lines) <= _FILLED_LINES or not value else []


def _flow(value: Node) -> list[str] | None:
    """`value` in flow style, in pieces between which a line may end, or None where it holds a text of several lines."""
    if isinstance(value, str) and _is_block(value):
        return None
    if not isinstance(value, (Mapping, list, tuple)):
        return [_scalar(value, flow=True)]
    tagged = _function(value)
    if tagged:
        inside = _flow(tagged[1])
        return None if inside is None else [f"{tagged[0]} {inside[0]}", *inside[1:]]
    if isinstance(value, Mapping):
        members = [(f"{_scalar(key, flow=True)}: ", _flow(item)) for key, item in value.items()]
        opening, closing = "{", "}"
    else:
        members = [("", _flow(item)) for item in value]
        opening, closing = "[", "]"
    pieces: list[str] = []
    for start, item in members:
        if item is None:
            return None
        pieces += [start + item[0], *item[1:]]
        pieces[-1] += ","
    if not pieces:
        return [opening + closing]
    return (
        [opening + pieces[0], *pieces[1:-1], pieces[-1][:-1] + closing]
        if len(pieces) > 1
        else [opening + pieces[0][:-1] + closing]
    )


def _function(value: Node) -> tuple[str, Node] | None:
    """The short tag of an intrinsic function and its argument."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    name, argument = next(iter(value.items()))
    if name not in _TAGS or (name == "Condition" and not isinstance(argument, str)):
        return None
    if name == "Fn::GetAtt" and isinstance(argument, (list, tuple)):
        argument = ".".join(str(part) for part in argument)
    # YAML cannot put one tag after another: the inner one keeps its long form
    if isinstance(argument, Mapping) and _function(argument):
        return None
    return _TAGS[name], argument


def _is_block(text: str) -> bool:
    """Whether `text` is best read as a literal block, and every reader takes exactly it out of one."""
    if "\n" not in text or text.startswith((" ", "\n")) or text.endswith("\n\n"):
        return False
    return all(line.isprintable() and not line.endswith(" ") for line in text.split("\n"))


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
