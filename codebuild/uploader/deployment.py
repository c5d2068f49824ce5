"""Writes a deployment into the site bucket, overwrites nothing, and says "complete" last.

It exists because no upload tool creates objects without ever overwriting one, and shares hashed files between
deployments. Standard library and boto3 only: it travels inside the template. The command line imports it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from content.files import UploadError, remark
from content.hashed_names import is_hashed
from content.plan import Plan
from contract import EDGES, LEASE_SECONDS, Compiled, folder_of, manifest_of, self_contained
from uploader.lease import take_lease
from uploader.manifest import manifest
from uploader.objects import naming
from uploader.pool import share
from uploader.sending import Sender

if TYPE_CHECKING:
    from aws_types import S3Client

_HOURS = LEASE_SECONDS // 3600 - 1  # that an upload may take; after one more the pruner takes it for dead
_OWN = f"public, max-age=0, {EDGES}must-revalidate"
_APART = (
    "self-contained, as deployments share other bytes under these names, which browsers keep for a year: let the "
    "bundler hash what it writes ([contenthash]), or set [files] shared = false"
)


def upload(
    s3: S3Client,
    bucket: str,
    plan: Plan,
    compiled: Compiled,
    facts: dict[str, str],
    progress: Callable[[int, bool], None],
    shared: bool = True,
) -> tuple[str, list[str]]:
    """Write a lease, the files of `plan` as `compiled` (the routing table) says, then the manifest; overwrite nothing.

    `facts` are the manifest's members about the source (see `manifest`). After each file `progress` gets its bytes and
    whether it was written; else it was there. `UploadError` says what could not be written, and why: the deployment
    has no manifest then.

    Where the pool has other bytes under a name, or if nothing is to be `shared`, the deployment is self-contained:
    hashed files too lie in its folder, and the last part of its ID begins with x, by which the router knows it.
    What is given is the ID in the end, and warnings.
    """
    paths, sender = {*plan.files}, Sender(s3, bucket, plan, compiled, progress)
    hashed = {*filter(is_hashed, paths)} if shared else set()
    own = {key for key, *_ in compiled["objects"]}.union(paths - hashed - {*compiled["left_out"]})
    identity = facts["id"] if shared else self_contained(facts["id"])
    begun = take_lease(s3, bucket, identity)
    kept, refused = share(s3, bucket, sender, sorted(hashed))
    if refused:
        identity, own = self_contained(identity), own | hashed
        take_lease(s3, bucket, identity)
    sender.send(folder_of(identity), sorted(own), {}, CacheControl=_OWN, Metadata={"deployment": identity})
    sizes = {key: sender.size(key) for key in own}
    body = manifest(compiled, {**facts, "id": identity}, sizes, sorted(hashed - refused))
    _complete(sender, manifest_of(identity), begun, body)
    stayed = f"images and fonts stay as an earlier build made them: {len(kept):,}"
    return identity, remark(_APART, refused) + ([stayed] if kept else [])


def _complete(sender: Sender, key: str, begun: float, body: bytes) -> None:
    """Write the manifest, unless the upload has `begun` so long ago that the pruner may soon take it for dead."""
    if time.time() > begun + _HOURS * 3600:  # a laptop that slept
        raise UploadError(f"the upload took over {_HOURS} hours, files may be pruned by now: begin a new one")
    with naming(key):
        sender.create(body, Key=key, ContentType="application/json")
