"""The entry of the open door: Lambda calls it for each request to the function URL.

It checks size, route, method and signature, and only then reads what the request says. An answer of 202 names what
was started, 200 says why nothing was, 400 tells a verified sender what makes no sense, 404 is an unknown route, and 401
says nothing. The log has one line for each request, without path, headers and body: these may hold the secret.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import TypedDict

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from door import settings
from door.decision import Ignore, decide
from door.effects import Outcome, carry_out
from door.request import Refusal, Request, read, readable
from door.route import Route
from door.senders import SENDERS
from door.signatures import Verified

logger = Logger(service="webhook")

_STATUS = {"started": 202, "asked": 202}


class Reply(TypedDict):
    """What a function URL makes an HTTP answer of.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    """

    statusCode: int
    headers: dict[str, str]
    body: str


def handler(event: Mapping[str, object], context: LambdaContext) -> Reply:
    """Answer one request."""
    route = ""
    try:
        request = read(LambdaFunctionUrlEvent(dict(event)))
        told = settings.settings_of(os.environ)
        found = _route(settings.routes(told), request)
        route = found.name
        verified = _verify(found, request, settings.secrets(told, found.secret))
        outcome = _settle(found, request, verified, context, told.table)
        status = _STATUS.get(outcome["outcome"], 200)
    except Refusal as refusal:
        status, outcome = refusal.status, {"outcome": "refused", "reason": refusal.reason}
    except Exception:
        # whatever the cause, the sender learns only that it may try again; the alarm counts the 500
        logger.exception("failed", route=route)
        status, outcome = 500, {"outcome": "failed", "reason": "the webhook's log says why"}
    return _reply(route, status, {name: readable(text) for name, text in outcome.items()})


def _reply(route: str, status: int, outcome: Outcome) -> Reply:
    """The answer as Lambda takes it, after its line in the log."""
    logger.info(outcome["outcome"], route=route, status=status, answer=outcome)
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(outcome)}


def _route(routes: Mapping[str, Route], request: Request) -> Route:
    route = routes.get(request.route)
    # what follows the name is a plain hook's secret; elsewhere nothing may follow
    if not route or (request.rest and route.sender != "hook"):
        raise Refusal(404, "no such route: check the name in the address, and that nothing follows it")
    if request.method != "POST":
        raise Refusal(405, "a webhook is a POST: send one")
    return route


def _verify(route: Route, request: Request, secrets: tuple[str, ...]) -> Verified:
    verified = SENDERS[route.sender].check(request, secrets, time.time())
    if verified is None:
        raise Refusal(401, "")
    return verified


def _settle(route: Route, request: Request, verified: Verified, context: LambdaContext, table: str) -> Outcome:
    decision = decide(route, SENDERS[route.sender].read(request))
    if isinstance(decision, Ignore):
        return {"outcome": "ignored", "reason": decision.reason}
    return carry_out(decision, route.name, verified.names, context, table)
