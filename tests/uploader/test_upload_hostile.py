"""What strangers leave for an upload: archives, tickets, names, and what CodePipeline tells of a build."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from content.files import ENTRY_LIMIT, UploadError
from generator.buildspec import upload_buildspec
from local.cloud.build import action
from tests.uploader import hostile
from tests.uploader.pipeline import ARTIFACTS, COMMIT, Execution
from uploader.archive import files_of_archive
from uploader.pointers import point
from workbench.together import UPLOADER

Make = Callable[..., Path]
Run = Callable[..., Execution]
EMULATED, IN_MEMORY = 15, 200  # archives; `make hostile` has 10,000


@pytest.fixture
def run(site: Any, aws: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Executions of one pipeline, with an empty site."""
    monkeypatch.setattr(UPLOADER, "_PAUSE", 0)
    aws.shared("s3").create_bucket(Bucket=ARTIFACTS)
    return lambda **facts: Execution(aws, **facts)


def test_an_archive_is_refused_or_published_exactly(site: Any, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [hostile.play(aws, hostile.Maker(seed).make()) for seed in range(EMULATED)]
    memory = hostile.Memory(monkeypatch)
    again = [hostile.play(memory, hostile.Maker(seed).make()) for seed in range(IN_MEMORY)]
    assert first == again[:EMULATED]
    assert IN_MEMORY // 4 < again.count("") < IN_MEMORY * 3 // 4


def test_a_hundred_thousand_files_are_read_and_not_one_more(tmp_path: Path) -> None:
    place = tmp_path / "archive.tar"
    names = [b"%06d.html" % number for number in range(ENTRY_LIMIT + 1)]
    # to make a header for each would take longer than all that is tried here
    one, base = hostile.header(names[0], 0), sum(names[0])
    checksum = int(one[148:154], 8)
    members = [b"%s%s%06o%s" % (n, one[11:148], checksum - base + sum(n), one[154:]) for n in names]
    place.write_bytes(b"".join(members) + hostile.END)
    with pytest.raises(UploadError, match=r"over 100,000 files: publish fewer"):
        files_of_archive(place)


def test_all_paths_together_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UPLOADER, "_NAMES", 20)
    place = tmp_path / "archive.tar"
    place.write_bytes(hostile.entry("caf\xe9-6789".encode()) + hostile.entry(b"0123456789") + hostile.END)
    assert len(files_of_archive(place)) == 2
    place.write_bytes(hostile.entry("caf\xe9-6789".encode()) + hostile.entry(b"0123456789x") + hostile.END)
    with pytest.raises(UploadError, match="the paths of all files have over 20 bytes"):
        files_of_archive(place)


def test_the_upload_is_not_where_a_builds_ticket_is_unpacked(tmp_path: Path) -> None:
    ticket, tools, victim = tmp_path / "ticket", tmp_path / "tools", tmp_path / "victim"
    ticket.mkdir()
    tools.mkdir()
    for name in (".python-version", "boto3.py", "sitecustomize.py", "python3"):
        (ticket / name).write_text("../evil")
    (ticket / "uploader.py").symlink_to(victim)
    python = tools / "python3"
    python.write_text('#!/bin/sh\nls -A; grep -c "^def main" "$2"\n')
    python.chmod(0o755)
    commands = yaml.safe_load(upload_buildspec())["phases"]["build"]["commands"]
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        ["bash", "-c", "\n".join(commands)], cwd=ticket, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["uploader.py", "1"]
    assert not victim.exists()


