"""The course of `up`: what the stack is, what would change, whether that is wanted, and the way to the first page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from contract import VERSION
from deployments import words
from deployments.cloud import Cloud
from deployments.errors import Failure, is_denied
from deployments.output import Output
from deployments.up import opening
from deployments.up.bucket import offered
from deployments.up.causes import cause
from deployments.up.following import Operation
from deployments.up.formation import ChangeSet, Described, Formation
from deployments.up.preparing import Ask, outcome, settled
from deployments.up.sentences import counts, in_short, sentences
from deployments.up.states import went_well
from deployments.up.version import UNRELEASED, Act, acts, origin
from deployments.up.wish import Wish


@dataclass(frozen=True)
class Choices:
    """What the command line says about the way, not about the stack."""

    dry_run: bool
    express: bool
    older: bool
    minutes: int


@dataclass
class Told:
    """What a run has to tell a program in the end."""

    outcome: str = "unchanged"
    version: str = ""
    changes: list[Mapping[str, str]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    rebuild: bool = False


def deploy(cloud: Cloud, output: Output, wish: Wish, choices: Choices, ask: Ask) -> None:
    """Make the stack what the project says, and show its page; `Failure` names what came first in the way."""
    formation, told = Formation(cloud, wish.stack), Told()
    stack = settled(cloud, formation, wish, output, ask, older=choices.older)
    _say_version(output, told, stack)
    with _refusals(wish.stack):
        changes = _proposed(cloud, output, formation, wish, stack, choices)
    if changes.failed:
        formation.discard(changes.id)
        raise Failure(_refused(wish.stack, changes.failed))
    if not changes.changes:
        formation.discard(changes.id)
        output.note(f"{wish.stack}: nothing to change")
        _finish(cloud, output, wish, formation, told, choices, created=False)
        return
    _show(output, told, wish, changes, stack)
    if choices.dry_run:
        formation.discard(changes.id)
        _report(output, wish, told)
        return
    _agreed(formation, changes, ask, new=stack is None)
    _carry_out(output, formation, wish, changes, choices, new=stack is None)
    told.outcome = "created" if stack is None else "updated"
    _finish(cloud, output, wish, formation, told, choices, created=stack is None)


def _say_version(output: Output, told: Told, stack: Described | None) -> None:
    """From which version to which, and what that asks of the owner."""
    made = origin(stack.get("Description", "")) if stack else None
    if not made or made.version == VERSION:
        return
    told.version, told.acts = made.version, acts(made.version)
    output.note(f"version {made.version} -> {VERSION}", "bold")
    if told.acts:
        output.note(f"What has changed for you since {made.version}:")
    for act in told.acts:
        after = f"after {VERSION}" if act.version == UNRELEASED else act.version
        output.note(f"- {after}: {act.text}")


def _proposed(
    cloud: Cloud, output: Output, formation: Formation, wish: Wish, stack: Described | None, choices: Choices
) -> ChangeSet:
    new = stack is None
    with offered(cloud, wish.template, output.note, keep=not choices.dry_run) as template:
        return formation.propose(template, wish.given(stack), new=new, express=new and choices.express, role=wish.role)


def _refused(name: str, said: str) -> str:
    why = cause(said)
    return f"{name}: CloudFormation refuses the change: {why.text}{f'; {why.remedy}' if why.remedy else ''}"


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Say with the remedy what CloudFormation refuses; a missing right has its own."""
    try:
        yield
    except ClientError as error:
        if is_denied(error):
            raise
        raise Failure(_refused(name, error.response["Error"].get("Message", str(error)))) from None


def _show(output: Output, told: Told, wish: Wish, changes: ChangeSet, stack: Described | None) -> None:
    what = "would change" if stack else "would be created"
    output.note(f"{wish.stack} {what} ({counts(changes.changes)}):", "bold")
    for line in in_short(changes.changes):
        output.note(f"- {line}", "bold red" if line.startswith("REPLACED") else "")
    for name, old, new in wish.changed(stack):
        output.note(f"- the parameter {name}: {old!r} -> {new!r}")
        told.rebuild = told.rebuild or name in wish.of_build
    told.outcome = "planned"
    told.changes = [{"what": one.weight, "resource": one.name, "text": one.text} for one in sentences(changes.changes)]


def _agreed(formation: Formation, changes: ChangeSet, ask: Ask, *, new: bool) -> None:
    """Ask; whoever does not want it leaves nothing behind."""
    try:
        ask("Create it?" if new else "Change it?")
    except BaseException:
        formation.discard(changes.id)
        raise


def _carry_out(
    output: Output, formation: Formation, wish: Wish, changes: ChangeSet, choices: Choices, *, new: bool
) -> None:
    stack = formation.described()
    identity = stack["StackId"] if stack else wish.stack
    after = next((event["EventId"] for event in formation.events(identity)), "")
    with _refusals(wish.stack):
        formation.execute(changes.id)
    title = f"{'creating' if new else 'changing'} {wish.stack}"
    operation = Operation(formation, identity, after)
    ended = operation.follow(
        output, title, frozenset(one.name for one in changes.changes), express=new and choices.express
    )
    if not went_well(ended.status):
        raise Failure(outcome(wish.stack, ended))


def _finish(
    cloud: Cloud, output: Output, wish: Wish, formation: Formation, told: Told, choices: Choices, *, created: bool
) -> None:
    """See the site through to its first page, and report."""
    if choices.dry_run:
        _report(output, wish, told)
        return
    stack = formation.described()
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())} if stack else {}
    site = opening.open_site(cloud, output, wish, outputs, created=created, minutes=choices.minutes)
    if site.live and told.rebuild and not created:
        output.note("what is live was built as before: the change shows after the next build")
        site = site._replace(next=f"deployments watch --start --stack {wish.stack} --region {cloud.region}")
    facts = {"stack": wish.stack, "outcome": _words(output, told)}
    facts |= {"url": site.url, "live": site.live, "next": site.next}
    if site.next and output.for_people:  # a table would break a command that is copied
        output.note(f"next: {facts.pop('next')}")
    output.facts(
        facts, {**_value(wish, told), "url": site.url, "live": site.live, "next": site.next, "outputs": outputs}
    )


def _report(output: Output, wish: Wish, told: Told) -> None:
    output.facts({"stack": wish.stack, "outcome": _words(output, told)}, _value(wish, told))


def _words(output: Output, told: Told) -> str:
    return words.OUTCOMES.get(told.outcome, told.outcome) if output.for_people else told.outcome


def _value(wish: Wish, told: Told) -> dict[str, object]:
    return {
        "stack": wish.stack,
        "outcome": told.outcome,
        "from": told.version or None,
        "version": VERSION,
        "acts": [act._asdict() for act in told.acts],
        "changes": told.changes,
    }
