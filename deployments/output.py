"""Shows results: tables and colour on a terminal, tab-separated lines in a pipe, JSON when it is asked for.

Results go to standard output, everything that is said about them to standard error.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Column(NamedTuple):
    """A column: its title, how a terminal shows it, and what becomes of it where the terminal is too narrow."""

    title: str
    style: str = ""
    right: bool = False
    narrow: Literal["cut", "wrap", "whole"] = "cut"


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
                print("\t".join(map(one_line, row)), file=self.out.file)
        else:
            self.out.print(_table(columns, [[one_line(cell) for cell in row] for row in rows]))

    def facts(self, facts: Mapping[str, str], value: object) -> None:
        """Names and their values, one a line; what is empty is left out on a terminal."""
        if self.as_json:
            self._json(value)
        elif not self.out.is_terminal:
            for name, text in facts.items():
                print(f"{name}\t{one_line(text)}", file=self.out.file)
        else:
            table = Table(box=None, show_header=False, pad_edge=False)
            table.add_column(style="bold", no_wrap=True)
            table.add_column(overflow="fold")
            for name, text in facts.items():
                if text:
                    table.add_row(name, Text("\n".join(map(one_line, text.strip().splitlines()))))
            self.out.print(table)

    def note(self, text: str, style: str = "") -> None:
        """One line about what happens, for a person."""
        self.err.print(Text(one_line(text), style=style))

    def quote(self, lines: Sequence[str]) -> None:
        """Lines of somebody else's, as they stand there."""
        for line in lines:
            self.err.print(Text(f"  | {_harmless(line)}"))

    def _json(self, value: object) -> None:
        whole = self.out.encoding.startswith("utf")  # else what it lacks is escaped as JSON does
        print(json.dumps(value, ensure_ascii=not whole, indent=2), file=self.out.file)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Table:
    """The rows without the columns in which nothing stands."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    used = [number for number in range(len(columns)) if any(row[number] for row in rows)]
    for number in used:
        column = columns[number]
        table.add_column(
            column.title,
            style=column.style,
            justify="right" if column.right else "left",
            no_wrap=column.narrow == "whole",  # the others give way
        )
    for row in rows:
        table.add_row(*(_cell(row[number], columns[number]) for number in used))
    return table


def _cell(text: str, column: Column) -> Text:
    return Text(text) if column.narrow == "wrap" else Text(text, no_wrap=True, overflow="ellipsis")


def size(number: float) -> str:
    """Bytes as people read them, in powers of 1,000."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{number:,.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"


def age(since: str, until: str = "") -> str:
    """How long it is from `since` to `until` (ISO 8601), or to now, in its largest unit."""
    end = datetime.fromisoformat(until) if until else datetime.now(UTC)
    seconds = (end - datetime.fromisoformat(since)).total_seconds()
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def moment(since: str) -> str:
    """A time (ISO 8601) to the minute, in UTC; people compare it with logs."""
    return f"{datetime.fromisoformat(since).astimezone(UTC):%Y-%m-%d %H:%M}" if since else ""


def one_line(text: str) -> str:
    """`text` as a terminal may have it: the message of a commit or a hold is others', who could steer it."""
    return _harmless(" ".join(text.split()))


def _harmless(text: str) -> str:
    # controls, and the signs that turn a line round, hide in it or end it
    signs = r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    return re.sub(signs, lambda found: ascii(found[0])[1:-1], text.expandtabs(2))


def first_line(text: Any) -> str:
    """The first line of a commit's message."""
    return (str(text).strip().splitlines() or [""])[0]
