"""Reads what the publisher was asked: a request, directly or as an event, becomes an intent.

docs/requests.md describes the requests for whoever sends them.
"""

import re
from collections.abc import Mapping

from contract import ID, REASON_LIMIT, SEQUENCE_LIMIT, Request
from publisher.intent import Intent, Refused
from publisher.notation import QUOTED, compact, timestamp

Form = dict[str, type]  # what a request may say besides `action` and `by`; with an asterisk it must
Requests = Mapping[str, Form]  # by action

REQUESTS: dict[str, Form] = {
    "publish": {"deployment*": str, "sequence": int, "force": bool},
    "promote": {"deployment*": str},
    "rollback": {"steps": int},
    "hold": {"reason*": str},
    "release": {"publish": bool},
    "retire": {"deployments*": list, "force": bool},
    "status": {"previous": bool},
}
EVERY: Form = {"action": str, "by": str, "seen": str}  # request may say this
BY_LIMIT = 40  # bytes of `by`, so that no name fills the ledger


def requested(event: Request, asked: str, requests: Requests) -> Intent:
    """The intent of a request that was made at `asked`; `Refused` says what is wrong with it and what is allowed."""
    check_form(event, requests)
    check_values(event)
    asked = min(asked, timestamp(event.get("at", asked)))
    # the intent has a member of the same name for whatever else a request says, as a test holds
    alike = {name: value for name, value in event.items() if name != "at"}
    own = {
        "by": fitting(event.get("by", "request")),
        "deployments": tuple(event.get("deployments", ())),
        "since": asked,
        "asked": asked,
    }
    return Intent(**alike | own)  # type: ignore[arg-type]  # check_form has seen them


def fitting(by: str) -> str:
    """As much of a requester's name as the ledger has room for."""
    by = by[:BY_LIMIT]
    while len(compact(by).encode()) > BY_LIMIT + 2:  # the quotes
        by = by[:-1]
    return by


def check_form(event: Request, requests: Requests) -> None:
    """Refuse what lacks a member, or has one that its action does not take."""
    action = event.get("action")
    if not isinstance(action, str) or action not in requests:
        raise Refused(f"action {action!r} is not one of {', '.join(requests)}: ask for one")
    kinds = {name.rstrip("*"): kind for name, kind in (EVERY | requests[action]).items()}
    takes = ", ".join(f"{name} ({kind.__name__})" for name, kind in kinds.items())
    for name, value in event.items():
        if type(value) is not kinds.get(name):
            raise Refused(f"{name!r} is {repr(value)[:QUOTED]}: {action} takes {takes}")
    for name in requests[action]:
        if name[-1] == "*" and name[:-1] not in event:
            raise Refused(f"{name[:-1]} is missing: {action} takes {takes}")


def check_values(event: Request) -> None:
    """Refuse values that no publisher could carry out or write down."""
    for name in [*event.get("deployments", ()), *([event["deployment"]] if "deployment" in event else [])]:
        if not isinstance(name, str) or not re.fullmatch(ID, name):
            raise Refused(f"{name!r} is no deployment: IDs are {ID}")
    try:
        compact(event).encode()
    except UnicodeEncodeError:
        raise Refused(f"{event} is not UTF-8 text: write it so") from None
    reason = event.get("reason", "-")
    if not reason.strip() or len(compact(reason).encode()) > REASON_LIMIT + 2:  # the quotes
        raise Refused(f"the reason is {reason!r}: write 1 to {REASON_LIMIT} bytes, not blank")
    if event.get("steps", 1) < 1:
        raise Refused(f"steps is {event['steps']}: write 1 or more")
    if not 0 <= event.get("sequence", 0) < SEQUENCE_LIMIT:
        raise Refused(f"sequence is {event['sequence']}: write 0 or more, below 2^63")
