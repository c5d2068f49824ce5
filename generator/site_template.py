"""Reads [template] of `site.toml`: which template the file is for, so that nobody has to say it with each command."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, cast

from generator.settings import OPTIONS, SOURCES, Option, Settings, Source
from generator.toml_file import TomlFile, kind, shown


class Wanted(NamedTuple):
    """What was asked for beside the file, and wins over it; None: the file decides."""

    source: Source | None = None
    options: frozenset[Option] | None = None


def wanted_template(file: TomlFile, base: Settings, wanted: Wanted) -> Settings:
    """`base` with the template's source and options, which decide what the other tables may say."""
    given = file.table("template")
    file.only(given, ("source", "with"), "template")
    source = _source(file, given["source"]) if "source" in given else base.source
    options = _options(file, given["with"]) if "with" in given else base.options
    return replace(base, source=wanted.source or source, options=options if wanted.options is None else wanted.options)


def _source(file: TomlFile, given: object) -> Source:
    if given not in SOURCES:
        raise file.error("source", "template", f"source is {_said(given)}; it must be one of {', '.join(SOURCES)}")
    return given


def _options(file: TomlFile, given: object) -> frozenset[Option]:
    if not isinstance(given, list):
        raise file.error("with", "template", f'with is {_said(given)}; it must be a list, such as ["{OPTIONS[0]}"]')
    for option in given:
        if option not in OPTIONS:
            raise file.error("with", "template", f"with has {_said(option)}; it may have {', '.join(OPTIONS)}")
    return frozenset(cast(list[Option], given))


def _said(value: object) -> str:
    return shown(value) if isinstance(value, str) else kind(value)
