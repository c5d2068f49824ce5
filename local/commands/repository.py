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

_LOOK_SECONDS = 0.5  # between two looks for a commit, each of which starts git
# AWS hands on what is in the repository: where Git LFS is set up on this machine, git would put the real files in.
_AS_IT_IS = ("-c", "filter.lfs.process=", "-c", "filter.lfs.smudge=cat", "-c", "filter.lfs.required=false")


class Commit(NamedTuple):
    """A commit of the repository."""

    id: str
    message: str
    author: str


class Repository:
    """A local repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        within = self._git("rev-parse", "--show-prefix").rstrip("/")  # "" at the top, and where there are no files
        if within:
            whole = Path(self._git("rev-parse", "--show-toplevel"))
            raise LocalError(f"{folder} is a folder of the repository {whole}: give that one, and --root {within}")

    def commit(self, revision: str) -> Commit:
        """The commit that `revision` names now."""
        try:
            identity = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except LocalError:
            raise LocalError(self._no_commit(revision)) from None
        _, author, message = self._git("log", "-1", "--format=%H%n%an%n%B", identity, "--").split("\n", 2)
        return Commit(identity, message.strip(), author)

    def edits(self, commit: Commit) -> int:
        """How many files of the folder are not in `commit`, as far as it is the one that is checked out there."""
        bare = self._git("rev-parse", "--is-inside-work-tree") != "true"
        if bare or self.commit("HEAD").id != commit.id:
            return 0
        # without locks: whoever works in the folder is not disturbed
        return len(self._git("--no-optional-locks", "status", "--porcelain", "--untracked-files=all").splitlines())

    def copy(self, commit: Commit, target: Path) -> None:
        """Write the commit's files into `target`, without the history, as CodePipeline hands them on."""
        archive = self._run(*_AS_IT_IS, "archive", "--format=tar", commit.id)
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(target, filter="tar")

    def clone(self, commit: Commit, target: Path) -> None:
        """Clone the repository with all of its history into `target`, as CodeBuild does for FullClone."""
        self._run("clone", "--quiet", "--no-checkout", ".", str(target))
        remotes = self._git("remote").split()
        if "origin" in remotes:  # what relative addresses of submodules are relative to
            self._run("-C", str(target), "remote", "set-url", "origin", self._git("remote", "get-url", "origin"))
        self._run("-C", str(target), *_AS_IT_IS, "checkout", "--quiet", "--detach", commit.id)

    async def commits(self, revision: str) -> AsyncIterator[Commit]:
        """The commit that `revision` names, and each one that it names later."""
        last = None
        while True:
            now = await asyncio.to_thread(self.commit, revision)
            if now != last:
                last = now
                yield now
            await asyncio.sleep(_LOOK_SECONDS)

    def _no_commit(self, revision: str) -> str:
        if not self.folder.is_dir():
            return f"{self.folder} is gone: move it back, and start again"
        if not self._git("rev-list", "--all", "--max-count=1"):
            return f"{self.folder} has no commit yet: `git commit` something first"
        return f"{self.folder} has no commit or branch {revision!r}: `git branch --all` lists the branches"

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).decode(errors="replace").strip()

    def _run(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(["git", "-C", str(self.folder), *arguments], capture_output=True, check=False)
        except FileNotFoundError:
            raise LocalError("git is not on the PATH: install it, https://git-scm.com/downloads") from None
        if done.returncode:
            why = " ".join(done.stderr.decode(errors="replace").split()) or "failed"
            remedy = ": give the folder of one, or `git init` it" if "not a git repository" in why else ""
            raise LocalError(f"git {arguments[0]} in {self.folder}: {why}{remedy}")
        return done.stdout
