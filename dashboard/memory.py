"""The catalog of a page that stays open for days: what never changes is read once, and many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from contract import Manifest, SwitchRecord
from deployments.bucket import Bucket
from deployments.catalog import NO_MANIFEST, NO_RECORD, PARALLEL, Catalog, Switch

T = TypeVar("T")
Told = Callable[[int, int], None]  # how many are read, and of how many


class Memory(Catalog):
    """A catalog that remembers manifests, the history and its records, and those of the one `before` it.

    `told` hears how far a long look is.
    """

    def __init__(self, bucket: Bucket, told: Told = lambda _done, _all: None, before: Memory | None = None) -> None:
        super().__init__(bucket)
        self._told = told
        self._manifests: dict[str, Manifest] = before._manifests if before else {}
        self._records: dict[str, SwitchRecord] = before._records if before else {"": NO_RECORD}
        self._switches: list[Switch] | None = before._switches if before else None

    def switches(self, uploaded: datetime | None) -> list[Switch]:  # noqa: ARG002  # all of them are remembered
        """The whole history, oldest first, as it was when something had last changed."""
        if self._switches is None:
            self._switches = super().switches(None)
        return self._switches

    def forget_history(self) -> None:
        """Something has become live: list the history again when it is asked for."""
        self._switches = None

    def manifest(self, identity: str) -> Manifest:
        """The manifest, without the names of what it shares: a site may have millions of them."""
        if identity not in self._manifests:
            manifest = super().manifest(identity)
            if manifest is NO_MANIFEST:
                return manifest
            few: Manifest = {**manifest, "immutable": [""] * len(manifest["immutable"])}
            few.pop("lines", None)
            self._manifests[identity] = few
        return self._manifests[identity]

    def read(self, switches: Sequence[Switch]) -> list[tuple[Manifest, SwitchRecord]]:
        """For each of `switches` manifest and record, of which only those are read that are new."""
        wanted = [one.deployment for one in switches if one.deployment not in self._manifests]
        keys = [one.key for one in switches if one.key not in self._records]
        self._read(wanted, keys)
        gone = NO_MANIFEST
        return [(self._manifests.get(one.deployment, gone), self._records.get(one.key, NO_RECORD)) for one in switches]

    def _read(self, wanted: Sequence[str], keys: Sequence[str]) -> None:
        if not wanted and not keys:
            return
        number = len(wanted) + len(keys)
        with ThreadPoolExecutor(min(PARALLEL, number)) as executor:
            done = self._counted(executor.map(self.manifest, wanted), 0, number)
            self._counted(executor.map(self._remember, keys), done, number)

    def _counted(self, results: Iterable[object], done: int, number: int) -> int:
        for _ in results:
            done += 1
            if done % 100 == 0:
                self._told(done, number)
        return done

    def _remember(self, key: str) -> None:
        record = self._record(key)
        if record is not NO_RECORD:
            self._records[key] = record
