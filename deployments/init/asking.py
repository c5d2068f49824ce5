"""How a question is asked: on a terminal until the answer fits, and of nobody where a script runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import click

from deployments.errors import USAGE, Failure
from deployments.output import one_line


class Choice(NamedTuple):
    """An answer, and what it means."""

    value: str
    meaning: str = ""


class Asker:
    """Asks a person; with `yes` nobody is asked, and only what is clear is taken."""

    def __init__(self, *, yes: bool) -> None:
        self.yes = yes

    def choose(self, question: str, choices: Sequence[Choice], default: str, option: str) -> str:
        """One of `choices`; `option` is what a script would have given."""
        names = [choice.value for choice in choices]
        if self.yes:
            return default or self._cannot(question, f"Give {option}, one of {', '.join(names)}")
        self._need_a_person(question)
        click.echo(one_line(question), err=True)
        width = max(len(one_line(name)) for name in names)
        for number, choice in enumerate(choices, 1):
            line = f"  {number}  {one_line(choice.value):{width}}  {one_line(choice.meaning)}"
            click.echo(line.rstrip(), err=True)
        first = str(names.index(default) + 1) if default else None
        return click.prompt("Number", default=first, err=True, value_proc=lambda text: _chosen(text, names))

    def ask(self, question: str, default: str | None, option: str, wrong: Callable[[str], str]) -> str:
        """A text against which `wrong` says nothing. No `default`: there must be an answer."""
        if self.yes:
            return default if default is not None else self._cannot(question, f"Give {option}")
        self._need_a_person(question)
        text = click.prompt(
            one_line(question),
            default=default,
            show_default=bool(default),
            err=True,
            value_proc=lambda text: _fitting(text, wrong),
        )
        return str(text)

    def agree(self, question: str, option: str) -> bool:
        """Whether a person wants to go on in spite of a warning; a script does not."""
        if self.yes:
            self._cannot(question, option)
        self._need_a_person(question)
        click.echo(one_line(question), err=True)
        return click.confirm("Go on all the same?", default=False, err=True)

    def _cannot(self, question: str, remedy: str) -> str:
        raise Failure(f"--yes cannot decide: {question} {remedy}", USAGE, remedy=remedy)

    def _need_a_person(self, question: str) -> None:
        if not sys.stdin.isatty():
            what = one_line(question)
            raise Failure(f"nobody can be asked here ({what}): give --yes, and options (see --help)", USAGE)


def _chosen(text: str, names: Sequence[str]) -> str:
    """The choice by its number or its name."""
    given = text.strip()
    if given.isdecimal() and 1 <= int(given) <= len(names):
        return names[int(given) - 1]
    if given in names:
        return given
    raise click.UsageError(f"{given!r} is not one of 1 to {len(names)}: give a number, or a name")


def _fitting(text: str, wrong: Callable[[str], str]) -> str:
    given = text.strip()
    if re.search("[\ud800-\udfff]", given):
        raise click.UsageError(f"{given!r} is not UTF-8: write it in UTF-8")
    if not given.isprintable():
        raise click.UsageError(f"{given!r} has a control character: type it again without")
    if problem := wrong(given):
        raise click.UsageError(problem)
    return given
