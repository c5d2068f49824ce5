"""Runs many seeds; of each promise that is broken, the first seed is shrunk and told: `make interleavings`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from .actors import shipped
from .seeds import explain, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="make interleavings")
    parser.add_argument("--seed", type=int, help="this one only")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.runs)
    started = time.monotonic()
    broken: Counter[str] = Counter()
    with shipped() as actors:
        for found in wrong(actors, seeds if options.seed is None else [options.seed]):
            promise = found.problems[0].promise
            print(found if broken[promise] else explain(actors, found), flush=True)
            broken[promise] += 1
    runs = len(seeds) if options.seed is None else 1
    print(f"{runs:,} interleavings, {broken.total():,} wrong, {time.monotonic() - started:.0f} seconds")
    for promise, count in broken.most_common():
        print(f"{count:6,} {promise}")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
