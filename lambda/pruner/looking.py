"""Looks at what lies in the bucket, and asks the publisher what it says of it.

The order of the looks is a promise: an upload that ends meanwhile is seen in one of the later two.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from contract import (
    DEPLOYMENTS,
    HISTORY,
    ID,
    LEASE_SECONDS,
    LEASES,
    MANIFESTS,
    Answer,
    Request,
    Status,
    manifested,
    self_contained,
)
from pruner.deleting import Stuck
from pruner.keeping import TIME, Found

if TYPE_CHECKING:
    from typing import Unpack

    from aws_types import Listed, ListedPage, ListingOptions, S3Client

Ask = Callable[[Request], Answer]  # gives the publisher's answer


class Leases(NamedTuple):
    """Of uploads that have begun: since when each is, and what time S3 had when it told."""

    since: dict[str, datetime]
    now: datetime


def look(s3: "S3Client", bucket: str, ask: Ask) -> Found:
    """Read folders, then leases, then manifests: an upload that ends meanwhile is in one of the later two."""
    folders = folders_in(s3, bucket)
    leases = leases_in(s3, bucket)
    manifests = {
        manifested(item["Key"]): item for item in items(s3, bucket, MANIFESTS) if item["Key"].endswith(".json")
    }
    return Found(
        folders,
        unfinished(leases, manifests),
        dated(manifests),
        {one: item["Size"] for one, item in manifests.items()},
        [item["Key"] for item in items(s3, bucket, HISTORY)],
        leases.now,
        status(ask),
    )


def folders_in(s3: "S3Client", bucket: str) -> set[str]:
    """The deployments that have a folder."""
    found = pages(s3, bucket, DEPLOYMENTS, Delimiter="/")
    names = (item["Prefix"].split("/")[1] for page in found for item in page.get("CommonPrefixes", ()))
    return {one for one in names if re.fullmatch(ID, one)}


def leases_in(s3: "S3Client", bucket: str) -> Leases:
    """The leases, by the clock that has dated them."""
    since: dict[str, datetime] = {}
    for page in pages(s3, bucket, LEASES):
        now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
        since |= {item["Key"].removeprefix(LEASES): item["LastModified"] for item in page.get("Contents", ())}
    return Leases(since, now)


def unfinished(leases: Leases, manifests: "Mapping[str, Listed]") -> list[str]:
    """The uploads that may still write."""
    since, now = leases
    young = (one for one, moment in since.items() if (now - moment).total_seconds() < LEASE_SECONDS)
    return sorted(one for one in young if not ended(one, since[one], manifests))


def dated(manifests: "Mapping[str, Listed]") -> dict[str, str]:
    """When each complete deployment was made, oldest first."""
    made = {one: item["LastModified"].strftime(TIME) for one, item in manifests.items() if re.fullmatch(ID, one)}
    return dict(sorted(made.items(), key=lambda pair: pair[::-1]))


def status(ask: Ask) -> Status:
    """What the publisher says is live, was before, waits, and is being retired."""
    answer: Status = ask({"action": "status"})  # type: ignore[assignment]  # what a publisher answers to this is one
    if answer["outcome"] != "status":
        raise Stuck(f"the publisher does not tell what is live: {answer['reason']}")
    return answer


def ended(lease: str, since: datetime, manifests: "Mapping[str, Listed]") -> bool:
    """Whether the upload of a lease has ended: there is its manifest, or a later one of what became self-contained."""
    apart = self_contained(lease)
    return lease in manifests or (apart in manifests and manifests[apart]["LastModified"] >= since)


def begun_as(deployment: str) -> list[str]:
    """The leases of a deployment: a self-contained one has begun under an ID with a digit for its x."""
    head, x, tail = deployment.rpartition("-x")
    return [deployment, *(f"{head}-{digit}{tail}" for digit in "0123456789abcdef" if x)]


def pages(s3: "S3Client", bucket: str, prefix: str, **options: "Unpack[ListingOptions]") -> "Iterator[ListedPage]":
    """The pages of a listing."""
    yield from s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, **options)


def items(s3: "S3Client", bucket: str, prefix: str) -> "Iterator[Listed]":
    """The objects below `prefix`, as they are listed."""
    return (item for page in pages(s3, bucket, prefix) for item in page.get("Contents", ()))
