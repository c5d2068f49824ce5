"""The document in the SSM parameter: a JSON object with routes (they have `sender`) and reports (`status`).

Each of the two functions checks only its own entries, so that a mistake in a report stops no deployment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

QUOTED = 60  # characters of what somebody else has written, in an error and in the log


class ConfigurationError(ValueError):
    """A document that cannot be used. Its text is one line: the entry, what it says, and what is allowed."""


def load(text: str, *, reports: bool) -> Mapping[str, object]:
    """The reports of a document, or its other entries, by name. What they say is not checked here."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the routes are not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ConfigurationError(
            f"the routes are a JSON {type(found).__name__}; they must be an object with a member for each route"
        )
    return {name: members for name, members in found.items() if reports == _is_report(members)}


def shown(value: object) -> str:
    """A value as an error quotes it: it may be long, and is not ours."""
    return json.dumps(value)[:QUOTED]


def checked(kind: str, name: str, members: object, known: list[str]) -> Mapping[str, object]:
    """The members of the entry `name` of a `kind`, if both can be used."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        raise ConfigurationError(f"{kind} {name!r}: a name is lower-case letters, digits and dashes, at most 64")
    if not isinstance(members, dict):
        raise ConfigurationError(f"{kind} {name!r} is {shown(members)}; it is an object")
    unknown = set(members) - set(known)
    if unknown:
        raise ConfigurationError(f"{kind} {name!r} has {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    return members


def _is_report(members: object) -> bool:
    return isinstance(members, dict) and "status" in members
