"""Sends what a deployment is made of, many objects at once: one after the other, a site would take minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Unpack

from botocore.exceptions import BotoCoreError, ClientError

from content.files import Source
from content.media_types import looks_like
from content.plan import Plan
from contract import POOL, Compiled
from uploader.client import PARALLEL
from uploader.objects import IN_MEMORY, KeyTakenError, create, naming

if TYPE_CHECKING:
    from aws_types import Dressing, S3Client, StoredWith

_SNIFFED = 512  # bytes of a file that tell its type where its name does not
_HTML = "text/html; charset=utf-8"


class Sender:
    """Sends the files of a plan, and the objects that the routing table puts beside them or in their place.

    It tells `progress` of each file once: its bytes, and whether it was written. Its `create` is `objects.create` in
    the site bucket.
    """

    def __init__(
        self, s3: S3Client, bucket: str, plan: Plan, compiled: Compiled, progress: Callable[[int, bool], None]
    ) -> None:
        self.create, self._files, self._progress = partial(create, s3, Bucket=bucket), plan.files, progress
        self._objects = {key: rest for key, *rest in compiled["objects"]}
        self._dressed = {key: compiled["headers"][place] for key, place in compiled["dressed"].items()}
        self._told: set[str] = set()

    def send(
        self, folder: str, keys: Iterable[str], listed: Mapping[str, str], **options: Unpack[StoredWith]
    ) -> set[str]:
        """Send `keys` into `folder`, of which `listed` has ETags by key; give those that differ in the pool."""
        other = set()
        executor = ThreadPoolExecutor(PARALLEL)
        try:
            tasks = {executor.submit(self._send_one, folder, key, listed, options): key for key in keys}
            for task in as_completed(tasks):
                try:
                    self.tell(tasks[task], task.result())
                except KeyTakenError:
                    other.add(tasks[task])
                    if folder != POOL:
                        raise
        finally:
            executor.shutdown(cancel_futures=True)
        return other

    def tell(self, path: str, written: bool) -> None:
        """Tell that this file is where it belongs."""
        if path in self._files and path not in self._told:  # else it is no file, or a copy of it was
            self._told.add(path)
            self._progress(self._files[path].size, written)

    def size(self, key: str) -> int:
        """The bytes of what is sent under this key."""
        name, redirect, _ = self._object(key)
        return len(_page(redirect)) if redirect else self._files[name].size

    def _object(self, key: str) -> list[str]:
        """The file whose bytes lie at this key, or a redirect; and perhaps a status."""
        return self._objects.get(key, [key, "", ""])

    def _send_one(self, folder: str, key: str, listed: Mapping[str, str], options: StoredWith) -> bool:
        own: Dressing = {**options, **self._dressed.get(key, {})}  # type: ignore[typeddict-item]  # OWN of the compiler
        name, redirect, status = self._object(key)
        told = {"redirect": redirect, "status": status, "headers": own.pop("headers", "")}
        own["Metadata"] = {**own.get("Metadata", {}), **{one: text for one, text in told.items() if text}}
        key = folder + key
        put = partial(self.create, etag=listed.get(key, ""), Key=key)
        with naming(key):
            if redirect:
                return put(_page(redirect), ContentType=_HTML, **own)
            with Source(self._files[name]) as source:
                body = source.read() if self._files[name].size <= IN_MEMORY else source
                start = body[:_SNIFFED] if isinstance(body, bytes) else source.read(_SNIFFED)
                try:
                    return put(body, **{"ContentType": looks_like(start), **own})
                except (ClientError, BotoCoreError):
                    source.seek(0)  # perhaps because it has changed
                    raise


def _page(redirect: str) -> bytes:
    """A page that says where a redirect leads, for who does not follow it; with it each redirect has other bytes."""
    status, target = escape(redirect).split(" ", 1)
    return f'<!doctype html><title>{status}</title>{status} <a href="{target}">{target}</a>'.encode()
