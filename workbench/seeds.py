"""Which seeds a long search plays, as its command line says.

One place, so that what any search finds is played again in the same way.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple


class Asked(NamedTuple):
    """The seeds, and whether it is one that was named."""

    seeds: Sequence[int]
    named: bool


def asked_for(what: str | None, command: str, runs: int, only: str = "this one only") -> Asked:
    """The one that `--seed` names, else `runs` of them from `--first` on; `what` and `command` are for `--help`."""
    parser = argparse.ArgumentParser(description=what, prog=command)
    parser.add_argument("--seed", type=int, help=only)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--runs", type=int, default=runs)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.runs) if options.seed is None else [options.seed]
    return Asked(seeds, options.seed is not None)
