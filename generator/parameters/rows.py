"""How a row of the table of parameters is written: one call for each kind of value.

The table of all parameters can then be read as one, without troposphere's words in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from troposphere import Parameter


@dataclass(frozen=True)
class Group:
    """Parameters that the console shows together, below `title`."""

    title: str
    parameters: tuple[Parameter, ...]


def text(
    name: str, what: str, default: str | None = None, *, pattern: str | None = None, demand: str | None = None
) -> Parameter:
    """A text that matches `pattern`; the console says `demand` of one that does not. No `default`: it must be given."""
    given = {"Default": default, "AllowedPattern": pattern, "Description": what, "ConstraintDescription": demand}
    return Parameter(name, Type="String", **{key: value for key, value in given.items() if value is not None})


def choice(name: str, what: str, default: str, values: Sequence[str]) -> Parameter:
    """One of a few texts."""
    return Parameter(name, Type="String", Default=default, AllowedValues=list(values), Description=what)


def whole(name: str, what: str, default: int, least: int, most: int) -> Parameter:
    """A whole number, between two limits."""
    return Parameter(name, Type="Number", Default=default, MinValue=least, MaxValue=most, Description=what)
