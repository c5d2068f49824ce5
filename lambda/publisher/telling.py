"""Tells what was decided: whoever asked, the log, and the account's event bus.

A switch that nobody hears of is a riddle at night, so what cannot be announced is logged and tried again.
"""

from contextlib import suppress

from botocore.exceptions import ClientError

from contract import DECISION_EVENT, EVENT_SOURCE, Answer
from publisher.aws import ask, setting
from publisher.intent import NotThere, Refused
from publisher.notation import compact
from publisher.situation import choices


def refusal(error: Exception, deployment: str) -> Answer:
    """What whoever asked is told, and what could be asked for instead."""
    if not isinstance(error, Refused):
        return {"outcome": "failed", "reason": repr(error)}
    line: Answer = {"outcome": "refused", "reason": str(error)}
    if isinstance(error, NotThere):
        with suppress(Exception):  # the reason is what counts
            line["choices"] = choices(deployment)
    return line


def log(line: Answer) -> None:
    """One line; what a Lambda function prints is its log."""
    print(compact(line))


def announce(line: Answer) -> None:
    """Send the decision to the account's event bus, for whoever wants to react."""
    detail = compact({**line, "stack": setting("STACK"), "pipeline": setting("PIPELINE")})
    answer = ask(
        "events", "put_events", Entries=[{"Source": EVENT_SOURCE, "DetailType": DECISION_EVENT, "Detail": detail}]
    )
    if answer["FailedEntryCount"]:
        raise ClientError({"Error": {"Code": "Refused", "Message": str(answer["Entries"])}}, "PutEvents")
