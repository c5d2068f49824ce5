"""Makes commits in a repository of a test."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit(repository: Path, version: str, message: str) -> str:
    """A commit that changes the version; its ID."""
    (repository / "version.txt").write_text(version + "\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", message)
    return git(repository, "rev-parse", "HEAD")


def git(repository: Path, *arguments: str) -> str:
    """Git in the repository, as somebody."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    done = subprocess.run(["git", "-C", str(repository), *who, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()
