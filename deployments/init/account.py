"""The account, where somebody is logged in: `init` works without it too, and says what that leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from deployments.cloud import connect
from deployments.errors import is_absent, is_denied, trouble
from deployments.output import Output

if TYPE_CHECKING:
    from aws_types import Clients, CloudFormationClient

_Answer = TypeVar("_Answer")


class Account:
    """AWS with a profile; what it does not answer is said once, and is None."""

    def __init__(self, profile: str | None, output: Output) -> None:
        self._profile, self._output = profile, output
        self._said: set[str] = set()

    def clients(self, region: str) -> Clients:
        """What gives the clients of a Region."""
        return connect(region, self._profile)._replace(region=region).client

    def ask(self, what: str, question: Callable[[], _Answer]) -> _Answer | None:
        """The answer; None, with a remark, where nobody is logged in or has the right. `what` is left out then."""
        try:
            return question()
        except (ClientError, BotoCoreError) as error:
            found = trouble(error)
            if found.kind not in ("login", "unreachable") and not (isinstance(error, ClientError) and is_denied(error)):
                raise
            line = found.line()
            self._output.note(f"{what} could not be asked for: {line}" if line not in self._said else f"nor {what}")
            self._said.add(line)
            return None


def is_there(cloudformation: CloudFormationClient, stack: str) -> bool:
    """Whether there is a stack of this name."""
    try:
        return bool(cloudformation.describe_stacks(StackName=stack)["Stacks"])
    except ClientError as error:
        if not is_absent(error):
            raise
        return False