@pytest.mark.parametrize("name", ["\u202egpj.exe", "\x9b2J", "a\u2028uploader: all is well"], ids=ascii)
def test_no_name_of_a_file_is_obeyed_by_a_terminal(
    site: Any, run: Run, make: Make, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = run()
    assert one.pack(make({f"{name}.env": "", name: "version https://git-lfs.github.com/spec/v1\n"})) == 1
    said = capsys.readouterr().err
    assert one.pack(make({name: "", f"{name}.env": ""})) == 0
    said += capsys.readouterr().err
    assert ascii(name)[1:-1] in said
    assert all(line.isprintable() for line in said.split("\n"))


def test_half_a_sign_in_a_commit_message_is_no_matter(site: Any, run: Run, make: Make) -> None:
    one = run()
    digest = one.packed(make())
    about = {"CommitId": COMMIT, "BranchName": "main", "CommitMessage": "cut here: \ud83d"}
    built = action("Build", {"ARCHIVE_SHA256": digest}, f"p:{one.build}")
    one.aws.tell_execution(one.id, actions=[action("Source", about), built])
    assert one.upload() == 0
    assert site.manifest()["message"] == "cut here: ?"


def test_of_a_retried_build_the_one_that_succeeded_last_is_uploaded(site: Any, run: Run, make: Make) -> None:
    one, before = run(), run()
    digest = one.packed(make({"a.txt": "right"}))
    other = before.packed(make({"a.txt": "wrong"}))
    source = action("Source", {"CommitId": COMMIT})
    right = action("Build", {"ARCHIVE_SHA256": digest}, f"p:{one.build}")
    older = action("Build", {"ARCHIVE_SHA256": other}, f"p:{before.build}") | {"startTime": right["startTime"] - 60}
    failed = action("Build", {}, f"p:{before.build}") | {
        "startTime": right["startTime"] + 60,
        "status": "Failed",
    }
    running = action("Upload", {}) | {"status": "InProgress"}
    # more than CodePipeline tells at once
    one.aws.tell_execution(one.id, actions=[running, *[failed] * 120, right, older, source])
    assert one.upload() == 0
    identity = site.read(f"executions/{one.id}").decode()
    assert site.read(f"deployments/{identity}/a.txt") == b"right"


@pytest.mark.parametrize("size", [1_000, 20_000_000], ids=["small", "in parts"])
def test_what_is_hashed_is_what_is_uploaded_whenever_an_archive_is_overwritten(
    site: Any, run: Run, make: Make, size: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before each of the requests that get it: 20 MB come in parts."""
    one, other = run(), run()
    one.packed(make({"a.bin": b"a" * size}, "one"))
    other.packed(make({"a.bin": b"b" * size, "sw.js": "bad"}, "other"))
    good, bad = (site.s3.get_object(Bucket=ARTIFACTS, Key=each.archive)["Body"].read() for each in (one, other))
    capsys.readouterr()
    client: Any = boto3.client
    asked, lock = [0], threading.Lock()

    def watched(service: str, moment: int, **more: Any) -> Any:
        made = client(service, **more)

        def overwrite(request: Any, **_: Any) -> None:
            with lock:
                asked[0] += one.archive in request.url
                if asked[0] == moment:
                    site.s3.put_object(Bucket=ARTIFACTS, Key=one.archive, Body=bad)

        made.meta.events.register("before-send.s3", overwrite)
        return made

    for moment in range(1, 9):
        site.s3.put_object(Bucket=ARTIFACTS, Key=one.archive, Body=good)
        asked[0] = 0
        with monkeypatch.context() as patch:
            patch.setattr(boto3, "client", lambda service, now=moment, **more: watched(service, now, **more))
            status = one.upload()
        said = capsys.readouterr().err
        if asked[0] < moment:
            assert (status, moment > 2) == (0, True), said
            break
        assert (status, said.count("\n"), one.archive in said) == (1, 1, True), said
        assert site.keys() == []
    identity = site.read(f"executions/{one.id}").decode()
    assert identity == f"{COMMIT}-{hashlib.sha256(one.archive.encode() + good).hexdigest()[:16]}"
    assert site.read(f"deployments/{identity}/a.bin") == b"a" * size
    assert site.keys(f"deployments/{identity}/sw.js") == []
    assert [f"manifests/{identity}.json"] == site.keys("manifests/")


def test_a_pointer_that_cannot_be_written_is_named_with_the_remedy(
    site: Any, run: Run, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = run()
    one.packed(make())
    monkeypatch.setattr(UPLOADER, "point", lambda s3, _bucket, *more: point(s3, "no-bucket", *more))
    assert one.upload() == 1
    *_, said = capsys.readouterr().err.splitlines()
    assert said.startswith(f"uploader: executions/{one.id}: An error occurred (NoSuchBucket)")
    assert said.endswith(f"deployment {site.manifest()['id']} is complete, retry the stage")


def test_a_pointer_to_what_became_self_contained_leads_there(site: Any, run: Run, make: Make) -> None:
    name = "assets/a-BdE8sX2_.js"
    first, second = run(), run()
    first.packed(make({name: "1"}, "1"))
    second.packed(make({name: "2"}, "2"))
    assert (first.upload(), second.upload()) == (0, 0)
    apart = site.read(f"executions/{second.id}").decode()
    rollback = run()
    rollback.aws.tell_execution(rollback.id, rollbackMetadata={"rollbackTargetPipelineExecutionId": second.id})
    assert rollback.upload() == 0
    assert site.read(f"executions/{rollback.id}").decode() == apart
