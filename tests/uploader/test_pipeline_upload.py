"""From a build's output folder to a deployment, by the two programs of the pipeline: what they take and refuse."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import sources
from generator.buildspec import PACKER_ENTRY, UPLOADER_ENTRY, build_buildspec, upload_buildspec
from tests.uploader.pipeline import ARTIFACTS, COMMIT, SITE, Execution, make_compiler
from workbench.together import PACKER, UPLOADER

Make = Callable[..., Path]
Run = Callable[..., Execution]


@pytest.fixture
def run(site: Any, aws: Any) -> Run:
    """Executions of one pipeline, with an empty site."""
    aws.shared("s3").create_bucket(Bucket=ARTIFACTS)

    def begin(**facts: Any) -> Execution:
        return Execution(aws, **facts)

    return begin


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UPLOADER, "_PAUSE", 0)


def test_what_was_packed_is_what_is_published(site: Any, run: Run, make: Make) -> None:
    long = "folder-" * 15 + "/" + "caf\xe9 \u65e5\u672c" * 8 + ".txt"
    files: dict[str, str | bytes] = {
        long: "long",
        "assets/a-BdE8sX2_.js": "1",
        "empty.txt": "",
        "large.bin": b"x" * 3_000_000,
    }
    folder = make({**files, "linked/a.txt": "x"})
    (folder / "copy").symlink_to("linked")
    one = run()
    digest = one.packed(folder)
    assert one.upload() == 0
    identity = site.read(f"executions/{one.id}").decode()
    key = f"archives/{one.build}.tar".encode()
    archive = site.s3.get_object(Bucket=ARTIFACTS, Key=one.archive)["Body"].read()
    assert (identity, digest) == (
        f"{COMMIT}-{hashlib.sha256(key + archive).hexdigest()[:16]}",
        hashlib.sha256(archive).hexdigest(),
    )
    names = {"index.html", long, "empty.txt", "large.bin", "linked/a.txt", "copy/a.txt"}
    assert {f"deployments/{identity}/{name}" for name in names} == {*site.keys("deployments/")}
    assert site.keys("immutable/") == ["immutable/assets/a-BdE8sX2_.js"]
    for name in names:
        assert site.read(f"deployments/{identity}/{name}") == (folder / name).read_bytes()
    manifest = site.manifest()
    assert ('a "quoted" message', "main", COMMIT, one.id) == tuple(
        manifest[name] for name in ("message", "branch", "commit", "execution")
    )
    lines = "".join(f"{name} {(folder / name).stat().st_size}\n" for name in sorted(names))
    assert manifest["listing"] == hashlib.sha256(lines.encode()).hexdigest()


def test_the_same_files_give_the_same_archive_and_another_build_another_id(site: Any, run: Run, make: Make) -> None:
    folder = make({"b.txt": "b", "a.txt": "a"})
    first, second = run(), run()
    digests = {first.packed(folder)}
    for file in folder.iterdir():
        os.utime(file, (1, 1))
        file.chmod(0o600)
    digests.add(second.packed(folder))
    assert len(digests) == 1
    assert (first.upload(), second.upload()) == (0, 0)
    assert len(site.keys("manifests/")) == 2


def test_a_zip_has_its_version_and_no_commit(site: Any, run: Run, make: Make) -> None:
    one = run(commit="zip")
    one.packed(make())
    assert one.upload() == 0
    manifest = site.manifest()
    assert ("zip", "3/L4kq.version", "") == (manifest["commit"], manifest["version"], manifest["branch"])
    assert manifest["id"].startswith("zip-")


def test_other_bytes_than_the_build_left_are_refused_and_nothing_is_created(
    site: Any, run: Run, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    victim, attacker = run(), run()
    victim.packed(make({"a.txt": "good"}, "good"))
    attacker.packed(make({"sw.js": "bad"}, "bad"))
    site.s3.copy_object(Bucket=ARTIFACTS, Key=victim.archive, CopySource=f"{ARTIFACTS}/{attacker.archive}")
    assert victim.upload() == 1
    *_, said = capsys.readouterr().err.splitlines()
    assert said.startswith(f"uploader: {victim.archive} is not what its build left: ")
    assert site.keys() == []


def test_two_sites_never_get_one_id(site: Any, run: Run, make: Make) -> None:
    one = run()
    one.packed(make({"a.txt": "good"}, "good"))
    assert one.upload() == 0
    (first,) = site.keys("manifests/")
    again = run(id=one.id, build=one.build)
    again.packed(make({"a.txt": "good", "sw.js": "bad"}, "bad"))
    site.s3.delete_object(Bucket=SITE, Key=f"executions/{one.id}")
    assert again.upload() == 0
    assert len(site.keys("manifests/")) == 2
    identity = Path(first).stem
    assert sorted(Path(key).name for key in site.keys(f"deployments/{identity}/")) == ["a.txt", "index.html"]


@pytest.mark.parametrize(
    "told",
    [
        {"digest": ""},
        {"digest": "0" * 63},
        {"digest": '"},{"name":"LD_PRELOAD","value":"x'},
        {"build": "../live"},
        {"build": "../" * 12},
        {"commit": "main; rm -rf /"},
    ],
    ids=str,
)
def test_what_codepipeline_tells_is_matched_whole(
    site: Any, run: Run, make: Make, told: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    one = run(**{name: value for name, value in told.items() if name != "digest"})
    one.tell(told.get("digest", "0" * 64))
    assert one.upload() == 1
    assert re.match(r"uploader: CodePipeline does not tell build, digest and commit of ", capsys.readouterr().err)
    assert site.keys() == []


def test_an_execution_that_codepipeline_does_not_know_is_one_line(
    site: Any, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run().upload() == 1
    assert re.fullmatch(r"uploader: .*PipelineExecutionNotFoundException.*\n", capsys.readouterr().err)


def test_an_action_that_runs_again_finds_all_done(
    site: Any, run: Run, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    one = run()
    one.packed(make({"a.txt": "x"}))
    assert (one.upload(), one.upload()) == (0, 0)
    assert ": it was complete already, " in capsys.readouterr().out.splitlines()[-1]
    site.s3.delete_object(Bucket=SITE, Key=f"executions/{one.id}")
    assert one.upload() == 0  # of a run that died before its last request
    assert site.read(f"executions/{one.id}").decode() == site.manifest()["id"]


def test_a_rollback_of_the_stage_gives_its_targets_deployment_also_without_the_archive(
    site: Any, run: Run, make: Make
) -> None:
    target, rollback = run(), run()
    target.packed(make({"a.txt": "x"}))
    assert target.upload() == 0
    site.s3.delete_object(Bucket=ARTIFACTS, Key=target.archive)
    rollback.aws.tell_execution(rollback.id, rollbackMetadata={"rollbackTargetPipelineExecutionId": target.id})
    assert rollback.upload() == 0
    assert site.read(f"executions/{rollback.id}") == site.read(f"executions/{target.id}")


def test_a_rollback_to_what_was_pruned_uploads_it_again_while_its_archive_is_there(
    site: Any, run: Run, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    target, rollback = run(), run()
    target.packed(make({"a.txt": "x"}))
    rollback.aws.tell_execution(rollback.id, rollbackMetadata={"rollbackTargetPipelineExecutionId": target.id})
    assert rollback.upload() == 0
    assert site.read(f"executions/{rollback.id}").decode() == site.manifest()["id"]
    for key in [*site.keys("manifests/"), *site.keys("executions/")]:
        site.s3.delete_object(Bucket=SITE, Key=key)
    site.s3.delete_object(Bucket=ARTIFACTS, Key=target.archive)
    assert rollback.upload() == 1
    assert f"{target.archive} is gone, archives are kept for RetentionDays" in capsys.readouterr().err


def test_a_self_contained_deployment_is_found_again_too(site: Any, run: Run, make: Make) -> None:
    name = "assets/a-BdE8sX2_.js"
    first, second = run(), run()
    first.packed(make({name: "1"}, "1"))
    second.packed(make({name: "2"}, "2"))
    assert (first.upload(), second.upload()) == (0, 0)
    identity = site.read(f"executions/{second.id}").decode()
    assert "-x" in identity
    site.s3.delete_object(Bucket=SITE, Key=f"executions/{second.id}")
    assert second.upload() == 0
    assert site.read(f"executions/{second.id}").decode() == identity


def test_a_build_ends_with_what_is_wrong_or_odd_in_its_log(
    run: Run, make: Make, site: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    one = run()
    assert one.pack(make({"_errors/404.html": ""}, "wrong")) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(r"pack: '_errors/404\.html' cannot be published, .*rename the folder\n", captured.err)
    assert one.pack(make({"key.pem": ""})) == 0
    captured = capsys.readouterr()
    *_, warning, summary = captured.err.splitlines()
    assert warning == "warning: look like secrets that everybody can read, remove them: key.pem"
    digest = captured.out.strip()
    assert re.fullmatch(rf"packed files: 2, 0\.0 MB, SHA-256 {digest}", summary)
    one.tell(digest)
    assert one.upload() == 0
    said = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"deployment c{40}-[0-9a-f]{16}: files: 2 uploaded, 0 reused, [\d.]+ seconds", said[-1])


def test_an_upload_tells_how_many_files_and_bytes_are_done(
    site: Any, run: Run, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(UPLOADER, "_PROGRESS_SECONDS", 0)
    one = run()
    one.packed(make({"large.bin": b"x" * 1_500_000, **{f"f{number}.txt": "" for number in range(99)}}))
    assert one.upload() == 0
    *lines, _ = capsys.readouterr().out.splitlines()[1:]
    assert all(re.fullmatch(r"uploaded [\d,]+ of 101 files, [\d.]+ of 1\.5 MB", line) for line in lines)
    assert lines[-1] == "uploaded 101 of 101 files, 1.5 of 1.5 MB"


def test_wrong_calls_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"ARTIFACT_BUCKET": "a", "CODEBUILD_BUILD_ID": "p:1", "ROUTING": "spa"}
    for arguments, given, expected in (
        ([], environment, "usage: "),
        (["a", "b"], environment, "usage: "),
        (["."], {}, "usage: "),
        (["nowhere"], environment, "folder nowhere is missing or empty"),
    ):
        assert PACKER.main(arguments, given) == 1
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)
        assert captured.err.startswith(f"pack: {expected}")
    assert UPLOADER.main({"EXECUTION": "x"}) == 1
    assert capsys.readouterr().err.startswith("uploader: usage: ")


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """An archive of these, whatever they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, body in members:
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, **more: Any) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type = kind
    for key, value in more.items():
        setattr(found, key, value)
    return found


