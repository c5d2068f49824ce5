"""A bucket as the commands read it: what lies below a prefix, and one object or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from contract import Listed


class Object(TypedDict):
    """S3's answer for an object, as far as it is read."""

    Body: StreamingBody
    LastModified: datetime


class Bucket(NamedTuple):
    """The bucket `name`, and the client that reads it."""

    s3: Any
    name: str

    def items(self, prefix: str, **options: str) -> Iterator[Listed]:
        """The objects below `prefix`, as S3 lists them."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix, **options)
        return (item for page in pages for item in page.get("Contents", ()))

    def get(self, key: str) -> Object | None:
        """S3's answer for the object `key`; None if there is none."""
        try:
            answer: Object = self.s3.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        return answer
