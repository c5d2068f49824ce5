"""`instant-hosting local DIR`: a folder, published and served like on AWS, again after each change if asked for."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import webbrowser
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from glob import glob
from itertools import takewhile
from pathlib import Path
from typing import Any

from compiler.report import count
from dashboard.program import this_program
from dashboard.server import Dashboard
from dashboard.sites import OnThisMachine
from deployments.errors import Failure
from deployments.local_system import LocalSystem
from deployments.sources import mark_of_sources
from generator.frameworks import FRAMEWORKS
from local.cloud import child, toolbox
from local.cloud.emulator import REGION
from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands import pipeline
from local.commands.announcement import announce, withdraw
from local.commands.counts import Counts
from local.commands.ending import until_stopped
from local.commands.publication import Held, publish
from local.commands.reason import told
from local.commands.recognition import check_installed, recognized, say_found
from local.commands.say import say
from local.commands.watch import Watch
from local.edge.front import Front, check
from local.edge.functions import check_node
from local.edge.network import LOST, edge_of
from local.edge.visit import Visit
from local.errors import LocalError

_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Project:
    """What is published: the folder of `folder` that `output` names, after `build`, if there is one to run."""

    folder: Path
    output: str
    routing: str
    build: str = ""

    def published(self) -> Path:
        """The output folder, of which a pattern must match exactly one, as in codebuild/build.sh."""
        folders = sorted(glob(self.output, root_dir=self.folder)) or [self.output]  # noqa: PTH207  # like a shell's, without hidden ones
        if self.build and (len(folders) != 1 or not (self.folder / folders[0]).is_dir()):
            left = ", ".join(folders) if folders != [self.output] else "none"
            wanted = f"the build must leave exactly one such folder in {self.folder}"
            raise LocalError(f"the output folder is '{self.output}'; {wanted}, it left: {left}; see --output")
        return self.folder / folders[0]

    def watch(self) -> Watch:
        """What tells of its changes; a pattern's folders are those below the part before it."""
        before = Path(*takewhile(lambda part: not set("*?[") & set(part), Path(self.output).parts))
        return Watch(self.folder, self.folder / before if self.build and before != Path() else None)


@dataclass(frozen=True)
class Options:
    """How it is served."""

    port: int
    watch: bool = False
    open: bool = False
    dashboard: int | None = None


def project_of(folder: Path, framework: str, routing: str, build: str, output: str) -> Project:
    """What the command line means; `LocalError` says what is missing."""
    row = FRAMEWORKS[framework or "static"]
    command = build or row.build
    command = "" if command == "none" else command
    where = output or (row.output if command else ".")
    if not framework and not (command and output):
        unsaid = not output or _is_project(folder, folder / where)
        if unsaid and (project := _recognized(folder, routing, output, command)):
            return project
        if not command and _is_project(folder, folder / where):
            how = "say how it is built, as in --framework vite, or --framework static if nothing is"
            raise LocalError(f"{folder} is a project and no built site: {how}")
    return Project(folder, where, routing or row.routing, command)


def _recognized(folder: Path, routing: str, output: str, command: str) -> Project | None:
    """The project as its files say it is; what the command line says goes before."""
    given = {what for what, value in (("routing", routing), ("output", output), ("build", command)) if value}
    app = recognized(folder, "." if (folder / "index.html").is_file() else "", answered=frozenset(given))
    if not app or (app.framework == "static" and not app.output):  # as it is, if nothing looks like sources
        return None
    say_found(app)
    row, place = FRAMEWORKS[app.framework], folder / app.root
    build = command or app.build or row.build
    check_installed(place, app.package_manager, build)
    where = output or app.output or row.output
    return Project(place, where, routing or app.routing or row.routing, "" if build == "none" else build)


def _is_project(folder: Path, published: Path) -> bool:
    """Whether what would be published are sources, or would be made of them."""
    return bool(mark_of_sources(published) or (mark_of_sources(folder) and not (published / "index.html").is_file()))


def serve(project: Project, options: Options) -> None:
    """Publish the site and serve it until somebody asks for the end."""
    _check(options)
    watch = project.watch()
    _build(project, watch)
    with deployed() as stack:
        asyncio.run(face(stack, project.folder, options, _publishing(stack, project, watch if options.watch else None)))


