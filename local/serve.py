"""`python -m local DIR`: a folder, published and served like on AWS, again after each change if asked for."""

from __future__ import annotations

import asyncio
import os
import subprocess
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from generator.frameworks import FRAMEWORKS
from local import state
from local.emulator import ACCOUNT, REGION
from local.errors import LocalError
from local.front import Front
from local.publishing import publish
from local.stack import Stack
from local.system import deployed, edge_of, until_stopped
from local.visit import Visit
from local.watch import changes


@dataclass(frozen=True)
class Site:
    """What is published: the output folder `output` of `folder`, after `build`, if there is one to run."""

    folder: Path
    output: Path
    routing: str
    build: str = ""


@dataclass(frozen=True)
class Options:
    """How it is served."""

    port: int
    watch: bool = False
    open: bool = False
    dashboard: int | None = None


def site_of(folder: Path, framework: str, routing: str, build: str, output: str) -> Site:
    """What the command line means; `LocalError` says what is missing."""
    if not folder.is_dir():
        raise LocalError(f"{folder} is no folder: give the folder of a built site, or of a project with --framework")
    row = FRAMEWORKS[framework]
    command = build or (row.build if row.build != "none" else "")
    if not command and not (folder / output / "index.html").is_file() and (folder / "package.json").is_file():
        raise LocalError(f"{folder} is a project and no built site: say how it is built, as in --framework vite")
    where = output or (row.output if command else ".")
    return Site(folder, folder / where, routing or row.routing, command)


def serve(site: Site, options: Options) -> None:
    """Serve until somebody asks for the end."""
    _build(site)
    with deployed() as stack:
        asyncio.run(_serve(stack, site, options))


async def _serve(stack: Stack, site: Site, options: Options) -> None:
    async with edge_of(stack) as edge:
        location = edge.location()
        front = Front(lambda _: location, _tell)
        url = await front.start(options.port)
        try:
            said = state.State(
                stack.emulator.url, stack.emulator.store_url, stack.name, REGION, ACCOUNT, url, os.getpid()
            )
            state.write(said)
            _say(f"site: {url}")
            await _publish(stack, site)
            if options.open:
                webbrowser.open(url)
            _say("Ctrl-C ends it" + (f"; {site.folder} is watched" if options.watch else ""))
            await until_stopped(edge.ended(), *([_watch(stack, site)] if options.watch else []))
        finally:
            state.remove(os.getpid())
            await front.close()


async def _publish(stack: Stack, site: Site) -> None:
    made = await asyncio.to_thread(publish, stack, site.output, site.routing)
    for warning in made.warnings:
        _say(f"warning: {warning}")
    _say(f"live: {made.deployment}, {made.files} files, {made.seconds:.1f} s")


async def _watch(stack: Stack, site: Site) -> None:
    passed_over = {"node_modules", ".git", *([site.output.name] if site.build else [])}
    async for _ in changes(site.folder, passed_over):
        try:
            await asyncio.to_thread(_build, site)
            await _publish(stack, site)
        except LocalError as error:
            _say(f"not published: {error}")  # the site that is live stays; the next change is another try


def _build(site: Site) -> None:
    if not site.build:
        return
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", site.build],
        cwd=site.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LocalError(f"the build failed: {site.build}\n{done.stdout.strip()[-2_000:]}")


def _say(text: str) -> None:
    print(text, flush=True)


def _tell(visit: Visit) -> None:
    _say(visit.line())
