"""A local git repository, as the pipeline's source sees it: commits, and clean copies of them."""

from __future__ import annotations

import asyncio
import subprocess
import tarfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from local.errors import LocalError

_LOOK_SECONDS = 0.5


class Commit(NamedTuple):
    """A commit of the repository."""

    id: str
    message: str
    author: str


class Repository:
    """A local repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise LocalError(f"{folder} is no folder: give the folder of a git repository")
        self._git("rev-parse", "--git-dir")

    def commit(self, revision: str) -> Commit:
        """The commit that `revision` names now."""
        identity, author, message = self._git("log", "-1", "--format=%H%n%an%n%B", revision, "--").split("\n", 2)
        return Commit(identity, message.strip(), author)

    def copy(self, commit: Commit, target: Path) -> None:
        """Write the commit's files into `target`, without the history, as CodePipeline hands them on."""
        archive = self._run("archive", "--format=tar", commit.id)
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(target, filter="tar")

    async def commits(self, revision: str) -> AsyncIterator[Commit]:
        """The commit that `revision` names, and each one that it names later."""
        last = None
        while True:
            now = await asyncio.to_thread(self.commit, revision)
            if now != last:
                last = now
                yield now
            await asyncio.sleep(_LOOK_SECONDS)

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).decode(errors="replace").strip()

    def _run(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(["git", "-C", str(self.folder), *arguments], capture_output=True, check=False)
        except FileNotFoundError:
            raise LocalError("git is not on the PATH: install it, https://git-scm.com/downloads") from None
        if done.returncode:
            why = done.stderr.decode(errors="replace").strip().splitlines()
            raise LocalError(f"git {arguments[0]} in {self.folder}: {why[-1] if why else 'failed'}")
        return done.stdout
