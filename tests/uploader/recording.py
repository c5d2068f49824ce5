"""The uploader's requests to S3, as they are sent, and answers in place of S3's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.awsrequest import AWSResponse

from workbench.together import UPLOADER

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
