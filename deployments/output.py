"""Shows results: tables and colour on a terminal, tab-separated lines in a pipe, JSON when it is asked for.

Results go to standard output, everything that is said about them to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Column(NamedTuple):
    """A column: its title, and how a terminal shows it."""

    title: str
    style: str = ""
    right: bool = False
    whole: bool = False  # never cut


class Output:
    """Where a command speaks; `as_json` turns results into JSON and leaves the remarks as they are."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.out = Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
        self.err = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], value: object) -> None:
        """A table for people; `value` is the JSON of the same. In a pipe there are no titles and no cuts."""
        if self.as_json:
            self._json(value)
        elif not self.out.is_terminal:
            for row in rows:
                print("\t".join(" ".join(cell.split()) for cell in row), file=self.out.file)
        else:
            table = Table(box=None, pad_edge=False, header_style="bold")
            for column in columns:
                table.add_column(
                    column.title,
                    style=column.style,
                    justify="right" if column.right else "left",
                    no_wrap=True,
                    overflow="fold" if column.whole else "ellipsis",
                )
            for row in rows:
                table.add_row(*(Text(" ".join(cell.split())) for cell in row))
            self.out.print(table)

    def facts(self, facts: Mapping[str, str], value: object) -> None:
        """Names and their values, one a line; what is empty is left out on a terminal."""
        if self.as_json:
            self._json(value)
        elif not self.out.is_terminal:
            for name, text in facts.items():
                print(f"{name}\t{' '.join(text.split())}", file=self.out.file)
        else:
            table = Table(box=None, show_header=False, pad_edge=False)
            table.add_column(style="bold", no_wrap=True)
            table.add_column(overflow="fold")
            for name, text in facts.items():
                if text:
                    table.add_row(name, Text(text.strip()))
            self.out.print(table)

    def note(self, text: str, style: str = "") -> None:
        """One line about what happens, for a person."""
        self.err.print(Text(text, style=style))

    def _json(self, value: object) -> None:
        print(json.dumps(value, ensure_ascii=False, indent=2), file=self.out.file)


def size(number: float) -> str:
    """Bytes as people read them, in powers of 1,000."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{number:,.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"


def age(since: str, now: datetime | None = None) -> str:
    """How long ago `since` (ISO 8601) was, in its largest unit."""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(since)).total_seconds()
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def moment(since: str) -> str:
    """A time (ISO 8601) to the minute, in UTC; people compare it with logs."""
    return f"{datetime.fromisoformat(since).astimezone(UTC):%Y-%m-%d %H:%M}" if since else ""


def first_line(text: Any) -> str:
    """The first line of a commit's message."""
    return (str(text).strip().splitlines() or [""])[0]
