"""Receives an event or a direct request, and answers it: the way through the publisher's other modules."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from contract import REQUEST_EVENT
from publisher.decision import Answers
from publisher.intent import Intent, Refused
from publisher.notation import timestamp
from publisher.requests import Requests, requested
from publisher.situation import status
from publisher.switching import settle
from publisher.telling import announce, log, refusal

LATEST = "$LATEST"  # the function itself
LINE = "action", "by", "execution", "deployment", "commit"


Events = Mapping[str, Callable[[dict[str, Any], dict[str, Any]], Intent]]  # what reads them, by detail-type
# What may be asked through an alias; whoever may invoke the function itself, and EventBridge, may ask for all.
Aliases = Mapping[str, tuple[str, ...]]


class Variant(NamedTuple):
    """What a publisher knows; each template carries one of them."""

    requests: "Requests"  # quoted, these forms need not travel
    answers: "Answers"
    events: "Events"
    aliases: "Aliases"


def respond(event: dict[str, Any], context: Any, variant: Variant) -> dict[str, Any]:
    """Answer an event or a direct request; the answer is the line in the log and the event that goes out.

    What came as an event and was not done raises, so that Lambda's retries and the failure destination see it. A
    direct request that is refused is answered: whoever asked is still there.
    """
    line: dict[str, Any] = dict.fromkeys(LINE, "")
    alias, kind = LATEST, event.get("detail-type", "")
    failure: Exception | None = None
    try:
        alias = ":".join(context.invoked_function_arn.split(":")[7:]) or LATEST
        admit(event, alias, variant.aliases)
        intent = understood(event, kind, line, variant)
        if intent.action == "status":
            return status(intent)
        line |= settle(intent, variant.answers)
    except Exception as error:
        failure = error
        line |= refusal(error, line["deployment"])
    line["commit"] = line["deployment"].rpartition("-")[0]
    log(line)
    try:
        if line["action"] != "status":
            announce(line)
    except Exception as error:
        failure = failure or error
        line["unannounced"] = str(error)
        log(line)
    somebody_waits = not line["execution"] and (alias != LATEST or kind != REQUEST_EVENT)
    if failure and not (somebody_waits and line["outcome"] != "failed"):
        raise failure
    return line


def admit(event: dict[str, Any], alias: str, aliases: Aliases) -> None:
    """Refuse what may not be asked through `alias`, as docs/decisions/publisher-aliases.md has it."""
    if alias == LATEST:
        return
    takes = aliases.get(alias, ())
    if "detail-type" in event:
        raise Refused(f"the alias {alias} takes no events")
    if event.get("action") not in takes:
        wanted = str(event.get("action"))[:40]
        raise Refused(f"the alias {alias} takes {', '.join(takes) or 'nothing'}, and not {wanted!r}")
    if event.get("force"):
        raise Refused(f"the alias {alias} does not take force")


def understood(event: dict[str, Any], kind: str, line: dict[str, Any], variant: Variant) -> Intent:
    """The intent of an event of this kind, or of a direct request; `line` learns what it is about."""
    if kind in variant.events:
        intent = variant.events[kind](event, line)
    elif kind == REQUEST_EVENT:
        detail = {name: value for name, value in event["detail"].items() if name != "stack"}
        # when it was sent, and not when it is tried again
        intent = requested(detail, min(timestamp(), timestamp(event.get("time"))), variant.requests)
    else:
        intent = requested(event, timestamp(), variant.requests)
    line |= {"action": intent.action, "by": intent.by, "deployment": intent.deployment}
    # random: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    return intent._replace(event=re.sub("[^0-9a-z]", "", str(event.get("id")))[:6]) if kind else intent
