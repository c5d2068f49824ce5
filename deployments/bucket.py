"""A bucket as the commands read it: what lies below a prefix, and one object or nothing.

S3 lists in pages, and what is absent is an error to it: here both become what a command asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Unpack

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from aws_types import BucketPlace, Listed, ListingOptions, Object, S3Client


def create_bucket(s3: S3Client, name: str, region: str) -> None:
    """Make the bucket `name`, where this Region has it."""
    if (
        region == "us-east-1"
    ):  # its buckets have no place: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        s3.create_bucket(Bucket=name)
    else:
        where: BucketPlace = {"LocationConstraint": region}  # type: ignore[typeddict-item]  # new Regions too
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)


class Bucket(NamedTuple):
    """The bucket `name`, and the client that reads it."""

    s3: S3Client
    name: str

    def items(self, prefix: str, **options: Unpack[ListingOptions]) -> Iterator[Listed]:
        """The objects below `prefix`, as S3 lists them."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix, **options)
        return (item for page in pages for item in page.get("Contents", ()))

    def get(self, key: str) -> Object | None:
        """S3's answer for the object `key`; None if there is none."""
        try:
            return self.s3.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
