"""The command `init`: its options, and what it says of what it has written.

It decides nothing: `deciding` does, so that an option and a person's answer lead the same way.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path, PurePosixPath

import boto3
import click
from botocore.exceptions import BotoCoreError
from click.core import ParameterSource

from contract import ROUTINGS
from deployments.command import Folder, example, refuse_bytes
from deployments.errors import USAGE, Failure
from deployments.init.account import Account
from deployments.init.asking import Asker
from deployments.init.connections import wait_until_usable
from deployments.init.deciding import Deciding, Decision, with_connection
from deployments.init.linking import Link
from deployments.init.wanted import Wanted
from deployments.output import Output
from deployments.project import write_project
from deployments.project.checking import missing_parameters
from generator.frameworks import FRAMEWORKS
from generator.settings import OPTIONS, SOURCES

_NAMES = ["npm", "pnpm", "yarn", "bun"]


@click.command(epilog=example("deployments init --yes --region eu-central-1 --connection new"))
@click.argument("folder", metavar="[DIR]", type=Folder(file_okay=True), default=".")
@click.option("--yes", "-y", is_flag=True, help="Ask nobody, for scripts; refuse what is not clear.")
@click.option("--stack", help="The stack's name (default: the repository's or the folder's).")
@click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], show_envvar=True, help="The stack's Region.")
@click.option("--profile", envvar="AWS_PROFILE", show_envvar=True, help="The AWS profile to use.")
@click.option("--source", type=click.Choice(SOURCES), help="Where deployments come from.")
@click.option(
    "--with", "options", type=click.Choice(OPTIONS), multiple=True, help="Carry more; operations: docs/operations.md."
)
@click.option("--connection", metavar="ARN|NAME|new", help="The connection to the Git host; `new` makes one.")
@click.option("--repository", metavar="OWNER/NAME", help="The repository (default: of the git remote).")
@click.option("--branch", help="The branch that is published (default: the remote's main one).")
@click.option("--root", metavar="DIR", help="The app's folder, where the project has several.")
@click.option(
    "--framework",
    metavar="NAME",
    type=click.Choice(list(FRAMEWORKS)),
    help="How it is built, in place of what is found: docs/frameworks.md.",
)
@click.option("--package-manager", type=click.Choice(_NAMES), help="Which one installs, where that is in doubt.")
@click.option("--install", metavar="COMMAND", help="The command that installs, in place of the framework's.")
@click.option("--build", metavar="COMMAND", help="The command that builds, in place of the framework's.")
@click.option("--output", "out", metavar="DIR", help="The folder that the build writes.")
@click.option("--routing", type=click.Choice(ROUTINGS), help="In place of the framework's.")
@click.option("--fallback", metavar="FILE", help="With spa, the page for what no file answers.")
@click.option("--node", type=click.Choice(["auto", "20", "22", "24"]), help="The version of Node.js.")
@click.option("--domain", metavar="NAMES", help="The site's own names, with commas; empty: none.")
@click.option("--certificate", metavar="ARN", help="Their certificate, in us-east-1 (default: one that covers them).")
@click.option("--email", metavar="ADDRESS", help="Who hears of failures.")
@click.option("--env", "environment", metavar="NAME", help="The environment of samconfig.toml (default: the site's).")
@click.option("--wait/--no-wait", default=None, help="Wait for a new connection's handshake (default: on a terminal).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_context
def init(context: click.Context, /, folder: Path, **given: object) -> None:
    """Find out what a project is, and write what `deployments up` and `sam deploy` need.

    It reads the project's files and runs none of them. What it finds it says, and it asks for the rest: where
    deployments come from, the Region, the connection to the Git host, the domain. The answers are in samconfig.toml
    (stack, Region, parameters), site.toml (settings) and template.yaml, which are written at the end, together or not
    at all. Run it again to see them, or with an option to change an answer.
    """
    refuse_bytes(given)
    _check_folder(folder)
    output, yes = Output(bool(given.pop("as_json"))), bool(given.pop("yes"))
    profile, wait = given.pop("profile"), given.pop("wait")
    account = Account(str(profile) if profile else None, output)
    wanted = _wanted(context, given, str(profile) if profile else None)
    decision = Deciding(folder, wanted, Asker(yes=yes), output, account).decide()
    written = write_project(decision.project)  # before anything is made: where nothing can be written, nothing is left
    decision, connected = _connected(decision)
    _report(decision, list(dict.fromkeys([*written, *connected])), output)
    _finish(decision, bool(wait or (wait is None and not yes)), account, output)
    _next(decision, output)


def _connected(decision: Decision) -> tuple[Decision, list[Path]]:
    """The decision with the new connection that it wants, and the files that name it now."""
    made = decision.linking.make(decision.link)
    if made is None:
        return decision, []
    project = with_connection(decision.project, made.arn)
    try:
        written = write_project(project)
    except BaseException:
        decision.linking.take_back(made)
        raise
    return decision._replace(project=project, link=Link(made.arn, made)), written


def _check_folder(folder: Path) -> None:
    """Before anything is asked: a project can be written here."""
    if not folder.exists():
        raise Failure(f"{folder} does not exist: give the folder of a project", USAGE)
    if not folder.is_dir():
        raise Failure(f"{folder} is a file: give the folder of a project", USAGE)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Failure(f"{folder} cannot be written by you: its owner must allow it, or copy the project", USAGE)


def _wanted(context: click.Context, given: MutableMapping[str, object], profile: str | None) -> Wanted:
    """The options; a Region of the environment is only a guess, because a file of the project wins over it."""
    region = given.pop("region")
    if context.get_parameter_source("region") is ParameterSource.COMMANDLINE:
        where = {"region": region}
    else:
        where = {"region_around": region or _configured(profile)}
    options = given.pop("options") or None
    out = given.pop("out")
    return Wanted(**where, options=options, output=out, **given)  # type: ignore[arg-type]  # as click has read them


def _configured(profile: str | None) -> str:
    try:
        return boto3.session.Session(profile_name=profile).region_name or ""
    except BotoCoreError:  # told when the account is asked
        return ""


def _report(decision: Decision, written: list[Path], output: Output) -> None:
    """What the project says now, and which files were written."""
    project, connection = decision.project, decision.link.connection
    facts = {"stack": project.stack, "region": project.region, "source": project.source}
    facts |= {"with": ", ".join(sorted(project.settings.options))}
    facts |= dict(project.parameters)
    facts["files"] = ", ".join(path.name for path in written)
    value = {
        "folder": str(project.folder),
        "environment": project.environment,
        "stack": project.stack,
        "region": project.region,
        "source": project.source,
        "with": sorted(project.settings.options),
        "parameters": dict(project.parameters),
        "missing": missing_parameters(project.settings, project.parameters),
        "connection": connection._asdict() if connection else None,
        "found": [reason._asdict() for reason in decision.app.reasons] if decision.app else [],
        "written": [str(path) for path in written],
    }
    output.facts(facts, value)
    if decision.was and not written:
        output.note("nothing was changed: give an option to change an answer (see --help)")


def _finish(decision: Decision, waits: bool, account: Account, output: Output) -> None:
    """Say where the handshake is finished, and wait for it; Ctrl-C loses nothing, the next run waits on."""
    connection = decision.link.connection
    if connection is None or connection.is_usable:
        return
    if not waits:
        where = f"finish the handshake of {connection.name} here: {connection.page}"
        output.note(f"before `deployments up`, {where}", "yellow")
        return
    output.note(f"finish the handshake of {connection.name} here: {connection.page}")
    output.note("waiting for it; Ctrl-C loses nothing, and `deployments init` waits on")
    wait_until_usable(account.clients(decision.project.region)("codeconnections"), connection.arn)
    output.note(f"{connection.name} is ready", "green")


def _next(decision: Decision, output: Output) -> None:
    project = decision.project
    if missing := missing_parameters(project.settings, project.parameters):
        output.note(f"still missing: {', '.join(missing)}. Log in, and run `deployments init` again")
        return
    named = f" --config-env {project.environment}" if project.environment != "default" else ""
    where = "" if project.folder == Path() else f" in {project.folder}"
    output.note(f"next: `deployments up`, or `sam deploy{named}`{where}")
    if project.source == "direct" and decision.app:
        row = FRAMEWORKS[decision.app.framework]
        out = PurePosixPath(decision.app.root) / (decision.app.output or row.output)
        routing = decision.app.routing or row.routing
        built = "" if (decision.app.build or row.build) == "none" else "build it, and "
        more = f" --fallback {decision.app.fallback}" if decision.app.fallback else ""
        output.note(f"then: {built}`deployments publish {out} --routing {routing}{more} --stack {project.stack}`")
