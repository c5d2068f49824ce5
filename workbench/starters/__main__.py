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
from workbench.starters.publishing import NotPublished, publish
from workbench.starters.setting_up import Unlike, set_up
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
        except (NotMade, Unlike, NotPublished, TimeoutExpired) as error:
            bad += 1
            found, end = "-", f"{type(error).__name__}: {error}"
        print(f"| {name} | {found} | {end} | {time.monotonic() - began:.0f} s |", flush=True)
    return bad


def tried(starter: Starter) -> tuple[str, str]:
    """What `init --yes` found, and how many files were published."""
    with tempfile.TemporaryDirectory(prefix="starter-") as folder, start_emulator() as emulator:
        site, account = make(starter, Path(folder)), emulator.environment()
        first = set_up(site, account)
        if bool(starter.asks) != bool(first.refused) or starter.asks not in first.refused:
            raise Unlike(f"it must ask {starter.asks or 'nothing'!r}, and says {first.refused or first.found}")
        final = set_up(edit(starter, site), account) if starter.asks else first
        if final.refused or final.found != starter.right:
            raise Unlike(f"it must be {_words(starter.right)}, and is {final.refused or _words(final.found)}")
        asked = f"asks: {starter.asks}; then " if starter.asks else ""
        return asked + _words(final.found), publish(commit(site, "Set up"), final.parameters, emulator)


def _words(parameters: Mapping[str, str]) -> str:
    return ", ".join(f"{name} `{value}`" for name, value in parameters.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
