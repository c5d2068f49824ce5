"""Several local systems of one user: none hides another, and nobody works on the wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deployments.errors import Failure
from local.commands import state
from local.errors import LocalError


def running(pid: int, name: str) -> state.State:
    """What a local system says of itself."""
    site = f"http://localhost:{name}"
    return state.State(
        "http://127.0.0.1:1", "http://x@127.0.0.1:1", "local", "us-east-1", "1", "t", site, pid, f"/{name}"
    )


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("INSTANT_HOSTING_LOCAL", raising=False)


def test_of_several_none_is_taken_unless_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = running(os.getpid(), "1"), running(os.getppid(), "2")
    state.write(first)
    state.write(second)
    with pytest.raises(Failure) as failed:
        state.read()
    assert all(word in str(failed.value) for word in ("/1 at http://localhost:1", "/2 at http://localhost:2"))
    assert 1 == len(str(failed.value).splitlines())
    monkeypatch.setenv("INSTANT_HOSTING_LOCAL", first.site)
    assert first == state.read()


def test_one_that_ends_leaves_the_other(tmp_path: Path) -> None:
    first, second = running(os.getpid(), "1"), running(os.getppid(), "2")
    state.write(first)
    state.write(second)
    state.remove(second.pid)
    assert first == state.read()
    state.remove(first.pid)
    assert state.read() is None
    assert [] == list(tmp_path.iterdir())


def test_what_a_crash_left_behind_counts_as_none_and_goes_with_the_next_start() -> None:
    state.write(running(2**22 + 1, "1"))  # above the highest process ID of Linux
    assert state.read() is None
    state.write(running(os.getpid(), "2"))
    assert [f"local-{os.getpid()}.json"] == [path.name for path in state.folder().iterdir()]


def test_nobody_else_may_read_it_nor_have_made_its_folder_before(tmp_path: Path) -> None:
    state.folder().mkdir(mode=0o777)
    state.folder().chmod(0o777)
    state.write(running(os.getpid(), "1"))
    (path,) = state.folder().iterdir()
    assert (0o700, 0o600) == (state.folder().stat().st_mode & 0o777, path.stat().st_mode & 0o777)
    state.remove(os.getpid())
    (tmp_path / "another's").mkdir()
    state.folder().symlink_to(tmp_path / "another's")
    with pytest.raises(LocalError, match="is not this user's own folder: have it removed, or set XDG_RUNTIME_DIR"):
        state.write(running(os.getpid(), "1"))
    assert [] == list((tmp_path / "another's").iterdir())
