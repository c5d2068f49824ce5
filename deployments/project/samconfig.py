"""`samconfig.toml`: the environment of it that is this site's, read as sam reads it, and written beside all others.

An environment that is added is text at the file's end, and one that changes is changed by tomlkit, which keeps
comments and order: what else stands there stays as it is, byte for byte.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import tomlkit
from tomlkit.items import Array, Item, Table

from deployments.errors import USAGE, Failure
from deployments.project import overrides

NAME = "samconfig.toml"
DEFAULT, BESIDE = "default", "site"  # the environment, and the one beside somebody else's default
_HEAD = """\
# Written by `deployments init`: where this site's stack is, and its parameters. `deployments up` and `sam deploy` do
# the same with it. Parameters: docs/parameters.md of Instant Hosting. Settings are in site.toml.
version = 0.1
"""
# What is done alike by `up`; other keys only sam follows.
_FOLLOWED = ("stack_name", "region", "profile", "role_arn", "template_file", "parameter_overrides")
_SAME = {"capabilities", "resolve_s3", "s3_bucket", "s3_prefix", "confirm_changeset", "fail_on_empty_changeset"}


class Environment(NamedTuple):
    """What an environment says of a deployment.

    template: the template's path, as it is written there
    ignored: keys that change what `sam deploy` does, and that only sam follows
    """

    name: str
    stack: str
    region: str
    template: str
    parameters: Mapping[str, str]
    profile: str = ""
    role: str = ""
    ignored: tuple[str, ...] = ()


class SamConfig(NamedTuple):
    """The file at `path`, as text; empty if it is not there."""

    path: Path
    text: str

    @property
    def names(self) -> list[str]:
        """The environments that deploy something."""
        return [name for name, value in self._content.items() if isinstance(value, dict)]

    def environment(self, name: str) -> Environment:
        """The environment `name`; what it does not say is empty."""
        said = self._said(name)
        texts = {key: said.get(key, "") for key in _FOLLOWED[:-1]}
        for key, value in texts.items():
            if not isinstance(value, str):
                raise Failure(f"{self.path}: {key} of {name} is {value!r}; it must be a text", USAGE)
        try:
            parameters = overrides.read(said.get("parameter_overrides"))
        except Failure as failure:
            raise Failure(f"{self.path}: [{name}.deploy.parameters] {failure}", failure.status) from None
        stack, region, profile, role, template = (str(text) for text in texts.values())
        ignored = tuple(sorted(said.keys() - {*_FOLLOWED, *_SAME}))
        return Environment(name, stack, region, template, parameters, profile, role, ignored)

    def with_environment(self, wanted: Environment) -> str:
        """The file's text with this environment, and nothing else of it changed."""
        if not self.text:
            return f"{_HEAD}\n{_block(wanted)}"
        text = self._changed(wanted) if self._content.get(wanted.name) else self._extended(wanted)
        self._check(text, wanted)
        return text

    @property
    def _content(self) -> Mapping[str, object]:
        return _parsed(self.path, self.text)

    def _said(self, name: str) -> Mapping[str, object]:
        """What `sam deploy` takes from an environment: its own parameters, before those of all commands."""
        environment = self._content.get(name, {})
        return {**_parameters(environment, "global"), **_parameters(environment, "deploy")}

    def _extended(self, wanted: Environment) -> str:
        if "version" not in self._content:
            raise Failure(f"{self.path} has no version, without which sam refuses it: begin it with version = 0.1")
        end = "\r\n" if "\r\n" in self.text else "\n"
        gap = "" if self.text.endswith("\n") else end
        return self.text + gap + end + _block(wanted).replace("\n", end)

    def _changed(self, wanted: Environment) -> str:
        document = tomlkit.parse(self.text)
        environment = cast(Table, document[wanted.name])
        deploy, common = _table(environment, "deploy"), _table(environment, "global")
        for key, value in _values(wanted).items():
            table = deploy if key in deploy or (key not in common and key not in ("stack_name", "region")) else common
            if key == "parameter_overrides":
                _change_parameters(table, wanted.parameters)
            elif table.get(key) != value:
                table[key] = value
        return tomlkit.dumps(document)

    def _check(self, text: str, wanted: Environment) -> None:
        """Refuse to write what would change anything else: the file is somebody's."""
        before, after = _without(wanted.name, self._content), _without(wanted.name, _parsed(self.path, text))
        if before != after or _values(SamConfig(self.path, text).environment(wanted.name)) != _values(wanted):
            raise Failure(
                f"{self.path}: the environment {wanted.name} cannot be changed by itself: write it as tables of its "
                f"own, such as [{wanted.name}.deploy.parameters]",
                USAGE,
            )


