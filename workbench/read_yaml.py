"""A template as two independent readers see it: PyYAML for YAML 1.1, CloudFormation's version, ruamel for 1.2."""

from __future__ import annotations

import importlib
from typing import Any

import yaml

# an environment without it can still check types
_RUAMEL: Any = importlib.import_module("ruamel.yaml")


class _Loader(yaml.SafeLoader):
    """PyYAML's, with CloudFormation's tags."""


def _function(constructor: Any, suffix: str, node: Any) -> dict[str, Any]:
    """The long form of a short tag."""
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    value = node.value
    if node.id == "sequence":
        value = constructor.construct_sequence(node, deep=True)
    elif node.id == "mapping":
        value = constructor.construct_mapping(node, deep=True)
    return {name: value.split(".", 1) if suffix == "GetAtt" else value}


# PyYAML has types for it in a package that nothing else here needs
_Loader.add_multi_constructor("!", _function)  # type: ignore[no-untyped-call]
_CONSTRUCTOR: Any = type("WithTags", (_RUAMEL.constructor.SafeConstructor,), {})
_CONSTRUCTOR.add_multi_constructor("!", _function)


def as_yaml_1_1(text: str) -> Any:
    return yaml.load(text, _Loader)


def as_yaml_1_2(text: str) -> Any:
    reader: Any = _RUAMEL.YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    reader.Constructor = _CONSTRUCTOR
    return reader.load(text)
