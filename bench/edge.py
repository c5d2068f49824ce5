"""Instructions per request of the viewer-request function, net of an empty handler: `python -m bench.edge`.

`--against REVISION` compares them with those of an earlier function, for a deployment that has no rules.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench.against import compare
from bench.asked import HASHED, MIXED, NAVIGATION
from bench.counting import LIVE, net
from compiler.redirects import parse_redirects
from compiler.rule_lines import rule_values
from compiler.store import SET_VALUE
from generator import sources

FUNCTION = sources.edge("function/router.js")
ONE_READ = (
    "import cf from 'cloudfront';\nconst kvs = cf.kvs();\n"
    "async function handler(event) { const live = await kvs.get('live'); return event.request; }\n"
)
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


def _row(what: str, cost: int, limit: int) -> None:
    print(f"{what:<50}{cost:>10,}{limit:>10,}{cost / limit:>8.2f}")


def table() -> None:
    """Print what the function costs, and what it may."""
    print(f"{'net of an empty handler':<50}{'cost':>10}{'limit':>10}{'ratio':>8}")
    one = [("/about", NAVIGATION)]
    _row("one store read and nothing else", net(ONE_READ, one), 8_400)
    for routing in ("spa", "files", "folders", "mixed", "bare"):
        _row(f"{routing}, first visit", net(FUNCTION, MIXED, "", routing), 37_000)
        _row(f"{routing}, pinned", net(FUNCTION, MIXED, LIVE, routing), 37_000)
        _row(f"{routing}, a page's load: one page, nine hashed", net(FUNCTION, LOAD, LIVE, routing), 37_000)
    _row("hashed", net(FUNCTION, HASHED, LIVE), 30_000)
    for what, text in LINES.items():
        option, values = lines_of(text)
        _row(f"a set and {what}", net(FUNCTION, WORST, LIVE, f"mixed also=glb {option}", values), 255_000)
    for what, uri in LONG.items():
        _row(what, net(FUNCTION, [(uri, NAVIGATION)], LIVE, "mixed"), 40_000 + 500 * len(uri.encode()))
    for what, uri in REFUSED.items():
        _row(what, net(FUNCTION, [(uri, NAVIGATION)], LIVE), 12_000)


def main() -> None:
    """Print the table, or the comparison."""
    parser = argparse.ArgumentParser(prog="python -m bench.edge", description=__doc__)
    parser.add_argument(
        "--against", metavar="REVISION", help="a commit, tag or branch whose function it is compared with"
    )
    revision = parser.parse_args().against
    if not revision:
        table()
    elif too_dear := compare(FUNCTION, revision):
        sys.exit(f"over the limit: {', '.join(too_dear)}")


if __name__ == "__main__":
    main()
