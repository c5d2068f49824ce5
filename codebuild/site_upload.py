"""Writes a deployment into the site bucket, overwrites nothing, and says "complete" last.

It exists because no upload tool creates objects without ever overwriting one, and shares hashed files between
deployments. Standard library and boto3 only: it travels inside the template. The command line imports it too.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from media_types import media
from site_files import File, Source, UploadError, remark
from site_plan import PROMISED, Plan, is_hashed

VERSION = "0.2.0"
_PARALLEL = 64
_IN_MEMORY = 2**20  # larger files are read twice, so that 64 uploads hold at most 64 MB
_POOL_PAGES = 50  # of 1,000 keys; a file that they do not show is found by its own conditional write
_LOCK_SECONDS = 20 * 60  # a prune ends itself after 15 minutes: an older lock is of one that died
_LEASE_SECONDS = 35 * 3600  # the pruner takes an upload for dead after 36 hours
_POLL_SECONDS = 3

_CONDITIONS = {409: "ConditionalRequestConflict", 412: "PreconditionFailed"}
_SHARED = "public, max-age=31536000, immutable"
_OWN = "public, max-age=0, s-maxage=31536000, must-revalidate"

_CODE = ("js", "css", "wasm")
_APART = (
    "self-contained, as deployments share other bytes under these names, which browsers keep for a year: let the "
    "bundler hash what it writes ([contenthash]), or set [files] shared = false"
)
_KEPT = "images and fonts stay as an earlier build made them"


def connect() -> Any:
    """Give an S3 client for `upload`: as many connections as it uses, and slower when S3 asks for it."""
    config = Config(max_pool_connections=_PARALLEL, retries={"mode": "adaptive", "total_max_attempts": 10})
    s3 = boto3.client("s3", config=config)
    # waiting for "100 Continue" would cost each file a round trip
    s3.meta.events.register("before-sign.s3.PutObject", lambda request, **_: request.headers.__delitem__("Expect"))
    try:
        return _Client(s3)
    except AttributeError:  # a boto3 with other insides
        return s3


def upload(
    s3: Any,
    bucket: str,
    plan: Plan,
    facts: dict[str, str],
    progress: Callable[[int, bool], None],
    shared: bool = True,
) -> tuple[str, list[str]]:
    """Write a lease, the files of `plan`, then the manifest; overwrite nothing else.

    `facts` are the manifest's members about the source: id, commit, branch, message, author, execution, created,
    perhaps version. After each file `progress` gets its bytes and whether it was written; else it was there.
    `UploadError` says what could not be written, and why: the deployment has no manifest then.

    Where the pool has other bytes under a name, or if nothing is to be `shared`, the deployment is self-contained:
    hashed files too lie in its folder, and the last part of its ID begins with x, by which the router knows it.
    What is given is the ID in the end, and warnings.
    """
    identity = facts["id"]
    begun, key = time.time(), f"uploads/{identity}"
    sizes = {path: file.size for path, file in plan.files.items()}
    hashed = sorted(filter(is_hashed, sizes))
    own = sorted(sizes.keys() - hashed)
    told, kept, other = set[str](), set[str](), set(hashed)

    def tell(path: str, written: bool) -> None:
        if path not in told:  # else a copy of it was
            told.add(path)
            progress(sizes[path], written)

    try:
        if shared:
            begun = _lease(s3, bucket, key)
            key = "immutable/"
            other = _send_all(s3, bucket, key, plan, hashed, _pool(s3, bucket, hashed), tell)
            kept = {path for path in other if re.match(PROMISED, f"/{path}") and not path.endswith(_CODE)}
            other -= kept
            for path in kept:
                tell(path, False)
        if other or not shared:
            own = sorted(sizes)
            identity = re.sub(r"-.([^-]*)\Z", r"-x\1", identity)
            key = f"uploads/{identity}"
            _lease(s3, bucket, key)
        _send_all(s3, bucket, f"deployments/{identity}/", plan, own, {}, tell)
        if time.time() > begun + _LEASE_SECONDS:  # a laptop that slept
            raise UploadError("the upload took over 35 hours, files may be pruned by now: begin a new one")
        key = f"manifests/{identity}.json"
        manifest: dict[str, Any] = {**facts, "id": identity, "uploader": VERSION, "routing": plan.routing}
        manifest |= {"also": plan.also, "index": plan.folders, "immutable": sorted({*hashed} - other)}
        manifest |= {"files": len(own), "bytes": sum(map(sizes.__getitem__, own))}
        lines = "".join(f"{path} {sizes[path]}\n" for path in own)
        manifest |= {"listing": hashlib.sha256(lines.encode()).hexdigest()}
        # of a commit message that was cut in two, half a sign may be left
        body = json.dumps(manifest, ensure_ascii=False).encode(errors="replace")
        _create(s3, None, body, Bucket=bucket, Key=key, ContentType="application/json")
    except (ClientError, BotoCoreError) as error:
        raise UploadError(f"{key}: {error}") from error
    except OSError as error:
        raise UploadError(f"{error}: let nothing write there, try again") from error
    return identity, remark(_APART, other if shared else set()) + [f"{len(kept):,} {_KEPT}"] * bool(kept)


def point(s3: Any, bucket: str, execution: str, identity: str) -> None:
    """Let the publisher find the deployment of a pipeline's execution."""
    key = f"executions/{execution}"
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=identity.encode(), ContentType="text/plain")
    except (ClientError, BotoCoreError) as error:
        raise UploadError(f"{key}: {error}; deployment {identity} is complete, retry the stage") from error


