"""Writes the manifest, the last object of an upload: without it nobody can tell a whole deployment from a part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from contract import VERSION, Compiled


def manifest(compiled: Compiled, facts: Mapping[str, str], own: Mapping[str, int], pooled: list[str]) -> bytes:
    """Give the manifest of a deployment: the sizes of what is in its `own` folder, and what it takes from the pool.

    `facts` are its members about the source: id, commit, branch, message, author, execution, created, perhaps version.
    """
    lines = "".join(f"{path} {own[path]}\n" for path in sorted(own))
    live = compiled["live"]
    found = {
        **facts,
        "uploader": VERSION,
        "routing": compiled["routing"],
        "live": live,
        "immutable": pooled,
        "files": len(own),
        "bytes": sum(own.values()),
        "listing": hashlib.sha256(lines.encode()).hexdigest(),
    }
    if compiled["lines"]:
        found["lines"] = compiled["lines"]
    # older publishers must refuse what they would serve in part only
    if not live.endswith("+") and not live.startswith("bare"):
        found |= {"also": live.split("also=")[1].split(",") if "also=" in live else [], "index": []}
    # of a commit message that was cut in two, half a sign may be left
    return json.dumps(found, ensure_ascii=False).encode(errors="replace")
