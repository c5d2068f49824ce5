"""Receives an event or a direct request, and answers it: the way through the publisher's other modules.

Here alone is known whether somebody reads the answer: an event that fails must raise, or nobody would hear of it.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from contract import REQUEST_EVENT, Answer, Event, Request
from publisher.decision import Rules
from publisher.intent import Intent, NotAdmitted
from publisher.ledger import LETTERS
from publisher.notation import QUOTED, timestamp
from publisher.requests import Requests, requested
from publisher.situation import status
from publisher.switching import commit_of, settle
from publisher.telling import announce, log, refusal

if TYPE_CHECKING:
    from aws_types import LambdaContext


class Kind(NamedTuple):
    """An event that is no request: how it is read, and how what it does not tell is looked up then."""

    read: Callable[["Event"], Intent]
    complete: Callable[[Intent], Intent]


Kinds = Mapping[str, Kind]  # by detail-type
# What may be asked through an alias; whoever may invoke the function itself, and EventBridge, may ask for all.
Aliases = Mapping[str, tuple[str, ...]]


class Variant(NamedTuple):
    """What a publisher knows; each template carries one of them."""

    requests: "Requests"  # quoted, these forms need not travel
    rules: "Rules"
    kinds: "Kinds"
    aliases: "Aliases"


def respond(event: Event, context: "LambdaContext", variant: Variant) -> Answer:
    """Answer an event or a direct request; the answer is the line in the log and the event that goes out.

    Where nobody waits for an answer, what was not done raises, so that Lambda's retries and the failure destination
    see it. A direct request that is refused is answered: whoever asked is still there.
    """
    answer, failure = attempted(event, context, variant)
    if answer["outcome"] == "status":
        return answer
    log(answer)
    try:
        if answer["action"] != "status":
            announce(answer)
    except Exception as error:
        failure = failure or error
        answer["unannounced"] = str(error)
        log(answer)
    if failure and (answer["outcome"] == "failed" or nobody_waits(event, answer, failure)):
        raise failure
    return answer


def attempted(event: Event, context: "LambdaContext", variant: Variant) -> tuple[Answer, Exception | None]:
    """What came of an event or a direct request, and what hindered it."""
    kind = event.get("detail-type", "")
    answer = about(Intent())
    try:
        admit(event, "".join(context.invoked_function_arn.split(":")[7:]), variant.aliases)
        intent = understood(event, kind, variant)
        answer = about(intent)
        if intent.action == "status":
            return status(intent), None
        if kind in variant.kinds:
            intent = variant.kinds[kind].complete(intent)
            answer = about(intent)
        return answer | settle(intent, variant.rules), None
    except Exception as error:
        return answer | refusal(error, answer["deployment"]), error


def about(intent: Intent) -> Answer:
    """What an answer says of an intent, whatever comes of it."""
    return {
        "action": intent.action,
        "by": intent.by,
        "execution": intent.by if intent.action == "pipeline" else "",
        "deployment": intent.deployment,
        "commit": commit_of(intent.deployment),
    }


def nobody_waits(event: Event, answer: Answer, failure: Exception) -> bool:
    """Whether it came by itself: an event of ours, or an alarm, whose rule invokes as a request does."""
    is_ours = event.get("detail-type") == REQUEST_EVENT or event.get("action") == "auto-rollback"
    return not isinstance(failure, NotAdmitted) and (is_ours or answer["execution"] != "")


def admit(event: Event, alias: str, aliases: Aliases) -> None:
    """Refuse what may not be asked through `alias`, as docs/decisions/publisher-aliases.md has it."""
    if alias in ("", "$LATEST"):  # the function itself
        return
    takes, wrong = aliases.get(alias, ()), ""
    if "detail-type" in event:
        wrong = "takes no events"
    elif event.get("action") not in takes:
        wrong = f"takes {', '.join(takes) or 'nothing'}, and not {str(event.get('action'))[:QUOTED]!r}"
    elif event.get("force"):
        wrong = "does not take force"
    if wrong:
        raise NotAdmitted(f"the alias {alias} {wrong}: ask another")


def understood(event: Event, kind: str, variant: Variant) -> Intent:
    """The intent of an event of this kind, or of a direct request."""
    if kind in variant.kinds:
        intent = variant.kinds[kind].read(event)
    elif kind == REQUEST_EVENT:
        # what is no request, the reading of it refuses
        detail: Request = {name: value for name, value in event["detail"].items() if name != "stack"}  # type: ignore[assignment]
        # when it was sent, and not when it is tried again
        intent = requested(detail, min(timestamp(), timestamp(event.get("time"))), variant.requests)
    else:
        return requested(event, timestamp(), variant.requests)
    # random: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    return intent._replace(event=re.sub("[^0-9a-z]", "", str(event.get("id")))[:LETTERS])
