"""Reads what the publisher was asked: a request, directly or as an event, becomes an intent.

docs/requests.md describes the requests for whoever sends them.
"""

import re
from datetime import UTC, datetime
from typing import Any

from decide import Intent, Refused, compact, written

ID = "[0-9A-Za-z][0-9A-Za-z_-]{9,63}"
# what a request may say besides `action` and `by`; with an asterisk it must
REQUESTS: dict[str, dict[str, type]] = {
    "publish": {"deployment*": str, "sequence": int, "force": bool},
    "promote": {"deployment*": str},
    "rollback": {"steps": int},
    "hold": {"reason*": str},
    "release": {"publish": bool},
    "retire": {"deployments*": list, "force": bool},
    "status": {"previous": bool},
}


def requested(event: dict[str, Any], asked: str) -> Intent:
    """The intent of a request that was made at `asked`; `Refused` says what is wrong with it and what is allowed."""
    action = event.get("action")
    if not isinstance(action, str) or action not in REQUESTS:
        raise Refused(f"action {action!r} is not one of {', '.join(REQUESTS)}")
    kinds = {"action": str, "by": str, "seen": str} | {
        name.rstrip("*"): kind for name, kind in REQUESTS[action].items()
    }
    missing = [name[:-1] for name in REQUESTS[action] if name[-1] == "*" and name[:-1] not in event]
    wrong = [name for name, value in event.items() if type(value) is not kinds.get(name)]
    values = {**event, "deployments": tuple(event.get("deployments", ()))} if not wrong else {}
    ids = [*values.get("deployments", ()), *([event["deployment"]] if "deployment" in event else [])]
    if missing or wrong or not all(isinstance(name, str) and re.fullmatch(ID, name) for name in ids):
        given = ", ".join(f"{name} ({kind.__name__})" for name, kind in kinds.items())
        raise Refused(f"{event} is not a request: {action} takes {given}; IDs are {ID}")
    try:
        bytes_of_reason = len(compact(event.get("reason", "-")).encode()) - 2
        compact(event).encode()
    except UnicodeEncodeError:
        raise Refused(f"{event} is not UTF-8 text") from None
    blank = not event.get("reason", "-").strip()
    if blank or bytes_of_reason > 200 or event.get("steps", 1) < 1 or not 0 <= event.get("sequence", 0) < 2**63:
        raise Refused("a reason, not blank, has 1 to 200 bytes, a rollback 1 step or more, a sequence is below 2^63")
    by = event.get("by", "request")[:40]
    while len(compact(by).encode()) > 42:  # so that no name fills the ledger: 40 bytes and the quotes
        by = by[:-1]
    asked = min(asked, timestamp(datetime.fromisoformat(values.pop("at", asked))))
    return Intent(**{"deployment": "", **values, "by": by, "since": asked, "asked": asked})


def timestamp(moment: datetime | None = None) -> str:
    """`moment`, or now, as the ledger writes times."""
    return written(moment or datetime.now(UTC))
