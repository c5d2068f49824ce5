"""The commands of `python -m deployments`, and how each of them ends: with one line, as scripts and people read it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from botocore.exceptions import BotoCoreError, ClientError

from contract import VERSION
from dashboard.command import dashboard
from deployments import caching, doctor, looking, pruning, publishing, rules, switching, watching
from deployments.command import example
from deployments.ending import end, ending, wants_json
from deployments.errors import DONE, USAGE, Failure
from deployments.init.command import init
from deployments.output import Spoken
from deployments.project import place_of
from deployments.rights.command import rights
from deployments.up.command import up

_EXIT = """
\b
Exit codes:
  0    done (also: nothing had to be done)
  1    refused, failed, or not found; the last line says why
  2    wrong usage: an option, an ID that can mean several, no Region,
       or no stack to be found
  130  interrupted
"""
_COMMANDS = {
    "Set up": {"init": init, "up": up, "rights": rights, "doctor": doctor.doctor},
    "See": {
        "status": looking.status,
        "list": looking.list_command,
        "show": looking.show,
        "watch": watching.watch,
        "dashboard": dashboard,
    },
    "Change what is live": {
        "publish": publishing.publish,
        "promote": switching.promote,
        "rollback": switching.rollback,
        "hold": switching.hold,
        "release": switching.release,
    },
    "Check and clean": {"rules": rules.rules, "prune": pruning.prune, "cache": caching.cache},
}

# Those that are about a site that is there.
_OF_PROJECT = {*_COMMANDS["See"], *_COMMANDS["Change what is live"], "prune", "cache"}


class Commands(click.Group):
    """The commands as a person looks for them, each with the whole first sentence of its help."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """Write them in groups."""
        width = max(map(len, self.commands))
        for title, commands in _COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), _first_sentence(one)) for name, one in commands.items()])


@click.group(
    cls=Commands,
    epilog=example("deployments publish dist --stack site --sequence 17"),
    help=f"A site from its first day on: set up, what is live, publish, go back, hold, prune.\n{_EXIT}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, message="instant-hosting %(version)s")
@click.pass_context
def deployments(context: click.Context) -> None:
    """Let the commands of day two know the project in whose folder they run, as `sam` does with its samconfig.toml."""
    name = context.invoked_subcommand
    if name in _OF_PROJECT:
        place = place_of(Path())
        if name == "dashboard":  # it shows all sites of the Region
            place.pop("stack", None)
        context.default_map = {name: place}


for _group in _COMMANDS.values():
    for _name, _command in _group.items():
        deployments.add_command(_command, _name)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status, with one line on standard error for whatever went wrong."""
    spoken = Spoken(as_json=wants_json(sys.argv[1:] if arguments is None else arguments))
    try:
        deployments.main(args=arguments, prog_name="deployments", standalone_mode=False, obj=spoken)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except (click.ClickException, Failure, ClientError, BotoCoreError, KeyboardInterrupt, click.Abort) as error:
        return end(ending(error), spoken)
    return DONE


def _first_sentence(command: click.Command) -> str:
    return " ".join((command.help or "").split()).partition(". ")[0].removesuffix(".") + "."
