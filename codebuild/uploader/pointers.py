"""Tells which deployment came of an execution of the pipeline: to whoever does it again, and to the publisher.

CodePipeline tells the publisher that an execution has succeeded, and not what it has made. And an upload that is tried
again must find what it has made, or it would make a second one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from content.files import READ_LIMIT
from contract import EXECUTIONS, ID, manifest_of, self_contained
from uploader.objects import naming

if TYPE_CHECKING:
    from aws_types import S3Client


def point(s3: S3Client, bucket: str, execution: str, identity: str) -> None:
    """Let the publisher find the deployment of a pipeline's execution."""
    key = EXECUTIONS + execution
    with naming(key, f"; deployment {identity} is complete, retry the stage"):
        s3.put_object(Bucket=bucket, Key=key, Body=identity.encode(), ContentType="text/plain")


def made_before(s3: S3Client, bucket: str, *executions: str) -> str:
    """The complete deployment that one of the executions has made already, or nothing."""
    for execution in executions:
        key = EXECUTIONS + execution
        if _exists(s3, bucket, key):
            identity: str = s3.get_object(Bucket=bucket, Key=key)["Body"].read(READ_LIMIT).decode()
            if re.fullmatch(ID, identity) and (made := complete(s3, bucket, identity)):
                return made
    return ""


def complete(s3: S3Client, bucket: str, identity: str) -> str:
    """The deployment of this ID that has a manifest, self-contained or not, or nothing."""
    for one in (identity, self_contained(identity)):
        if _exists(s3, bucket, manifest_of(one)):
            return one
    return ""


def _exists(s3: S3Client, bucket: str, key: str) -> bool:
    """Whether there is such an object, without the right to ask for it that a missing one needs."""
    return key in [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", ())]
