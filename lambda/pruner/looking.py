"""Looks at what lies in the bucket, and asks the publisher what it says of it.

The order of the looks is a promise: an upload that ends meanwhile is seen in one of the later two.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from contract import (
    DEPLOYMENTS,
    HISTORY,
    ID,
    LEASE_SECONDS,
    LEASES,
    MANIFESTS,
    Answer,
    Listed,
    Request,
    Status,
    manifested,
    self_contained,
)
from pruner.deleting import Stuck
from pruner.keeping import TIME, Found

Ask = Callable[[Request], Answer]  # gives the publisher's answer


def look(s3: Any, bucket: str, ask: Ask) -> Found:
    """Read folders, then leases, then manifests: an upload that ends meanwhile is in one of the later two."""
    found = pages(s3, bucket, DEPLOYMENTS, Delimiter="/")
    folders = {item["Prefix"].split("/")[1] for page in found for item in page.get("CommonPrefixes", ())}
    leases: dict[str, datetime] = {}
    for page in pages(s3, bucket, LEASES):
        now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
        leases |= {item["Key"].removeprefix(LEASES): item["LastModified"] for item in page.get("Contents", ())}
    listed = (item for item in items(s3, bucket, MANIFESTS) if item["Key"].endswith(".json"))
    manifests = {manifested(item["Key"]): item for item in listed}
    made = {one: item["LastModified"].strftime(TIME) for one, item in manifests.items() if re.fullmatch(ID, one)}
    young = (one for one, moment in leases.items() if (now - moment).total_seconds() < LEASE_SECONDS)
    return Found(
        {one for one in folders if re.fullmatch(ID, one)},
        sorted(one for one in young if not ended(one, leases[one], manifests)),
        dict(sorted(made.items(), key=lambda pair: pair[::-1])),
        {one: item["Size"] for one, item in manifests.items()},
        [item["Key"] for item in items(s3, bucket, HISTORY)],
        now,
        status(ask),
    )


def status(ask: Ask) -> Status:
    """What the publisher says is live, was before, waits, and is being retired."""
    answer: Status = ask({"action": "status"})  # type: ignore[assignment]  # what a publisher answers to this is one
    if answer["outcome"] != "status":
        raise Stuck(f"the publisher does not tell what is live: {answer['reason']}")
    return answer


def ended(lease: str, since: datetime, manifests: Mapping[str, Listed]) -> bool:
    """Whether the upload of a lease has ended: there is its manifest, or a later one of what became self-contained."""
    apart = self_contained(lease)
    return lease in manifests or (apart in manifests and manifests[apart]["LastModified"] >= since)


def begun_as(deployment: str) -> list[str]:
    """The leases of a deployment: a self-contained one has begun under an ID with a digit for its x."""
    head, x, tail = deployment.rpartition("-x")
    return [deployment, *(f"{head}-{digit}{tail}" for digit in "0123456789abcdef" if x)]


def pages(s3: Any, bucket: str, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
    """The pages of a listing."""
    yield from s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, **options)


def items(s3: Any, bucket: str, prefix: str) -> Iterator[Listed]:
    """The objects below `prefix`, as they are listed."""
    return (item for page in pages(s3, bucket, prefix) for item in page.get("Contents", ()))
