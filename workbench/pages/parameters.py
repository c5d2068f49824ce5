"""Writes docs/parameters.md: what can be decided at deployment and what a stack answers, from the generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator import Settings, build_template
from generator.settings import OPTIONS, SOURCES

Templates = Mapping[str, dict[str, Any]]

WITH = "all, with `operations`"

_HEAD = """# Parameters and outputs

<!-- written by `make docs`; tests/generator/test_docs.py holds it against the generator -->

This page lists parameters, which you set when you deploy a stack, and outputs, which the stack gives. You set settings
when you write its template (`instant-hosting generator --help`).
"""


def reference() -> str:
    """The page, in Markdown: every parameter and output, and which of the templates have it."""
    plain: Templates = {source: build_template(Settings(source=source)).to_dict() for source in SOURCES}
    extended = build_template(Settings(options=frozenset(OPTIONS))).to_dict()
    templates = {**plain, WITH: extended}
    lines = [_HEAD]
    for group in _groups(templates):
        lines += [f"## {group}", "", "| parameter | default | what it is | in |", "|---|---|---|---|"]
        lines += [_parameter(name, templates) for name in _names(templates, group)]
        lines.append("")
    lines += ["## Outputs", "", "| output | what it is | in |", "|---|---|---|"]
    seen: dict[str, Any] = {}
    for template in templates.values():
        seen |= {name: output["Description"] for name, output in template["Outputs"].items() if name not in seen}
    lines += [f"| `{name}` | {text} | {_where(templates, 'Outputs', name)} |" for name, text in seen.items()]
    return "\n".join(lines) + "\n"


def _groups(templates: Templates) -> list[str]:
    labels = [g["Label"]["default"] for t in templates.values() for g in _interface(t)["ParameterGroups"]]
    return list(dict.fromkeys(labels))


def _names(templates: Templates, group: str) -> list[str]:
    groups = [g for t in templates.values() for g in _interface(t)["ParameterGroups"] if g["Label"]["default"] == group]
    return list(dict.fromkeys(name for g in groups for name in g["Parameters"]))


def _interface(template: dict[str, Any]) -> dict[str, Any]:
    interface: dict[str, Any] = template["Metadata"]["AWS::CloudFormation::Interface"]
    return interface


def _parameter(name: str, templates: Templates) -> str:
    having = [t["Parameters"][name] for t in templates.values() if name in t["Parameters"]]
    defaults = dict.fromkeys(str(parameter.get("Default", "required")) or "empty" for parameter in having)
    text = having[0].get("Description", "")
    if "AllowedValues" in having[0]:
        values = ", ".join(f"`{value}`" if value != "" else "empty" for value in having[0]["AllowedValues"])
        text = f"{text}. One of {values}" if text else f"One of {values}"
    cells = f"`{name}`", " or ".join(defaults), text.replace("|", "&#124;"), _where(templates, "Parameters", name)
    return f"| {' | '.join(cells)} |"


def _where(templates: Templates, section: str, name: str) -> str:
    having = [source for source, template in templates.items() if name in template[section] and source != WITH]
    return "all" if len(having) == len(templates) - 1 else ", ".join(having) or WITH


if __name__ == "__main__":
    print(reference(), end="")
