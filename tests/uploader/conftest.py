"""Fixtures of the uploader's tests: folders to publish, and a bucket in the emulator to publish them to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.uploader.recording import Recorder
from workbench import uploads

BUCKET = "site-bucket"

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a folder of files, given as path=text; index.html is there without being named."""

    def write(files: dict[str, str | bytes] | None = None, name: str = "out") -> Path:
        for path, text in {"index.html": "<h1>hello</h1>", **(files or {})}.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return write


class SiteBucket:
    """The bucket of a site, what is in it, and the uploader as a build calls it."""

    def __init__(self, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        self.s3 = emulator.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.environment = {"SITE_BUCKET": BUCKET, "ROUTING": "spa", "COMMIT": "c" * 40}

    def publish(self, folder: Path, **environment: str) -> int:
        """Upload a folder under the ID that commit and build give; say what a command would, give its exit status."""
        return uploads.main([str(folder)], {**self.environment, **environment})

    def keys(self, prefix: str = "") -> list[str]:
        """Every key under `prefix`."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]

    def read(self, key: str) -> bytes:
        """The content of an object."""
        content: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def head(self, key: str) -> dict[str, Any]:
        """The headers of an object."""
        headers: dict[str, Any] = self.s3.head_object(Bucket=BUCKET, Key=key)
        return headers

    def manifests(self) -> list[dict[str, Any]]:
        """Every manifest, in the order of the IDs."""
        return [json.loads(self.read(key)) for key in self.keys("manifests/")]

    def manifest(self) -> dict[str, Any]:
        """The only manifest there is."""
        (manifest,) = self.manifests()
        return manifest


@pytest.fixture
def site(aws: Any, monkeypatch: pytest.MonkeyPatch) -> SiteBucket:
    """An empty site bucket in the emulator."""
    return SiteBucket(aws, monkeypatch)


@pytest.fixture
def recorder(site: Any, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Listens to the uploader's requests."""
    return Recorder(monkeypatch)
