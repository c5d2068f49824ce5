"""Uploads a built site as a new deployment: the last command of a build; the command line imports it too.

It exists because no upload tool creates objects without ever overwriting one, shares hashed files between
deployments and says "complete" last. Standard library and boto3 only, because it travels inside the template, joined
with the two files that it imports; it runs on every Python of the build images (3.9 and later).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from media_types import FILES, extension, media
from site_checks import loaded, of_hosts, remark, remarks

VERSION = "0.1.0"
ROUTINGS = ("spa", "files", "folders", "mixed")
NAME_LIMIT = 900  # bytes of a decoded URL path, first slash included: the router answers 414 above it
LIST_LIMIT = 300  # bytes that `also=` and `index=` may each take of the store's value
SIZE_LIMIT = 5 * 2**30  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
_PARALLEL = 64
_IN_MEMORY = 2**20  # larger files are read twice, so that 64 uploads hold at most 64 MB
_LINKED = 100_000  # files and folders that links lead to: two links in each of 20 folders lead to a million
_PROGRESS_SECONDS = 3
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

# Never published: repositories, the environment's secrets, a file manager's notes; at the top also what tools
# leave (.npmrc, .aws). Deeper dot folders and node_modules are part of Expo's exports.
_KEPT_BACK = re.compile(r"(.*/)?\.(git|env[^/]*|ds_store)(/|$)|node_modules(/|$)|\.(?!well-known(/|$))", re.I)
_UNREQUESTABLE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]|(^|/)(\.|%2e){1,2}(/|$)", re.I)

# "Name carries a hash": the router's expressions, for a path with its first slash
_PROMISED = "/(?:_next/static/(?:chunks|css|media)|_app/immutable|_astro|_nuxt(?!/builds))/"
_HASH = (
    r"(?a)(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|"
    r"[.-](?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-][A-Z]?[a-z]+)|"
    r"[A-Z]?[a-z]{3,}(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+[A-Z][a-z]{3,})\.)[\w-]{8})"
    r"(?:\.(?:lean|entry|chunk|min|legacy|bundle))?\.\w+\Z"
)
_KIND = r"\.(?:m?js|css|wasm|woff2?|[ot]tf|eot|(svg|png|jpe?g|gif|webp|avif|ico))\Z"
_FOLDER = "/(?:assets|media|static|images|img|_static)/"
_FORM = (
    r"(?a)(?:(?:[./]|[A-Za-z_]-)(?=[\da-f]+\.\w+\Z)(?:.{8}|.{16}|.{20}|(?!.{12}4...[89ab]).{32}|.{40}|.{64})|\."
    r"[\da-f]{12}|[.-](?:[A-Z2-7]{8}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])"
    r"(?!(?:[A-Za-z]?[A-Z][a-z]{3,}|(?:[A-Z]?[a-z]{2,}){2})(?:[A-Z]{1,2}|\d{1,2})\.)[\w-]{8}))\.\w+\Z"
)


class UploadError(Exception):
    """Why nothing became visible, in one line for a person: what is wrong, its name, and the remedy."""


class File(NamedTuple):
    """Where a file lies, and what is another when it was written to or replaced."""

    place: str
    size: int
    inode: int
    modified: int


class Plan(NamedTuple):
    """What a deployment will be: `files` by their paths in the site (no leading slash)."""

    routing: str
    files: dict[str, File]
    also: list[str]
    folders: list[str]  # the manifest's `index`
    warnings: list[str]


def is_hashed(path: str) -> bool:
    """Tell whether `path` (no leading slash) carries a content hash: the router's rule."""
    path = f"/{path}"
    kind, ends = re.search(_KIND, path), path[-80:]
    if not kind or re.match(_PROMISED, path):
        return bool(kind)
    image = kind[1]
    return bool(re.search(_HASH, ends) and (not image or (re.search(_FOLDER, path) and re.search(_FORM, ends))))


def deployment_id(commit: str, build: str = "") -> str:
    """Give the ID of the deployment that `build` (`project:uuid`) makes; a random one where there is none."""
    digits = re.sub(r"[^0-9a-f]", "", build.split(":")[-1])[:16]
    identity = f"{commit[:40]}-{digits if len(digits) == 16 else os.urandom(8).hex()}"
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{9,63}", identity):
        raise UploadError(f"commit {commit!r} cannot begin an ID: use letters, digits, - and _")
    return identity


