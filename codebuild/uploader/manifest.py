"""Writes the manifest, the last object of an upload: without it nobody can tell a whole deployment from a part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from content.plan import Plan
from contract import VERSION


def manifest(plan: Plan, facts: Mapping[str, str], own: list[str], pooled: list[str]) -> bytes:
    """Give the manifest of `plan`, with what is in the deployment's `own` folder and what it takes from the pool.

    `facts` are its members about the source: id, commit, branch, message, author, execution, created, perhaps version.
    """
    sizes = {path: plan.files[path].size for path in own}
    lines = "".join(f"{path} {size}\n" for path, size in sizes.items())
    found = {
        **facts,
        "uploader": VERSION,
        "routing": plan.routing,
        "also": plan.also,
        "index": plan.folders,
        "immutable": pooled,
        "files": len(own),
        "bytes": sum(sizes.values()),
        "listing": hashlib.sha256(lines.encode()).hexdigest(),
    }
    # of a commit message that was cut in two, half a sign may be left
    return json.dumps(found, ensure_ascii=False).encode(errors="replace")
