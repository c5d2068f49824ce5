"""How a command ends that did not do what was asked: one line for people, and with `--json` one object for programs.

The object is on standard output, where the result would be: a program reads one stream and finds JSON there, whatever
has happened. npm, and the commands that are made with oclif (Heroku, Salesforce), do so too.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from typing import NamedTuple

import click
from botocore.exceptions import BotoCoreError, ClientError

from deployments.errors import FAILED, INTERRUPTED, USAGE, Failure, trouble
from deployments.output import one_line, print_json
from deployments.programs import Spoken, error

# A line says what is wrong and then, behind its last colon or semicolon, what to do: `no Region: give --region, ...`
_REMEDY = re.compile(r".*[:;] (.+)")
_REMEDIES = {
    errno.ENOSPC: "the disk is full, make room and run it again",
    errno.EDQUOT: "your share of the disk is full, make room and run it again",
    errno.EROFS: "the disk cannot be written, work in another folder",
    errno.EACCES: "you may not do that there, its owner must allow it",
}


class Ending(NamedTuple):
    """What there is to say in the end, and the exit status."""

    text: str
    status: int
    remedy: str = ""
    told: Mapping[str, object] = {}
    where: str = "deployments"


def ending(reason: BaseException) -> Ending | None:
    """What the reason comes to; None for one that is a mistake of ours."""
    if isinstance(reason, click.ClickException):
        where = reason.ctx.command_path if isinstance(reason, click.UsageError) and reason.ctx else "deployments"
        return Ending(f"{reason.format_message()} (see --help)", USAGE, "see --help", where=where)
    if isinstance(reason, Failure):
        text = one_line(str(reason))
        return Ending(text, reason.status, _remedy(text) if reason.remedy is None else reason.remedy, reason.told)
    if isinstance(reason, ClientError | BotoCoreError):
        found = trouble(reason)
        return Ending(one_line(found.line()), FAILED, found.remedy)
    if isinstance(reason, OSError) and reason.filename:  # else it is the output that cannot be written
        return _of_machine(reason)
    if isinstance(reason, KeyboardInterrupt | click.Abort):
        return Ending("interrupted", INTERRUPTED)
    return None


def _remedy(line: str) -> str:
    found = _REMEDY.fullmatch(line)
    return found[1] if found else ""


def _of_machine(reason: OSError) -> Ending:
    """What this machine refuses: a full disk, a file that may not be read."""
    remedy = _REMEDIES.get(reason.errno or 0, "")
    text = one_line(f"{reason.filename}: {reason.strerror}")
    return Ending(f"{text}: {remedy}" if remedy else text, FAILED, remedy)


def end(ending: Ending, spoken: Spoken) -> int:
    """Say it, to programs only if they have got nothing yet; the exit status."""
    if spoken.as_json and not spoken.done:
        print_json(error(ending.text, ending.remedy, ending.status, ending.told))
    click.echo(f"{ending.where}: {ending.text}", err=True)
    return ending.status
