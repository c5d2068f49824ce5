"""What an upload leaves in the bucket: files with their headers, the manifest, the execution, and nothing changed."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from content.media_types import media
from contract import VERSION
from tests.uploader.recording import BUCKET, BUILD, HASHED, ID, Make, Recorder
from uploader.client import connect
from uploader.deployment import upload
from workbench.uploads import planned, table_of


def test_a_deployment_has_files_manifest_and_execution(site: Any, make: Make) -> None:
    folder = make({"img/a b.png": b"\x89PNG", HASHED: "1"})
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD, EXECUTION="run-1", BRANCH="main") == 0
    assert [
        f"deployments/{ID}/img/a b.png",
        f"deployments/{ID}/index.html",
        "executions/run-1",
        f"immutable/{HASHED}",
        f"manifests/{ID}.json",
        f"uploads/{ID}",
    ] == site.keys()
    assert ID.encode() == site.read("executions/run-1")


def test_the_manifest_describes_the_deployment(site: Any, make: Make) -> None:
    folder = make({"b.glb": "12345", "docs/index.html": "", HASHED: "1"})
    site.publish(folder, CODEBUILD_BUILD_ID=BUILD, EXECUTION="run-1", BRANCH="main", ROUTING="files")
    manifest = site.manifest()
    listing = b"b.glb 5\ndocs.html 0\ndocs/index.html 0\nindex.html 14\n"
    assert {
        "id": ID,
        "commit": "c" * 40,
        "branch": "main",
        "message": "",
        "author": "",
        "execution": "run-1",
        "created": "2026-05-01T12:00:00Z",
        "listing": hashlib.sha256(listing).hexdigest(),
        "uploader": VERSION,
        "routing": "files",
        "also": ["glb"],
        "index": [],
        "live": "files also=glb",
        "files": 4,
        "bytes": len("<h1>hello</h1>") + 5,
        "immutable": [HASHED],
    } == manifest


def test_a_zip_is_named_and_its_version_kept(site: Any, make: Make) -> None:
    site.publish(make(), CODEBUILD_BUILD_ID=BUILD, COMMIT="zip", VERSION="3/L4kq.version")
    manifest = site.manifest()
    assert tuple(manifest[k] for k in ("id", "commit", "version")) == ("zip-1a2b3c4d5e6f7a8b", "zip", "3/L4kq.version")


def test_the_full_commit_is_in_the_manifest_of_a_sha256_repository(site: Any, make: Make) -> None:
    site.publish(make(), COMMIT="d" * 64, CODEBUILD_BUILD_ID=BUILD)
    manifest = site.manifest()
    assert (manifest["id"], manifest["commit"]) == ("d" * 40 + "-1a2b3c4d5e6f7a8b", "d" * 64)


def test_outside_a_pipeline_nothing_names_an_execution(site: Any, make: Make) -> None:
    assert site.publish(make(), COMMIT="", CODEBUILD_BUILD_ID="") == 0
    assert site.keys("executions/") == []
    assert site.manifest()["id"].startswith("upload-")


def test_a_retried_stage_points_its_execution_to_the_new_deployment(site: Any, make: Make) -> None:
    folder = make()
    for build in ("p:" + "1" * 16, "p:" + "2" * 16):
        assert site.publish(folder, EXECUTION="run-1", CODEBUILD_BUILD_ID=build) == 0
    assert ("c" * 40 + "-" + "2" * 16).encode() == site.read("executions/run-1")
    assert len(site.manifests()) == 2


@pytest.mark.parametrize(
    ("path", "cache", "metadata"),
    [
        (
            f"deployments/{ID}/index.html",
            "public, max-age=0, s-maxage=31536000, must-revalidate",
            {"deployment": ID, "sha256": hashlib.sha256(b"<h1>hello</h1>").hexdigest()},
        ),
        (
            f"immutable/{HASHED}",
            "public, max-age=31536000, immutable",
            {"sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"},
        ),
    ],
    ids=["own", "shared"],
)
def test_files_carry_their_headers(site: Any, make: Make, path: str, cache: str, metadata: dict[str, str]) -> None:
    site.publish(make({HASHED: "1"}), CODEBUILD_BUILD_ID=BUILD)
    head = site.head(path)
    assert (cache, metadata) == (head["CacheControl"], head["Metadata"])
    assert media(path)["ContentType"] == head["ContentType"]


def test_names_of_any_script_and_sign_arrive_unchanged(site: Any, make: Make) -> None:
    names = [
        "a+b.txt",
        "caf\xe9/\u65e5\u672c.html",
        "100%.txt",
        "a&b=c;d.txt",
        "[...slug].html",
        "#1?.txt",
        "x" * 200,
    ]
    assert site.publish(make(dict.fromkeys(names, "x")), CODEBUILD_BUILD_ID=BUILD) == 0
    expected = sorted(f"deployments/{ID}/{name}" for name in [*names, "index.html"])
    assert {*expected} <= {*site.keys("deployments/")}
    assert all(site.read(key) == b"x" for key in expected if not key.endswith("index.html"))


def test_small_empty_and_large_files_arrive_whole(site: Any, make: Make) -> None:
    large = bytes(range(256)) * 8192 + b"end"  # over the size up to which a file is held in memory
    site.publish(make({"empty.txt": "", "large.bin": large, "large-BdE8sX2_.wasm": large}), CODEBUILD_BUILD_ID=BUILD)
    assert site.read(f"deployments/{ID}/empty.txt") == b""
    assert large == site.read(f"deployments/{ID}/large.bin")
    assert large == site.read("immutable/large-BdE8sX2_.wasm")


def test_files_come_before_the_manifest_and_the_execution_comes_last(site: Any, make: Make, recorder: Recorder) -> None:
    files = {f"f{number}.txt": "x" for number in range(100)}
    site.publish(make({**files, HASHED: "1"}), CODEBUILD_BUILD_ID=BUILD, EXECUTION="run-1")
    assert len(recorder.of("PutObject")) == 105
    assert [f"manifests/{ID}.json", "executions/run-1"] == recorder.of("PutObject")[-2:]
    assert [("PutObject", f"uploads/{ID}"), ("ListObjectsV2", "")] == [
        (n, k.partition("?")[0]) for n, k in recorder.calls[:2]
    ]


def test_the_same_build_may_upload_twice(site: Any, make: Make) -> None:
    folder = make({"a.txt": "x", HASHED: "1"})
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD) == 0
    site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{ID}.json")
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD) == 0
    assert site.manifest()["files"] == 2


def test_a_deployment_is_never_changed(site: Any, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    site.publish(make({"a.txt": "x"}), CODEBUILD_BUILD_ID=BUILD)
    assert site.publish(make({"a.txt": "y"}), CODEBUILD_BUILD_ID=BUILD) == 1
    assert f"deployments/{ID}/a.txt exists with other content" in capsys.readouterr().err
    assert site.read(f"deployments/{ID}/a.txt") == b"x"


def test_the_progress_counts_every_file_once(site: Any, make: Make) -> None:
    seen: list[tuple[int, bool]] = []
    plan = planned(make({"a.txt": "12", "b.txt": "345"}), "spa")
    facts = {"id": ID, "execution": ""}
    upload(connect(), BUCKET, plan, table_of(plan), facts, lambda size, new: seen.append((size, new)))
    assert sorted(seen) == [(2, True), (3, True), (14, True)]
