"""What the server has from outside: who started it, the clock, and chance. Whatever lies below is told of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from deployments.command import requester

Clock = Callable[[], datetime]


class Program(NamedTuple):
    """A run of the server.

    by: who asks, for the history
    user: the number of the user whose page it is; None where users have none
    now: the clock
    secret: a text that nobody can guess, another one each time
    """

    by: str
    user: int | None
    now: Clock
    secret: Callable[[], str]


def this_program() -> Program:
    """The run of this process."""
    user = os.getuid() if hasattr(os, "getuid") else None
    return Program(requester(), user, lambda: datetime.now(UTC), lambda: secrets.token_urlsafe(32))
