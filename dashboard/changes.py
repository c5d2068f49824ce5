"""What a deployment has that the live one has not, and the reverse, told from the listings of both folders.

No file is read for it: a site may have many and large ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from contract import Manifest, folder_of, manifest_of
from dashboard.shown import Changes, Names
from deployments.command import Site

_NAMES = 200  # that are told; the count says how many there are
_POOL = "in the pool"  # where a name is as good as its bytes


def changes(site: Site, identity: str, live: str) -> Changes:
    """The files of `identity` against those of `live`."""
    if not live or live == identity:
        nothing = _names(())
        return {"against": "", "added": nothing, "changed": nothing, "removed": nothing, "unknown": ""}
    ours, theirs = _files(site, identity), _files(site, live)
    both = ours.keys() & theirs.keys()
    apart = [path for path in both if _POOL in (ours[path], theirs[path]) and ours[path] != theirs[path]]
    changed = [path for path in both if ours[path] != theirs[path] and path not in apart]
    return {
        "against": live,
        "added": _names(ours.keys() - theirs.keys()),
        "changed": _names(changed),
        "removed": _names(theirs.keys() - ours.keys()),
        "unknown": f"{len(apart):,} shared files of which one has its own copy are not compared" if apart else "",
    }


def _files(site: Site, identity: str) -> Mapping[str, str]:
    """By path, what tells its bytes from others: S3's ETag, or that its name does."""
    folder = folder_of(identity)
    own = {item["Key"].removeprefix(folder): _etag(item) for item in site.bucket.items(folder)}
    answer = site.bucket.get(manifest_of(identity))
    manifest: Manifest | None = json.loads(answer["Body"].read()) if answer else None
    return {**dict.fromkeys(manifest["immutable"] if manifest else (), _POOL), **own}


def _etag(item: Mapping[str, object]) -> str:
    return str(item.get("ETag", ""))


def _names(paths: Iterable[str]) -> Names:
    names = sorted(paths)
    return {"count": len(names), "names": names[:_NAMES]}
