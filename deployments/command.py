"""What all commands share: the options that say where, and the site that they find there.

One place, so that `--stack` and the other options mean the same in every command.
"""

from __future__ import annotations

import functools
import getpass
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import cast

import click
from botocore.exceptions import BotoCoreError, ClientError
from click.core import ParameterSource

from contract import Answer
from deployments import words
from deployments.bucket import Bucket
from deployments.catalog import PARALLEL, Catalog
from deployments.cloud import Cloud, connect, connect_locally
from deployments.errors import Failure, is_absent
from deployments.output import Output
from deployments.publisher import Publisher
from deployments.stack import Stack, find_stack
from deployments.visitor import Visitor

SEEN_WITHIN = 60  # seconds that a switch may take to reach this edge before a command stops looking
_NOT_YET = "this folder's samconfig.toml names it, and `deployments up` creates it"

_STACK = click.option(
    "--stack",
    envvar="DEPLOYMENTS_STACK",
    show_envvar=True,
    help="The site's stack (default: the project's in this folder, else the only one that there is).",
)
_OPTIONS = (
    click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], show_envvar=True, help="The stack's Region."),
    click.option("--profile", envvar="AWS_PROFILE", show_envvar=True, help="The AWS profile to use."),
    click.option("--local", is_flag=True, help="Work on the site that `instant-hosting local` runs on this machine."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs."),
)


Command = Callable[..., None]  # type: ignore[explicit-any]  # click gives it what its options say


class Site:
    """A stack, and whom to ask about it; visitors come to `visited`, which is its address where none is given."""

    def __init__(
        self,
        cloud: Cloud,
        stack: Stack,
        output: Output,
        catalog: Callable[[Bucket], Catalog] = Catalog,
        visited: str = "",
    ) -> None:
        self.cloud, self.stack, self.output = cloud, stack, output
        self.publisher = Publisher(self.cloud, self.stack.publisher)
        self.s3 = self.cloud.client("s3", max_pool_connections=PARALLEL)
        self.bucket = Bucket(self.s3, self.stack.bucket)
        self.catalog = catalog(self.bucket)
        self.url = self.cloud.site or self.stack.url
        self.visitor = Visitor(visited or self.url, "" if self.cloud.site else self.cloud.endpoint)

    def resource(self, name: str) -> str:
        """The physical name of the stack's resource `name`; "" if the stack has none such."""
        where = {"StackName": self.stack.name, "LogicalResourceId": name}
        try:
            answer = self.cloud.client("cloudformation").describe_stack_resource(**where)
        except ClientError as error:
            if not is_absent(error):
                raise
            return ""
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    def ask(self, action: str, *, as_ci: bool = False, **wish: object) -> Answer:
        """The publisher's answer; a refusal becomes a `Failure` that names what could be chosen."""
        answer = self.publisher.ask(action, as_ci=as_ci, by=requester(), **wish)
        if answer["outcome"] == "refused":
            choices = answer.get("choices", [])
            more = " (`list` shows more)" if len(choices) > 3 else ""
            offer = f"; you could choose {', '.join(choices[:3])}{more}" if choices else ""
            if action == "publish" and not choices and self._is_overtaken(wish.get("seen"), as_ci):
                offer = f": it is complete, and `promote {wish['deployment']}` makes it live all the same"
            if _unknown(action, wish, answer["reason"]):
                offer = "; this publisher is older than the command: update the stack with a template of this version"
            raise Failure(f"refused: {answer['reason']}{offer}", told=answer, remedy=offer.lstrip(";: "))
        return answer

    def _is_overtaken(self, seen: object, as_ci: bool) -> bool:
        """Whether another deployment is live than the one that was seen; no, where that cannot be told."""
        with suppress(Failure, ClientError, BotoCoreError):  # the refusal counts
            return seen not in (None, self.publisher.state(previous=False, as_ci=as_ci).live)
        return False

    def report(self, answer: Answer, wait: bool, more: Mapping[str, object] | None = None, **facts: str) -> None:
        """Show what the publisher did and, when something else is live now, when a visitor sees it."""
        live = answer.get("after", "")
        changed = bool(live) and live != answer.get("before", "")
        seen = self.visitor.wait_for(live, SEEN_WITHIN) if changed and wait else None
        if changed and wait and seen is None:
            self.output.note(f"{self.url} does not show {live} after {SEEN_WITHIN} s: see `status`", "yellow")
        shown = {"outcome": answer["outcome"], "live": live, "before": answer.get("before", "")}
        shown |= {"reason": answer.get("reason", ""), "waiting": answer.get("waiting", ""), "url": self.url}
        if extra := answer.get("extra"):
            one, names = answer["deployment"], ", ".join(extra["names"])
            what = f"files came after {one} was complete, and visitors get them too ({extra['count']}): {names}"
            self.output.note(f"{what}; `prune {one} --extras` takes them away", "yellow")
        shown |= {**facts, "seen": "" if seen is None else f"{seen:.1f} s after the answer"}
        spoken = words.of_answer(answer)
        if self.output.for_people:
            shown |= spoken
            shown["before"] = shown["before"] if changed else ""
        elif answer["outcome"] in ("duplicate", "stale"):
            self.output.note(": ".join(filter(None, spoken.values())))
        self.output.facts(shown, {**answer, **(more or {}), "url": self.url, "seen": seen})


