"""The commands of `python -m deployments`, and how each of them ends: with one line, as scripts and people read it."""

from __future__ import annotations

from collections.abc import Sequence

import click
from botocore.exceptions import BotoCoreError, ClientError

from dashboard.command import dashboard
from deployments import caching, doctor, looking, pruning, publishing, rules, switching, watching
from deployments.command import example
from deployments.errors import DONE, FAILED, INTERRUPTED, USAGE, Failure, explain
from deployments.init.command import init
from deployments.output import one_line
from deployments.rights.command import rights
from deployments.up.command import up

_EXIT = """
\b
Exit codes:
  0    done (also: nothing had to be done)
  1    refused, failed, or not found; the last line says why
  2    wrong usage: an option, an ID that can mean several, no Region, or no stack to be found
  130  interrupted
"""


@click.group(
    epilog=example("deployments publish dist --stack site --sequence 17"),
    help=f"A site from its first day on: set up, what is live, publish, go back, hold, prune.\n{_EXIT}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def deployments() -> None:
    pass


for _name, _command in {
    "init": init,
    "up": up,
    "list": looking.list_command,
    "show": looking.show,
    "status": looking.status,
    "rules": rules.rules,
    "publish": publishing.publish,
    "promote": switching.promote,
    "rollback": switching.rollback,
    "hold": switching.hold,
    "release": switching.release,
    "watch": watching.watch,
    "dashboard": dashboard,
    "prune": pruning.prune,
    "cache": caching.cache,
    "doctor": doctor.doctor,
    "rights": rights,
}.items():
    deployments.add_command(_command, _name)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status, with one line on standard error for whatever went wrong."""
    try:
        deployments.main(args=arguments, prog_name="deployments", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        return _end(error.format_message(), USAGE)
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "deployments"
        return _end(f"{where}: {error.format_message()} (see --help)", USAGE)
    except Failure as failure:
        return _end(f"deployments: {one_line(str(failure))}", failure.status)
    except (ClientError, BotoCoreError) as error:
        return _end(f"deployments: {explain(error)}", FAILED)
    except (KeyboardInterrupt, click.Abort):
        return _end("deployments: interrupted", INTERRUPTED)
    return DONE


def _end(text: str, status: int) -> int:
    click.echo(text, err=True)
    return status
