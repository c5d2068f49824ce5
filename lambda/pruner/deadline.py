"""Ends a prune in time, for a lock that is too old is taken over: before each attempt of a request, a retry too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aws_types import S3Client


class OutOfTime(Exception):  # noqa: N818  # no error: the next run goes on
    """The lock would be too old for another request."""


class Check(Protocol):
    """Raises `OutOfTime` in time, whatever botocore tells of the request."""

    def __call__(self, **_: object) -> None: ...


def deadline(seconds: float) -> "Check":
    """What raises `OutOfTime` once these seconds have passed."""
    started = time.time(), time.monotonic()  # the larger counts: a laptop's sleep stops one, a person sets the other

    def check(**_: object) -> None:
        if max(time.time() - started[0], time.monotonic() - started[1]) > seconds:
            raise OutOfTime

    return check


@contextmanager
def each_attempt(s3: "S3Client", check: "Check") -> Iterator[None]:
    """Call `check` before the client sends anything."""
    s3.meta.events.register("before-send.s3", check)
    try:
        yield
    finally:
        s3.meta.events.unregister("before-send.s3", check)
