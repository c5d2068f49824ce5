"""Deletes objects of a bucket, whatever their names are: a stranger may have chosen them."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_types import Deletion, S3Client

BATCH = 1000  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
NOT_XML = re.compile("[\0-\x1f\x7f-\x9f\ufffe\uffff]")  # or XML's readers change it


class Stuck(RuntimeError):  # noqa: N818  # as Busy, it is what a person reads
    """What the pruner cannot go on with; one line for a person."""


def remove(s3: "S3Client", bucket: str, keys: Iterable[str]) -> int:
    """Delete them, a batch after the other; how many. `Stuck` names the first that stays.

    A batch names its objects in XML. A name that XML lacks makes S3 refuse all of the batch, or skip that object and
    tell nobody (https://github.com/aws/aws-sdk-go/issues/3592), so such a one is deleted by its address.
    """
    count, left = 0, iter(keys)
    while batch := list(islice(left, BATCH)):
        plain = [key for key in batch if not NOT_XML.search(key)]
        request: Deletion = {"Objects": [{"Key": key} for key in plain], "Quiet": True}
        for wrong in s3.delete_objects(Bucket=bucket, Delete=request).get("Errors", ()) if plain else ():
            raise Stuck(f"{wrong['Key']} cannot be deleted: {wrong['Code']} {wrong.get('Message', '')}".rstrip())
        for key in batch:
            if NOT_XML.search(key):
                s3.delete_object(Bucket=bucket, Key=key)
        count += len(batch)
    return count
