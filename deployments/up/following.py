"""Follows an operation on a stack to its end, whoever began it: what is done, and at once what failed first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from botocore import exceptions as aws

from deployments.errors import INTERRUPTED, Failure, explain, is_passing
from deployments.output import Output
from deployments.up.causes import Cause, cause, first_cause
from deployments.up.formation import Formation
from deployments.up.progress import Bar
from deployments.up.states import is_done

if TYPE_CHECKING:
    from aws_types import DescribedStack, StackEvent

_PAUSE = 2.0  # seconds between two looks
_OFFLINE = 10 * 60  # seconds without a network after which it gives up: a laptop may have been asleep
_STACK = "AWS::CloudFormation::Stack"
_BEGINS = {f"{what}_IN_PROGRESS" for what in ("CREATE", "UPDATE", "DELETE", "IMPORT")}


class Ended(NamedTuple):
    """How an operation ended: the stack's status, what failed first, and what is said of it."""

    status: str
    cause: Cause | None


class Operation:
    """What runs on the stack `identity`: begun after the event `after`, or the newest if that is empty."""

    def __init__(self, formation: Formation, identity: str, after: str = "") -> None:
        self._formation, self._identity, self._after = formation, identity, after

    def follow(
        self,
        output: Output,
        title: str,
        names: frozenset[str] = frozenset(),
        *,
        express: bool = False,
        until: Callable[[str], bool] = is_done,
    ) -> Ended:
        """Say each step until the stack's status is one to end at; Ctrl-C says what goes on, and how to take it up."""
        try:
            with Bar(output, title, names, express=express) as bar:
                return self._follow(output, bar, until)
        except KeyboardInterrupt:
            raise Failure(
                f"interrupted: CloudFormation goes on with {self._formation.name} by itself; "
                "`deployments up` takes it up again, here or on another machine",
                INTERRUPTED,
            ) from None

    def _follow(self, output: Output, bar: Bar, until: Callable[[str], bool]) -> Ended:
        seen: set[str] = set()
        failed: Cause | None = None
        while True:
            stack, events = self._patiently(output)
            status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
            for event in events:
                if event["EventId"] not in seen:
                    seen.add(event["EventId"])
                    bar.tell(event)
            if not failed and (failed := self._explained(first_cause(events))):
                _say(output, failed, status)
            if not stack or (until(status) and _told_last(events) == status):
                return Ended(status, failed)
            bar.look()
            time.sleep(_PAUSE)

    def _patiently(self, output: Output) -> tuple[DescribedStack | None, list[StackEvent]]:
        """What the stack is, and its events; a network that is gone for a while ends nothing."""
        since = time.monotonic()
        while True:
            try:
                stack = self._formation.described(self._identity)  # first, so that the last events are in the list
                return stack, self.events() if stack else []
            except (aws.HTTPClientError, aws.ConnectionError, aws.ClientError) as error:
                if isinstance(error, aws.ClientError) and not is_passing(error):
                    raise
                if time.monotonic() - since > _OFFLINE:
                    raise
                output.note(f"{explain(error)}; CloudFormation goes on, and this tries again", "yellow")
                time.sleep(_PAUSE)

    def events(self) -> list[StackEvent]:
        """The operation's events so far, oldest first."""
        newest_first = self._formation.events(self._identity)
        if self._after:
            mine: Iterable[StackEvent] = takewhile(lambda event: event["EventId"] != self._after, newest_first)
        else:
            mine = _of_newest(newest_first)
        return list(mine)[::-1]

    def failed(self) -> Cause | None:
        """What failed first, if that is still told."""
        return self._explained(first_cause(self.events()))

    def _explained(self, found: Cause | None) -> Cause | None:
        """The cause with CloudFormation's own finding, where its event only says where to ask for it."""
        invalid = self._formation.invalid() if found and "DescribeEvents" in found.text else None
        return cause(invalid.reason, invalid.name, invalid.kind) if invalid else found


def _of_newest(newest_first: Iterable[StackEvent]) -> Iterable[StackEvent]:
    """The events since the newest operation began."""
    for event in newest_first:
        yield event
        if event["ResourceType"] == _STACK and event["ResourceStatus"] in _BEGINS and _of_itself(event):
            return


def _told_last(events: Iterable[StackEvent]) -> str:
    """The stack's own status by its events: what it says of itself is of the operation before, for a moment."""
    own = [event["ResourceStatus"] for event in events if event["ResourceType"] == _STACK and _of_itself(event)]
    return own[-1] if own else "none yet"


def _of_itself(event: StackEvent) -> bool:
    return event.get("PhysicalResourceId", event["StackId"]) == event["StackId"]


def _say(output: Output, failed: Cause, status: str) -> None:
    output.note(f"failed first: {failed.text}", "red")
    if not is_done(status):
        output.note("CloudFormation takes the rest back now", "yellow")
