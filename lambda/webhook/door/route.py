"""A route: which sender may start what, and which filters apply. Routes are entries of the document in SSM.

docs/webhooks.md describes the members.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from shared.document import ConfigurationError, checked, load, shown
from shared.names import PIPELINE

from door.senders import SENDERS

ACTIONS = ("hold", "release", "promote", "rollback")  # what a route may allow to be asked of the publisher

_NAMES = {
    "secret": r"[A-Za-z0-9_+=.@-][A-Za-z0-9/_+=.@-]{0,255}",
    "pipeline": PIPELINE,
    "publisher": r"[A-Za-z0-9_-]{1,64}",
    "source": r"[A-Za-z0-9.@_-]{0,100}",
}
_LISTS = ("branches", "repositories", "paths", "events", "actions")
# Characters of a pattern, and patterns of a list. Both are ours, and nobody meets them: the whole parameter has 8 KB.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
_LONGEST, _MOST = 256, 100


class Route(NamedTuple):
    """One route: a sender, the name of its secret, and a pipeline or a publisher (the other one is "").

    source: the pipeline's source action, which takes the commit that a request names; "" takes none
    branches, repositories, paths, events: patterns; an empty list filters nothing
    actions: what the publisher may be asked
    """

    name: str
    sender: str
    secret: str
    pipeline: str = ""
    publisher: str = ""
    source: str = ""
    branches: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


@functools.lru_cache(maxsize=4)  # the document, and what it was a minute ago
def parse(text: str) -> Mapping[str, Route]:
    """The routes of a document. The first one that is wrong raises `ConfigurationError`."""
    return {name: _route(name, members) for name, members in load(text, reports=False).items()}


def _route(name: str, entry: object) -> Route:
    members = checked("route", name, entry, ["sender", *_NAMES, *_LISTS])
    kind = str(members.get("sender"))
    if kind not in SENDERS or kind != members.get("sender"):
        raise ConfigurationError(f"route {name!r}: sender {members.get('sender')!r} is not one of {', '.join(SENDERS)}")
    texts = {key: _text(name, key, members[key]) for key in _NAMES if key in members}
    lists = {key: _list(name, key, members[key]) for key in _LISTS if key in members}
    problem = _problem(kind, texts, lists)
    if problem:
        raise ConfigurationError(f"route {name!r}: {problem}")
    sender = SENDERS[kind]
    return Route(
        name,
        kind,
        secret=texts.get("secret", name),
        pipeline=texts.get("pipeline", ""),
        publisher=texts.get("publisher", ""),
        source=texts.get("source", "Source" if sender.is_git else ""),
        branches=lists.get("branches", ()),
        repositories=lists.get("repositories", ()),
        paths=lists.get("paths", ()),
        events=lists.get("events", sender.events),
        actions=lists.get("actions", ()),
    )


def _text(name: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_NAMES[key], value):
        raise ConfigurationError(f"route {name!r}: {key} is {shown(value)}; it is a text like {_NAMES[key]}")
    return value


def _list(name: str, key: str, value: object) -> tuple[str, ...]:
    usable = isinstance(value, list) and all(isinstance(item, str) and 0 < len(item) <= _LONGEST for item in value)
    if not isinstance(value, list) or not usable or not 0 < len(value) <= _MOST:
        raise ConfigurationError(
            f"route {name!r}: {key} is {shown(value)}; it is a list of 1 to {_MOST} texts of 1 to {_LONGEST}"
        )
    return tuple(value)


def _problem(kind: str, texts: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]) -> str:
    """The first thing that is wrong with members that do not go together, or ""."""
    sender = SENDERS[kind]
    has_publisher = "publisher" in texts
    unnamed = [key for key, is_unnamed in _unnamed(kind).items() if is_unnamed and key in lists]
    can_ask = " and ".join(name for name, other in SENDERS.items() if other.can_ask)
    of_publisher = has_publisher == ("actions" in lists) and set(lists.get("actions", ())) <= set(ACTIONS)
    problems = (
        (unnamed, f"{''.join(unnamed[:1])} cannot be filtered: the sender {kind} does not name them"),
        (("pipeline" in texts) == has_publisher, "it must name a pipeline or a publisher, one of the two"),
        (has_publisher and not sender.can_ask, f"the sender {kind} cannot ask a publisher; {can_ask} can"),
        (not of_publisher, f"a publisher, and nothing else, needs actions, of {', '.join(ACTIONS)}"),
        (has_publisher and ("source" in texts or "branches" in lists), "source and branches belong to a pipeline"),
        (
            sender.is_git and "branches" not in lists,
            'it needs branches, such as ["main"]: a push to any other must not go live',
        ),
    )
    return next((problem for is_one, problem in problems if is_one), "")


def _unnamed(kind: str) -> dict[str, bool]:
    """For each filter of a route whether such a sender names nothing that it could choose from."""
    sender = SENDERS[kind]
    return {
        "repositories": not sender.is_git,
        "branches": not sender.is_git and not sender.can_ask,
        "paths": not sender.lists_paths,
        "events": kind == "hook",
    }