def names_under(s3: Any, bucket: str, prefix: str) -> list[str]:
    """The first keys that begin with `prefix`."""
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=9).get("Contents", ())]


class _Client:
    """A boto3 client with a quick `put_object`: what limits 64 uploads at once is not S3, but the interpreter.

    A bucket's first object goes boto3's way, which shows the address. Later ones leave out what is the same for all
    (endpoint rules, models, hooks) and are signed and sent by boto3's parts. What fails is asked again in boto3's way:
    retries and errors are its own. After a 5xx all go that way, as it slows down when S3 asks for it.
    """

    def __init__(self, s3: Any) -> None:
        self._s3, self._http, self._auth = s3, s3._endpoint.http_session, s3._request_signer.get_auth_instance
        self._addresses: dict[str, str] = {}
        self._first = "", ""
        self._quick = True
        s3.meta.events.register("before-sign.s3.PutObject", self._learn)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def put_object(self, **options: Any) -> Any:
        bucket, key = options["Bucket"], quote(options["Key"])
        if bucket not in self._addresses:
            self._first = bucket, key
        elif self._quick and isinstance(options["Body"], bytes):
            with suppress(BotoCoreError):
                status = self._put(self._addresses[bucket] + key, options)
                if status == 200:
                    return {}
                if status in _CONDITIONS:
                    error = {"Code": _CONDITIONS[status]}
                    raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")
                self._quick &= status < 500
        return self._s3.put_object(**options)

    def _put(self, address: str, options: dict[str, Any]) -> int:
        others = options.keys() - {"Bucket", "Key", "Body", "Metadata"}
        headers = {re.sub("(?<=[a-z])(?=[A-Z])", "-", option): options[option] for option in others}
        headers |= {f"x-amz-meta-{name}": value for name, value in options.get("Metadata", {}).items()}
        request = AWSRequest("PUT", address, headers, options["Body"])
        self._auth("s3", self._s3.meta.region_name).add_auth(request)
        status: int = self._http.send(request.prepare()).status_code
        return status

    def _learn(self, request: Any, **_: Any) -> None:
        bucket, key = self._first
        if key and request.url.endswith(key):
            self._addresses[bucket] = request.url.removesuffix(key)


