"""What an upload leaves in the bucket, in which order, and what it does with files that are there already."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, EndpointConnectionError, HTTPClientError

from content.files import UploadError
from content.media_types import media
from contract import VERSION
from uploader.client import connect
from uploader.deployment import upload
from workbench.together import UPLOADER
from workbench.uploads import planned, table_of

BUCKET = "site-bucket"
BUILD = "project:1a2b3c4d-5e6f-7a8b-9c0d-112233445566"
ID = "c" * 40 + "-1a2b3c4d5e6f7a8b"
HASHED = "assets/index-BdE8sX2_.js"
Make = Callable[..., Path]


class Recorder:
    """Every S3 request of the clients that the uploader makes, as (operation, key), in the order they were sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, str]] = []
        self.bodies: dict[str, Any] = {}
        self.by_boto3: list[str] = []  # the operations that took all of boto3's way
        self.answers: Callable[[str, str], AWSResponse | None] = lambda operation, key: None
        connect, lock = UPLOADER.connect, threading.Lock()

        def recorded() -> Any:
            client = connect()
            session = client._endpoint.http_session
            send = session.send

            def answer(request: Any) -> AWSResponse:
                operation = {"PUT": "PutObject", "HEAD": "HeadObject", "GET": "ListObjectsV2"}[request.method]
                key = unquote(request.url.partition(f"/{BUCKET}")[2].lstrip("/"))
                with lock:
                    self.calls.append((operation, key))
                self.bodies[key] = request.body
                found: AWSResponse = self.answers(operation, key) or send(request)
                return found

            monkeypatch.setattr(session, "send", answer)
            client.meta.events.register("before-call.s3", lambda model, **_: self.by_boto3.append(model.name))
            return client

        monkeypatch.setattr(UPLOADER, "connect", recorded)

    def of(self, operation: str) -> list[str]:
        """The keys of one operation."""
        return [key for name, key in self.calls if name == operation]


