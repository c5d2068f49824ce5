"""How files are sent: the short way and boto3's, many at once, and again where S3 asks for it or an answer is lost."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, EndpointConnectionError, HTTPClientError

from content.files import UploadError
from tests.uploader.recording import BUCKET, HASHED, ID, Make, Recorder
from uploader.deployment import upload
from workbench.together import UPLOADER
from workbench.uploads import planned, table_of


def _answer(status: int, code: str) -> AWSResponse:
    class Raw(io.BytesIO):
        def stream(self) -> Iterator[bytes]:
            yield self.read()

    return AWSResponse("http://answer", status, {}, Raw(f"<Error><Code>{code}</Code></Error>".encode()))


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


def test_a_boto3_with_other_insides_takes_its_own_way(
    site: Any, make: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        def __init__(self, s3: Any) -> None:
            raise AttributeError

    monkeypatch.setattr(UPLOADER, "QuickClient", Other)
    assert site.publish(make({f"f{number}.txt": "x" for number in range(10)})) == 0
    assert recorder.by_boto3.count("PutObject") == 13


def test_at_least_48_files_are_in_flight(site: Any, make: Make, recorder: Recorder) -> None:
    everybody = threading.Barrier(48)

    def wait_for_the_others(operation: str, key: str) -> None:
        if operation == "PutObject" and key.endswith(".txt"):
            everybody.wait(30)  # 48 must be under way at once, or nobody passes

    recorder.answers = wait_for_the_others
    assert site.publish(make({f"f{number}.txt": "x" for number in range(48)})) == 0


def test_a_refused_request_names_action_and_object(site: Any, make: Make, recorder: Recorder) -> None:
    recorder.answers = lambda _, key: _answer(403, "AccessDenied") if key.endswith("a.txt") else None
    plan = planned(make({"a.txt": "x"}), "spa")
    with pytest.raises(UploadError, match=rf"deployments/{ID}/a.txt: .*AccessDenied.*PutObject"):
        upload(UPLOADER.connect(), BUCKET, plan, table_of(plan), {"id": ID, "execution": ""}, lambda *_: None)
    assert site.keys("manifests/") == []
