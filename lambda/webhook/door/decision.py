"""Decides what follows from a sender's events: a pure function of the route and of the events."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from shared.names import COMMIT

from door.events import Event
from door.globs import any_matches, matches
from door.payloads import Value, text
from door.request import Refusal, readable
from door.route import Route

DEPLOYMENT = re.compile(
    "[0-9A-Za-z][0-9A-Za-z_-]{9,63}"
)  # contract.ID, as tests/webhook/test_webhook_contract.py holds
REASON_LIMIT = 200  # bytes: contract.REASON_LIMIT, as the same test holds
_SHOWN = 200  # characters of what a sender wrote that an answer repeats

Asked = Mapping[str, str | int | bool]


class Start(NamedTuple):
    """Start a pipeline; with a commit if `commit` is not ""."""

    pipeline: str
    source: str = ""
    commit: str = ""


class Ask(NamedTuple):
    """Ask a publisher."""

    publisher: str
    request: Asked


class Ignore(NamedTuple):
    """Do nothing, and say why."""

    reason: str


def decide(route: Route, happened: list[Event]) -> Start | Ask | Ignore:
    """What the route makes of the events. Of several, the first that passes its filters counts."""
    reasons: dict[str, None] = {}
    for event in happened:
        reason = _why_not(route, event)
        if not reason:
            return _ask(route, event) if route.publisher else _start(route, event)
        reasons.setdefault(reason)
    return Ignore("; ".join(list(reasons)[:3]))


def _why_not(route: Route, event: Event) -> str:
    """Why the event does not pass the route's filters, or ""."""
    return event.nothing or _wrong_name(route, event) or _wrong_content(route, event)


def _wrong_name(route: Route, event: Event) -> str:
    # an event that names no branch (a release, a schedule) has the pipeline build the one that it always builds
    filters = [
        ("event", event.name, route.events if event.name else ()),
        ("repository", event.repository, route.repositories),
        ("branch", event.branch, route.branches if event.branch or event.commit else ()),
    ]
    for what, found, wanted in filters:
        if wanted and not matches(found, wanted):
            return f"the {what} {found[:_SHOWN]} is not one of {', '.join(wanted)}"
    return ""


def _wrong_content(route: Route, event: Event) -> str:
    if event.fork and not route.repositories:
        return f"{event.repository[:_SHOWN]} is a fork; the route does not name it in its repositories"
    if route.paths and event.paths is not None and not any_matches(event.paths, route.paths):
        return f"no changed file is one of {', '.join(route.paths)}"
    return ""


def _start(route: Route, event: Event) -> Start:
    if event.commit and not COMMIT.fullmatch(event.commit):
        raise Refusal(400, f"the commit {event.commit[:_SHOWN]!r} is not 40 or 64 hexadecimal digits: send all of it")
    if event.commit and event.wish and not route.source:
        raise Refusal(400, "the route takes no commit: leave it out, or give the route a source")
    if not event.commit or not route.source:
        return Start(route.pipeline)
    return Start(route.pipeline, route.source, event.commit)


def _ask(route: Route, event: Event) -> Ask:
    action = text(event.wish, "action")
    if action not in route.actions:
        raise Refusal(400, f"the action {action[:_SHOWN]!r} is not one of {', '.join(route.actions)}: send one of them")
    given = {name: value for name, value in event.wish.items() if name != "action"}
    read = _MEMBERS[action]
    unknown = set(given) - set(read)
    if unknown:
        raise Refusal(400, f"{action} takes no {', '.join(sorted(unknown))[:_SHOWN]}; it takes {', '.join(read)}")
    asked: dict[str, str | int | bool] = {name: read[name](value) for name, value in given.items()}
    missing = {"hold": {"reason"}, "promote": {"deployment"}}.get(action, set()) - set(asked)
    if missing:
        raise Refusal(400, f"{action} needs {', '.join(missing)}: add it")
    return Ask(route.publisher, {"action": action, **asked, "by": f"webhook {route.name}"})


def _deployment(value: Value) -> str:
    if not isinstance(value, str) or not DEPLOYMENT.fullmatch(value):
        raise Refusal(400, f"deployment is {_shown(value)}, not an ID: take one that `deployments list` shows")
    return value


def _reason(value: Value) -> str:
    if not isinstance(value, str) or value != readable(value) or not 0 < len(value.encode()) <= REASON_LIMIT:
        raise Refusal(400, f"reason is not a text of 1 to {REASON_LIMIT} bytes: send one")
    return value


def _steps(value: Value) -> int:
    # a form has texts only
    if not isinstance(value, int | str) or not re.fullmatch(r"[1-9][0-9]{0,2}", str(value)):
        raise Refusal(400, f"steps is {_shown(value)}: send a number from 1 to 999")
    return int(value)


def _publish(value: Value) -> bool:
    if not isinstance(value, bool | str) or str(value) not in {"True", "true", "False", "false"}:
        raise Refusal(400, f"publish is {_shown(value)}: send true or false")
    return str(value).lower() == "true"


def _shown(value: Value) -> str:
    """How an answer repeats a wrong value. A list or an object may be too deep to be written, so it gives the kind."""
    return type(value).__name__ if isinstance(value, list | dict) else repr(str(value)[:_SHOWN])


_MEMBERS: Mapping[str, Mapping[str, Callable[[Value], str | int | bool]]] = {
    "hold": {"reason": _reason},
    "release": {"publish": _publish},
    "promote": {"deployment": _deployment},
    "rollback": {"steps": _steps},
}
