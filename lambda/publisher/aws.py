"""What the publisher reads and writes: its settings, the site bucket, the store, and who else it asks.

Whoever needs one of these calls it here, and no argument says so. As a value that is handed down it would stand in
thirty functions and sixty calls, which is 500 bytes of a template (docs/decisions/template-size.md). What decides
(`decision`, `retirement`, `alarms`, `past`, `extras`) calls nothing of this.
"""

import functools
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypedDict, overload

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from publisher.signature import register_signer

if TYPE_CHECKING:
    from datetime import datetime

    from aws_types import BaseClient, CodePipelineClient, Listed, S3Client, StreamingBody

CONNECT_SECONDS, READ_SECONDS = 3, 10  # until a call is tried again, of the 200 that a switch may take
KVS = "cloudfront-keyvaluestore"


class Reply(TypedDict, total=False):
    """What AWS answers to those of the publisher's calls that `ask` makes: the members that it reads."""

    ETag: str
    Value: str  # of a key in the store
    Body: "StreamingBody"  # of an object
    Metadata: dict[str, str]
    LastModified: "datetime"
    FailedEntryCount: int  # of events
    Entries: list[dict[str, str]]


def setting(name: str) -> str:
    """What the template says to its publisher; "" if it says nothing of this."""
    return os.environ.get(name, "")


if TYPE_CHECKING:

    @overload
    def client(service: Literal["s3"]) -> S3Client: ...
    @overload
    def client(service: Literal["codepipeline"]) -> CodePipelineClient: ...
    @overload
    def client(service: str) -> BaseClient: ...


@functools.cache
def client(service: str) -> "BaseClient":
    """A boto3 client with the store's signer at hand, which gives up on a hanging connection soon enough."""
    register_signer()
    # boto3 has no types here: Lambda carries none
    return boto3.client(service, config=Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS))  # type: ignore[no-any-return]


def ask(service: str, operation: str, *expected: str, **arguments: object) -> "Reply":
    """The answer of an operation; empty after one of the `expected` errors."""
    try:
        return getattr(client(service), operation)(**arguments)  # type: ignore[no-any-return]  # of AWS's own shape
    except ClientError as error:
        if error.response["Error"]["Code"] not in expected:
            raise
        return {}


def stored(key: str) -> str:
    """The value of `key` in the store, "" if there is none."""
    return str(store("get_key", "ResourceNotFoundException", Key=key).get("Value", ""))


def store(operation: str, *expected: str, **arguments: object) -> "Reply":
    """`ask` about the store."""
    return ask(KVS, operation, *expected, KvsARN=setting("STORE_ARN"), **arguments)


def read(key: str) -> "tuple[bytes, str, datetime | None]":
    """An object of the site bucket, the deployment in its metadata, and since when it is; empty if there is none."""
    # S3 answers 403 for a missing object to those who may not list it (GetObject's reference page)
    answer = s3("get_object", key, "NoSuchKey", "AccessDenied")
    if not answer:
        return b"", "", None
    return answer["Body"].read(), answer["Metadata"].get("deployment", ""), answer["LastModified"]


def s3(operation: str, key: str, *expected: str, **arguments: object) -> "Reply":
    """`ask` about one object of the site bucket."""
    return ask("s3", operation, *expected, Bucket=setting("SITE_BUCKET"), Key=key, **arguments)


def listing(prefix: str) -> "Iterator[Listed]":
    """The site bucket's objects under `prefix`, in the order of their keys."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=setting("SITE_BUCKET"), Prefix=prefix)
    return (item for page in pages for item in page.get("Contents", ()))