PAGE = (member("index.html"), b"<h1>x</h1>")
HOSTILE = {
    "a link": (tar(PAGE, (member("a", tarfile.SYMTYPE, linkname="/etc/passwd"), b"")), "only files may be"),
    "a hard link": (tar(PAGE, (member("a", tarfile.LNKTYPE, linkname="index.html"), b"")), "only files may be"),
    "a device": (tar(PAGE, (member("a", tarfile.CHRTYPE), b"")), "only files may be"),
    "a pipe": (tar(PAGE, (member("a", tarfile.FIFOTYPE), b"")), "only files may be"),
    "a folder": (tar(PAGE, (member("a", tarfile.DIRTYPE), b"")), "only files may be"),
    "a sparse file": (tar(PAGE, (member("a", tarfile.GNUTYPE_SPARSE), b"")), "only files may be"),
    "a way out": (tar(PAGE, (member("../a"), b"")), "no browser can request"),
    "an absolute path": (tar(PAGE, (member("/etc/passwd"), b"")), "no browser can request"),
    "an empty segment": (tar(PAGE, (member("a//b"), b"")), "no browser can request"),
    "twice": (tar(PAGE, PAGE), "is twice in the archive"),
    "other records": (tar(PAGE, (member("a" * 200, pax_headers={"GNU.sparse.size": "9" * 15}), b"")), "not one name"),
    "no files": (tar(), "the site has no index.html"),
    "cut off": (tar(PAGE)[:600], "cut off"),
    "compressed": (b"\x1f\x8b" + b"x" * 2000, "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_in_one_line_and_nothing_is_created(
    site: Any, run: Run, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    archive, why = HOSTILE[name]
    one = run()
    one.leave(archive)
    assert one.upload() == 1
    said = capsys.readouterr().err
    assert (why in said, said.count("\n")) == (True, 1), said
    assert site.keys() == []


def test_what_is_never_published_is_not_though_an_archive_has_it(site: Any, run: Run) -> None:
    one = run()
    one.leave(tar(PAGE, (member(".git/config"), b"x"), (member("sub/.env"), b"x")))
    assert one.upload() == 0
    assert [Path(key).name for key in site.keys("deployments/")] == ["index.html"]


def test_whatever_can_be_packed_is_small_enough_for_the_upload(
    run: Run, make: Make, site: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An archive is larger than its files, and is filled up at its end."""
    for program in (PACKER, UPLOADER):
        monkeypatch.setattr(program, "ARCHIVE_LIMIT", 60_000)
    ended = []
    for size in (20_000, 30_000, 40_000, 50_000, 55_000, 60_000):
        one = run()
        ended.append(one.pack(make({"a.bin": b"x" * size}, str(size))))
        if not ended[-1]:
            one.tell(capsys.readouterr().out.splitlines()[-1])
            assert one.upload() == 0
    assert ended == [0, 0, 1, 1, 1, 1]
    assert "the site has over 0 GiB: host what is large elsewhere" in capsys.readouterr().err
    one.leave(bytes(60_001))
    assert one.upload() == 1
    assert "has 60,001 bytes, over 60,000: publish less" in capsys.readouterr().err


@pytest.mark.parametrize("entry", [PACKER_ENTRY, UPLOADER_ENTRY])
def test_a_program_is_of_the_oldest_python_that_build_images_have(entry: str) -> None:
    for source in sources.modules(entry).values():
        assert isinstance(ast.parse(source, feature_version=(3, 9)), ast.Module)


def test_the_texts_in_the_buildspecs_are_the_whole_programs(site: Any, run: Run, make: Make, tmp_path: Path) -> None:
    page = '<script src="/there.js"></script><script src="/repo/there.js"></script>'
    folder = make({"index.html": page, "there.js": "", "a.md": "", "b.js.gz": "", "large.bin": b"x" * 2_000_000})
    one = run(build="01234567-89ab-cdef-0123-456789abcdef")
    programs = {}
    for text in (build_buildspec(unpack_zip=False), upload_buildspec()):
        for command in yaml.safe_load(text)["phases"]["build"]["commands"]:
            for name, _, program in re.findall(r"cat > (\w+)\.py <<'(\w+)'\n(.+)\2\n", command, re.S):
                programs[name] = tmp_path / f"{name}.py"
                programs[name].write_text(program)

    def ran(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(programs[name]), *arguments]
        ended = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended

    environment = {"ARTIFACT_BUCKET": ARTIFACTS, "CODEBUILD_BUILD_ID": f"p:{one.build}", "ROUTING": "mixed"}
    packed = ran("pack", str(folder), **environment)
    assert "repo/there.js (index.html)" in packed.stderr.splitlines()[0]
    one.tell(packed.stdout.strip())
    make_compiler(one.aws)
    assert ran("uploader", **one.environment()).stderr == ""
    identity = json.loads(site.read(site.keys("manifests/")[0]))["id"]
    heads = {name: site.head(f"deployments/{identity}/{name}") for name in ("a.md", "b.js.gz", "large.bin")}
    assert "text/markdown; charset=utf-8" == heads["a.md"]["ContentType"]
    assert "gzip" == heads["b.js.gz"]["ContentEncoding"]
    assert 2_000_000 == heads["large.bin"]["ContentLength"]
