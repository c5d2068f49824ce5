"""Runs many seeds; of each promise that is broken, the first seed is shrunk and told: `make interleavings`."""

from __future__ import annotations

import sys
import time
from collections import Counter

from workbench.seeds import asked_for

from .actors import shipped
from .seeds import explain, wrong


def main() -> int:
    seeds, _ = asked_for(__doc__, "make interleavings", 10_000)
    started = time.monotonic()
    broken: Counter[str] = Counter()
    with shipped() as actors:
        for found in wrong(actors, seeds):
            promise = found.problems[0].promise
            print(found if broken[promise] else explain(actors, found), flush=True)
            broken[promise] += 1
    print(f"{len(seeds):,} interleavings, {broken.total():,} wrong, {time.monotonic() - started:.0f} seconds")
    for promise, count in broken.most_common():
        print(f"{count:6,} {promise}")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
