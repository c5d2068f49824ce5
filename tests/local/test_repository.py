"""What of a folder is not in the commit that is built from it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from local.commands.repository import Repository
from tests.local.commits import commit, git


def test_edits_are_counted_of_the_commit_that_is_checked_out_and_of_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text("dist/\n")
    first = commit(folder, "one", "One")
    source = Repository(folder)
    assert 0 == source.edits(source.commit("main"))
    for path in ("dist/built.js", "new/a.md", "new/b.md", "version.txt"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("edited\n")
    index = (folder / ".git" / "index").stat().st_mtime_ns
    assert 3 == source.edits(source.commit("main"))
    assert index == (folder / ".git" / "index").stat().st_mtime_ns
    git(folder, "add", "-A")
    assert 3 == source.edits(source.commit("HEAD"))
    commit(folder, "two", "Two")
    assert 0 == source.edits(source.commit("main"))
    (folder / "version.txt").write_text("edited\n")
    assert 0 == source.edits(source.commit(first))
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(folder), str(bare)], check=True)
    assert 0 == Repository(bare).edits(Repository(bare).commit("main"))
