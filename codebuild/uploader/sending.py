"""Sends the files of a plan, many at once: one after the other, a site would take minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from content.files import Source
from content.media_types import media
from content.plan import Plan
from contract import POOL
from uploader.client import PARALLEL
from uploader.objects import IN_MEMORY, KeyTakenError, create, naming


class Sender:
    """Sends files of one plan, and tells `progress` of each of them once: its bytes, and whether it was written.

    Its `create` is `objects.create` in the site bucket.
    """

    def __init__(self, s3: Any, bucket: str, plan: Plan, progress: Callable[[int, bool], None]) -> None:
        self.create, self._files, self._progress = partial(create, s3, Bucket=bucket), plan.files, progress
        self._told: set[str] = set()

    def send(self, folder: str, paths: Iterable[str], listed: Mapping[str, str], **options: Any) -> set[str]:
        """Send `paths` into `folder`, of which `listed` has ETags by key; give those that differ in the pool."""
        other = set()
        executor = ThreadPoolExecutor(PARALLEL)
        try:
            tasks = {executor.submit(self._send_one, folder, path, listed, options): path for path in paths}
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
        if path not in self._told:  # else a copy of it was
            self._told.add(path)
            self._progress(self._files[path].size, written)

    def _send_one(self, folder: str, path: str, listed: Mapping[str, str], options: dict[str, Any]) -> bool:
        file, key = self._files[path], folder + path
        with naming(key), Source(file) as source:
            body = source.read() if file.size <= IN_MEMORY else source
            try:
                return self.create(body, listed.get(key, ""), Key=key, **media(key), **options)
            except (ClientError, BotoCoreError):
                source.seek(0)  # perhaps because it has changed
                raise