def make_plan(folder: Path, routing: str) -> Plan:
    """Give what publishing `folder` means; `UploadError` names what must not be published and the remedy."""
    if routing not in ROUTINGS:
        raise UploadError(f"routing {routing!r} is not one of {', '.join(ROUTINGS)}")
    root = Path(os.path.realpath(folder))
    found = dict(_walk(root)) if root.is_dir() else {}
    files = {path: file for path, file in found.items() if file}
    if not files:
        raise UploadError(f"folder {folder} is missing or empty: check the path and the build")
    if "index.html" not in files:
        nearest = min((path for path in files if path.endswith("/index.html")), key=len, default="none")
        raise UploadError(f"folder {folder} has no index.html (nearest: {nearest}): check the path and the build")

    def read(path: str) -> str:
        with _Source(files[path]) as source:
            return source.read(2**20).decode("utf-8", "replace")

    # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, and git-annex has the same
    lent = "version https://git-lfs", "/annex/objects/"
    pointers = {path for path, file in files.items() if file.size < 1024 and read(path).startswith(lent)}
    for line in remark("pointers of Git LFS and no files, run `git lfs pull` before the build", pointers):
        raise UploadError(line)
    own = {path for path in files if not is_hashed(path)}
    plain = {path for path in own if "/." not in f"/{path}"}  # a segment with a dot first is always a file
    pages = {path[:-5] for path in plain if path.endswith(".html")}
    ends = {extension(page[:-6] if page.endswith("/index") else page) for page in pages}
    counts = Counter(sorted(map(extension, plain)))
    unknown = (name for name, _ in counts.most_common() if name not in ends.union(FILES))
    # the end of a version (1.2.0, 1.2.0-beta) is none: addresses end so too
    also = _fit(unknown, r"(?=.*[a-z])(?![0-9]+-)[0-9a-z_-]{1,20}")
    known = {*FILES, *also}
    alone = sorted(page[:-6] for page in pages if page.endswith("/index") and page[:-6] not in pages)
    folders = _fit(alone, r"[\w.~/-]+") if routing == "files" else []
    hidden = {f"{page}.html" for page in pages if _hidden(page, routing, folders, known)}
    silent = {path for path in plain if extension(path) not in known}
    missing = loaded("404.html", read("404.html")) if "404.html" in files else set()
    elsewhere = of_hosts(found)
    warnings = [
        *remark("not published", found.keys() - files - elsewhere - {".nojekyll"}),
        *remark(f"reached by the full file name only, with routing {routing}", hidden),
        *remark("cannot be requested, for want of an extension that no page has", silent - elsewhere),
        *remark("used by 404.html, perhaps of another deployment", own & missing),
        *remark("for other hosts, without effect here (see Routing, DomainName, site.toml)", elsewhere),
        *remarks(files, read),
    ]
    return Plan(routing, files, also, folders, warnings)


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
    """Write a lease, the files of `plan`, the manifest, then the execution's pointer; overwrite nothing else.

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
            kept = {path for path in other if re.match(_PROMISED, f"/{path}") and not path.endswith(_CODE)}
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
        body = json.dumps(manifest, ensure_ascii=False).encode()
        _create(s3, None, body, Bucket=bucket, Key=key, ContentType="application/json")
        if facts["execution"]:
            key = f"executions/{facts['execution']}"
            s3.put_object(Bucket=bucket, Key=key, Body=identity.encode(), ContentType="text/plain")
    except (ClientError, BotoCoreError) as error:
        raise UploadError(f"{key}: {error}") from error
    except OSError as error:
        raise UploadError(f"{error}: let nothing write there, try again") from error
    return identity, remark(_APART, other if shared else set()) + [f"{len(kept):,} {_KEPT}"] * bool(kept)


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


class _Source(io.FileIO):
    """A file of the plan, of which nothing else than what was planned is sent: `UploadError` ends the upload.

    It is read and never mapped into memory: a mapped file that shrinks kills the process.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        # what has come in its place is not followed, if it is a link, nor waited for, if it is a pipe
        super().__init__(file.place, opener=lambda name, how: os.open(name, how | os.O_NOFOLLOW | os.O_NONBLOCK))

    def read(self, size: int | None = -1) -> bytes:
        data: bytes = super().read(size)
        self.seek(0, os.SEEK_CUR)
        return data

    def seek(self, to: int, whence: int = 0) -> int:
        if _state(os.fstat(self.fileno())) != self._file[1:]:
            raise UploadError(f"{self._file.place} changed during the upload: let nothing write there, try again")
        return super().seek(to, whence)  # botocore seeks before it sends once more


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_ino, found.st_mtime_ns


def _walk(root: Path) -> Iterator[tuple[str, File | None]]:
    """Give every path under `root` with the file it leads to, or None for what is not published."""
    top = f"{root}/"
    folders = [("", str(root), {str(root)})]
    linked = 0
    while folders:
        before, folder, above = folders.pop()
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path = before + entry.name
            real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            linked += real != top + path
            if _KEPT_BACK.match(path):
                yield path, None
            elif not f"{real}/".startswith(top):
                raise UploadError(f"{path} is a link out of the output folder, to {real}: put a copy there")
            elif linked > _LINKED:
                raise UploadError(f"links lead to over {_LINKED:,} files, the last is {path}: put copies there")
            elif _KEPT_BACK.match(real[len(top) :]):
                yield path, None
            elif real not in above and Path(real).is_dir():
                folders.append((f"{path}/", real, {*above, real}))
            else:
                yield path, _check(path, real)


