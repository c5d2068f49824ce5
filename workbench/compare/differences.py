"""What differs between two values of a template, and of which kind it is.

Why it exists at all: a refactor may change the text of the code that ships and what the console explains, and nothing
else. A golden template shows both in one diff of thousands of lines.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

import yaml

Place = tuple[str, ...]


class Kind(Enum):
    CODE = "code"
    WORDS = "words"
    MEANING = "meaning"


class Difference(NamedTuple):
    """A value that is not the same any more; `ABSENT` where there is none."""

    place: Place
    before: str
    after: str
    kind: Kind


ABSENT = "(absent)"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/: these hold a program
_CODE = ("ZipFile", "FunctionCode")
# and these are for people
_FOR_PEOPLE = "Description ConstraintDescription AssertDescription AlarmDescription Comment Label ParameterLabels"
_WORDS = (*_FOR_PEOPLE.split(), "markdown", "title", "label")
_MISSING = object()


def differences(before: object, after: object, place: Place = ()) -> Iterator[Difference]:
    """Every member that two values do not share; a buildspec and a text of JSON are compared by their members."""
    before, after = _opened(before, place), _opened(after, place)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from differences(before.get(name, _MISSING), after.get(name, _MISSING), (*place, str(name)))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_lists(before, after, place)
    elif type(before) is not type(after) or before != after:  # 1 == True, and it is not the same
        yield Difference(place, _shown(before), _shown(after), _kind(place))


def _in_lists(before: Sequence[object], after: Sequence[object], place: Place) -> Iterator[Difference]:
    if len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, (*place, str(number)))
        return
    fewer, more = Counter(map(_shown, before)), Counter(map(_shown, after))
    for one in (fewer - more).elements():
        yield Difference((*place, "-"), one, ABSENT, _kind(place))
    for one in (more - fewer).elements():
        yield Difference((*place, "+"), ABSENT, one, _kind(place))


def _opened(value: object, place: Place) -> object:
    """What a text says, if it is a document of its own."""
    if not isinstance(value, str):
        return value
    if place[-1:] == ("BuildSpec",):
        return yaml.safe_load(value)
    if value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _kind(place: Place) -> Kind:
    if any(name in _CODE for name in place) or ("BuildSpec" in place and "commands" in place):
        return Kind.CODE
    return Kind.WORDS if any(name in _WORDS for name in place) else Kind.MEANING


def _shown(value: object) -> str:
    if value is _MISSING:
        return ABSENT
    return value if isinstance(value, str) else json.dumps(value)
