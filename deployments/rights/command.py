"""The command `rights`: prints the policies that somebody needs, for people who ask others for their rights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast

import click
from botocore.exceptions import BotoCoreError, ClientError, UnknownRegionError

from deployments.cloud import connect
from deployments.command import Folder, example
from deployments.errors import USAGE, Failure, explain
from deployments.output import Output
from deployments.project.project import Project, find_project
from deployments.project.settings_file import NAME as SETTINGS
from deployments.rights.grants import Stack
from deployments.rights.places import Place, partition_of
from deployments.rights.policies import PURPOSES, Purpose, of_person, of_role
from deployments.rights.telling import show, write
from deployments.rights.template import Template
from generator import Settings, build_template
from generator.settings import OPTIONS, SOURCES, Option, SettingsError, Source

_NO_BOUNDARY = (
    "nothing limits the roles that the stack makes: whoever has these rights can write a template whose role may do "
    "anything in the account. With permissions_boundary below [roles] in site.toml the policy demands it of every role"
)


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
_ARN = re.compile(
    r"arn:aws[a-z-]*:cloudformation:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):"
    r"stack/(?P<name>[A-Za-z0-9-]+)/(?P<uuid>[0-9a-f-]{36})"
)
_CONNECTION = "ConnectionArn"  # the template's parameter
_FORMS = {
    "stack": (r"[A-Za-z][A-Za-z0-9-]{0,127}", "up to 128 letters, digits and dashes, and begin with a letter"),
    "account": (r"\d{12}", "twelve digits"),
    "connection": (
        r"arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[0-9a-f-]+",
        "an ARN, arn:aws:codeconnections:REGION:ACCOUNT:connection/ID",
    ),
}


class Wish(NamedTuple):
    """What was given on the command line in the place of what the project's files say; None where nothing was."""

    stack: str | None
    region: str | None
    account: str | None
    connection: str | None
    source: Source | None
    options: Sequence[Option]
    profile: str | None


@click.command(epilog=example("deployments rights --account 111122223333 --output policies"))
@click.argument("folder", metavar="[DIR]", default=".", type=Folder())
@click.option(
    "--for",
    "purpose",
    type=click.Choice(PURPOSES),
    default="up",
    help="up (default): `init` and `up`; init: `init` alone; day-two: look, watch, and switch.",
)
@click.option("--role", is_flag=True, help="Put the rights on resources into a role that CloudFormation takes.")
@click.option("--env", "environment", metavar="NAME", help="The environment of samconfig.toml (default: the site's).")
@click.option("--stack", help="The stack's name (default: the project's, else site), or the ARN of one that is there.")
@click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], show_envvar=True, help="The stack's Region.")
@click.option("--account", help="The account's twelve digits (default: of the credentials).")
@click.option("--connection", help="The connection's ARN (default: the project's, else all of the Region).")
@click.option("--source", type=click.Choice(SOURCES), help="Where deployments come from (default: the project's).")
@click.option("--with", "options", type=click.Choice(OPTIONS), multiple=True, help="What the template carries more.")
@click.option("--profile", envvar="AWS_PROFILE", show_envvar=True, help="The AWS profile to use.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Write each policy to a file there.")
@click.option("--json", "as_json", is_flag=True, help="Print the policies as they are, by name.")
def rights(
    folder: Path,
    purpose: Purpose,
    role: bool,
    environment: str | None,
    output: Path | None,
    as_json: bool,
    **given: object,
) -> None:
    """Print the IAM policies that a command needs, made from the template.

    They hold for a stack of one name in one account and Region. The project in DIR says which stack, where it has
    one. AWS is asked for nothing but the account's number, and only where --account does not give it.
    """
    if role and purpose != "up":
        raise click.UsageError(f"--role is about `up`: leave --for {purpose} out", click.get_current_context())
    stack = _stack(folder, environment, Wish(**given))  # type: ignore[arg-type]  # click's own values
    policies = of_role(stack) if role else of_person(purpose, stack)
    out = Output(as_json)
    if output:
        write(output, policies, out)
    else:
        show(policies, out)
    if purpose == "up" and not stack.boundary:
        out.note(_NO_BOUNDARY, "yellow")


def _stack(folder: Path, environment: str | None, wish: Wish) -> Stack:
    """The stack that is meant: of the project, where there is one, and of what was given."""
    project = find_project(folder, environment) or Project(folder, "site", "", Settings(), {})
    settings = _settings(project.settings, wish, folder)
    stack = wish.stack or project.stack
    known = _ARN.fullmatch(stack)  # says all of it
    place = Place(
        stack=_valid("stack", known["name"] if known else stack),
        region=known["region"] if known else wish.region or project.region,
        account=known["account"] if known else _valid("account", wish.account),
        connection=_valid("connection", wish.connection or project.parameters.get(_CONNECTION)),
    )
    place = place._replace(uuid=known["uuid"]) if known else place
    place = _completed(place, wish.profile or project.profile or None)
    tagged = "tags" in project.ignored  # `sam deploy` gives them to the stack
    template = cast("Template", build_template(settings).to_dict())
    return Stack(template, place, _boundary(settings, place), tagged)


def _settings(settings: Settings, wish: Wish, folder: Path) -> Settings:
    options = settings.options | frozenset(wish.options)
    try:
        return replace(settings, source=wish.source or settings.source, options=options, packaging="inline")
    except SettingsError as error:  # a source has no use for some settings
        raise Failure(f"{folder / SETTINGS}: {error}", USAGE) from None


def _valid(what: str, value: str | None) -> str:
    """A value of a form that AWS knows; "" for nothing."""
    pattern, form = _FORMS[what]
    if value and not re.fullmatch(pattern, value):
        raise Failure(f"{what} is {value!r}; it must be {form}", USAGE)
    return value or ""


def _completed(place: Place, profile: str | None) -> Place:
    """The place with what is configured, or known of the credentials."""
    region, account = place.region, place.account
    if not region:
        region = connect(None, profile).region
    try:
        partition = partition_of(region)
        account = account or str(connect(region, profile).client("sts").get_caller_identity()["Account"])
    except UnknownRegionError:
        raise Failure(f"{region!r} is no Region of AWS: give --region, as in eu-central-1", USAGE) from None
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"whose account? Give --account with its twelve digits ({explain(error)})", USAGE) from None
    return place._replace(region=region, account=account, partition=partition)


def _boundary(settings: Settings, place: Place) -> str:
    """The ARN of the policy that limits every role; "" if there is none."""
    policy = settings.roles.permissions_boundary
    if not policy or policy.startswith("arn:"):
        return policy
    return place.arn(f"iam::{{account}}:policy/{policy.removeprefix('/')}")
