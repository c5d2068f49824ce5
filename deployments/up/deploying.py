"""The course of `up`: what the stack is, what would change, whether that is wanted, and the way to the first page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from contract import VERSION
from deployments import words
from deployments.cloud import Cloud
from deployments.errors import Failure
from deployments.output import Output
from deployments.up import opening
from deployments.up.bucket import offered
from deployments.up.causes import cause
from deployments.up.following import Operation
from deployments.up.formation import ChangeSet, Formation
from deployments.up.preparing import Ask, outcome, settled
from deployments.up.sentences import counts, in_short, sentences
from deployments.up.states import went_well
from deployments.up.version import UNRELEASED, Act, acts, origin
from deployments.up.wish import Wish

if TYPE_CHECKING:
    from aws_types import DescribedStack

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html#API_CreateChangeSet_Errors
_REFUSALS = {"ValidationError", "AlreadyExistsException", "InsufficientCapabilitiesException", "LimitExceededException"}
_REFUSALS |= {"InvalidChangeSetStatus", "ChangeSetNotFound", "OperationInProgressException"}


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
    run = _Run(cloud, output, wish, choices)
    stack = settled(cloud, run.formation, wish, output, ask, older=choices.older)
    run.say_version(stack)
    changes = run.proposed(stack)
    if not changes.changes:
        run.formation.discard(changes.id)
        output.note(f"{wish.stack}: nothing to change")
    else:
        run.show(changes, stack)
        if choices.dry_run:
            run.formation.discard(changes.id)
        else:
            run.agreed(changes, ask, new=stack is None)
            run.carry_out(changes, new=stack is None)
    run.finish()


class _Run:
    """One run of `up`, and what it has to tell in the end."""

    def __init__(self, cloud: Cloud, output: Output, wish: Wish, choices: Choices) -> None:
        self._cloud, self._output, self._wish, self._choices = cloud, output, wish, choices
        self.formation, self._told = Formation(cloud, wish.stack), Told()

    def say_version(self, stack: DescribedStack | None) -> None:
        """From which version to which, and what that asks of the owner."""
        made = origin(stack.get("Description", "")) if stack else None
        if not made or made.version == VERSION:
            return
        self._told.version, self._told.acts = made.version, acts(made.version)
        self._output.note(f"version {made.version} -> {VERSION}", "bold")
        if self._told.acts:
            self._output.note(f"What has changed for you since {made.version}:")
        for act in self._told.acts:
            after = f"after {VERSION}" if act.version == UNRELEASED else act.version
            self._output.note(f"- {after}: {act.text}")

    def proposed(self, stack: DescribedStack | None) -> ChangeSet:
        """What CloudFormation would do; `Failure` if it refuses."""
        wish, express = self._wish, stack is None and self._choices.express
        given, changes = wish.given(stack), None
        try:
            with (
                _refusals(wish.stack),
                offered(self._cloud, wish.template, self._output.note, keep=not self._choices.dry_run) as template,
            ):
                changes = self.formation.propose(template, given, new=stack is None, express=express, role=wish.role)
        except BaseException:
            if changes:  # the template could not be taken away again
                self.formation.discard(changes.id)
            raise
        if changes.failed:
            self.formation.discard(changes.id)
            raise Failure(_refused(wish.stack, changes.failed))
        return changes

    def show(self, changes: ChangeSet, stack: DescribedStack | None) -> None:
        """The changes as sentences, and the parameters that get another value."""
        what = "would change" if stack else "would be created"
        self._output.note(f"{self._wish.stack} {what} ({counts(changes.changes)}):", "bold")
        for line in in_short(changes.changes):
            self._output.note(f"- {line}", "bold red" if line.startswith("REPLACED") else "")
        told = self._told
        for name, old, new in self._wish.changed(stack):
            self._output.note(f"- the parameter {name}: {old!r} -> {new!r}")
            told.rebuild = told.rebuild or name in self._wish.of_build
        told.outcome = "planned"
        told.changes = [
            {"what": one.weight, "resource": one.name, "text": one.text} for one in sentences(changes.changes)
        ]

    def agreed(self, changes: ChangeSet, ask: Ask, *, new: bool) -> None:
        """Ask; whoever does not want it leaves nothing behind."""
        try:
            ask("Create it?" if new else "Change it?")
        except BaseException:
            self.formation.discard(changes.id)
            raise

    def carry_out(self, changes: ChangeSet, *, new: bool) -> None:
        """Carry out the changes, and follow them to their end; `Failure` names what failed first."""
        name = self._wish.stack
        stack = self.formation.described()
        identity = stack["StackId"] if stack else name
        after = next((event["EventId"] for event in self.formation.events(identity)), "")
        with _refusals(name):
            self.formation.execute(changes.id)
        ended = Operation(self.formation, identity, after).follow(
            self._output,
            f"{'creating' if new else 'changing'} {name}",
            frozenset(one.name for one in changes.changes),
            express=new and self._choices.express,
        )
        if not went_well(ended.status):
            raise Failure(outcome(name, ended))
        self._told.outcome = "created" if new else "updated"

    def finish(self) -> None:
        """See the site through to its first page, and report."""
        wish, told, output = self._wish, self._told, self._output
        value = {
            "stack": wish.stack,
            "outcome": told.outcome,
            "from": told.version or None,
            "version": VERSION,
            "acts": [act._asdict() for act in told.acts],
            "changes": told.changes,
        }
        if self._choices.dry_run:
            output.facts({"stack": wish.stack, "outcome": self._outcome()}, value)
            return
        outputs = self._outputs()
        created, minutes = told.outcome == "created", self._choices.minutes
        site = opening.open_site(self._cloud, output, wish, outputs, created=created, minutes=minutes)
        if site.live and told.rebuild and not created:
            output.note("what is live was built as before: the change shows after the next build")
            where = f"--stack {wish.stack} --region {self._cloud.region}"
            site = site._replace(next=f"deployments watch --start {where}")
        facts = {"stack": wish.stack, "outcome": self._outcome(), **site._asdict()}
        if site.next and output.for_people:  # a table would break what is to be copied
            output.note(f"next: {facts.pop('next')}")
        output.facts(facts, {**value, **site._asdict(), "outputs": outputs})

    def _outcome(self) -> str:
        told = self._told.outcome
        return words.OUTCOMES.get(told, told) if self._output.for_people else told

    def _outputs(self) -> dict[str, str]:
        stack = self.formation.described()
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())} if stack else {}


def _refused(name: str, said: str) -> str:
    why = cause(said)
    return f"{name}: CloudFormation refuses the change: {why.text}{f'; {why.remedy}' if why.remedy else ''}"


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Say with the remedy what CloudFormation refuses; all other errors have their own."""
    try:
        yield
    except ClientError as error:
        told = error.response["Error"]
        if told.get("Code") not in _REFUSALS:
            raise
        raise Failure(_refused(name, told.get("Message", told["Code"]))) from None
