"""Writes a deployment into the site bucket, overwrites nothing, and says "complete" last.

It exists because no upload tool creates objects without ever overwriting one, and shares hashed files between
deployments. Standard library and boto3 only: it travels inside the template. The command line imports it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from content.files import UploadError, remark
from content.hashed_names import is_hashed
from content.plan import Plan
from contract import LEASE_SECONDS, folder_of, manifest_of, self_contained
from uploader.lease import take_lease
from uploader.manifest import manifest
from uploader.objects import create, naming
from uploader.pool import share
from uploader.sending import Sender

_LONGEST = LEASE_SECONDS - 3600  # then the pruner may soon take the upload for dead
_OWN = "public, max-age=0, s-maxage=31536000, must-revalidate"
_APART = (
    "self-contained, as deployments share other bytes under these names, which browsers keep for a year: let the "
    "bundler hash what it writes ([contenthash]), or set [files] shared = false"
)
_KEPT = "images and fonts stay as an earlier build made them"


def upload(
    s3: Any,
    bucket: str,
    plan: Plan,
    facts: dict[str, str],
    progress: Callable[[int, bool], None],
    shared: bool = True,
) -> tuple[str, list[str]]:
    """Write a lease, the files of `plan`, then the manifest; overwrite nothing else.

    `facts` are the manifest's members about the source (see `manifest`). After each file `progress` gets its bytes and
    whether it was written; else it was there. `UploadError` says what could not be written, and why: the deployment
    has no manifest then.

    Where the pool has other bytes under a name, or if nothing is to be `shared`, the deployment is self-contained:
    hashed files too lie in its folder, and the last part of its ID begins with x, by which the router knows it.
    What is given is the ID in the end, and warnings.
    """
    identity, begun = facts["id"], time.time()
    sender, paths = Sender(s3, bucket, plan, progress), sorted(plan.files)
    hashed = {*filter(is_hashed, paths)} if shared else set()
    kept: set[str] = set()
    refused: set[str] = set()
    if shared:
        begun = take_lease(s3, bucket, identity)
        kept, refused = share(s3, bucket, sender, sorted(hashed))
    own, pooled = sorted({*paths} - hashed), sorted(hashed - refused)
    if refused or not shared:
        identity, own = self_contained(identity), paths
        take_lease(s3, bucket, identity)
    sender.send(folder_of(identity), own, {}, CacheControl=_OWN, Metadata={"deployment": identity})
    if time.time() > begun + _LONGEST:  # a laptop that slept
        raise UploadError("the upload took over 35 hours, files may be pruned by now: begin a new one")
    key = manifest_of(identity)
    with naming(key):
        body = manifest(plan, {**facts, "id": identity}, own, pooled)
        create(s3, body, Bucket=bucket, Key=key, ContentType="application/json")
    warnings = [f"{len(kept):,} {_KEPT}"] if kept else []
    return identity, remark(_APART, refused) + warnings