def read_samconfig(folder: Path) -> SamConfig:
    """The file in `folder`, which need not be there."""
    path = folder / NAME
    for other in ("samconfig.yaml", "samconfig.yml"):
        if (folder / other).exists() and not path.exists():
            effect = f"sam would no longer read it beside a {NAME}: convert it to {NAME} first"
            raise Failure(f"{folder / other} is there, and {effect}", USAGE)
    if path.exists() and not path.is_file():
        raise Failure(f"{path} is no file: take it away", USAGE)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        text = ""
    except UnicodeDecodeError:
        raise Failure(f"{path} is not UTF-8 text: save it as UTF-8", USAGE) from None
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}", USAGE) from None
    _parsed(path, text)
    return SamConfig(path, text)


def _parsed(path: Path, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Failure(f"{path} is not valid TOML: {error}", USAGE) from None


def _without(name: str, content: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in content.items() if key != name}


def _parameters(environment: object, command: str) -> Mapping[str, object]:
    found = environment.get(command, {}) if isinstance(environment, dict) else {}
    parameters = found.get("parameters", {}) if isinstance(found, dict) else {}
    return parameters if isinstance(parameters, dict) else {}


def _table(environment: Table, command: str) -> Table:
    """The table [ENVIRONMENT.COMMAND.parameters], made if it is not there."""
    if command not in environment:
        environment[command] = tomlkit.table(is_super_table=True)
    inner = cast(Table, environment[command])
    if "parameters" not in inner:
        inner["parameters"] = tomlkit.table()
    return cast(Table, inner["parameters"])


def _values(wanted: Environment) -> Mapping[str, str | Mapping[str, str]]:
    texts = {"stack_name": wanted.stack, "region": wanted.region, "template_file": wanted.template}
    return {**texts, "parameter_overrides": wanted.parameters}


def _change_parameters(table: Table, wanted: Mapping[str, str]) -> None:
    """Change the parameters that differ; the notation of the others, and comments, stay as they are."""
    key = "parameter_overrides"
    given = table.get(key)
    if not isinstance(given, Array) or not all(isinstance(one, str) and len(overrides.read(one)) == 1 for one in given):
        if overrides.read(given.unwrap() if isinstance(given, Item) else given) != dict(wanted):
            table[key] = _array(overrides.written(wanted))
        return
    left = dict(wanted)
    for number in reversed(range(len(given))):
        ((name, value),) = overrides.read(str(given[number])).items()
        if name not in left:
            del given[number]
        elif left.pop(name) != value:
            given[number] = _string(overrides.written({name: wanted[name]})[0])
    for text in overrides.written(left):
        given.append(_string(text))


def _array(texts: Sequence[str]) -> Item:
    array = tomlkit.array()
    for text in texts:
        array.append(_string(text))
    return array.multiline(multiline=bool(texts))


def _string(text: str) -> Item:
    # in single quotes TOML takes a text as it is, and so no control character
    return tomlkit.string(text, literal='"' in text and "'" not in text and text.isprintable())


def _block(wanted: Environment) -> str:
    """The tables of a new environment, as text."""
    deploy = tomlkit.table()
    deploy["template_file"] = wanted.template
    deploy["capabilities"] = "CAPABILITY_IAM"
    deploy["resolve_s3"] = tomlkit.item(True).comment("over 51,200 bytes a template goes through a bucket")
    deploy["confirm_changeset"] = True
    deploy["fail_on_empty_changeset"] = False
    deploy["parameter_overrides"] = _array(overrides.written(wanted.parameters))
    common = tomlkit.table()
    common["stack_name"], common["region"] = wanted.stack, wanted.region
    tables = {"global": common, "deploy": deploy}
    return "\n".join(f"[{wanted.name}.{name}.parameters]\n{table.as_string()}" for name, table in tables.items())