def serve_pipeline(plan: pipeline.Plan, options: Options) -> None:
    """Run the pipeline and serve what it publishes until somebody asks for the end."""
    plan.repository.commit(plan.revision)
    _check(options)
    with deployed("git", **plan.parameters) as stack:
        asyncio.run(face(stack, plan.repository.folder, options, pipeline.run(stack, plan)))


def _check(options: Options) -> None:
    """Say what would stop it later, before anything is started."""
    check_node()
    for port, option in ((options.port, "--port"), (options.dashboard, "--dashboard")):
        if port:
            check(port, option)


async def face(stack: Stack, folder: Path, options: Options, work: Coroutine[Any, Any, None]) -> None:
    """Serve the site of the stack, made from `folder`, and its dashboard, while `work` goes on."""
    async with AsyncExitStack() as resources:
        resources.callback(work.close)
        resources.callback(child.end_all)
        edge = await resources.enter_async_context(edge_of(stack))
        location = edge.location()
        counts = Counts(stack)

        def tell(visit: Visit) -> None:
            say(visit.line())
            counts.add(visit)

        front = Front(lambda _: location, tell)
        url = await front.start(options.port)
        resources.push_async_callback(front.close)
        emulator = stack.emulator
        facts = (stack.name, REGION, url, os.getpid(), str(folder.resolve()))
        system = LocalSystem(emulator.url, emulator.environment(), *facts)
        announce(system)
        resources.callback(withdraw, os.getpid())
        say(f"site: {url}")
        if options.open:
            webbrowser.open(url)
        watching = [counts.hand_over()]
        if options.dashboard is not None:
            dashboard = Dashboard(OnThisMachine(system), this_program())
            say(f"dashboard: {await _start(dashboard, options.dashboard)}")
            resources.push_async_callback(dashboard.close)
            watching.append(dashboard.watch())
        try:
            await until_stopped(edge.ended(), work, *watching)
        except LOST as error:
            raise await edge.explained(error) from None


async def _start(dashboard: Dashboard, port: int) -> str:
    try:
        return await dashboard.start(port)
    except Failure as failure:
        raise LocalError(str(failure)) from None


async def _publishing(stack: Stack, project: Project, watch: Watch | None) -> None:
    await _publish(stack, project)
    say("Ctrl-C ends it" + (f"; {project.folder} is watched" if watch else ""))
    if not watch:
        await asyncio.Event().wait()
        return
    async for _ in watch.changes():
        while await _is_held(stack, project, watch):
            await _released(stack)
            await asyncio.to_thread(watch.catch_up)  # with what was edited meanwhile


async def _is_held(stack: Stack, project: Project, watch: Watch) -> bool:
    """Publish a change, or say why not; whether it waits for the end of a hold."""
    try:
        await asyncio.to_thread(_build, project, watch)
        await _publish(stack, project)
    except Held as error:
        say(f"not published: {error}; once it is released, it is published")
        return True
    except (LocalError, OSError) as error:  # OSError: files that went away meanwhile
        say(f"not published: {error}")  # the site that is live stays; the next change is another try
    return False


async def _released(stack: Stack) -> None:
    """Wait until nothing holds new deployments any more."""
    seen = ""
    while True:
        ledger = await asyncio.to_thread(stack.stored, "ledger") or ""
        if ledger != seen and not (await asyncio.to_thread(stack.status, previous=False))["hold"]:
            return
        seen = ledger
        await asyncio.sleep(_LOOK_SECONDS)


async def _publish(stack: Stack, project: Project) -> None:
    made = await asyncio.to_thread(publish, stack, project.published(), project.routing)
    for warning in made.warnings:
        say(f"warning: {warning}")
    say(f"live: {made.deployment}, {count(made.files, 'file')}, {made.seconds:.1f} s")


def _build(project: Project, watch: Watch) -> None:
    if not project.folder.is_dir():
        raise LocalError(f"{project.folder} is gone: what is live stays; move it back, or end this with Ctrl-C")
    if project.build:
        with watch.building():
            _run(project)
        project.published()


def _run(project: Project) -> None:
    command = ["bash", "-euo", "pipefail", "-c", project.build]
    with tempfile.TemporaryDirectory(prefix="auto-") as tools:
        environment = toolbox.auto(Path(tools), project.folder, os.environ)
        done = child.run(command, stderr=subprocess.STDOUT, cwd=project.folder, env=environment)
    if done.returncode:
        raise LocalError(told(f"the build failed with status {done.returncode}: {project.build}", done.stdout))
