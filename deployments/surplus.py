"""What has come into a deployment's folder after it was complete: `show` lists it, `prune --extras` takes it away.

It is decided by the publisher's own code, so that what is taken away is what the publisher told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from contract import Manifest, folder_of, manifest_of
from deployments.catalog import read_json
from deployments.command import Site, requester
from deployments.errors import Failure
from pruner import deleting
from pruner.lock import Busy, locked
from publisher.extras import extras
from publisher.intent import NotThere


def find_extras(site: Site, identity: str) -> list[str]:
    """The files that are not the deployment's own; `Failure` if they cannot be told apart, or there is none such."""
    folder = folder_of(identity)
    answer = site.bucket.get(manifest_of(identity))
    if not answer:
        raise Failure(f"no deployment {identity}: `list` shows those that exist")
    manifest = cast("Manifest", read_json(manifest_of(identity), answer["Body"].read()))
    try:
        return extras(folder, site.bucket.items(folder), manifest, answer["LastModified"])
    except NotThere as error:
        raise Failure(str(error)) from error


def take_away(site: Site, identities: Sequence[str]) -> dict[str, list[str]]:
    """Delete exactly these files, by deployment, while no other prune runs; what is gone."""
    gone = {}
    try:
        with locked(site.s3, site.stack.bucket, requester()):
            for identity in identities:
                gone[identity] = find_extras(site, identity)
                remove(site, site.stack.bucket, [folder_of(identity) + path for path in gone[identity]])
    except Busy as busy:
        raise Failure(f"{busy}: run it again when that has ended") from busy
    return gone


def remove(site: Site, bucket: str, keys: Sequence[str]) -> None:
    """Delete these objects, as the pruner does; `Failure` names the first that stays."""
    try:
        deleting.remove(site.s3, bucket, keys)
    except deleting.Stuck as error:
        raise Failure(str(error)) from error
