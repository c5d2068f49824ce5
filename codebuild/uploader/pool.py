"""Brings hashed files into the pool, where deployments share them, and says what cannot be shared.

Most files are the same in two builds. Shared, they are uploaded once, and browsers keep them across deployments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from content.hashed_names import PROMISED
from contract import POOL
from uploader.objects import naming
from uploader.sending import Sender

if TYPE_CHECKING:
    from aws_types import S3Client

_PAGES = 50  # of 1,000 keys; a file that they do not show is found by its own conditional write
_CACHED = "public, max-age=31536000, immutable"
_CODE = ("js", "css", "wasm")


def share(s3: S3Client, bucket: str, sender: Sender, hashed: list[str]) -> tuple[set[str], set[str]]:
    """Send the `hashed` files into the pool; give those of which it has other bytes.

    The first of these may be kept: the framework's name says that both are the same picture or font. With the second
    ones a deployment must have its own.
    """
    with naming(POOL):
        listed = _listed(s3, bucket, hashed)
    other = sender.send(POOL, hashed, listed, CacheControl=_CACHED)
    kept = {path for path in other if re.match(PROMISED, f"/{path}") and not path.endswith(_CODE)}
    for path in kept:
        sender.tell(path, False)
    return kept, other - kept


def _listed(s3: S3Client, bucket: str, paths: Iterable[str]) -> dict[str, str]:
    """Give ETags of the pool by key, as far as a bounded listing of the top folders of `paths` shows them."""
    listing = s3.get_paginator("list_objects_v2").paginate
    folders = sorted({path[: path.find("/") + 1] for path in paths})
    pages = (page for folder in folders for page in listing(Bucket=bucket, Prefix=POOL + folder))
    found = (entry for page in islice(pages, _PAGES) for entry in page.get("Contents", ()))
    return {entry["Key"]: entry["ETag"].strip('"') for entry in found}
