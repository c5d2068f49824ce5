"""How far an operation is: on a terminal a bar, and what is under way since when; elsewhere a line for each step."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from deployments.output import Output
from deployments.up.meanings import meaning
from deployments.up.usual import usual

if TYPE_CHECKING:
    from aws_types import StackEvent

_STACK = "AWS::CloudFormation::Stack"
_DONE = {"CREATE_COMPLETE": "made", "UPDATE_COMPLETE": "changed", "DELETE_COMPLETE": "removed"}
_DONE |= {"IMPORT_COMPLETE": "taken over", "DELETE_SKIPPED": "kept"}
_SHOWN = 3  # resources under way that a terminal names


class Bar:
    """The progress of an operation over the resources `names` (none: nobody knows which)."""

    def __init__(self, output: Output, title: str, names: frozenset[str], *, express: bool) -> None:
        self._output, self._title, self._express = output, title, express
        self._names, self._total = names, len(names)
        self._done: set[str] = set()
        self._under_way: dict[str, tuple[str, float]] = {}
        self._bar = _bar(output) if output.err.is_terminal else None
        self._task = self._bar.add_task(title, total=self._total or None, now="") if self._bar else None

    def __enter__(self) -> Bar:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    def tell(self, event: StackEvent) -> None:
        """Take in one event of a resource."""
        name, status = event["LogicalResourceId"], event["ResourceStatus"]
        if event["ResourceType"] == _STACK or (self._names and name not in self._names):
            return
        if status in _DONE:
            self._under_way.pop(name, None)
            self._done.add(name)
            self._say(event, _DONE[status])
        elif status.endswith("_IN_PROGRESS") and name not in self._under_way:
            self._under_way[name] = event["ResourceType"], time.monotonic()
            if expected := usual(event["ResourceType"], express=self._express):
                self._say(event, f"begun, {expected}")
        elif status.endswith("_FAILED"):
            self._under_way.pop(name, None)
        self.look()

    def look(self) -> None:
        """Show how long what is under way has been so."""
        if not self._bar or self._task is None:
            return
        slowest = sorted(self._under_way.items(), key=lambda item: item[1][1])[:_SHOWN]
        now = time.monotonic()
        words = [f"{meaning(name, kind).what.partition(',')[0]} {now - since:.0f} s" for name, (kind, since) in slowest]
        self._bar.update(self._task, completed=min(len(self._done), self._total or 10**6), now="; ".join(words))

    def _say(self, event: StackEvent, what: str) -> None:
        resource = meaning(event["LogicalResourceId"], event["ResourceType"])
        if self._bar and resource.helper:
            return
        of = f"/{self._total}" if self._total else ""
        self._output.note(
            f"{time.strftime('%H:%M:%S')} {len(self._done)}{of} {resource.what.partition(',')[0]}: {what}"
        )


@contextlib.contextmanager
def waiting(output: Output, title: str) -> Iterator[None]:
    """Show that something is awaited: a line that moves on a terminal, one line elsewhere."""
    if not output.err.is_terminal:
        output.note(f"{time.strftime('%H:%M:%S')} {title}")
        yield
        return
    with _bar(output) as bar:
        bar.add_task(title, total=None, now="")
        yield


def _bar(output: Output) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn()
    now = TextColumn("{task.fields[now]}", table_column=Column(no_wrap=True, overflow="ellipsis"))
    return Progress(*columns, now, console=output.err, transient=True)
