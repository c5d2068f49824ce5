"""The uploader's half of pruning without hurting anybody: the lease comes first, then the look for a prune's lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from content.files import UploadError
from uploader import deployment
from uploader.client import connect
from workbench.uploads import planned, table_of

BUCKET = "site-bucket"
ID = "c" * 40 + "-1a2b3c4d5e6f7a8b"
Make = Callable[..., Path]


class Client:
    """The uploader's client; `calls` are its requests, and each answer about the lock says that it has this age."""

    def __init__(self, age: timedelta | None = None) -> None:
        self.s3 = connect()
        self.calls: list[tuple[str, str]] = []
        self.age = age
        self.s3.meta.events.register("provide-client-params.s3", self._note)
        self.s3.meta.events.register("after-call.s3.ListObjectsV2", self._age)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params.get("Key") or params["Prefix"]))

    def _age(self, parsed: dict[str, Any], **_: Any) -> None:
        for entry in parsed.get("Contents", ()):
            if self.age is not None and entry["Key"] == "prune.lock":
                parsed["ResponseMetadata"]["HTTPHeaders"]["date"] = format_datetime(entry["LastModified"] + self.age)


def upload(client: Client, folder: Path) -> None:
    plan = planned(folder, "spa")
    deployment.upload(client.s3, BUCKET, plan, table_of(plan), {"id": ID, "execution": ""}, lambda *_: None)


def test_lease_then_look_then_the_pool(site: Any, make: Make) -> None:
    client = Client()
    upload(client, make({"assets/index-BdE8sX2_.js": "1"}))
    assert client.calls[:3] == [
        ("PutObject", f"uploads/{ID}"),
        ("ListObjectsV2", "prune.lock"),
        ("ListObjectsV2", "immutable/assets/"),
    ]


def test_an_upload_waits_for_a_prune_and_renews_its_lease_after_it(
    site: Any, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.s3.put_object(Bucket=BUCKET, Key="prune.lock", Body=b"1")
    pauses: list[float] = []

    def prune(seconds: float) -> None:
        assert site.keys() == ["prune.lock", f"uploads/{ID}"]
        pauses.append(seconds)
        if len(pauses) == 3:  # the prune ends: it takes the lock away, and may have taken the lease for an old one
            site.s3.delete_object(Bucket=BUCKET, Key=f"uploads/{ID}")
            site.s3.delete_object(Bucket=BUCKET, Key="prune.lock")

    monkeypatch.setattr(time, "sleep", prune)
    upload(Client(), make())
    assert pauses == [3, 3, 3]
    assert [f"deployments/{ID}/index.html", f"manifests/{ID}.json", f"uploads/{ID}"] == site.keys()
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("waiting for a prune that began ")) == ("", 3)


@pytest.mark.parametrize(("seconds", "waits"), [(0, True), (20 * 60 - 1, True), (20 * 60 + 1, False)])
def test_a_lock_of_twenty_minutes_is_of_a_prune_that_died(
    site: Any, make: Make, monkeypatch: pytest.MonkeyPatch, seconds: int, waits: bool
) -> None:
    site.s3.put_object(Bucket=BUCKET, Key="prune.lock", Body=b"1")
    waited = []

    def end(_: float) -> None:
        waited.append(True)
        site.s3.delete_object(Bucket=BUCKET, Key="prune.lock")

    monkeypatch.setattr(time, "sleep", end)
    upload(Client(timedelta(seconds=seconds)), make())
    assert waits == bool(waited)


@pytest.mark.parametrize(("hours", "complete"), [(34, True), (36, False)])
def test_an_upload_that_outlives_its_lease_is_never_complete(
    site: Any, make: Make, monkeypatch: pytest.MonkeyPatch, hours: int, complete: bool
) -> None:
    client = Client()
    began = time.time()

    def sleep(**_: Any) -> None:  # a laptop's lid is closed while it uploads
        monkeypatch.setattr(time, "time", lambda: began + hours * 3600)

    client.s3.meta.events.register("after-call.s3.PutObject", sleep)
    folder = make()
    if complete:
        upload(client, folder)
    else:
        with pytest.raises(UploadError, match="took over 35 hours, files may be pruned by now: begin a new one"):
            upload(client, folder)
    assert [f"manifests/{ID}.json"] * complete == site.keys("manifests/")
