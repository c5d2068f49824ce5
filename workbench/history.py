"""A site with a long history, of which only what is looked at is there: as many deployments as one likes, quickly."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from workbench.site import VisitedStack


def put_many(site: VisitedStack, number: int) -> None:
    """Manifests and history of `number` deployments: one an hour, the last 40 now; of older ones each tenth."""
    s3 = site.emulator.client("s3")
    manifest = {
        "branch": "main",
        "message": "m",
        "author": "Ada",
        "created": "",
        "uploader": "0",
        "routing": "mixed",
    }
    manifest["execution"] = ""
    counted = {"also": list[str](), "index": list[str](), "files": 160, "bytes": 1}
    shared = [f"assets/index-{count:08x}.js" for count in range(160)]
    for count in range(number):
        identity = f"{count:040x}-{count:016x}"
        moment = datetime.now(UTC) - timedelta(hours=max(0, number - 40 - count))
        since = f"{moment:%Y-%m-%dT%H:%M:%S}.{count % 1000:03}Z"
        body = json.dumps({**manifest, **counted, "id": identity, "commit": f"{count:040x}", "immutable": shared})
        s3.put_object(Bucket=site.bucket, Key=f"manifests/{identity}.json", Body=body.encode(), IfNoneMatch="*")
        if count % 10 and count < number - 40:
            continue
        entry = {"deployment": identity, "since": since, "action": "pipeline", "by": "run", "sequence": None}
        key = f"published/{since.replace(':', '')}-{identity}.json"
        s3.put_object(Bucket=site.bucket, Key=key, Body=json.dumps(entry).encode())
