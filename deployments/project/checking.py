"""Whether CloudFormation would take parameters, asked of the template's own rows and rules before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from deployments.errors import USAGE, Failure
from generator.settings import Settings

if TYPE_CHECKING:
    from troposphere import AWSHelperFn, Parameter

    from generator.parameters import Parameters


# What no file, terminal or shell takes as text. A tab and line ends are for a parameter's own pattern to refuse.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def known_parameters(settings: Settings) -> dict[str, Parameter]:
    """The parameters of the template for `settings`, by name, in their order."""
    return {str(row.title): row for group in _parameters(settings).groups for row in group.parameters}


def defaults(settings: Settings) -> dict[str, str]:
    """What the template takes where nothing is given; a parameter that must be given is not in it."""
    rows = known_parameters(settings).values()
    return {str(row.title): str(row.properties["Default"]) for row in rows if "Default" in row.properties}


def check_parameters(settings: Settings, given: Mapping[str, str], *, complete: bool = True) -> None:
    """Refuse what CloudFormation would refuse, in one line; if it is `complete`, a missing parameter too."""
    for name, value in given.items():
        if problem := problem_of(settings, name, value):
            raise Failure(problem, USAGE)
    values = {**defaults(settings), **given}
    missing = missing_parameters(settings, given)
    if missing and complete:
        remedy = "the template has no default; `deployments init` asks for it"
        raise Failure(f"{', '.join(missing)}: must be given, {remedy}", USAGE)
    for broken in broken_rules(settings, values):
        raise Failure(broken, USAGE)


def missing_parameters(settings: Settings, given: Mapping[str, str]) -> list[str]:
    """Which parameters must be given and are not."""
    have = {**defaults(settings), **given}
    return [name for name in known_parameters(settings) if name not in have]


def problem_of(settings: Settings, name: str, value: str) -> str:
    """What is wrong with one parameter alone; "" if nothing is."""
    rows = known_parameters(settings)
    if re.search("[\ud800-\udfff]", value):
        return f"{name} is {value!r}, which is not UTF-8: write it in UTF-8"
    if control := _CONTROL.search(value):
        return f"{name} is {value!r}, with the control character {control[0]!r}: leave that out"
    if name not in rows:
        return f"{name} is no parameter of the template for the source {settings.source}: {', '.join(rows)}"
    row = rows[name].properties
    choices = [str(one) for one in row.get("AllowedValues", ())]
    if choices and value not in choices:
        allowed = ", ".join(one or "empty" for one in choices)
        return f"{name} is {value!r}; it must be one of {allowed}"
    if "AllowedPattern" in row and not re.fullmatch(row["AllowedPattern"], value):
        form = f"of the form {row['AllowedPattern']}: {row['Description']}"
        return f"{name} is {value!r}; it must be {row.get('ConstraintDescription') or form}"
    if row["Type"] == "Number" and not _within(value, row.get("MinValue"), row.get("MaxValue")):
        return f"{name} is {value!r}; it must be a number from {row.get('MinValue')} to {row.get('MaxValue')}"
    return ""


def broken_rules(settings: Settings, values: Mapping[str, str]) -> list[str]:
    """What the template's rules say against these values, in the words that the console would show."""
    found = []
    for rule in _parameters(settings).rules.values():
        if "RuleCondition" not in rule or _holds(rule["RuleCondition"], values):
            assertions = cast(list[Mapping[str, object]], rule["Assertions"])
            found += [str(one["AssertDescription"]) for one in assertions if not _holds(one["Assert"], values)]
    return found


def _parameters(settings: Settings) -> Parameters:
    # late: of all commands only `init` and `up` wait for troposphere
    from generator.parameters import build_parameters

    return build_parameters(settings)


def _within(value: str, least: int | None, most: int | None) -> bool:
    return value.isdecimal() and (least is None or int(value) >= least) and (most is None or int(value) <= most)


def _holds(statement: object, values: Mapping[str, str]) -> bool:
    """A statement of the template's rules, with these values."""
    ((function, operands),) = _data(statement).items()
    if function == "Fn::Equals":
        return _value(operands[0], values) == _value(operands[1], values)
    if function == "Fn::Contains":
        return _value(operands[1], values) in cast(list[str], operands[0])
    found = [_holds(one, values) for one in operands]
    if function == "Fn::Not":
        return not found[0]
    return {"Fn::And": all, "Fn::Or": any}[function](found)


def _value(operand: object, values: Mapping[str, str]) -> str:
    return operand if isinstance(operand, str) else values.get(str(_data(operand)["Ref"]), "")


def _data(statement: object) -> dict[str, list[object]]:
    found: object = statement if isinstance(statement, Mapping) else cast("AWSHelperFn", statement).to_dict()
    return cast(dict[str, list[object]], found)
