"""Which ports programs of this machine listen at, as Linux tells it.

So a test can try each port that a program really opens, and not only those that it names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_LISTENING = "0A"


def listening(processes: Iterable[int]) -> set[int]:
    """The TCP ports of these processes, at any address."""
    ours = {target.removeprefix("socket:[").removesuffix("]") for pid in processes for target in _open(pid)}
    numbers = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENING and words[9] in ours:
                numbers.add(int(words[1].rpartition(":")[2], 16))
    return numbers


def _open(pid: int) -> list[str]:
    links = []
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                links.append(os.readlink(entry))  # noqa: PTH115  # no path: `socket:[...]`
    return links
