"""Runs the distribution's functions on every request, in a Node process that lives as long as the edge does.

Node stands for CloudFront's own runtime, which nobody can have; tests hold the same functions to njs.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypedDict

from local.edge.events import Event
from local.errors import LocalError

_RUNNER = Path(__file__).resolve().parent / "functions.mjs"
_OLDEST_NODE = 20  # as for builds: the oldest that the parameter NodeVersion offers
_REMEDY = f"install Node.js {_OLDEST_NODE} or later, https://nodejs.org/en/download"
_LINE_LIMIT = 2**20  # of an answer; CloudFront's own limits are far below


class _Reply(TypedDict, total=False):
    """A line of the process: of a run the event that came out or why it threw, and how often it read the store."""

    result: Event
    error: str
    reads: int


class Run(NamedTuple):
    """What a function gave back, or why it threw, and how often it read the store."""

    result: Event
    error: str
    reads: int


def node() -> str:
    """The program that runs them."""
    program = shutil.which("node")
    if not program:
        raise LocalError(f"node is not on the PATH: {_REMEDY}")
    return program


def check_node() -> None:
    """Say so if the program is too old to run them, or no Node at all."""
    try:
        # a version manager's stand-in may download a Node first
        done = subprocess.run([node(), "--version"], capture_output=True, text=True, timeout=30, check=False)
        said = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()[0]
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired) as error:
        said = str(error)
    version = re.fullmatch(r"v(\d+)\.\d+\.\d+\S*", said)
    if not version or int(version[1]) < _OLDEST_NODE:
        raise LocalError(f"{node()} --version says '{said}': {_REMEDY}")


class Functions:
    """The functions of a distribution; one event runs after another, as the store's reads are counted for each."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls, texts: Mapping[str, str]) -> Functions:
        """Start Node with the functions' texts by name."""
        process = await asyncio.create_subprocess_exec(
            node(),
            "--experimental-vm-modules",
            "--no-warnings",
            str(_RUNNER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            start_new_session=True,
        )
        functions = cls(process)
        await functions.load(texts)
        return functions

    async def load(self, texts: Mapping[str, str]) -> None:
        """Run these texts from now on."""
        answer = await self._ask({"load": dict(texts)})
        if "error" in answer:
            raise LocalError(f"a function of the distribution cannot be loaded, so no site: {answer['error']}")

    async def run(
        self, name: str, event: Mapping[str, object], query: str | None, store: Mapping[str, str] | None
    ) -> Run:
        """What `name` makes of `event`; `store` is the content of its store, None if it has none."""
        answer = await self._ask({"run": name, "event": event, "query": query, "store": store})
        return Run(answer.get("result") or Event(), answer.get("error", ""), answer["reads"])

    async def _ask(self, message: Mapping[str, object]) -> _Reply:
        to, back = self.process.stdin, self.process.stdout
        if not to or not back:
            raise LocalError("the process that runs the edge functions has no pipes: start again")
        async with self._turn:
            to.write(json.dumps(message).encode() + b"\n")
            line = await back.readline()
        if not line:
            raise LocalError("the process that runs the edge functions has ended: start again")
        answer: _Reply = json.loads(line)
        return answer

    async def close(self) -> None:
        """End the process."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 2)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