def _unknown(action: str, wish: Mapping[str, object], reason: str) -> bool:
    """Whether the publisher does not know a member that was sent.

    Then it says what the action takes, of one member (`'seen' is '': publish takes ...`). The first publishers said it
    of the whole request (`{...} is not a request: publish takes ...`).
    """
    _, refused, takes = reason.rpartition(f": {action} takes ")
    return bool(refused) and any(f"{name} (" not in takes for name, value in wish.items() if value is not None)


def in_cloud(function: Command) -> Command:
    """Give a command the options that say where, and as its first arguments `Cloud` and `Output`."""

    @functools.wraps(function)
    def run(*, region: str | None, profile: str | None, local: bool, as_json: bool, **arguments: object) -> None:
        check_where(local, arguments)
        cloud = connect_locally() if local else connect(region_of(region), profile)
        function(cloud, Output(as_json), **arguments)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def region_of(region: str | None) -> str | None:
    """The Region of what is asked about: the project's own for its stack, unless another one is given.

    A variable is about a whole shell, and `up` does not follow it either. Another stack than the project's is not in
    the project's Region because of that.
    """
    context = click.get_current_context()
    source = context.get_parameter_source("region")
    known = context.default_map or {}
    if "region" not in known or source is ParameterSource.COMMANDLINE:
        return region
    if context.params.get("stack") == known.get("stack"):
        return str(known["region"])
    return None if source is ParameterSource.DEFAULT_MAP else region


def check_where(local: bool, arguments: Mapping[str, object]) -> None:
    """Refuse what would be ignored, or could not be sent."""
    context = click.get_current_context()
    for name in ("region", "profile") if local else ():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} and --local exclude each other: leave one out", context)
    refuse_bytes(arguments)


def refuse_bytes(arguments: Mapping[str, object]) -> None:
    """Refuse an argument with bytes of another encoding."""
    for name, value in arguments.items():
        for text in value if isinstance(value, tuple) else [value]:
            if isinstance(text, str) and re.search("[\ud800-\udfff]", text):
                raise click.UsageError(f"{name} {text!r} is not UTF-8: write it in UTF-8", click.get_current_context())


def on_site(function: Command) -> Command:
    """Give a command the options that say where, and as its first argument the `Site` that is there."""

    @functools.wraps(function)
    def run(cloud: Cloud, output: Output, *, stack: str | None, **arguments: object) -> None:
        source = click.get_current_context().get_parameter_source("stack")
        given = source is ParameterSource.COMMANDLINE
        wanted = stack if given or not cloud.stack else None  # the variable is about AWS, as the Region's are
        remedy = [_NOT_YET] if source is ParameterSource.DEFAULT_MAP else []
        function(Site(cloud, find_stack(cloud, wanted, *remedy), output), **arguments)

    return _STACK(in_cloud(run))


def example(command: str) -> str:
    """The end of a command's help; it is not wrapped, so that it can be copied."""
    return f"\b\nExample:\n  {command}"


class Folder(click.Path):
    """A folder that somebody names; an empty name is a variable that is not set, and not where one stands."""

    def __init__(self, *, file_okay: bool = False) -> None:
        super().__init__(file_okay=file_okay, path_type=Path)

    def convert(self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; an empty text is refused."""
        if not str(value):
            self.fail("it is empty: give a folder, or . for this one", param, ctx)
        return cast("Path", super().convert(value, param, ctx))


def waiting(function: Command) -> Command:
    """Give a command that switches the option not to wait until the site shows it."""
    return click.option("--wait/--no-wait", default=True, help="Wait until the site shows the change (default).")(
        function
    )


def patient(what: str) -> Callable[[Command], Command]:
    """Give a command the option that says for how long it follows `what`."""
    return click.option(
        "--timeout",
        metavar="N",
        type=click.IntRange(min=1),
        default=60,
        show_default=True,
        help=f"For how many minutes to follow {what}.",
    )


def requester() -> str:
    """Who asks, for the history: the CI's or this machine's user."""
    names = "GITHUB_ACTOR", "GITLAB_USER_LOGIN"
    try:
        return next((os.environ[name] for name in names if os.environ.get(name)), "") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user without a name; Windows knows no numbers
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
