"""`site.toml`: the settings, and in [template] which template they are for; only that table is written here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import tomlkit
from tomlkit.items import Table

from deployments.errors import USAGE, Failure
from generator import Settings, SettingsError, load_settings
from generator.toml_file import read_toml

NAME = "site.toml"
_HEAD = """\
# Settings, which become part of the template: docs/settings.md of Instant Hosting.
# Parameters, which are given to the template as it is deployed, are in samconfig.toml.
"""


def read_settings(folder: Path) -> Settings:
    """What the file in `folder` says, or the default settings where there is none."""
    path = folder / NAME
    if not path.exists():
        return Settings()
    if not path.is_file():
        raise Failure(f"{path} is no file: take it away", USAGE)
    try:
        return load_settings(path)
    except SettingsError as error:
        raise Failure(f"{error}", USAGE) from None


def settings_text(folder: Path, settings: Settings) -> str:
    """The file's text with the template of `settings` in it, and nothing else of it changed."""
    path = folder / NAME
    if not path.exists():
        return f"{_HEAD}\n{_table(settings)}"
    read_settings(folder)  # refuses a file that is somebody else's
    text = path.read_bytes().decode("utf-8")
    if "template" not in read_toml(path).content:
        end = "\r\n" if "\r\n" in text else "\n"
        gap = "" if text.endswith("\n") or not text else end
        return text + gap + end + _table(settings).replace("\n", end)
    return _changed(text, settings)


def _changed(text: str, settings: Settings) -> str:
    mark = "\ufeff" if text.startswith("\ufeff") else ""  # some editors begin a file with it
    document = tomlkit.parse(text.removeprefix(mark))
    there = cast(Table, document["template"])
    for key, value in _values(settings).items():
        if there.get(key, []) != value:
            there[key] = value
    return mark + tomlkit.dumps(document)


def _values(settings: Settings) -> Mapping[str, str | list[str]]:
    return {"source": settings.source, "with": sorted(settings.options)}


def _table(settings: Settings) -> str:
    table = tomlkit.table()
    for key, value in _values(settings).items():
        if value:
            table[key] = value
    return f"[template]\n{table.as_string()}"


def names_template(folder: Path) -> bool:
    """Whether the file says which template it is for."""
    path = folder / NAME
    return path.exists() and "template" in read_toml(path).content