@pytest.fixture
def recorder(site: Any, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Listens to the uploader's requests."""
    return Recorder(monkeypatch)


def _answer(status: int, code: str) -> AWSResponse:
    class Raw(io.BytesIO):
        def stream(self) -> Iterator[bytes]:
            yield self.read()

    return AWSResponse("http://answer", status, {}, Raw(f"<Error><Code>{code}</Code></Error>".encode()))


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


def test_files_of_the_pool_are_shared_and_not_sent_again(
    site: Any, make: Make, recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make({HASHED: "1", "assets/b-BdE8sX2_.css": "2"})
    site.publish(folder)
    recorder.calls.clear()
    assert site.publish(folder) == 0
    assert [key for key in recorder.of("PutObject") if key.startswith("immutable/")] == []
    assert recorder.of("HeadObject") == []
    assert "files: 1 uploaded, 2 reused" in capsys.readouterr().out
    assert [sorted(m["immutable"])[::-1] for m in site.manifests()] == [[HASHED, "assets/b-BdE8sX2_.css"]] * 2


def test_after_an_administrator_deletes_the_object_the_same_build_goes_through(site: Any, make: Make) -> None:
    site.publish(make({HASHED: "1"}))
    site.s3.delete_object(Bucket=BUCKET, Key=f"immutable/{HASHED}")
    assert site.publish(make({HASHED: "2"})) == 0
    assert site.read(f"immutable/{HASHED}") == b"2"


@pytest.mark.parametrize("same", [True, False], ids=["same-content", "other-content"])
def test_a_file_that_somebody_writes_after_the_listing_is_compared(
    site: Any, make: Make, recorder: Recorder, same: bool
) -> None:
    def write_first(operation: str, key: str) -> None:
        if operation == "PutObject" and key == f"immutable/{HASHED}":
            site.s3.put_object(Bucket=BUCKET, Key=key, Body=b"1" if same else b"2")

    recorder.answers = write_first
    assert site.publish(make({HASHED: "1"})) == 0
    assert [f"immutable/{HASHED}"] == recorder.of("HeadObject")
    assert [HASHED] * same == site.manifest()["immutable"]


@pytest.mark.parametrize("same", [True, False], ids=["same-content", "other-content"])
def test_under_kms_the_checksum_of_the_metadata_decides(site: Any, make: Make, recorder: Recorder, same: bool) -> None:
    folder = make({HASHED: "1"})
    site.publish(folder)
    if not same:
        (folder / HASHED).write_text("2")
    # an ETag of KMS is no MD5 and tells nothing: no listing and no HEAD of the emulator has one
    original = site.s3.get_object(Bucket=BUCKET, Key=f"immutable/{HASHED}")["Metadata"]
    site.s3.put_object(Bucket=BUCKET, Key=f"immutable/{HASHED}", Body=b"encrypted", Metadata=original)
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD) == 0
    assert [f"immutable/{HASHED}"] == recorder.of("HeadObject")
    assert same == bool(site.keys(f"manifests/{ID}"))


def test_under_kms_a_lost_answer_does_no_harm(site: Any, make: Make, recorder: Recorder) -> None:
    lost: list[str] = []

    def write_but_lose_the_answer(operation: str, key: str) -> AWSResponse | None:
        if operation != "PutObject" or not key.endswith("a.txt") or lost:
            return None
        lost.append(key)
        metadata = {"sha256": hashlib.sha256(b"x").hexdigest(), "deployment": ID}
        site.s3.put_object(Bucket=BUCKET, Key=key, Body=b"encrypted", Metadata=metadata)
        raise EndpointConnectionError(endpoint_url="https://s3", error="reset")

    recorder.answers = write_but_lose_the_answer
    assert site.publish(make({"a.txt": "x"}), CODEBUILD_BUILD_ID=BUILD) == 0
    assert (len(lost), site.head(f"deployments/{ID}/index.html")["Metadata"]["deployment"]) == (1, ID)


@pytest.mark.parametrize(("size", "conflicts"), [(1, 3), (2_000_000, 2)], ids=["small", "large"])
def test_a_simultaneous_write_is_repeated(
    site: Any, make: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, size: int, conflicts: int
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    requests = conflicts + 1

    def conflict(operation: str, key: str) -> AWSResponse | None:
        nonlocal conflicts
        if key != f"immutable/{HASHED}" or not conflicts:
            return None
        conflicts -= 1
        if size > 1:
            recorder.bodies[key].read()  # as sending it does
        return _answer(409, "ConditionalRequestConflict")

    recorder.answers = conflict
    assert site.publish(make({HASHED: b"1" * size})) == 0
    assert recorder.of("PutObject").count(f"immutable/{HASHED}") == requests
    assert site.read(f"immutable/{HASHED}") == b"1" * size


@pytest.mark.parametrize("suffix", ["index.html", ".json"], ids=["file", "manifest"])
def test_a_lost_answer_does_no_harm(
    site: Any, make: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def write_but_lose_the_answer(operation: str, key: str) -> AWSResponse | None:
        if operation != "PutObject" or not key.endswith(suffix) or lost:
            return None
        lost.append(key)
        body = (folder / "index.html").read_bytes() if suffix == "index.html" else bodies[0]
        site.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return _answer(500, "InternalError")

    lost: list[str] = []
    bodies: list[bytes] = []
    dumps = json.dumps

    def kept(value: Any, **options: Any) -> str:
        text = dumps(value, **options)
        bodies.append(text.encode())
        return text

    monkeypatch.setattr(json, "dumps", kept)
    folder = make()
    recorder.answers = write_but_lose_the_answer
    assert site.publish(folder, EXECUTION="run-1") == 0
    assert (len(lost), len(site.manifests())) == (1, 1)


def test_throttled_requests_are_repeated(site: Any, make: Make, recorder: Recorder) -> None:
    refusals = [_answer(503, "SlowDown") for _ in range(3)]
    recorder.answers = lambda _, key: refusals.pop() if refusals else None
    assert site.publish(make({"a.txt": "x"})) == 0
    assert site.manifest()["files"] == 2


def test_a_file_takes_the_short_way_and_what_is_not_answered_with_200_takes_boto3s(
    site: Any, make: Make, recorder: Recorder
) -> None:
    refusals: dict[str, AWSResponse | BotoCoreError] = {
        "f1.txt": _answer(403, "RequestTimeTooSkewed"),
        "f2.txt": HTTPClientError(error="reset"),
        "f3.txt": EndpointConnectionError(endpoint_url="https://s3", error="refused"),
    }

    def refuse(operation: str, key: str) -> AWSResponse | None:
        refusal = refusals.pop(key.rpartition("/")[2], None)
        if isinstance(refusal, BotoCoreError):
            raise refusal
        return refusal

    recorder.answers = refuse
    assert site.publish(make({f"f{number}.txt": "x" for number in range(100)}), EXECUTION="run-1") == 0
    assert recorder.by_boto3.count("PutObject") == 4  # the lease, and the three that were refused
    assert site.manifest()["files"] == 101


def test_after_s3_has_asked_for_less_boto3_paces_the_rest(site: Any, make: Make, recorder: Recorder) -> None:
    refusals = [_answer(503, "SlowDown")]
    recorder.answers = lambda _, key: refusals.pop() if key.endswith("f00.txt") and refusals else None
    assert site.publish(make({f"f{number:02}.txt": "x" for number in range(90)})) == 0
    assert recorder.by_boto3.count("PutObject") > 20  # those that were not under way when it said so
    assert site.manifest()["files"] == 91


def test_what_is_there_already_is_sent_once_and_compared(site: Any, make: Make, recorder: Recorder) -> None:
    folder = make({"a.txt": "x", HASHED: "1"})
    site.publish(folder, CODEBUILD_BUILD_ID=BUILD)
    site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{ID}.json")
    recorder.calls.clear()
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD) == 0
    assert recorder.of("PutObject").count(f"deployments/{ID}/a.txt") == 1


def test_a_boto3_with_other_insides_takes_its_own_way(
    site: Any, make: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        def __init__(self, s3: Any) -> None:
            raise AttributeError

    monkeypatch.setattr(UPLOADER, "QuickClient", Other)
    assert site.publish(make({f"f{number}.txt": "x" for number in range(10)})) == 0
    assert recorder.by_boto3.count("PutObject") == 13


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


def test_two_uploads_at_the_same_time_share_the_pool(site: Any, make: Make) -> None:
    folder = make({f"assets/f{number:02}-BdE8sX2_.js": str(number) for number in range(40)})
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: site.publish(folder), range(2))) == [0, 0]
    assert (len(site.keys("immutable/")), len(site.manifests())) == (40, 2)


def test_at_least_48_files_are_in_flight(site: Any, make: Make, recorder: Recorder) -> None:
    everybody = threading.Barrier(48)

    def wait_for_the_others(operation: str, key: str) -> None:
        if operation == "PutObject" and key.endswith(".txt"):
            everybody.wait(30)  # 48 must be under way at once, or nobody passes

    recorder.answers = wait_for_the_others
    assert site.publish(make({f"f{number}.txt": "x" for number in range(48)})) == 0


def test_the_pool_is_listed_where_this_deployment_looks_and_no_further(
    site: Any, make: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UPLOADER, "_PAGES", 1)
    for number in range(1100):
        site.s3.put_object(Bucket=BUCKET, Key=f"immutable/assets/a{number:04}-BdE8sX2_.js", Body=b"0")
    folder = make({"assets/a1099-BdE8sX2_.js": "0", "assets/a0001-BdE8sX2_.js": "0"})
    assert site.publish(folder) == 0
    assert recorder.of("HeadObject") == ["immutable/assets/a1099-BdE8sX2_.js"]
    assert len(recorder.of("ListObjectsV2")) == 2  # one for the lock, one for the pool


def test_the_progress_counts_every_file_once(site: Any, make: Make) -> None:
    seen: list[tuple[int, bool]] = []
    plan = planned(make({"a.txt": "12", "b.txt": "345"}), "spa")
    facts = {"id": ID, "execution": ""}
    upload(connect(), BUCKET, plan, table_of(plan), facts, lambda size, new: seen.append((size, new)))
    assert sorted(seen) == [(2, True), (3, True), (14, True)]


def test_a_refused_request_names_action_and_object(site: Any, make: Make, recorder: Recorder) -> None:
    recorder.answers = lambda _, key: _answer(403, "AccessDenied") if key.endswith("a.txt") else None
    plan = planned(make({"a.txt": "x"}), "spa")
    with pytest.raises(UploadError, match=rf"deployments/{ID}/a.txt: .*AccessDenied.*PutObject"):
        upload(UPLOADER.connect(), BUCKET, plan, table_of(plan), {"id": ID, "execution": ""}, lambda *_: None)
    assert site.keys("manifests/") == []
