"""The course of `up`: what the stack is, what would change, whether that is wanted, and the way to the first page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from contract import VERSION
from deployments import words
from deployments.cloud import Cloud
from deployments.errors import Failure, explain
from deployments.output import Output
from deployments.up import opening
from deployments.up.bucket import offered
from deployments.up.causes import cause
from deployments.up.following import Operation
from deployments.up.formation import ChangeSet, Formation
from deployments.up.preparing import Ask, failure, settled
from deployments.up.sentences import Sentence, counts, in_short, sentences
from deployments.up.states import went_well
from deployments.up.version import UNRELEASED, Act, acts, origin
from deployments.up.wish import Wish

if TYPE_CHECKING:
    from aws_types import DescribedStack

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html#API_CreateChangeSet_Errors
_REFUSALS = {"ValidationError", "AlreadyExistsException", "InsufficientCapabilitiesException", "LimitExceededException"}
_REFUSALS |= {"InvalidChangeSetStatus", "ChangeSetNotFound", "OperationInProgressException"}


class Choices(NamedTuple):
    """What the command line says about the way, not about the stack."""

    dry_run: bool
    express: bool
    older: bool
    moved: bool
    minutes: int


class Upgrade(NamedTuple):
    """From which version a stack came to this one, and what that asks of its owner; empty if from none."""

    version: str = ""
    acts: tuple[Act, ...] = ()


class Result(NamedTuple):
    """What became of the stack; `rebuild` says whether only a new build shows it."""

    outcome: str = "unchanged"
    sentences: tuple[Sentence, ...] = ()
    rebuild: bool = False


def deploy(cloud: Cloud, output: Output, wish: Wish, choices: Choices, ask: Ask) -> None:
    """Make the stack what the project says, and show its page; `Failure` names what came first in the way."""
    run = _Run(cloud, output, wish, choices, Formation(cloud, wish.stack))
    stack = settled(cloud, run.formation, wish, output, ask, older=choices.older, moved=choices.moved)
    upgrade = _said_upgrade(stack, output)
    result = run.change(stack, ask)
    if choices.dry_run:
        output.facts({"stack": wish.stack, "outcome": _spoken(result, output)}, _told(wish, upgrade, result))
    else:
        run.finish(upgrade, result)


def _said_upgrade(stack: DescribedStack | None, output: Output) -> Upgrade:
    """From which version to which, and what that asks of the owner."""
    made = origin(stack.get("Description", "")) if stack else None
    if not made or made.version == VERSION:
        return Upgrade()
    asked = acts(made.version)
    output.note(f"version {made.version} -> {VERSION}", "bold")
    if asked:
        output.note(f"What has changed for you since {made.version}:")
    for act in asked:
        after = f"after {VERSION}" if act.version == UNRELEASED else act.version
        output.note(f"- {after}: {act.text}")
    return Upgrade(made.version, tuple(asked))


class _Run(NamedTuple):
    """One run of `up`."""

    cloud: Cloud
    output: Output
    wish: Wish
    choices: Choices
    formation: Formation

    def change(self, stack: DescribedStack | None, ask: Ask) -> Result:
        """Say what would change, and change it if that is wanted; what became of it."""
        with self._proposed(stack) as proposal:
            if not proposal.changes:
                self.output.note(f"{self.wish.stack}: nothing to change")
                return Result()
            planned = self._shown(proposal, stack)
            if self.choices.dry_run:
                return planned
            ask("Change it?" if stack else "Create it?")
            operation = self._begun(proposal)
        self._follow(operation, proposal, new=stack is None)
        return planned._replace(outcome="updated" if stack else "created")

    @contextlib.contextmanager
    def _proposed(self, stack: DescribedStack | None) -> Iterator[ChangeSet]:
        """What CloudFormation would do; nothing is left of it in the end but what was begun."""
        proposal = self._proposal(stack)
        try:
            if proposal.failed:
                raise _refused(self.wish.stack, proposal.failed)
            yield proposal
        except BaseException:
            self._try_to_discard(proposal)
            raise
        if self.choices.dry_run or not proposal.changes:
            self.formation.discard(proposal)

    def _proposal(self, stack: DescribedStack | None) -> ChangeSet:
        wish, express = self.wish, stack is None and self.choices.express
        proposal = None
        try:
            with (
                _refusals(wish.stack),
                offered(self.cloud, wish.template, self.output.note, keep=not self.choices.dry_run) as template,
            ):
                proposal = self.formation.propose(
                    template, wish.given(stack), new=stack is None, express=express, role=wish.role
                )
        except BaseException:
            if proposal:  # the template could not be taken away again
                self._try_to_discard(proposal)
            raise
        return proposal

    def _try_to_discard(self, proposal: ChangeSet) -> None:
        """Take it back after something went wrong, which is what counts."""
        try:
            self.formation.discard(proposal)
        except (ClientError, BotoCoreError) as error:
            self.output.note(f"the change set {proposal.name} stays, and changes nothing: {explain(error)}", "yellow")

    def _shown(self, proposal: ChangeSet, stack: DescribedStack | None) -> Result:
        """The changes as sentences, and the parameters that get another value."""
        if not stack:
            self._say_account()
        what = "would change" if stack else "would be created"
        self.output.note(f"{self.wish.stack} {what} ({counts(proposal.changes)}):", "bold")
        for line in in_short(proposal.changes):
            self.output.note(f"- {line}", "bold red" if line.startswith("REPLACED") else "")
        changed = self.wish.changed(stack)
        for name, old, new in changed:
            self.output.note(f"- the parameter {name}: {old!r} -> {new!r}")
        rebuild = any(name in self.wish.of_build for name, _, _ in changed)
        return Result("planned", tuple(sentences(proposal.changes)), rebuild)

    def _say_account(self) -> None:
        """In whose account a stack is made: with another profile than yesterday it is a second site."""
        account = str(self.cloud.client("sts").get_caller_identity()["Account"])
        self.output.note(f"there is no stack {self.wish.stack} yet in the account {account}, {self.cloud.region}")
        for name, other in self.wish.of_other_accounts(account):
            self.output.note(f"{name} is of the account {other}: are these the credentials that you mean?", "yellow")

    def _begun(self, proposal: ChangeSet) -> Operation:
        """The operation that carries out the changes."""
        stack = self.formation.described()
        identity = stack["StackId"] if stack else self.wish.stack
        after = next((event["EventId"] for event in self.formation.events(identity)), "")
        with _refusals(self.wish.stack):
            self.formation.execute(proposal)
        return Operation(self.formation, identity, after)

    def _follow(self, operation: Operation, proposal: ChangeSet, *, new: bool) -> None:
        """Follow the operation to its end; `Failure` names what failed first."""
        title = f"{'creating' if new else 'changing'} {self.wish.stack}"
        names = frozenset(change.name for change in proposal.changes)
        ended = operation.follow(self.output, title, names, express=new and self.choices.express)
        if not went_well(ended.status):
            raise failure(self.wish.stack, ended)

    def finish(self, upgrade: Upgrade, result: Result) -> None:
        """See the site through to its first page, and report."""
        wish, output, created = self.wish, self.output, result.outcome == "created"
        outputs = self._outputs()
        site = opening.open_site(self.cloud, output, wish, outputs, created=created, minutes=self.choices.minutes)
        if site.live and result.rebuild and not created:
            output.note("what is live was built as before: the change shows after the next build")
            where = f"--stack {wish.stack} --region {self.cloud.region}"
            site = site._replace(next=f"deployments watch --start {where}")
        facts = {"stack": wish.stack, "outcome": _spoken(result, output), **site._asdict()}
        if site.next and output.for_people:  # a table would break what is to be copied
            output.note(f"next: {facts.pop('next')}")
        output.facts(facts, {**_told(wish, upgrade, result), **site._asdict(), "outputs": outputs})

    def _outputs(self) -> dict[str, str]:
        stack = self.formation.described()
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())} if stack else {}


def _told(wish: Wish, upgrade: Upgrade, result: Result) -> Mapping[str, object]:
    """What a program gets of the stack."""
    return {
        "stack": wish.stack,
        "outcome": result.outcome,
        "from": upgrade.version or None,
        "version": VERSION,
        "acts": [act._asdict() for act in upgrade.acts],
        "changes": [
            {"what": sentence.weight, "resource": sentence.name, "text": sentence.text} for sentence in result.sentences
        ],
    }


def _spoken(result: Result, output: Output) -> str:
    return words.OUTCOMES.get(result.outcome, result.outcome) if output.for_people else result.outcome


def _refused(name: str, said: str) -> Failure:
    why = cause(said)
    text = f"{name}: CloudFormation refuses the change: {why.text}{f'; {why.remedy}' if why.remedy else ''}"
    return Failure(text, remedy=why.remedy)


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Say with the remedy what CloudFormation refuses; all other errors have their own."""
    try:
        yield
    except ClientError as error:
        told = error.response["Error"]
        if told.get("Code") not in _REFUSALS:
            raise
        raise _refused(name, told.get("Message", told["Code"])) from None
