"""Creates objects in the site bucket and never overwrites one.

It exists because no upload tool does: what a visitor may have, and what another deployment needs, stays as it is.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack

from botocore.exceptions import BotoCoreError, ClientError

from content.files import Source, UploadError

if TYPE_CHECKING:
    from aws_types import NewObject, S3Client

_PAUSES = 0.2, 1, 3, 5  # seconds between attempts, while somebody else writes the same object
IN_MEMORY = 2**20  # larger files are read twice, so that 64 uploads hold at most 64 MB


class KeyTakenError(UploadError):
    """An object of this key exists with other content."""


def create(s3: S3Client, body: bytes | Source, etag: str = "", **options: Unpack[NewObject]) -> bool:
    """Write what must not exist yet; False where it exists with this content (`etag`: as listed)."""
    sha256 = _digest("sha256", body)
    options["Metadata"] = {"sha256": sha256, **options.get("Metadata", {})}
    if not etag and _written(s3, body, options):
        return True
    md5 = _digest("md5", body)
    if etag != md5:  # written since the listing; or KMS encrypts, then an ETag is not the MD5
        head = s3.head_object(Bucket=options["Bucket"], Key=options["Key"])
        if head["ETag"].strip('"') != md5 and head["Metadata"].get("sha256") != sha256:
            raise KeyTakenError(
                f"{options['Key']} exists with other content and is never overwritten: begin a new build"
            )
    return False


def _written(s3: S3Client, body: bytes | Source, options: NewObject) -> bool:
    """Write, unless there is such an object."""
    for pause in _PAUSES:
        try:
            if not isinstance(body, bytes):
                body.seek(0)  # an attempt has read it
            s3.put_object(Body=body, IfNoneMatch="*", **options)  # type: ignore[arg-type]  # a Source is read as a file is
            return True
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 412:
                break
            if status != 409:  # written at the same time by somebody else: S3 asks to repeat it
                raise
        time.sleep(pause)
    return False


def _digest(name: str, body: bytes | Source) -> str:
    found = hashlib.new(name, usedforsecurity=False)
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    stream.seek(0)
    while more := stream.read(IN_MEMORY):
        found.update(more)
    return found.hexdigest()


@contextmanager
def naming(key: str, more: str = "") -> Iterator[None]:
    """Let what fails say which key it is about, and `more`."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise UploadError(f"{key}: {error}{more}") from error
    except OSError as error:
        raise UploadError(f"{error}: let nothing write there, try again") from error
