"""`instant-hosting local pipeline REPO`: what happens between a commit and a page, stage by stage, on this machine."""

from __future__ import annotations

import asyncio
import itertools
import re
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from compiler.report import count
from local.cloud.build import STEPS, Build
from local.cloud.child import Children, Stopped
from local.cloud.stack import Stack
from local.commands.reason import failed_command, told
from local.commands.recognition import recognized, say_found
from local.commands.repository import Commit, Repository
from local.commands.say import say
from local.commands.telling import Telling
from local.errors import LocalError

CONNECTION = "arn:aws:codeconnections:us-east-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
_LIVE_SECONDS = 30  # it takes one; then something is wrong, and its log says what
_LOOK_SECONDS = 0.02  # between two looks at the publisher's log, for which somebody waits
_CLONING = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}  # submodules on this disk are one's own
# What a fragment of the buildspec runs for the user: its variable tells the command
_COMMANDS = ("INSTALL_COMMAND", "BUILD_COMMAND")


@dataclass(frozen=True)
class Plan:
    """What is built: commits of `revision`; with `watch` each new one."""

    repository: Repository
    revision: str
    watch: bool
    parameters: dict[str, str]

    @property
    def clones(self) -> bool:
        """Whether a build gets the repository, and not only the commit's files."""
        return self.parameters.get("FullClone") == "true"


def parameters_of(
    framework: str, root: str, build: str, output: str, routing: str, full_clone: bool = False
) -> dict[str, str]:
    """The template's parameters; what is empty keeps its default."""
    if Path(root).is_absolute() or ".." in Path(root).parts:
        raise LocalError(f"--root {root} is no folder in the repository: give its path from the top, as in apps/web")
    given = {"AppRoot": root, "BuildCommand": build, "OutputFolder": output, "Routing": routing}
    given["FullClone"] = "true" if full_clone else ""
    wanted = {name: value for name, value in given.items() if value}
    return {"ConnectionArn": CONNECTION, "Repository": "local/repository", "Framework": framework or "custom"} | wanted


def recognized_parameters(repository: Repository, revision: str, given: dict[str, str]) -> dict[str, str]:
    """The parameters with what the commit's files say; what is given goes before."""
    answers = {"output": "OutputFolder", "routing": "Routing", "build": "BuildCommand"}
    answered = {what for what, name in answers.items() if name in given}
    if {"BuildCommand", "OutputFolder", "Routing"} <= set(given):
        return given
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        repository.copy(repository.commit(revision), Path(folder))
        app = recognized(
            Path(folder), given.get("AppRoot", ""), called=f"{repository.folder}", answered=frozenset(answered)
        )
    if not app:
        start = "its files do not say how it is built: give --framework, or all of --build, --output and --routing"
        raise LocalError(f"{repository.folder} at {revision}: {start}")
    say_found(app)
    said = {name: value for name, value in given.items() if name != "Framework"}
    return {"AppRoot": app.root} | app.parameters | said


async def run(stack: Stack, plan: Plan, children: Children) -> None:
    """Build and publish the commits; without `watch` a failure ends it, and else it waits for the end."""
    async for commit in _commits(plan):
        try:
            await asyncio.to_thread(execute, stack, plan, commit, children)
        except LocalError as error:
            if not plan.watch:
                raise
            say(f"{error}\nwhat was live stays live; waiting for the next commit of {plan.revision}")
    await asyncio.Event().wait()


async def _commits(plan: Plan) -> AsyncIterator[Commit]:
    async for commit in plan.repository.commits(plan.revision):
        yield commit
        if not plan.watch:
            return


def execute(stack: Stack, plan: Plan, commit: Commit, children: Children) -> str:
    """One execution of the pipeline; the deployment that is live then."""
    cloning = _CLONING if plan.clones else {}
    build = Build(stack, commit.id, message=commit.message, variables=cloning, children=children)
    start = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    say(f"execution {build.execution}")
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        source, tools = Path(folder) / "source", Path(folder) / "tools"
        source.mkdir()
        tools.mkdir()
        telling = Telling(build, commit)
        with telling.execution():
            with telling.stage("Source"):
                _fetch(plan, commit, source)
            with telling.stage("Build"):
                _build(build, source, tools, telling)
            with telling.stage("Upload"):
                _upload(build, tools, telling)
    with _stage("Event") as tell:
        stack.send_success(build.execution, start)
        tell("SUCCEEDED, through EventBridge's rule to the publisher")
    with _stage("Publish") as tell:
        tell(_outcome(stack, build.execution))
    return build.deployment


def _fetch(plan: Plan, commit: Commit, source: Path) -> None:
    """Take the commit's files, and say what the folder has besides."""
    fetch = plan.repository.clone if plan.clones else plan.repository.copy
    with _stage("Source") as tell:
        fetch(commit, source)
        tell(f"{commit.id[:10]} {commit.message.splitlines()[0] if commit.message else ''}")
    if edits := plan.repository.edits(commit):
        files, them = count(edits, "file that is", "files that are"), "it" if edits == 1 else "them"
        say(f"  not in it: {files} edited or new since: `git commit` takes {them} in")


def _build(build: Build, source: Path, tools: Path, telling: Telling) -> None:
    with _stage("Build") as tell:
        done = build.build(source, tools)
        telling.log("Build", done.stdout)
        if done.returncode:
            raise LocalError(_failure(build, tools / STEPS, done.stdout))
        tell(_said(done.stdout))


def _upload(build: Build, tools: Path, telling: Telling) -> None:
    with _stage("Upload") as tell:
        done = build.upload(tools)
        telling.log("Upload", done.stdout)
        if done.returncode:
            raise LocalError(told("the upload failed", done.stdout))
        tell(_said(done.stdout))


class _Stage:
    """What a stage tells at its end."""

    text = ""

    def __call__(self, text: str) -> None:
        self.text = text


@contextmanager
def _stage(name: str) -> Iterator[_Stage]:
    started, stage, word = time.monotonic(), _Stage(), "failed"
    try:
        yield stage
        word = "ok"
    except Stopped:
        word = "stopped"
        raise
    finally:
        say(f"  {name:8} {word:6} {time.monotonic() - started:6.2f} s  {stage.text}".rstrip())


def _said(output: str) -> str:
    """The last line, of our own program; its warnings, which stand just before it, are said at once."""
    *before, last = output.strip().splitlines()
    for warning in reversed([*itertools.takewhile(lambda line: line.startswith("warning: "), reversed(before))]):
        say(f"  {warning}")
    return last


def _failure(build: Build, steps: Path, said: str) -> str:
    """The command that failed, and why, as far as it said so."""
    phase, number = steps.read_text().splitlines()[-1].split()
    fragment = build.phases()[phase][int(number)]
    commands = [build.settings().get(name, "") for name in _COMMANDS if name in fragment]
    command = next((one for one in commands if one != "none"), "")
    ran = failed_command(said) if re.search(r"\bauto\b", command) else ""  # what `auto` stands for
    more = f" ({ran})" if ran and ran not in command else ""
    return told(f"the build failed in phase {phase}" + (f": {command}{more}" if command else ""), said)


def _outcome(stack: Stack, execution: str) -> str:
    """What the publisher logged about the execution."""
    end = time.monotonic() + _LIVE_SECONDS
    while time.monotonic() < end:
        for line in stack.log():
            if line.get("execution") == execution:
                return f"{line['outcome']}: {line.get('deployment') or execution} {line.get('reason', '')}".strip()
        time.sleep(_LOOK_SECONDS)
    raise LocalError(f"the publisher said nothing about {execution} within {_LIVE_SECONDS} seconds: start again")