def _check(path: str, real: str) -> File | None:
    file = File(real, *_state(os.lstat(real))) if Path(real).is_file() else None
    for wrong, why in (
        (path.startswith("_errors/"), "/_errors/ is reserved for error pages: rename the folder"),
        (_UNREQUESTABLE.search(path), "no browser can request such a name: rename it"),
        (len(os.fsencode(path)) >= NAME_LIMIT, f"its name has more than {NAME_LIMIT} bytes: shorten it"),
        (not file, "no file, but a link to nowhere or in a circle, or a device: remove it"),
        (file and file.size > SIZE_LIMIT, "over 5 GB, S3's limit: host it elsewhere"),
    ):
        if wrong:
            raise UploadError(f"{path!r} cannot be published, {why}")
    return file


def _fit(names: Iterable[str], pattern: str) -> list[str]:
    taken: list[str] = []
    for name in names:
        if re.fullmatch(pattern, name, re.ASCII) and len(",".join([*taken, name])) <= LIST_LIMIT:
            taken.append(name)
    return taken


def _hidden(page: str, routing: str, folders: list[str], known: set[str]) -> bool:
    """Tell whether the routing has no address for `page` (without .html) but its full file name."""
    if page == "index" or page.endswith("404"):
        return False
    if page.endswith("/index"):
        return routing == "spa" or (routing == "files" and page[:-6] not in folders)
    return routing in ("spa", "folders") or extension(page) in known


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
    with _Source(file) as source:
        body = source.read() if file.size <= _IN_MEMORY else source
        try:
            return _create(s3, etag, body, Bucket=bucket, Key=key, **media(key), **options)
        except (ClientError, BotoCoreError) as error:
            source.seek(0)  # perhaps because it has changed
            raise UploadError(f"{key}: {error}") from error


def _create(s3: Any, etag: str | None, body: bytes | _Source, **options: Any) -> bool | None:
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


def _digest(name: str, body: bytes | _Source) -> str:
    found = hashlib.new(name, usedforsecurity=False)
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    stream.seek(0)
    while more := stream.read(_IN_MEMORY):
        found.update(more)
    return found.hexdigest()


def _message(pipeline: str, execution: str) -> str:
    """Give the revision's message as CodePipeline knows it: plain text, or JSON from a connection."""
    client = boto3.client("codepipeline")
    try:
        found = client.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution)
        summary: str = found["pipelineExecution"]["artifactRevisions"][0]["revisionSummary"]
    except (ClientError, BotoCoreError, LookupError) as error:
        print("warning: the manifest lacks the commit's message:", error)
        return ""
    try:
        return str(json.loads(summary)["CommitMessage"])
    except (ValueError, LookupError, TypeError):
        return summary


def main(arguments: list[str], environment: dict[str, str]) -> int:
    """Publish the folder that `arguments` names as `environment` says; give the exit status."""
    started = shown = time.monotonic()
    files = size = new = 0
    names = "SITE_BUCKET", "ROUTING", "COMMIT", "BRANCH", "EXECUTION", "PIPELINE", "VERSION", "CODEBUILD_BUILD_ID"
    bucket, routing, commit, branch, execution, pipeline, version, build = (environment.get(n, "") for n in names)

    def report(more: int, written: bool) -> None:
        nonlocal shown, files, size, new
        files, size, new = files + 1, size + more, new + written
        if time.monotonic() > shown + _PROGRESS_SECONDS:
            shown = time.monotonic()
            counts = f"{files:,} of {len(plan.files):,} files, {size / 1e6:,.1f} of {total / 1e6:,.1f} MB"
            print("uploaded", counts, flush=True)

    try:
        if len(arguments) != 1 or not bucket:
            raise UploadError("usage: SITE_BUCKET=... ROUTING=... python3 uploader.py FOLDER")
        plan = make_plan(Path(arguments[0]), routing)
        total = sum(file.size for file in plan.files.values())
        for warning in plan.warnings:
            print("warning:", warning)
        commit = commit or "upload"
        message = _message(pipeline, execution) if pipeline and execution else ""
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        facts = {"id": deployment_id(commit, build), "commit": commit, "branch": branch, "message": message}
        facts |= {"author": "", "execution": execution, "created": created}  # CodePipeline tells no author
        facts |= {"version": version} if version else {}
        shared = environment.get("SHARED_FILES") != "false"
        identity, warnings = upload(connect(), bucket, plan, facts, report, shared)
        for warning in warnings:
            print("warning:", warning)
    except (UploadError, BotoCoreError, OSError) as error:
        print("uploader:", error, file=sys.stderr)
        return 1
    counts = f"{new:,} files uploaded, {files - new:,} reused, {time.monotonic() - started:.1f} seconds"
    print(f"deployment {identity}: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
