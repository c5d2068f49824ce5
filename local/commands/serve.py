"""`instant-hosting local DIR`: a folder, published and served like on AWS, again after each change if asked for."""

from __future__ import annotations

import asyncio
import os
import webbrowser
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from compiler.report import count
from dashboard.program import this_program
from dashboard.server import Dashboard
from dashboard.sites import OnThisMachine
from deployments.errors import Failure
from deployments.local_system import LocalSystem
from local.cloud.child import Children
from local.cloud.emulator import REGION
from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands import pipeline
from local.commands.announcement import announce, withdraw
from local.commands.counts import Counts
from local.commands.ending import until_stopped
from local.commands.project import Project, build, check_files
from local.commands.publication import Held, publish
from local.commands.say import say
from local.commands.watch import Watch
from local.edge.front import Front, check
from local.edge.functions import check_node
from local.edge.network import LOST, Edge, edge_of
from local.edge.visit import Visit
from local.errors import LocalError

_LOOK_SECONDS = 0.5  # between two looks whether a hold is over, which a person ends


@dataclass(frozen=True)
class Options:
    """How it is served."""

    port: int
    watch: bool = False
    open: bool = False
    dashboard: int | None = None


def serve(project: Project, options: Options) -> None:
    """Publish the site and serve it until somebody asks for the end."""
    _check(options)
    watch = project.watch()
    children = Children(_tell_waiting)
    build(project, watch, children)
    check_files(project)
    with deployed() as stack:
        work = _publishing(stack, project, watch if options.watch else None, children)
        asyncio.run(face(stack, project.folder, options, work, children))


def serve_pipeline(plan: pipeline.Plan, options: Options) -> None:
    """Run the pipeline and serve what it publishes until somebody asks for the end."""
    plan.repository.commit(plan.revision)
    _check(options)
    with deployed("git", **plan.parameters) as stack:
        children = Children(_tell_waiting)
        asyncio.run(face(stack, plan.repository.folder, options, pipeline.run(stack, plan, children), children))


def _tell_waiting(seconds: int, last: str) -> None:
    """A build takes its time, and a command that serves never ends: who waits must be able to tell the two apart."""
    it_says = f"; it says: {last}" if last else ""
    say(f"  still running after {seconds} s (a command that serves never ends, Ctrl-C ends it){it_says}")


def _check(options: Options) -> None:
    """Say what would stop it later, before anything is started."""
    check_node()
    for port, option in ((options.port, "--port"), (options.dashboard, "--dashboard")):
        if port:
            check(port, option)


async def face(
    stack: Stack, folder: Path, options: Options, work: Coroutine[None, None, None], children: Children
) -> None:
    """Serve the site of the stack, made from `folder`, and its dashboard, while `work` goes on."""
    async with AsyncExitStack() as resources:
        resources.callback(work.close)
        resources.callback(children.end)
        edge = await resources.enter_async_context(edge_of(stack))
        counts = Counts(stack)
        url = await _front(edge, options, counts, resources)
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
            watching.append(await _dashboard(system, options.dashboard, resources))
        try:
            await until_stopped(edge.ended(), work, *watching)
        except LOST as error:
            raise await edge.explained(error) from None


async def _front(edge: Edge, options: Options, counts: Counts, resources: AsyncExitStack) -> str:
    """Open the site's door, and say and count who comes; its address."""
    location = edge.location()

    def tell(visit: Visit) -> None:
        say(visit.line())
        counts.add(visit)

    front = Front(lambda _: location, tell)
    url = await front.start(options.port)
    resources.push_async_callback(front.close)
    return url


async def _dashboard(system: LocalSystem, port: int, resources: AsyncExitStack) -> Coroutine[None, None, None]:
    """Open the dashboard's door, and say where; what must go on for it."""
    dashboard = Dashboard(OnThisMachine(system), this_program())
    try:
        say(f"dashboard: {await dashboard.start(port)}")
    except Failure as failure:
        raise LocalError(str(failure)) from None
    resources.push_async_callback(dashboard.close)
    return dashboard.watch()


async def _publishing(stack: Stack, project: Project, watch: Watch | None, children: Children) -> None:
    await _publish(stack, project)
    say("Ctrl-C ends it" + (f"; {project.folder} is watched" if watch else ""))
    if not watch:
        await asyncio.Event().wait()
        return
    async for _ in watch.changes():
        while await _is_held(stack, project, watch, children):
            await _released(stack)
            await asyncio.to_thread(watch.catch_up)  # with what was edited meanwhile


async def _is_held(stack: Stack, project: Project, watch: Watch, children: Children) -> bool:
    """Publish a change, or say why not; whether it waits for the end of a hold."""
    try:
        await asyncio.to_thread(build, project, watch, children)
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
