"""How a command ends that did not do what was asked: one line for people, and with `--json` one object for programs.

The object is on standard output, where the result would be: a program reads one stream and finds JSON there, whatever
has happened. npm, and the commands that are made with oclif (Heroku, Salesforce), do so too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click
from botocore.exceptions import BotoCoreError, ClientError

from deployments.errors import FAILED, INTERRUPTED, USAGE, Failure, trouble
from deployments.output import Spoken, one_line, print_json

_OUTCOMES = {FAILED: "failed", USAGE: "wrong-usage", INTERRUPTED: "interrupted"}
# A line says what is wrong and then, behind its last colon or semicolon, what to do: `no Region: give --region, ...`
_REMEDY = re.compile(r".*[:;] (.+)")


class Ending(NamedTuple):
    """What there is to say in the end, and the exit status."""

    text: str
    status: int
    remedy: str = ""
    told: Mapping[str, object] = {}
    where: str = "deployments"


def ending(error: BaseException) -> Ending:
    """What the error comes to."""
    if isinstance(error, click.ClickException):
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "deployments"
        return Ending(f"{error.format_message()} (see --help)", USAGE, "see --help", where=where)
    if isinstance(error, Failure):
        text = one_line(str(error))
        remedy = _REMEDY.fullmatch(text)
        return Ending(text, error.status, remedy[1] if remedy else "", error.told)
    if isinstance(error, ClientError | BotoCoreError):
        found = trouble(error)
        return Ending(one_line(found.line()), FAILED, found.remedy)
    return Ending("interrupted", INTERRUPTED)


def end(ending: Ending, spoken: Spoken) -> int:
    """Say it, to programs only if they have got nothing yet; the exit status."""
    if spoken.as_json and not spoken.done:
        print_json(_object(ending))
    click.echo(f"{ending.where}: {ending.text}", err=True)
    return ending.status


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, also one that cannot be read otherwise."""
    options = list(arguments)
    return "--json" in (options[: options.index("--")] if "--" in options else options)


def _object(ending: Ending) -> Mapping[str, object]:
    """What a program gets: the publisher's own words where it has refused, and the line's parts."""
    told = {"outcome": _OUTCOMES[ending.status], "reason": ending.text, **ending.told}
    return {**told, "remedy": ending.remedy, "status": ending.status}
