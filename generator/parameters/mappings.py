"""The mapping that gives each framework its commands, output folder and routing, so that nobody must know them."""

from __future__ import annotations

from troposphere import FindInMap, If, Ref

from generator.frameworks import FRAMEWORKS
from generator.parameters.conditions import has
from generator.settings import Settings

_MAPPING = "Frameworks"


def build_mappings(settings: Settings) -> dict[str, dict[str, dict[str, str]]]:
    """One row for each framework, where there is a build."""
    return {_MAPPING: {name: _row(name) for name in FRAMEWORKS}} if settings.has_pipeline else {}


def chosen(parameter: str, column: str) -> If:
    """The parameter where it is given, else what the chosen framework's row says."""
    return If(has(parameter), Ref(parameter), FindInMap(_MAPPING, Ref("Framework"), column))


def _row(name: str) -> dict[str, str]:
    framework = FRAMEWORKS[name]
    return {
        "Install": framework.install,
        "Build": framework.build,
        "Output": framework.output,
        "Routing": framework.routing,
    }
