"""Gets the archive that a build has left, and takes no other bytes for it.

Whoever may write into the artifact bucket could have put another archive there. CodePipeline keeps the digest of the
build's, which nobody can change later, so the two are compared.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from content.files import ARCHIVE_LIMIT, UploadError
from uploader.execution import Built


def fetch(bucket: str, found: Built, place: Path) -> str:
    """Get the archive into `place`, and give the end of the deployment's ID; other bytes are refused.

    No build can choose that end: it is made of the archive's key and of all of its bytes.
    """
    # of the default session: one that is handed on costs characters (docs/decisions/template-size.md)
    s3 = boto3.client("s3")
    try:
        size = s3.head_object(Bucket=bucket, Key=found.archive)["ContentLength"]
        if size > ARCHIVE_LIMIT:
            raise UploadError(f"{found.archive} has {size:,} bytes, over {ARCHIVE_LIMIT:,}: publish less")
        s3.download_file(bucket, found.archive, str(place))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        raise UploadError(f"{found.archive} is gone, archives are kept for RetentionDays: build again") from error
    digest, identity = hashlib.sha256(), hashlib.sha256(found.archive.encode())
    with place.open("rb") as archive:
        while more := archive.read(2**20):
            digest.update(more)
            identity.update(more)
    if digest.hexdigest() != found.digest:
        raise UploadError(
            f"{found.archive} is not what its build left: its SHA-256 is {digest.hexdigest()}, not {found.digest}; "
            "nothing was uploaded: build again, and find out who wrote it"
        )
    return identity.hexdigest()[:16]
