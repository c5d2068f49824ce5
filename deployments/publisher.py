"""Asks the publisher, the only one that decides what is live: one request, one answer (docs/decisions)."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from botocore.exceptions import ClientError, HTTPClientError

from contract import ALIASES, PUBLISHER_SECONDS, Answer, Status, SwitchRecord
from deployments.cloud import Cloud
from deployments.errors import Failure, explain, is_denied

if TYPE_CHECKING:
    from aws_types import Invocation

_TIMEOUT = PUBLISHER_SECONDS + 10  # the answer's own way, so that it is the function that gives up first
_THROTTLED = 5  # attempts; a refused invocation has not run, so asking again is safe
_PAUSE = 0.2  # seconds after the first; then twice that, and so on


class State(NamedTuple):
    """What the publisher says about the site; empty texts where there is nothing."""

    live: str
    previous: str
    waiting: str
    hold: dict[str, str]
    published: list[SwitchRecord]
    retiring: list[str]


class Publisher:
    """The publisher of one stack."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        # one attempt: repeating "roll back" after a lost answer would go back twice
        self._lambda = cloud.client("lambda", read_timeout=_TIMEOUT, retries={"total_max_attempts": 1})
        self.name = name

    def ask(self, action: str, *, as_ci: bool = False, **wish: object) -> Answer:
        """The answer to a request, refused or not; `Failure` if there is none.

        With `as_ci` the alias is asked first: it is all that a CI may invoke.
        """
        request = {"action": action, **{name: value for name, value in wish.items() if value is not None}}
        forced = bool(wish.get("force"))
        names = [self.name, f"{self.name}:ci"] if _may_ci(action, forced) else [self.name]
        try:
            answer = self._first(names[::-1] if as_ci else names, json.dumps(request).encode())
        except ClientError as error:
            if not is_denied(error):
                raise
            raise Failure(f"{explain(error)}; {_who_may(action, forced)}") from error
        except HTTPClientError as error:
            raise Failure(f"no answer from {self.name} ({error}): `status` says what is live now") from error
        return self._read(answer)

    def _read(self, answer: Invocation) -> Answer:
        """What the function has returned; `Failure` if it has raised."""
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            reason = " ".join(str(payload.get("errorMessage", payload)).split())
            raise Failure(f"{self.name} failed: {reason}; its log says more; nothing is half done, so ask again")
        return cast("Answer", payload)

    def state(self, *, previous: bool = True, as_ci: bool = False) -> State:
        """What is live and what is remembered; `previous` costs the publisher two listings."""
        answer = self.ask("status", as_ci=as_ci, previous=None if previous else False)
        if answer["outcome"] != "status":
            too_old = not answer.get("action")  # an answer names the action, once the publisher has understood it
            why = "update the stack with a template of this version" if too_old else answer["reason"]
            raise Failure(f"{self.name} does not {'know `status`' if too_old else 'tell what is live'}: {why}")
        told = cast("Status", answer)
        remembered = told["hold"], told["published"], list(told["retiring"])
        return State(told["after"], told.get("previous", ""), told["waiting"], *remembered)

    def _first(self, names: Sequence[str], payload: bytes) -> Invocation:
        """The answer through the first of `names` that may be invoked, and is there: an older stack has no alias."""
        errors = []
        for name in names:
            try:
                return self._invoke(name, payload)
            except ClientError as error:
                if not is_denied(error) and error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
                errors.append(error)
        raise next(filter(is_denied, errors), errors[-1])

    def _invoke(self, name: str, payload: bytes) -> Invocation:
        for attempt in range(_THROTTLED):
            try:
                return self._lambda.invoke(FunctionName=name, Payload=payload)
            except ClientError as error:
                if error.response["Error"]["Code"] != "TooManyRequestsException" or attempt == _THROTTLED - 1:
                    raise
                time.sleep(_PAUSE * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _may_ci(action: str, forced: bool) -> bool:
    """Whether the alias `ci` takes the request."""
    return action in ALIASES["ci"] and not forced


def _who_may(action: str, forced: bool) -> str:
    """The remedy where a permission is lacking."""
    if _may_ci(action, forced):
        return "DeployPolicyArn allows it"
    what = f"{action} with force" if forced else action
    return f"{what} is for operators: DeployPolicyArn allows publish and status only"
