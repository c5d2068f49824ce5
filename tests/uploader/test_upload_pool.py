"""How deployments share the pool: what is there is not sent again, and is compared with what it should be."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from tests.uploader.recording import BUCKET, BUILD, HASHED, ID, Make, Recorder
from workbench.together import UPLOADER


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


def test_what_is_there_already_is_sent_once_and_compared(site: Any, make: Make, recorder: Recorder) -> None:
    folder = make({"a.txt": "x", HASHED: "1"})
    site.publish(folder, CODEBUILD_BUILD_ID=BUILD)
    site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{ID}.json")
    recorder.calls.clear()
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD) == 0
    assert recorder.of("PutObject").count(f"deployments/{ID}/a.txt") == 1


def test_two_uploads_at_the_same_time_share_the_pool(site: Any, make: Make) -> None:
    folder = make({f"assets/f{number:02}-BdE8sX2_.js": str(number) for number in range(40)})
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: site.publish(folder), range(2))) == [0, 0]
    assert (len(site.keys("immutable/")), len(site.manifests())) == (40, 2)


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
