"""What surrounds the publisher: a bucket and a store in the emulator, the event of a pipeline, and its own text."""

from __future__ import annotations

import json
import sys
import types
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator import sources

EVENTS = Path(__file__).parent / "events"
BUCKET, PIPELINE = "site-bucket", "site-pipeline"
A, B, C = (f"{commit * 40}-{commit * 16}" for commit in "abc")


class BucketAndStore:
    """A bucket and a store as the template makes them, and how to put deployments into them."""

    def __init__(self, aws: Any) -> None:
        self.s3 = aws.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        made = aws.client("cloudfront").create_key_value_store(Name="store")
        self.arn: str = made["KeyValueStore"]["ARN"]
        self.store = aws.client("cloudfront-keyvaluestore")

    def upload(self, deployment: str, execution: str = "", page: str = "", **members: Any) -> None:
        """What the uploader leaves: files, manifest, and which execution it was."""
        files = {"index.html": f"<h1>{deployment}</h1>", "robots.txt": "User-agent: *"}
        if page:
            files["404.html"] = page
        for name, text in files.items():
            self.put(f"deployments/{deployment}/{name}", text)
        manifest = {
            "id": deployment,
            "commit": deployment.rpartition("-")[0],
            "branch": "main",
            "message": "Merge branch 'x'\n\n\"quoted\"",
            "author": "Ada",
            "execution": execution,
            "created": "2026-01-01T00:00:00Z",
            "uploader": "0.1.0",
            "routing": "spa",
            "also": [],
            "index": [],
            "files": len(files),
            "bytes": sum(len(text.encode()) for text in files.values()),
            "immutable": ["assets/index-BdE8sX2_.js"],
        }
        self.put(f"manifests/{deployment}.json", json.dumps({**manifest, **members}))
        if execution:
            self.put(f"executions/{execution}", deployment)

    def put(self, key: str, text: str) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())

    def read(self, key: str) -> str:
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def keys(self, prefix: str = "") -> list[str]:
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]

    def stored(self, key: str) -> str:
        try:
            return str(self.store.get_key(KvsARN=self.arn, Key=key)["Value"])
        except self.store.exceptions.ResourceNotFoundException:
            return ""

    def store_values(self, **values: str) -> None:
        etag = self.store.describe_key_value_store(KvsARN=self.arn)["ETag"]
        puts = [{"Key": key, "Value": value} for key, value in values.items()]
        self.store.update_keys(KvsARN=self.arn, IfMatch=etag, Puts=puts)

    def stored_all(self) -> dict[str, str]:
        """All keys of the store with their values."""
        pages = self.store.get_paginator("list_keys").paginate(KvsARN=self.arn)
        return {item["Key"]: item["Value"] for page in pages for item in page["Items"]}

    @property
    def live(self) -> str:
        return self.stored("live").partition(" ")[0]

    @property
    def ledger(self) -> dict[str, Any]:
        return dict(json.loads(self.stored("ledger") or "{}"))

    @property
    def history(self) -> list[dict[str, Any]]:
        """The objects under `published/`, oldest first."""
        return [json.loads(self.read(key)) for key in self.keys("published/")]

    def etag(self) -> str:
        return str(self.store.describe_key_value_store(KvsARN=self.arn)["ETag"])


def succeeded(execution: str, start: str = "2026-03-01T10:00:00.000Z", **detail: Any) -> dict[str, Any]:
    """The documented event of a succeeded pipeline, for `execution`; each is an event of its own."""
    event: dict[str, Any] = json.loads((EVENTS / "pipeline-succeeded.json").read_text()) | {"id": str(uuid.uuid4())}
    event["time"] = datetime.now(UTC).isoformat(timespec="seconds")
    event["detail"] |= {"pipeline": PIPELINE, "execution-id": execution, "start-time": start, **detail}
    return event


def joined(entry: str = "publisher.operations") -> types.ModuleType:
    """The text that the template carries as `index.py`, loaded afresh: a publisher of its own."""
    module = types.ModuleType("index")
    sys.modules["index"] = module
    exec(compile(sources.program(entry), "index.py", "exec"), module.__dict__)
    return module
