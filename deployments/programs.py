"""What programs are told of a run: exit status and JSON. It needs no library, so that a help text waits for none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# 2 is what command lines use for wrong usage, 130 is 128 and the number of SIGINT: https://tldp.org/LDP/abs/html/exitcodes.html
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_OUTCOMES = {FAILED: "failed", USAGE: "wrong-usage", INTERRUPTED: "interrupted"}


class Spoken:
    """Whether programs have got their result: an error that comes after one is told to people only."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json, self.done = as_json, False


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, also one that cannot be read otherwise."""
    options = list(arguments)
    return "--json" in (options[: options.index("--")] if "--" in options else options)


def error(reason: str, remedy: str, status: int, told: Mapping[str, object]) -> Mapping[str, object]:
    """What a program gets in place of a result: the publisher's own words where it refused, and the line's parts."""
    return {"outcome": _OUTCOMES[status], "reason": reason, **told, "remedy": remedy, "status": status}
