"""What the project's Git repository says by itself: host, owner and name, the branch, and where its top is.

It asks `git`, which reads its own configuration best. Nothing that lies in the repository runs, and an address is never
shown: it may carry a token.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

_SECONDS = 20  # for an answer of git, also on a slow disk; one that hangs must not hold `init` up
# ssh://git@host:22/owner/name.git, https://token@host/owner/name, git@host:owner/name.git
_ADDRESS = re.compile(r"(?:[a-z+]+://)(?:[^/@]*@)?(?P<host>[^/:]+)(?::\d+)?/(?P<path>.+)")
_SHORT = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:]+):(?P<path>(?!//).+)")
# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html
PROVIDERS = {
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "bitbucket.org": "Bitbucket",
    "dev.azure.com": "AzureDevOps",
    "ssh.dev.azure.com": "AzureDevOps",
}


class Repository(NamedTuple):
    """A repository's checkout.

    top: the folder that has all of it
    host: of the remote that is fetched from; "" without one
    name: owner and name, or what stands for that at the host
    branch: the remote's main branch, else the one that is checked out; "" if neither is
    pushed: whether the remote has that branch, as far as this checkout knows
    remotes: the names of all remotes
    """

    top: Path
    host: str = ""
    name: str = ""
    branch: str = ""
    pushed: bool = False
    remotes: tuple[str, ...] = ()

    @property
    def provider(self) -> str:
        """The host as AWS calls it; "" for a host of somebody's own."""
        return PROVIDERS.get(self.host, "")


def read_repository(folder: Path) -> Repository | None:
    """The repository that `folder` is in, if it is in one that git reads."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        return None
    remotes = tuple(_git(folder, "remote").splitlines())
    checked_out = _git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    remote = _git(folder, "config", f"branch.{checked_out}.remote") if checked_out else ""
    if remote not in remotes:
        remote = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""
    host, name = _parts(_git(folder, "remote", "get-url", remote)) if remote else ("", "")
    main = _git(folder, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD") if remote else ""
    branch = main.removeprefix(f"{remote}/") or checked_out
    pushed = bool(remote and _git(folder, "rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}"))
    return Repository(Path(top), host, name, branch, pushed, remotes)


def _parts(address: str) -> tuple[str, str]:
    """Host, and owner and name, of a remote's address; empty for one that is a folder of this machine."""
    found = _ADDRESS.fullmatch(address) or _SHORT.fullmatch(address)
    if not found or address.startswith("file:"):
        return "", ""
    host, path = found["host"].lower(), found["path"].strip("/").removesuffix(".git")
    if PROVIDERS.get(host) == "AzureDevOps":  # organization/project/_git/name, over ssh v3/organization/project/name
        path = path.removeprefix("v3/").replace("/_git/", "/")
    return host, path


def _git(folder: Path, *arguments: str) -> str:
    """What git answers, in one text without its last line break; "" where it has no answer, or is not there."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  # git alone, without a shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607  # the user's own
            env={**variables, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.fsdecode(done.stdout).rstrip("\n") if done.returncode == 0 else ""
