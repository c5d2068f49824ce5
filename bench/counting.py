"""Counts the instructions that a text of the edge takes in njs, which are the same on every machine.

njs under callgrind, at N and at 2N requests; the difference divided by N.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.asked import Asked
from contract import PIN_COOKIE

EMPTY = "async function handler(event) { return event.request; }\n"
STORE = "const values = %s;\nexport default { kvs: () => ({ get: async (key) => values[key] }) };\n"
LOOP = """
const text = %s;
async function main() {
  for (let i = 0; i < %d; i++) await handler(JSON.parse(text[i %% text.length]));
}
main();
"""
LIVE = "4f2c1e9d0a7b4f2c1e9d0a7b4f2c1e9d0a7b4f2c-1a2b3c4d5e6f7a8b"


def instructions(
    source: str,
    requests: Sequence[Asked],
    pin: str,
    routing: str,
    lines: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Instructions that one request costs, the building of its event included; `lines` are the store's other values."""
    events = [json.dumps(_event(uri, headers, pin)) for uri, headers in requests]
    few = len(events) * max(1, 48 // len(events))
    with tempfile.TemporaryDirectory() as name:
        values = {"live": f"{LIVE} {routing}" + " also=pf_meta,glb" * (not routing.endswith("+")), **lines}
        (Path(name) / "cloudfront").write_text(STORE % json.dumps(values))
        counts = [_collected(Path(name), source + LOOP % (json.dumps(events), n)) for n in (few, 2 * few)]
    return (counts[1] - counts[0]) // few


def net(
    source: str,
    requests: Sequence[Asked],
    pin: str = "",
    routing: str = "spa",
    lines: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """The same without what an empty handler costs."""
    costs = (instructions(text, requests, pin, routing, lines) for text in (source, EMPTY))
    return next(costs) - next(costs)


def _event(uri: str, headers: Mapping[str, str], pin: str) -> dict[str, Any]:
    cookies = {PIN_COOKIE: {"value": pin}} if pin else {}
    fields = {name: {"value": value} for name, value in headers.items()}
    request = {"method": "GET", "uri": uri, "headers": fields, "cookies": cookies, "querystring": {}}
    return {"version": "1.0", "request": request}


def _collected(folder: Path, text: str) -> int:
    (folder / "run.js").write_text(text)
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "njs", "-p", str(folder)]
    # njs reads all of an environment: a longer one costs some requests 600 more, another one 600 less
    done = subprocess.run(
        [*command, str(folder / "run.js")], capture_output=True, text=True, check=True, env={"PATH": os.defpath}
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.stdout or not found:
        sys.exit(f"njs said {done.stdout!r} where nothing was expected: {done.stderr}")
    return int(found[1])
