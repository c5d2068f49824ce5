"""The command: each public starter is made, set up by `init --yes`, built and published, and its first page opened.

`make starters` takes minutes for each and the package registries, so this is no test; `STARTERS="vue hugo"` takes
those whose name has such a word. It prints the rows of the table in docs/frameworks.md, and fails if one is not as it
must be.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import TimeoutExpired

from local.cloud.emulator import start_emulator
from workbench.starters.making import NotMade, commit, edit, make
from workbench.starters.publishing import publish
from workbench.starters.setting_up import set_up
from workbench.starters.table import STARTERS, Starter


def main(words: Sequence[str]) -> int:
    """A row for each starter; how many are not as they must be."""
    bad = 0
    print("| starter | `init --yes` | published | time |\n|---|---|---|---|")
    for name, starter in STARTERS.items():
        if words and not any(word.lower() in name.lower() for word in words):
            continue
        began = time.monotonic()
        try:
            found, end = tried(starter)
        except (NotMade, TimeoutExpired) as error:
            found, end = "-", f"not made: {error}"
        bad += not end.endswith(" files")
        print(f"| {name} | {found} | {end} | {time.monotonic() - began:.0f} s |", flush=True)
    return bad


def tried(starter: Starter) -> tuple[str, str]:
    """What `init --yes` found, and what became of it: a number of files, or what is wrong."""
    with tempfile.TemporaryDirectory(prefix="starter-") as folder, start_emulator() as emulator:
        site, account = make(starter, Path(folder)), emulator.environment()
        before = set_up(site, account)
        if starter.asks not in before.refused or (starter.asks and not before.refused):
            return "-", f"it must ask {starter.asks!r}, and says {before.refused or before.found}"
        after = set_up(edit(starter, site), account) if starter.asks else before
        if after.refused or after.found != starter.right:
            return _words(after.found), f"it must be {_words(starter.right)}: {after.refused}"
        first = f"asks: {starter.asks}; then " if starter.asks else ""
        return first + _words(after.found), publish(commit(site, "Set up"), after.parameters, emulator)


def _words(parameters: Mapping[str, str]) -> str:
    return ", ".join(f"{name} `{value}`" for name, value in parameters.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
