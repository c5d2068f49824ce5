"""The templates that are tested: each source, without and with operations, as CloudFormation resolves them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from generator import Settings, build_template
from generator.settings import SOURCES
from workbench.resolve import Resolved, resolve

VARIANTS = [f"{source}{option}" for source in SOURCES for option in ("", "-operations")]
EVERY_SOURCE = pytest.mark.parametrize("source", VARIANTS)
PIPELINES = pytest.mark.parametrize("source", [name for name in VARIANTS if not name.startswith("direct")])


def template(variant: str = "git", **settings: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_plain(variant) if not settings else _built(variant, **settings))
    return content


@cache
def _plain(variant: str) -> str:
    """What nearly all tests ask for, built once; each reads a copy of its own."""
    return _built(variant)


def _built(variant: str, **settings: Any) -> str:
    source, _, option = variant.partition("-")
    built = build_template(Settings(source=source, options=frozenset([option] if option else []), **settings))  # type: ignore[arg-type,list-item]
    return json.dumps(built.to_dict())


def resolved(source: str = "git", **parameters: str) -> Resolved:
    return resolve(template(source), **parameters)