def _lease(s3: Any, bucket: str, key: str) -> float:
    """Announce this upload to the pruner, and wait for one that has begun before; give the lease's local time.

    Of a lease and a lock one is there first, so either the pruner sees the lease and spares the pool, or this sees
    the lock. The lease is written in each round: after the last one it is new, and nobody has a lock.
    """
    while True:
        begun = time.time()
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
        found = s3.list_objects_v2(Bucket=bucket, Prefix="prune.lock")
        now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
        ages = [(now - lock["LastModified"]).total_seconds() for lock in found.get("Contents", ())]
        if min(ages, default=_LOCK_SECONDS) >= _LOCK_SECONDS:
            return begun
        print(f"waiting for a prune that began {ages[0]:.0f} seconds ago", file=sys.stderr, flush=True)
        time.sleep(_POLL_SECONDS)


def _pool(s3: Any, bucket: str, paths: list[str]) -> dict[str, str]:
    """Give ETags of the pool by key, as far as a bounded listing of the top folders of `paths` shows them."""
    listing = s3.get_paginator("list_objects_v2").paginate
    folders = sorted({path[: path.find("/") + 1] for path in paths})
    pages = (page for folder in folders for page in listing(Bucket=bucket, Prefix=f"immutable/{folder}"))
    found = (entry for page in islice(pages, _POOL_PAGES) for entry in page.get("Contents", ()))
    return {entry["Key"]: entry["ETag"].strip('"') for entry in found}


def _send_all(
    s3: Any,
    bucket: str,
    folder: str,
    plan: Plan,
    paths: list[str],
    pool: dict[str, str],
    tell: Callable[[str, bool], None],
) -> set[str]:
    """Send `paths` into `folder`, and `tell` of each; give those of the pool that have other content there."""
    other = set()
    executor = ThreadPoolExecutor(_PARALLEL)
    try:
        tasks = {}
        for path in paths:
            key = folder + path
            tasks[executor.submit(_send, s3, bucket, key, plan.files[path], pool.get(key))] = path
        for task in as_completed(tasks):
            written = task.result()
            if written is None:
                other.add(tasks[task])
            else:
                tell(tasks[task], written)
    finally:
        executor.shutdown(cancel_futures=True)
    return other


def _send(s3: Any, bucket: str, key: str, file: File, etag: str | None) -> bool | None:
    options: dict[str, Any] = {"CacheControl": _SHARED}
    if not key.startswith("immutable/"):
        options = {"CacheControl": _OWN, "Metadata": {"deployment": key.split("/")[1]}}
    with Source(file) as source:
        body = source.read() if file.size <= _IN_MEMORY else source
        try:
            return _create(s3, etag, body, Bucket=bucket, Key=key, **media(key), **options)
        except (ClientError, BotoCoreError) as error:
            source.seek(0)  # perhaps because it has changed
            raise UploadError(f"{key}: {error}") from error


def _create(s3: Any, etag: str | None, body: bytes | Source, **options: Any) -> bool | None:
    """Write what must not exist yet; False where it exists with this content (`etag`: as listed), None with other."""
    sha256 = _digest("sha256", body)
    options["Metadata"] = {"sha256": sha256, **options.get("Metadata", {})}
    for pause in () if etag else (0.2, 1, 3, 5):
        try:
            if not isinstance(body, bytes):
                body.seek(0)  # an attempt has read it
            s3.put_object(Body=body, IfNoneMatch="*", **options)
            return True
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 412:
                break
            if status != 409:  # written at the same time by somebody else: S3 asks to repeat it
                raise
        time.sleep(pause)
    md5 = _digest("md5", body)
    if etag != md5:  # written since the listing; or KMS encrypts, then an ETag is not the MD5
        head = s3.head_object(Bucket=options["Bucket"], Key=options["Key"])
        if head["ETag"].strip('"') != md5 and head["Metadata"].get("sha256") != sha256:
            if options.get("CacheControl") == _SHARED:
                return None
            raise UploadError(f"{options['Key']} exists with other content and is never overwritten: begin a new build")
    return False


def _digest(name: str, body: bytes | Source) -> str:
    found = hashlib.new(name, usedforsecurity=False)
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    stream.seek(0)
    while more := stream.read(_IN_MEMORY):
        found.update(more)
    return found.hexdigest()
