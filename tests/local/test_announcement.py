"""Several local systems of one user: none hides another, and nobody works on the wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deployments.errors import Failure
from deployments.local_system import LocalSystem, folder, running
from local.commands.announcement import announce, withdraw
from local.errors import LocalError


def system(pid: int, name: str) -> LocalSystem:
    """What a local system says of itself."""
    site = f"http://localhost:{name}"
    return LocalSystem("http://127.0.0.1:1", {"AWS_SESSION_TOKEN": "t"}, "local", "us-east-1", site, pid, f"/{name}")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("INSTANT_HOSTING_LOCAL", raising=False)


def test_of_several_none_is_taken_unless_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = system(os.getpid(), "1"), system(os.getppid(), "2")
    announce(first)
    announce(second)
    with pytest.raises(Failure) as failed:
        running()
    assert all(word in str(failed.value) for word in ("/1 at http://localhost:1", "/2 at http://localhost:2"))
    assert 1 == len(str(failed.value).splitlines())
    monkeypatch.setenv("INSTANT_HOSTING_LOCAL", first.site)
    assert first == running()


def test_one_that_ends_leaves_the_other(tmp_path: Path) -> None:
    first, second = system(os.getpid(), "1"), system(os.getppid(), "2")
    announce(first)
    announce(second)
    withdraw(second.pid)
    assert first == running()
    withdraw(first.pid)
    assert running() is None
    assert [] == list(tmp_path.iterdir())


def test_what_a_crash_left_behind_counts_as_none_and_goes_with_the_next_start() -> None:
    announce(system(2**22 + 1, "1"))  # above the highest process ID of Linux
    assert running() is None
    announce(system(os.getpid(), "2"))
    assert [f"local-{os.getpid()}.json"] == [path.name for path in folder().iterdir()]


def test_nobody_else_may_read_it_nor_have_made_its_folder_before(tmp_path: Path) -> None:
    folder().mkdir(mode=0o777)
    folder().chmod(0o777)
    announce(system(os.getpid(), "1"))
    (path,) = folder().iterdir()
    assert (0o700, 0o600) == (folder().stat().st_mode & 0o777, path.stat().st_mode & 0o777)
    withdraw(os.getpid())
    (tmp_path / "another's").mkdir()
    folder().symlink_to(tmp_path / "another's")
    with pytest.raises(LocalError, match="is not this user's own folder: have it removed, or set XDG_RUNTIME_DIR"):
        announce(system(os.getpid(), "1"))
    assert [] == list((tmp_path / "another's").iterdir())
