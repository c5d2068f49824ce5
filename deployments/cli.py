"""The commands of `python -m deployments`, and how each of them ends: with one line, as scripts and people read it.

A command is loaded when it is called: AWS's libraries take most of a second, for which a help text need not wait.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from contract import VERSION
from deployments import interrupts
from deployments.programs import DONE, USAGE, Spoken, wants_json

_EXIT = """
\b
Exit codes:
  0    done (also: nothing had to be done)
  1    refused, failed, or not found; the last line says why
  2    wrong usage: an option, an ID that can mean several, no Region,
       or no stack to be found
  130  interrupted
"""


class Entry(NamedTuple):
    """A command: where it is, and the first sentence of its help."""

    module: str
    name: str
    help: str

    def load(self) -> click.Command:
        """The command itself."""
        command: click.Command = getattr(importlib.import_module(self.module), self.name)
        return command


_GROUPS = {
    "Set up": {
        "init": Entry(
            "deployments.init.command",
            "init",
            "Find out what a project is, and write what `deployments up` and `sam deploy` need.",
        ),
        "up": Entry(
            "deployments.up.command",
            "up",
            "Create or update the project's stack, and see the site through to its first page.",
        ),
        "rights": Entry(
            "deployments.rights.command",
            "rights",
            "Print the IAM policies that a command needs, made from the template.",
        ),
        "doctor": Entry(
            "deployments.doctor",
            "doctor",
            "Find out how CloudFront, S3, the store and CodePipeline really behave, on a stack of its own.",
        ),
    },
    "See": {
        "status": Entry(
            "deployments.looking",
            "status",
            "Show what is live, what one step back would be, a hold, and what waits for its end.",
        ),
        "list": Entry(
            "deployments.looking", "list_command", "Show the newest deployments, newest first, and when each was live."
        ),
        "show": Entry(
            "deployments.looking",
            "show",
            "Show one deployment: where it comes from, what it holds, and each time it was live.",
        ),
        "watch": Entry(
            "deployments.watching",
            "watch",
            "Follow a pipeline's execution until its page is live: each stage, the switch, and what a visitor gets.",
        ),
        "dashboard": Entry(
            "dashboard.command",
            "dashboard",
            "Show all sites of a Region in the browser: what is live, builds, traffic, "
            "and promote, roll back, hold, remove.",
        ),
    },
    "Change what is live": {
        "publish": Entry("deployments.publishing", "publish", "Upload a built site and make it live."),
        "promote": Entry(
            "deployments.switching", "promote", "Make an existing deployment live, even while the site is held."
        ),
        "rollback": Entry("deployments.switching", "rollback", "Go back to what was live before."),
        "hold": Entry(
            "deployments.switching", "hold", "Let new deployments wait: they are built and recorded, but not made live."
        ),
        "release": Entry("deployments.switching", "release", "End the hold."),
    },
    "Check and clean": {
        "rules": Entry(
            "deployments.rules",
            "rules",
            "Check a built site's _redirects and _headers, without uploading and without AWS.",
        ),
        "prune": Entry(
            "deployments.pruning",
            "prune",
            "Delete old deployments, uploads that died half-way, and shared files that no deployment names any more.",
        ),
        "cache": Entry("deployments.caching", "cache", "Delete what builds keep for later builds."),
    },
}
_ENTRIES = {name: entry for group in _GROUPS.values() for name, entry in group.items()}

# Those that are about a site that is there.
_OF_PROJECT = {*_GROUPS["See"], *_GROUPS["Change what is live"], "prune", "cache"}


class Commands(click.Group):
    """The commands as a person looks for them, each with the whole first sentence of its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        """Their names."""
        return list(_ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """The command by its name."""
        return _ENTRIES[cmd_name].load() if cmd_name in _ENTRIES else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called or completed; one of day two knows the project in whose folder it runs."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in _OF_PROJECT:
            ctx.default_map = {name: _place(name)}
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """Write them in groups."""
        width = max(map(len, _ENTRIES))
        for title, group in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), entry.help) for name, entry in group.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:  # type: ignore[explicit-any]  # click's
        """Names and options that begin so; no command is loaded for that."""
        begun = {name: entry for name, entry in _ENTRIES.items() if name.startswith(incomplete)}
        named = [CompletionItem(name, help=entry.help) for name, entry in begun.items()]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]


def _place(name: str) -> dict[str, str]:
    """Where the project in this folder is, as `sam` knows it by its samconfig.toml."""
    from deployments.project import place_of

    place = place_of(Path())
    if name == "dashboard":  # it shows all sites of the Region
        place.pop("stack", None)
    return place


def commands() -> dict[str, click.Command]:
    """Every command by its name, loaded."""
    return {name: entry.load() for name, entry in _ENTRIES.items()}


@click.group(
    cls=Commands,
    epilog="\b\nExample:\n  deployments publish dist --stack site --sequence 17",
    help=f"A site from its first day on: set up, what is live, publish, go back, hold, prune.\n{_EXIT}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, message="instant-hosting %(version)s")
def deployments() -> None:
    """The commands, of which one is called."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status, with one line on standard error for whatever went wrong."""
    spoken = Spoken(as_json=wants_json(sys.argv[1:] if arguments is None else arguments))
    try:
        with interrupts.taken():
            deployments.main(args=arguments, prog_name="deployments", standalone_mode=False, obj=spoken)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except (Exception, KeyboardInterrupt) as error:
        return _ended(error, spoken)
    return DONE


def _ended(reason: BaseException, spoken: Spoken) -> int:
    """Say what has happened; the exit status. A mistake of ours goes on as it is."""
    from deployments.ending import end, ending  # which knows AWS's errors, and so waits for AWS's libraries

    found = ending(reason)
    if found is None:
        raise reason
    return end(found, spoken)
