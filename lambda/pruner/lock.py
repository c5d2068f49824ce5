"""Holds the lock that keeps two prunes apart, and uploads out of a prune's way.

Uploads look for it too; why that is enough is in docs/decisions/pruning.md.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from contract import LOCK, LOCK_SECONDS

if TYPE_CHECKING:
    from aws_types import ObjectPlace, S3Client


class Busy(Exception):  # noqa: N818  # no error: the other one does the work
    """Another prune runs; one line for a person."""


@contextmanager
def locked(s3: "S3Client", bucket: str, by: str) -> Iterator[None]:
    """Hold the lock; `Busy` if another prune has it."""
    lock: ObjectPlace = {"Bucket": bucket, "Key": LOCK}
    body = f"{by} {os.urandom(8).hex()}".encode()
    try:
        etag = _take(s3, lock, body)
    except ClientError as error:
        expect(error, 404, 409, 412)
        raise Busy("another prune began or ended at the same time: the next run goes on") from None
    try:
        yield
    finally:
        try:
            s3.delete_object(**lock, IfMatch=etag)
        except ClientError as error:
            expect(error, 404, 409, 412)  # taken over


def _take(s3: "S3Client", lock: "ObjectPlace", body: bytes) -> str:
    """Write the lock, or take over that of a prune that died; its ETag."""
    try:
        return str(s3.put_object(**lock, Body=body, IfNoneMatch="*")["ETag"])
    except ClientError as error:
        expect(error, 412)
    found = s3.get_object(**lock)
    if found["Body"].read() == body:  # only the answer was lost
        return str(found["ETag"])
    now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
    age = (now - found["LastModified"]).total_seconds()
    if age < LOCK_SECONDS:
        raise Busy(f"another prune runs since {age:.0f} seconds: the next run goes on")
    return str(s3.put_object(**lock, Body=body, IfMatch=found["ETag"])["ETag"])


def expect(error: ClientError, *statuses: int) -> None:
    """Raise `error` again unless S3 answered with one of `statuses`."""
    if error.response["ResponseMetadata"]["HTTPStatusCode"] not in statuses:
        raise error
