"""What has come into a deployment's folder after it was complete: `show` lists it, `prune --extras` takes it away.

It is decided by the publisher's own code, so that what is taken away is what the publisher told of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from deployments import shipped
from deployments.command import Site, requester
from deployments.errors import Failure

_BATCH = 1000  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html


def find_extras(site: Site, identity: str) -> list[str]:
    """The files that are not the deployment's own; `Failure` if they cannot be told apart, or there is none such."""
    folder, bucket = f"deployments/{identity}/", site.stack.bucket
    try:
        answer = site.s3.get_object(Bucket=bucket, Key=f"manifests/{identity}.json")
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        raise Failure(f"no deployment {identity}: `list` shows those there are") from None
    manifest = json.loads(answer["Body"].read())
    pages = site.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    objects = (item for page in pages for item in page.get("Contents", ()))
    code = shipped.load("lambda/extras.py")
    try:
        found: list[str] = code.extras(folder, objects, manifest, answer["LastModified"])
    except code.NotThere as error:
        raise Failure(str(error)) from error
    return found


def take_away(site: Site, identities: Sequence[str]) -> dict[str, list[str]]:
    """Delete exactly these files, by deployment, while no other prune runs; what is gone."""
    code, gone = shipped.load("lambda/lock.py"), {}
    try:
        with code.locked(site.s3, site.stack.bucket, requester()):
            for identity in identities:
                gone[identity] = find_extras(site, identity)
                _delete(site, [f"deployments/{identity}/{path}" for path in gone[identity]])
    except code.Busy as busy:
        raise Failure(f"{busy}: run it again when that has ended") from busy
    return gone


def _delete(site: Site, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), _BATCH):
        batch = [{"Key": key} for key in keys[start : start + _BATCH]]
        request: dict[str, Any] = {"Objects": batch, "Quiet": True}
        for wrong in site.s3.delete_objects(Bucket=site.stack.bucket, Delete=request).get("Errors", ()):
            raise Failure(f"{wrong['Key']} cannot be deleted: {wrong['Code']} {wrong.get('Message', '')}")
