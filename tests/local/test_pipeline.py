"""`python -m local pipeline REPO`: commits become pages, and a commit that cannot be built changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from deployments import local_system
from local.commands.repository import Repository
from tests.local.commits import commit, git
from workbench import ROOT
from workbench.running import running, text
from workbench.site import until

BUILD = "mkdir -p dist && cp *.html dist && grep -v broken version.txt && cp version.txt dist"

CUSTOM = ("--output", "dist", "--routing", "mixed", "--port", "0")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, and a file that is not in it."""
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "tests" / "projects" / "plain", folder)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "one", 'Say "one"\n\nand more')
    (folder / "not-in-git.html").write_text("a file of this machine")
    return folder


def test_commits_become_pages_and_a_broken_one_changes_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "its own"))
    arguments = (str(repository), "--revision", "main", "--build", BUILD, *CUSTOM, "--watch")
    with running(tmp_path / "its own", "pipeline", *arguments) as local:
        url = local.until("site:")
        first = git(repository, "rev-parse", "HEAD")
        assert local.until("  Source").endswith(f'{first[:10]} Say "one"')
        assert "1 file that is edited or new since: `git commit` takes it in" == local.until("  not in it:")
        assert "packed files: 4" in local.until("  Build    ok")
        assert f"deployment {first}-" in local.until("  Upload   ok")
        assert "SUCCEEDED" in local.until("  Event    ok")
        assert f"published: {first}-" in local.until("  Publish  ok")
        assert "one" == text(url + "/version.txt").strip()
        found = local_system.running()
        assert found is not None
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        s3 = boto3.session.Session().client("s3")
        (bucket,) = [b["Name"] for b in s3.list_buckets()["Buckets"] if "sitebucket" in b["Name"]]
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        assert not any("not-in-git" in key for key in keys)
        (manifest,) = [key for key in keys if key.startswith("manifests/")]
        told = json.loads(s3.get_object(Bucket=bucket, Key=manifest)["Body"].read())
        assert ('Say "one"\n\nand more', first) == (told["message"], told["commit"])

        commit(repository, "broken", "Break it")
        assert f"in phase build: {BUILD}" in local.until("the build failed")
        local.until("what was live stays live")
        assert "one" == text(url + "/version.txt").strip()

        (repository / "more.html").write_text('<script src="/lost.js"></script>')
        third = commit(repository, "three", "Mend it")
        local.until("execution")
        assert "lost.js" in local.until("  warning: missing, although a page loads it")
        assert f"published: {third}-" in local.until("  Publish  ok")
        assert "three" == text(url + "/version.txt").strip()


def test_without_watching_a_failed_build_ends_it_with_the_command_and_its_output(
    repository: Path, tmp_path: Path
) -> None:
    arguments = (str(repository), "--build", "echo the reason; exit 3", *CUSTOM)
    with running(tmp_path / "its own", "pipeline", *arguments) as local:
        status, last = local.ended()
        assert (1, "  | the reason") == (status, last)
        assert 1 == sum(line.startswith("  | ") for line in local.lines)
        assert "local: the build failed in phase build: echo the reason; exit 3" in local.lines
        local.leaves_nothing()


def test_a_build_ends_with_the_command_and_what_it_says_may_be_in_any_encoding(
    repository: Path, tmp_path: Path
) -> None:
    given = ("pipeline", str(repository), *CUSTOM, "--build")
    (tmp_path / "home").mkdir()
    begun = f"touch ~/litter {tmp_path}/begun; sleep 1000 & sleep 1000"
    with running(tmp_path / "its own", *given, begun, HOME=str(tmp_path / "home")) as local:
        local.until("  Source   ok")
        until((tmp_path / "begun").exists, bool)
        local.process.send_signal(signal.SIGINT)
        status, last = local.ended()
        assert (0, "  Build    stopped") == (status, last[:18])
        local.leaves_nothing()
        assert [] == list((tmp_path / "home").iterdir())
    with running(tmp_path / "its own", *given, "printf 'caf\\351\\n'; exit 3") as local:
        assert (1, "  | caf\N{REPLACEMENT CHARACTER}") == local.ended()


