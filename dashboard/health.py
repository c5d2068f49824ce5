"""Says of whatever went wrong which state the page is in: no network, no login, a right that is missing, or refused.

AWS has a dozen errors for the same few states, and the page must say what to do in each.
"""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from dashboard.shown import Health, State
from deployments.errors import Failure, Kind, trouble
from pruner.deleting import Stuck

TROUBLES = (Failure, ClientError, BotoCoreError, Stuck)
_STATES: dict[Kind, State] = {
    "login": "expired",
    "unreachable": "disconnected",
    "denied": "denied",
    "refused": "refused",
}


class Gone(Failure):
    """What is watched does not run; it is asked again and again."""


def health(state: State, line: str = "", remedy: str = "", action: str = "", resource: str = "") -> Health:
    """One state in words."""
    return {"state": state, "line": line, "remedy": remedy, "action": action, "resource": resource}


OK = health("ok")
LOADING = health("loading", "it is asked for the first time")


def health_of(error: Exception) -> Health:
    """What an error means for who looks at the page."""
    cause = error if isinstance(error, ClientError | BotoCoreError) else error.__cause__
    if isinstance(cause, ClientError | BotoCoreError):
        told = trouble(cause)
        remedy = told.remedy if cause is error else ""
        line = told.what if cause is error else str(error)
        return health(_STATES[told.kind], line, remedy, told.action, told.resource)
    if isinstance(error, Gone):
        what, _, remedy = str(error).partition(": ")
        return health("disconnected", what, remedy)
    if isinstance(error, OSError) and error.filename:  # as of a program that gives a login, and is not there
        return health("refused", f"{error.strerror}: {error.filename}")
    if isinstance(error, TROUBLES):
        return health("refused", str(error))
    return health("refused", f"a fault of this program: {error!r}", "please report it, with what you have done")
