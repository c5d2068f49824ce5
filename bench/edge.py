"""Instructions per request of the viewer-request function, net of an empty handler: `python bench/edge.py`.

njs under callgrind, at N and at 2N requests; the difference divided by N. The same on every machine.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compiler.redirects import parse_redirects
from compiler.rule_lines import rule_values
from compiler.store import SET_VALUE
from contract import PIN_COOKIE
from generator import sources

FUNCTION = sources.edge("function/router.js")
EMPTY = "async function handler(event) { return event.request; }\n"
ONE_READ = (
    "import cf from 'cloudfront';\nconst kvs = cf.kvs();\n"
    "async function handler(event) { const live = await kvs.get('live'); return event.request; }\n"
)
STORE = "const values = %s;\nexport default { kvs: () => ({ get: async (key) => values[key] }) };\n"
LOOP = """
const text = %s;
async function main() {
  for (let i = 0; i < %d; i++) await handler(JSON.parse(text[i %% text.length]));
}
main();
"""
LIVE = "4f2c1e9d0a7b4f2c1e9d0a7b4f2c1e9d0a7b4f2c-1a2b3c4d5e6f7a8b"
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": ACCEPT}
SCRIPT = {"sec-fetch-dest": "script", "sec-fetch-mode": "no-cors", "accept": "*/*"}
IMAGE = {"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "accept": "image/avif,image/webp,*/*;q=0.8"}
FETCH = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}

# The dearer part of what a site is asked for: pages, and files without a hash
MIXED = [
    ("/", NAVIGATION),
    ("/about", NAVIGATION),
    ("/about/", NAVIGATION),
    ("/blog/2024/a-longer-title-of-a-post/", NAVIGATION),
    ("/user/john.doe", NAVIGATION),
    ("/docs/a.pdf", NAVIGATION),
    ("/images/logo.svg", IMAGE),
    ("/feed.xml", FETCH),
    ("/api/items", FETCH),
    ("/data/prices.json", FETCH),
    ("/caf%C3%A9/menu", NAVIGATION),
    ("/.well-known/security.txt", FETCH),
]
HASHED = [
    ("/assets/index-BdE8sX2_.js", SCRIPT),
    ("/_next/static/chunks/app/%5B...slug%5D/page-1e4577fa5138d46e.js", SCRIPT),
    ("/_astro/index.D5Qn6b1-.css", SCRIPT),
    ("/static/js/main.073326ef5d98db5e.js", SCRIPT),
    ("/assets/inter-latin.C2AdPX0b.woff2", SCRIPT),
    ("/_nuxt/TTKXJrfw.js", SCRIPT),
]
LOAD = [MIXED[3], *HASHED, *HASHED[:3]]
LONG = {
    "2,650 bytes of letters": "/" + "a" * 2649,
    "850 letters": "/" + "a" * 849,
    "850 letters in segments": "/" + "abcd/" * 170,
    "850 dots": "/a" + ".b" * 424,
    "850 dashes, .js": "/" + "a-" * 423 + ".js",
    "850 plus signs": "/" + "+" * 849,
    "2,650 encoded": "/" + "%2B" * 883,
    "800 x unicode": "/" + "é" * 400,
}
REFUSED = {"2,701 bytes": "/" + "a" * 2700, "8,000 bytes of %2e": "/" + "%2e" * 2666}


# The worst that an upload accepts: a full value of a set, and lines that are as dear as one value may have them
SET = "\n" + "\n".join(f"{number:08x}" for number in range(SET_VALUE // 9))
HOLDS = "/blog/:year/:month/:title/* /news/:year/:month/:title/:splat"
LINES = {
    "one line": [HOLDS],
    "one with a query, one without, one that holds": [
        "/blog/:year/:month/:title/:part/x id=:id /news/:part",
        "/blog/:year/:month/:title/:part/y /news/:part",
        HOLDS,
    ],
    "two without a query, one that holds": ["/blog/a/:month/:title/* /a", "/blog/:year/b/:title/* /b", HOLDS],
    "three of other lengths": [*(f"/blog/:a{'/:b' * (n > 0)}{'/:c' * (n > 1)} /n" for n in range(2)), HOLDS],
    "seven told apart by a segment": [*(f"/blog/:year/:month/:title/page{n}/* /n" for n in range(7)), HOLDS],
    "eleven told apart by a query": [f"/blog/* id={n} /news/{n}" for n in range(11)],
}
NAME = "0123456789ab"
WORST = [("/blog/2024/11/a-longer-title-of-a-post/page-of-%C3%A9/x", NAVIGATION)]


def lines_of(text: Sequence[str]) -> tuple[str, dict[str, str]]:
    """What `live` has for a set and these lines of `_redirects`, and the store's lines: the rules all in one value."""
    rules, problems = parse_redirects("\n".join(text))
    values, segment = rule_values(rules, {})
    if problems or len(values) > 1:
        sys.exit(f"an upload would part or refuse {text}: {problems}")
    return f"lines={NAME}:0:0:{segment} +", {f"t:{NAME}:0": SET, f"r:{NAME}:0": values[0]}


def instructions(
    source: str,
    requests: Sequence[tuple[str, Mapping[str, str]]],
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


def _event(uri: str, headers: Mapping[str, str], pin: str) -> dict[str, Any]:
    cookies = {PIN_COOKIE: {"value": pin}} if pin else {}
    fields = {name: {"value": value} for name, value in headers.items()}
    request = {"method": "GET", "uri": uri, "headers": fields, "cookies": cookies, "querystring": {}}
    return {"version": "1.0", "request": request}


def _collected(folder: Path, text: str) -> int:
    (folder / "run.js").write_text(text)
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "njs", "-p", str(folder)]
    done = subprocess.run([*command, str(folder / "run.js")], capture_output=True, text=True, check=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.stdout or not found:
        sys.exit(f"njs said {done.stdout!r} where nothing was expected: {done.stderr}")
    return int(found[1])


def _row(what: str, cost: int, limit: int) -> None:
    print(f"{what:<50}{cost:>10,}{limit:>10,}{cost / limit:>8.2f}")


def main() -> None:
    """Print the table."""

    def net(
        requests: Sequence[tuple[str, Mapping[str, str]]],
        pin: str,
        routing: str = "spa",
        lines: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        costs = (instructions(text, requests, pin, routing, lines) for text in (FUNCTION, EMPTY))
        return next(costs) - next(costs)

    print(f"{'net of an empty handler':<50}{'cost':>10}{'limit':>10}{'ratio':>8}")
    one = [("/about", NAVIGATION)]
    floor = instructions(ONE_READ, one, "", "spa") - instructions(EMPTY, one, "", "spa")
    _row("one store read and nothing else", floor, 8_400)
    for routing in ("spa", "files", "folders", "mixed", "bare"):
        _row(f"{routing}, first visit", net(MIXED, "", routing), 37_000)
        _row(f"{routing}, pinned", net(MIXED, LIVE, routing), 37_000)
        _row(f"{routing}, a page's load: one page, nine hashed", net(LOAD, LIVE, routing), 37_000)
    _row("hashed", net(HASHED, LIVE), 30_000)
    for what, text in LINES.items():
        option, values = lines_of(text)
        _row(f"a set and {what}", net(WORST, LIVE, f"mixed also=glb {option}", values), 255_000)
    for what, uri in LONG.items():
        _row(what, net([(uri, NAVIGATION)], LIVE, "mixed"), 40_000 + 500 * len(uri.encode()))
    for what, uri in REFUSED.items():
        _row(what, net([(uri, NAVIGATION)], LIVE), 12_000)


if __name__ == "__main__":
    main()
