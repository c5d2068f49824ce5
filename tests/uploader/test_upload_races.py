"""Files that change, vanish or become something else while they are uploaded: no manifest then, or one that matches."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content.files import UploadError
from workbench.together import PACKER, UPLOADER
from workbench.uploads import planned

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., Path]
LARGE = 3 * 2**20

# The uploader in a process of its own, in which something happens to `victim` as soon as a PUT of its object begins.
MEETING = """
import os, sys
sys.path.insert(0, {root!r})
from workbench import uploads
from uploader import client
connect = client.connect
def meeting():
    made = connect()
    session = made._endpoint.http_session
    send = session.send
    def met(request):
        if request.method == "PUT" and request.url.endswith("large.bin"):
            {happens}
        return send(request)
    session.send = met
    return made
client.connect = meeting
sys.exit(uploads.main(sys.argv[1:], dict(os.environ)))
"""


def replaced_by(what: str) -> Callable[[Path], None]:
    """Something else of the same name."""

    def replace(file: Path) -> None:
        file.unlink()
        if what == "link":
            file.symlink_to("/etc/hostname")
        elif what == "pipe":
            os.mkfifo(file)
        elif what == "folder":
            file.mkdir()
        elif what == "other file":
            file.write_text("y")

    return replace


def behind_a_link(file: Path) -> None:
    """Its folder becomes a link to another one, outside of the site."""
    outside = file.parent.parent.parent / "outside"
    shutil.copytree(file.parent, outside)
    (outside / file.name).write_text("y")
    shutil.rmtree(file.parent)
    file.parent.symlink_to(outside)


HAPPENINGS: dict[str, Callable[[Path], object]] = {
    "grows": lambda file: file.write_bytes(file.read_bytes() + b"more"),
    "shrinks": lambda file: os.truncate(file, file.stat().st_size - 1),
    "gets other bytes": lambda file: file.write_bytes(b"y" * file.stat().st_size),
    "vanishes": lambda file: file.unlink(),
    "becomes a link": replaced_by("link"),
    "becomes a pipe": replaced_by("pipe"),
    "becomes a folder": replaced_by("folder"),
    "becomes another file": replaced_by("other file"),
    "lies behind a link": behind_a_link,
}


@pytest.mark.parametrize("size", [1, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_what_is_no_longer_as_it_was_ends_the_upload_without_a_manifest(
    site: Any,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    happening: str,
    size: int,
) -> None:
    """It happens after the plan and before the file is opened."""
    folder = make({"sub/a.txt": "x" * size, "b.txt": "b"})
    lease = UPLOADER.take_lease

    def meanwhile(*arguments: Any) -> float:
        HAPPENINGS[happening](folder / "sub" / "a.txt")
        return float(lease(*arguments))

    monkeypatch.setattr(UPLOADER, "take_lease", meanwhile)
    assert site.publish(folder) == 1
    said = capsys.readouterr().err
    assert 1 == said.count("\n")
    assert "sub/a.txt" in said
    assert "let nothing write there" in said
    assert [] == site.keys("manifests/")
    assert [] == [key for key in site.keys("deployments/") if key.endswith("a.txt")]


@pytest.mark.parametrize(
    "happens",
    [
        f"os.truncate({{victim!r}}, {LARGE} - 2**20)",
        "os.truncate({victim!r}, 0)",
        "open({victim!r}, 'ab').write(b'more')",
        "open({victim!r}, 'r+b').write(b'y')",
    ],
    ids=["shrinks", "is emptied", "grows", "gets other bytes"],
)
def test_a_large_file_that_changes_while_it_is_sent_ends_the_upload_and_not_the_process(
    site: Any, make: Make, happens: str
) -> None:
    folder = make({"large.bin": b"x" * LARGE})
    victim = str(folder / "large.bin")
    script = MEETING.format(root=str(ROOT), happens=happens.format(victim=victim))
    ended = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={**os.environ, **site.environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (1, 1) == (ended.returncode, ended.stderr.count("\n")), ended.stderr
    assert "large.bin" in ended.stderr
    assert "let nothing write there" in ended.stderr
    assert [] == site.keys("manifests/")


def test_whatever_happens_meanwhile_a_manifest_always_matches_what_was_stored(site: Any, make: Make) -> None:
    """A program writes, truncates and replaces two files without a pause while ten uploads run."""
    folder = make({f"f{number}.txt": "x" * number for number in range(1, 30)})
    small, large = folder / "small.txt", folder / "large.bin"
    over = threading.Event()

    def rewrite() -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            for file, size in ((small, turn % 7), (large, LARGE + turn % 5)):
                (folder.parent / "next").write_bytes(b"%d" % (turn % 10) * size)
                (folder.parent / "next").replace(file)
                os.truncate(file, size // 2)
                with file.open("r+b") as same:
                    same.write(b"?")
            over.wait(0.05)  # as a program that works, or no upload ever ended well

    small.touch()
    large.touch()
    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        statuses = [site.publish(folder, CODEBUILD_BUILD_ID=f"p:{number:016x}") for number in range(10)]
    finally:
        over.set()
        writer.join()
    assert statuses.count(0) == len(site.manifests())
    for manifest in site.manifests():
        keys = site.keys(f"deployments/{manifest['id']}/")
        bodies = {key: site.read(key) for key in keys}
        assert (manifest["files"], manifest["bytes"]) == (len(keys), sum(map(len, bodies.values())))
        for key, body in bodies.items():
            assert hashlib.sha256(body).hexdigest() == site.head(key)["Metadata"]["sha256"]


def test_links_that_multiply_are_refused_in_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of twenty folders has two links to the next: a million ways to the last one."""
    monkeypatch.setattr(PACKER, "_LINKED", 3_000)
    folder = make()
    for number in range(20):
        (folder / f"f{number}").mkdir()
        for link in "ab":
            (folder / f"f{number}" / link).symlink_to(f"../f{number + 1}")
    (folder / "f20").mkdir()
    with pytest.raises(UploadError, match=r"links lead to over 3,000 files, .*: put copies there"):
        planned(folder, "spa")


def test_as_many_links_as_sites_have_are_followed(make: Make) -> None:
    folder = make({f"v1/{number}.html": "" for number in range(200)})
    for number in range(2, 12):
        (folder / f"v{number}").symlink_to("v1")
    assert 200 * 11 + 1 == len(planned(folder, "mixed").files)


def test_folders_as_deep_as_names_allow_are_no_matter(make: Make) -> None:
    path = "/".join(["d"] * 440)
    assert f"{path}/a.txt" in planned(make({f"{path}/a.txt": ""}), "mixed").files