def test_a_failed_install_shows_the_command_that_auto_was_and_its_reason(repository: Path, tmp_path: Path) -> None:
    (repository / "part").mkdir()
    for name in (".", "part"):
        (repository / name / "package.json").write_text('{"name": "site", "version": "1.0.0"}')
    lock = {"name": "site", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": {"": {}}}
    (repository / "package-lock.json").write_text(json.dumps(lock))
    (repository / "package.json").write_text('{"name": "site", "dependencies": {"part": "file:part"}}')
    commit(repository, "two", "Forget the lock file")
    with running(tmp_path / "its own", "pipeline", str(repository), "--framework", "vite", "--port", "0") as local:
        status, _ = local.ended()
    assert 1 == status
    assert "local: the build failed in phase install: auto (npm ci)" in local.lines
    assert "Missing: part" in "\n".join(local.lines)


MISTAKES = {
    "empty": "has no commit yet: `git commit` something first",
    "no repository": ".git: give the folder of one, or `git init` it",
    "repository/guide": "repository: give that one, and --root guide",
    "nowhere": "is no folder: give the folder of a git repository",
}


@pytest.mark.parametrize("place", MISTAKES)
def test_what_is_no_whole_repository_with_a_commit_is_one_line(repository: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    (tmp_path / "no repository").mkdir()
    assert MISTAKES[place] in one_line("pipeline", str(tmp_path / place), "--framework", "static")
    if place == "nowhere":  # also before the rest is asked for
        assert MISTAKES[place] in one_line("pipeline", str(tmp_path / place))


@pytest.mark.parametrize("revision", ["nope", "--oops", "v1..v2"])
def test_an_unknown_revision_is_named_with_where_to_look(repository: Path, revision: str) -> None:
    said = one_line("pipeline", str(repository), "--framework", "static", f"--revision={revision}")
    assert f"has no commit or branch '{revision}': `git branch --all` lists the branches" in said


@pytest.mark.parametrize("root", ["..", "apps/../../x", "/etc"])
def test_the_apps_folder_is_in_the_repository(repository: Path, root: str) -> None:
    said = one_line("pipeline", str(repository), "--framework", "static", "--root", root)
    assert f"--root {root} is no folder in the repository: give its path from the top, as in apps/web" in said


def one_line(*arguments: str) -> str:
    """What it says when it ends at once."""
    line = [sys.executable, "-m", "local", *arguments]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (1, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    return done.stderr


def test_a_site_needs_no_more_than_its_framework_and_commands_but_starting_work_on_it(
    repository: Path, tmp_path: Path
) -> None:
    given = (str(repository), "--framework", "static", "--port", "0")
    with running(tmp_path / "its own", "pipeline", *given) as local:
        url = local.until("site:")
        local.until("  Publish  ok")
        assert "Plain site" in text(url)
        gone = "CodePipeline is not there on this machine"
        for command, status, words in (("list", 0, ""), ("watch", 0, "complete"), ("watch --start", 1, gone)):
            arguments = [sys.executable, "-m", "deployments", *command.split(), "--local"]
            environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "its own")}
            done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert status == done.returncode, done.stderr
            assert words in done.stderr


def test_a_full_clone_has_history_and_submodules_and_without_it_the_build_says_what_is_missing(
    repository: Path, tmp_path: Path
) -> None:
    theme = tmp_path / "theme"
    theme.mkdir()
    git(theme, "init", "-q", "-b", "main")
    commit(theme, "theme", "A theme")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{theme}", "theme")
    commit(repository, "two", "Take it")
    build = "git log --format=%s > all; paste -sd, all > log.txt; mkdir dist; cp *.html log.txt theme/version.txt dist"
    arguments = (str(repository), "--build", build, *CUSTOM)
    with running(tmp_path / "its own", "pipeline", *arguments, "--full-clone") as local:
        url = local.until("site:")
        local.until("  Publish  ok")
        assert ('Take it,Say "one"', "theme") == (text(url + "/log.txt").strip(), text(url + "/version.txt").strip())
        local.process.send_signal(signal.SIGINT)
        local.ended()
        local.leaves_nothing()
    with running(tmp_path / "its own", "pipeline", *arguments) as local:
        assert 1 == local.ended()[0]
        said = "\n".join(local.lines)
        assert (
            ".gitmodules names submodules, and the source is one commit's files: set the parameter FullClone to true"
            in said
        )
        assert "git has no history here" in said


def test_what_git_lfs_keeps_elsewhere_is_a_pointer_in_the_source_as_on_aws(repository: Path, tmp_path: Path) -> None:
    for name, command in (("clean", "cat"), ("smudge", "echo the real file"), ("required", "true")):
        git(repository, "config", f"filter.lfs.{name}", command)
    (repository / ".gitattributes").write_text("*.jpg filter=lfs diff=lfs merge=lfs -text\n")
    (repository / "hero.jpg").write_text("the pointer\n")
    commit(repository, "lfs", "Add a photo")
    found = Repository(repository)
    for fetch in (found.copy, found.clone):
        target = tmp_path / fetch.__name__
        target.mkdir()
        fetch(found.commit("HEAD"), target)
        assert "the pointer\n" == (target / "hero.jpg").read_text()
