"""Of what a failed build said, a person sees the reason, wherever a tool puts it."""

from __future__ import annotations

import pytest

from local.reason import essence

NOISE = [f"compiled part {number}" for number in range(200)]
USAGE = [f"  --option-{number}  what it is for" for number in range(60)]


@pytest.mark.parametrize(
    "lines",
    [
        ["npm error code EUSAGE", "npm error", "npm error REASON: the lock file lacks a package", *USAGE],
        [*NOISE, "src/main.ts(3,7): error TS2322: REASON", "found 1 error", *USAGE],
        [*NOISE, "Traceback (most recent call last):", '  File "conf.py", line 3', "ImportError: REASON"],
        [*NOISE, "what it says last, and no more: REASON"],
        ["0 errors so far", *NOISE, "done without errors", *NOISE, "Error: REASON", *NOISE],
        ["REASON", *USAGE[:30]],
    ],
)
def test_the_reason_is_shown_and_the_end_and_how_much_is_not(lines: list[str]) -> None:
    shown = essence("\n".join(lines))
    assert any("REASON" in line for line in shown)
    assert lines[-1] == shown[-1]
    assert len(shown) <= 40
    left_out = [int(line.split()[1]) for line in shown if line.startswith("... ")]
    assert len(lines) == len(shown) - len(left_out) + sum(left_out)


def test_what_is_short_is_shown_whole_and_nothing_is_nothing() -> None:
    assert ["one", "two"] == essence("one\ntwo\n")
    assert [] == essence("\n")
