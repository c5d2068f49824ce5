"""Shows results: tables and colour on a terminal, tab-separated lines in a pipe, JSON when it is asked for.

Results go to standard output, everything that is said about them to standard error.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TextIO

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deployments.programs import Spoken


class Column(NamedTuple):
    """A column: its title, how a terminal shows it, and what becomes of it where the terminal is too narrow."""

    title: str
    style: str = ""
    right: bool = False
    narrow: Literal["cut", "wrap", "whole"] = "cut"
    least: int = 0  # the terminal's width from which on it is shown
    most: int | None = None  # characters that it may take


class Output:
    """Where a command speaks; `as_json` turns results into JSON and leaves the remarks as they are."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.out = _console(sys.stdout, soft_wrap=not sys.stdout.isatty())
        self.err = _console(sys.stderr, soft_wrap=True)
        # `cli.run` has to know whether a result was printed, when an error ends the command: as an argument that would
        # go through each command, and click hands on what belongs to a run. Without a run nobody asks for it.
        context = click.get_current_context(silent=True)
        spoken = context.find_root().obj if context else None
        self._spoken = spoken if isinstance(spoken, Spoken) else Spoken(as_json=as_json)

    @property
    def for_people(self) -> bool:
        """Whether a person reads the results, on a terminal."""
        return self.out.is_terminal and not self.as_json

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], value: object) -> None:
        """A table for people; `value` is the JSON of the same. In a pipe there are no titles and no cuts."""
        if self.as_json:
            self._json(value)
        elif not self.out.is_terminal:
            for row in rows:
                print("\t".join(map(one_line, row)), file=self.out.file)
        else:
            self.out.print(_table(columns, [[one_line(cell) for cell in row] for row in rows], self.out.width))

    def facts(self, facts: Mapping[str, str], value: object) -> None:
        """Names and their values, one a line; what is empty is left out on a terminal."""
        if self.as_json:
            self._json(value)
        elif not self.out.is_terminal:
            for name, text in facts.items():
                print(f"{name}\t{one_line(text)}", file=self.out.file)
        else:
            for line in _told(facts, self.out.width):
                self.out.print(line, soft_wrap=True)

    def note(self, text: str, style: str = "") -> None:
        """One line about what happens, for a person."""
        self.err.print(Text(one_line(text), style=style))

    def quote(self, lines: Sequence[str]) -> None:
        """Lines of somebody else's, as they stand there."""
        for line in lines:
            self.err.print(Text(f"  | {_harmless(line)}"))

    def _json(self, value: object) -> None:
        self._spoken.done = True
        print_json(value)


def print_json(value: object) -> None:
    """A value for programs; what the encoding of standard output lacks is escaped as JSON does."""
    whole = sys.stdout.encoding.lower().startswith("utf")
    sys.stdout.write(json.dumps(value, ensure_ascii=not whole, indent=2) + "\n")


def _console(file: TextIO, *, soft_wrap: bool) -> Console:
    """A console as wide as its terminal; rich takes 80 for those that know no colours (`TERM=dumb`)."""
    width, height = shutil.get_terminal_size()
    size = {"width": width, "height": height} if file.isatty() else {}
    return Console(file=file, highlight=False, soft_wrap=soft_wrap, **size)  # type: ignore[arg-type]  # both are sizes


def _told(facts: Mapping[str, str], width: int) -> Iterator[Text]:
    """Lines of names and values; no word is broken, as it may have to be copied."""
    shown = {name: text for name, text in facts.items() if text}
    margin = max(map(len, shown), default=0) + 2
    for name, text in shown.items():
        lines = [part for line in text.strip().splitlines() for part in _parts(one_line(line), width - margin)]
        for number, line in enumerate(lines):
            yield Text.assemble((("" if number else name).ljust(margin), "bold"), line)


def _parts(text: str, room: int) -> list[str]:
    """The text in lines that fit; a word that does not fit has a line of its own."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> Table:
    """The rows without the columns in which nothing stands, and those for which there is no room."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    roomy = [number for number, column in enumerate(columns) if column.least <= width]
    used = [number for number in roomy if any(row[number] for row in rows)]
    for number in used:
        column = columns[number]
        table.add_column(
            column.title,
            style=column.style,
            justify="right" if column.right else "left",
            no_wrap=column.narrow == "whole",  # the others give way
            max_width=column.most,
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


def first_line(text: object) -> str:
    """The first line of a commit's message."""
    return (str(text).strip().splitlines() or [""])[0]
