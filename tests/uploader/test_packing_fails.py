"""A build's end that does not end well: it says so in one line, tells no digest, and leaves no archive."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content.plan import make_plan
from tests.uploader.pipeline import ARTIFACTS, Execution
from workbench import ROOT
from workbench.together import PACKER

Make = Callable[..., Path]
LARGE = 20 * 2**20  # sent in parts

# The program in a process of its own, which `first` has made ready for its accident
PACKING = """
import os, resource, signal, sys
import botocore.httpsession
from packer import command
send, left = botocore.httpsession.URLLib3Session.send, [{requests}]
def die(self, request):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return send(self, request)
botocore.httpsession.URLLib3Session.send = die
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))
sys.exit(command.main(sys.argv[1:], dict(os.environ)))
"""


@pytest.fixture
def build(site: Any, aws: Any) -> Execution:
    site.s3.create_bucket(Bucket=ARTIFACTS)
    return Execution(aws)


def _packing(build: Execution, folder: Path, requests: int, size: int) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'lambda'}:{ROOT / 'codebuild'}", "ROUTING": "mixed"}
    environment |= {"ARTIFACT_BUCKET": ARTIFACTS, "CODEBUILD_BUILD_ID": f"p:{build.build}"}
    script = PACKING.format(requests=requests, bytes=size)
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_full_disk_is_one_line(build: Execution, site: Any, make: Make) -> None:
    ended = _packing(build, make({"a.bin": b"x" * LARGE}), 99, 2**20)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "pack: [Errno 27] File too large\n"
    assert "Contents" not in site.s3.list_objects_v2(Bucket=ARTIFACTS)


@pytest.mark.parametrize("requests", [0, 2, 4], ids=lambda number: f"after {number} requests")
def test_a_build_that_is_killed_while_it_packs_leaves_no_archive(
    build: Execution, site: Any, make: Make, requests: int
) -> None:
    ended = _packing(build, make({"a.bin": b"x" * LARGE}), requests, 2**30)
    assert (ended.returncode, ended.stdout) == (-9, "")
    assert "Contents" not in site.s3.list_objects_v2(Bucket=ARTIFACTS)


def test_an_archive_that_cannot_be_sent_is_one_line(
    build: Execution, site: Any, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    site.s3.delete_bucket(Bucket=ARTIFACTS)
    for size in (1, LARGE):
        assert build.pack(make({"a.bin": b"x" * size}, str(size))) == 1
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)
        assert "NoSuchBucket" in captured.err


@pytest.mark.parametrize("change", ["grows", "vanishes"])
def test_a_folder_that_changes_while_it_is_packed_is_not_packed(
    build: Execution,
    site: Any,
    make: Make,
    change: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = make({"a.txt": "x", "b.txt": "x"})

    def meanwhile(*arguments: Any) -> Any:
        made = make_plan(*arguments)
        (folder / "b.txt").unlink() if change == "vanishes" else (folder / "b.txt").write_text("longer")
        return made

    monkeypatch.setattr(PACKER, "make_plan", meanwhile)
    assert build.pack(folder) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n"), f"{folder}/b.txt" in captured.err) == ("", 1, True), captured.err
    assert "Contents" not in site.s3.list_objects_v2(Bucket=ARTIFACTS)
