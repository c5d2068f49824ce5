"""The command `up`: what the command line says, and what the project's files say.

Here both become one wish, so that `deploying` need not know where a value came from.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from botocore.exceptions import ClientError

from deployments.cloud import connect
from deployments.command import Folder, example, patient, refuse_bytes
from deployments.errors import USAGE, Failure, explain, is_denied
from deployments.output import Output
from deployments.project import Project, read_project, write_template
from deployments.up.deploying import Choices, deploy
from deployments.up.hint import to_publish
from deployments.up.preparing import Ask
from deployments.up.wish import Wish
from generator import build_template
from generator.render import to_yaml

_NEEDS_BUILD = "A change needs a new build"  # of a parameter's description


@click.command(epilog=example("deployments up --dry-run"))
@click.argument("folder", metavar="[DIR]", default=".", type=Folder(file_okay=True))
@click.option("--env", "environment", metavar="NAME", help="The environment of samconfig.toml (default: the site's).")
@click.option("--region", metavar="NAME", help="Another Region than samconfig.toml says.")
@click.option("--profile", envvar="AWS_PROFILE", show_envvar=True, help="The AWS profile to use.")
@click.option("--role-arn", metavar="ARN", help="The role that CloudFormation takes instead of your rights.")
@click.option("--yes", "-y", "agreed", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what would change. It leaves nothing behind.")
@click.option("--express/--no-express", default=True, help="Create a stack in CloudFormation's express mode (default).")
@click.option("--older", is_flag=True, help="Go back to an older version than the stack is of.")
@click.option("--moved", is_flag=True, help="Go on if the stack has another repository, folder or domain.")
@patient("the first build")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def up(
    folder: Path,
    environment: str | None,
    region: str | None,
    profile: str | None,
    role_arn: str | None,
    agreed: bool,
    dry_run: bool,
    express: bool,
    older: bool,
    moved: bool,
    timeout: int,
    as_json: bool,
) -> None:
    """Create or update the project's stack, and see the site through to its first page.

    It reads what `deployments init` wrote. It says as sentences what would be created, changed, replaced and removed,
    and asks. Then it follows each resource, and the first build. If you interrupt it, AWS goes on; run it again to take
    that up. A stack of an older version is brought to this one.
    """
    refuse_bytes({"environment": environment, "region": region, "profile": profile, "role": role_arn})
    project = read_project(folder, environment)
    if not (agreed or dry_run or (sys.stdin and sys.stdin.isatty())):
        raise Failure("nobody is there to ask: give --yes, or --dry-run to see only what would change", USAGE)
    cloud = connect(region or project.region, profile or project.profile or None)
    output = Output(as_json)
    if not dry_run and write_template(project):
        output.note(f"wrote {project.template}")
    if project.ignored:
        output.note(f"samconfig.toml says {', '.join(project.ignored)}, which `up` does not follow", "yellow")
    choices = Choices(dry_run, express, older, moved, timeout)
    try:
        deploy(cloud, output, _wish(project, role_arn or project.role), choices, _ask(agreed, dry_run))
    except ClientError as error:
        if not is_denied(error):
            raise
        raise Failure(f"{explain(error)}; `deployments rights` prints it") from error


def _wish(project: Project, role: str) -> Wish:
    template = build_template(project.settings)
    return Wish(
        stack=project.stack,
        template=to_yaml(template),
        names=frozenset(template.parameters),
        of_build=frozenset(name for name, one in template.parameters.items() if _NEEDS_BUILD in one.Description),
        parameters=project.parameters,
        source=project.source,
        role=role,
        publish=to_publish(project.folder) if project.source == "direct" else "",
    )


def _ask(agreed: bool, dry_run: bool) -> Ask:
    def ask(question: str) -> None:
        if dry_run:
            raise Failure("a dry run changes nothing: run `deployments up` without --dry-run")
        if agreed:
            return
        if not click.confirm(question, err=True):
            raise Failure("nothing was changed: run it again and answer y, or give --yes")

    return ask
