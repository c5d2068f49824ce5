"""Keeps an upload and a prune apart: one would delete what the other counts on."""

from __future__ import annotations

import sys
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from contract import LEASES, LOCK, LOCK_SECONDS
from uploader.objects import naming

if TYPE_CHECKING:
    from aws_types import S3Client

_POLL_SECONDS = 3  # between two looks at the lock: a prune takes seconds, or minutes


def take_lease(s3: S3Client, bucket: str, identity: str) -> float:
    """Announce this upload to the pruner, and wait for one that has begun before; give the lease's local time.

    Of a lease and a lock one is there first, so either the pruner sees the lease and spares the pool, or this sees
    the lock. The lease is written in each round: after the last one it is new, and nobody has a lock.
    """
    key = f"{LEASES}{identity}"
    with naming(key):
        while True:
            begun = time.time()
            s3.put_object(Bucket=bucket, Key=key, Body=b"")
            age = _age_of_lock(s3, bucket)
            if age >= LOCK_SECONDS:
                return begun
            print(f"waiting for a prune that began {age:.0f} seconds ago", file=sys.stderr, flush=True)
            time.sleep(_POLL_SECONDS)


def _age_of_lock(s3: S3Client, bucket: str) -> float:
    """How long ago a prune began, by the clock of S3; long enough if none runs."""
    found = s3.list_objects_v2(Bucket=bucket, Prefix=LOCK)
    now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
    ages = ((now - lock["LastModified"]).total_seconds() for lock in found.get("Contents", ()))
    return min(ages, default=LOCK_SECONDS)
