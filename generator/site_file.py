"""Reads `site.toml`, for settings that are rarely changed, and says exactly what is wrong with it, and where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast

from generator.settings import RESERVED_VARIABLES, BuildVariable, Settings, SettingsError, VariableType


def load_settings(path: Path, base: Settings | None = None) -> Settings:
    """Give `base` (or the default settings) with what the TOML file at `path` says.

    `SettingsError` names the file, the line, what was given and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8 text: save it as UTF-8") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from None
    file = _File(path, text.splitlines())
    file.only(content, ("build", "notification", "tags"), "")
    base = base or Settings()
    notification = file.table(content, "notification")
    file.only(notification, ("email",), "notification")
    build = file.table(content, "build")
    file.only(build, ("variables",), "build")
    variables = file.table(build, "variables", "build")
    if variables and base.source == "direct":
        raise file.error("variables", "build", "build variables need a build; the source 'direct' has none")
    return replace(
        base,
        notification_email=file.email(notification) or base.notification_email,
        tags={**base.tags, **file.tags(file.table(content, "tags"))},
        variables=base.variables + tuple(file.variable(name, value) for name, value in variables.items()),
    )


_VARIABLE_FORMS: dict[str, VariableType] = {"parameter": "PARAMETER_STORE", "secret": "SECRETS_MANAGER"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
_PARAMETER_NAME = re.compile(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, then CodeBuild's `:json-key:...`
_SECRET_NAME = re.compile(r"(arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]+(:[^:]*){0,3}")
_TAG_LIMIT = (
    50  # tags a resource; https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
)


class _File(NamedTuple):
    """A TOML file that knows where its keys stand, for messages that name the line."""

    path: Path
    lines: list[str]

    def error(self, key: str, table: str, problem: str) -> SettingsError:
        return SettingsError(f"{self.path}:{self._line(key, table)}: {problem}")

    def only(self, given: Mapping[str, object], allowed: tuple[str, ...], table: str) -> None:
        for key in given:
            if key not in allowed:
                where = f" in [{table}]" if table else ""
                raise self.error(key, table, f"unknown key {key!r}{where}; allowed: {', '.join(allowed)}")

    def table(self, parent: Mapping[str, object], key: str, within: str = "") -> Mapping[str, object]:
        value = parent.get(key, {})
        if not isinstance(value, dict):
            name = f"{within}.{key}" if within else key
            raise self.error(key, within, f"{name} is {_kind(value)}; it must be a table: [{name}]")
        return cast(Mapping[str, object], value)

    def email(self, notification: Mapping[str, object]) -> str:
        value = notification.get("email", "")
        if not isinstance(value, str):
            problem = f'email is {_kind(value)}; it must be a string such as "team@example.com"'
            raise self.error("email", "notification", problem)
        if value and not _EMAIL.fullmatch(value):
            raise self.error("email", "notification", f"email {value!r} is no address such as team@example.com")
        return value

    def tags(self, given: Mapping[str, object]) -> dict[str, str]:
        tags = {}
        for key, value in given.items():
            if not isinstance(value, str):
                raise self.error(key, "tags", f"the tag {key} is {_kind(value)}; it must be a string")
            if not 0 < len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
                problem = (
                    f"the tag {key!r} is not usable: at most 128 characters (values 256), and none begins with aws:"
                )
                raise self.error(key, "tags", problem)
            tags[key] = value
        if len(tags) > _TAG_LIMIT:
            raise self.error(list(tags)[_TAG_LIMIT], "tags", f"{len(tags)} tags; a resource can have {_TAG_LIMIT}")
        return tags

    def variable(self, name: str, given: object) -> BuildVariable:
        table = "build.variables"
        if not _VARIABLE_NAME.fullmatch(name) or name.startswith("CODEBUILD_"):
            allowed = "letters, digits and _, not beginning with a digit or with CODEBUILD_"
            raise self.error(name, table, f"{name!r} cannot name a build variable; allowed: {allowed}")
        if name in RESERVED_VARIABLES:
            raise self.error(name, table, f"{name} is set by the pipeline itself; choose another name")
        if isinstance(given, str):
            return BuildVariable(name, "PLAINTEXT", given)
        if not isinstance(given, dict) or len(given) != 1 or next(iter(given)) not in _VARIABLE_FORMS:
            shown = "{" + ", ".join(given) + "}" if isinstance(given, dict) else _kind(given)
            allowed = 'a string, { parameter = "name" } or { secret = "name" }'
            raise self.error(name, table, f"the variable {name} is {shown}; allowed: {allowed}")
        form, value = next(iter(given.items()))
        pattern = _PARAMETER_NAME if form == "parameter" else _SECRET_NAME
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.error(
                name, table, f'the {form} of {name} is {value!r}; it must be a {form}\'s name such as "/site/key"'
            )
        return BuildVariable(name, _VARIABLE_FORMS[form], value)

    def _line(self, key: str, table: str) -> int:
        """The line of `key` in `table` (dotted, "" for the top), or of the nearest thing around it."""
        here, best = "", 1
        for number, line in enumerate(self.lines, 1):
            header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if header:
                here = re.sub(r"[\s\"']", "", header[1])
                full = f"{table}.{key}" if table else key
                if here == full or here.startswith(full + "."):
                    return number
                if here == table:
                    best = number
                continue
            name = re.match(r"\s*([^=#]+?)\s*=", line)
            if name and _within(here, re.sub(r"[\s\"']", "", name[1])) in (_within(table, key), table):
                best = number
                if _within(here, re.sub(r"[\s\"']", "", name[1])) == _within(table, key):
                    return number
            elif name and _within(here, re.sub(r"[\s\"']", "", name[1])).startswith(_within(table, key) + "."):
                return number
        return best


def _within(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _kind(value: object) -> str:
    """What a TOML value is, in words: `a number`, `true or false`, `a list` ..."""
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
        str: "a string",
    }
    return names.get(type(value), "a date")
