"""Deletes what nobody needs any more: old deployments, what died half-way, and pool files that no manifest names.

It exists because a file that is gone cannot be called back: it asks the publisher before it deletes, and keeps out
of the way of uploads. Why no order of its steps and theirs does harm is in docs/decisions/pruning.md. The Lambda
function and `python -m deployments prune` run the same `prune`.
"""

import json
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from contract import (
    DEPLOYMENTS,
    HISTORY,
    ID,
    LEASE_SECONDS,
    LEASES,
    MANIFESTS,
    POOL,
    PRUNE_SECONDS,
    folder_of,
    manifest_of,
    manifested,
    self_contained,
)
from pruner.deleting import remove
from pruner.keeping import TIME, Found, marks, staying
from pruner.lock import Busy, expect, locked

RUN_SECONDS = PRUNE_SECONDS - 30  # a prune sends nothing after this
AT_ONCE = 3  # deployments retired together: they must fit the ledger
READERS = 10  # of manifests; as many connections as a client has
SMALL = 2**18  # bytes; larger manifests are read one by one, for the memory they take

Ask = Callable[[dict[str, Any]], dict[str, Any]]
Report = Callable[[dict[str, Any]], None]


class OutOfTime(Exception):  # noqa: N818  # no error: the next run goes on
    """The lock would be too old for another request."""


class Pruned(NamedTuple):
    """What a prune did; of a dry run, what it would do."""

    gone: list[str]  # deployments
    leftovers: list[str]  # deployments without a manifest: their upload died, or an earlier prune
    stays: dict[str, str]  # why each other deployment is still there
    objects: int = 0  # deleted in all; a dry run counts the pool's only
    reason: str = ""  # why something was left for the next run; "" if nothing was


def prune(
    s3: Any,
    bucket: str,
    ask: Ask,
    keep: int,
    keep_days: int,
    *,
    dry_run: bool = False,
    now: bool = False,
    only: Collection[str] | None = None,
    seconds: float = RUN_SECONDS,
    report: Report = lambda _: None,
    by: str = "pruner",
) -> Pruned:
    """Delete every deployment that nothing keeps, and what of the pool no other one names; give what was done.

    `ask` gives a request to the publisher and returns its answer. `only` are the deployments that this is about, all
    if None; `now` takes these whatever their age, but never the live one. `report` gets a line for whatever is gone.
    """
    if now and only is None:
        raise ValueError("now needs only: which deployments?")
    run = _Run(s3, bucket, ask, report, by, dry_run)
    if dry_run:
        return run.prune(keep, keep_days, now, only)
    started = time.time(), time.monotonic()  # the larger counts: a laptop's sleep stops one, a person sets the other

    def in_time(**_: object) -> None:
        if max(time.time() - started[0], time.monotonic() - started[1]) > seconds:
            raise OutOfTime

    try:
        with locked(s3, bucket, by):
            s3.meta.events.register("before-send.s3", in_time)  # each attempt of each request
            try:
                return run.prune(keep, keep_days, now, only)
            finally:
                s3.meta.events.unregister("before-send.s3", in_time)
    except OutOfTime:
        run.leave("out of time: the next run goes on")
    except Busy as busy:
        run.leave(str(busy))
    return run.done


def ended(lease: str, since: datetime, manifests: dict[str, Any]) -> bool:
    """Whether the upload of a lease has ended: there is its manifest, or a later one of what became self-contained."""
    apart = self_contained(lease)
    return lease in manifests or (apart in manifests and manifests[apart]["LastModified"] >= since)


def begun_as(deployment: str) -> list[str]:
    """The leases of a deployment: a self-contained one has begun under an ID with a digit for its x."""
    head, x, tail = deployment.rpartition("-x")
    return [deployment, *(f"{head}-{digit}{tail}" for digit in "0123456789abcdef" if x)]


class _Run:
    """One prune, once it may begin."""

    def __init__(self, s3: Any, bucket: str, ask: Ask, report: Report, by: str, dry: bool) -> None:
        self.s3, self.bucket, self.ask, self.report, self.by, self.dry = s3, bucket, ask, report, by, dry
        self.done = Pruned([], [], {})

    def prune(self, keep: int, keep_days: int, now: bool, only: Collection[str] | None) -> Pruned:
        found = self.look()
        chosen = {*found.made, *found.folders} if only is None else set(only)
        retiring = [one for one in found.made if one in chosen and one in found.status["retiring"]]
        self.remove(retiring)  # a prune that died has asked for these

        def stays(found: Found) -> dict[str, str]:
            return {found.status["after"]: "live"} if now else staying(found, keep, keep_days)

        found = self.retire([one for one in found.made if one in chosen and one not in retiring], found, stays, now)
        self.done.stays.update({one: "its upload may still run" for one in found.open if one in chosen})
        dead = found.folders & chosen - {*found.open, *found.made, *marks(found.status).values()}
        for one in sorted(dead):
            self.delete_folder(one, "leftover")
            self.done.leftovers.append(one)
        self.sweep(found)
        if not self.dry and (self.done.gone or found.status["retiring"]):
            # a promise is forgotten when its manifest is gone: the same archive may be uploaded again under its ID
            self.ask({"action": "retire", "deployments": [], "by": self.by})
        return self.done

    def look(self) -> Found:
        """Read folders, then leases, then manifests: an upload that ends meanwhile is in one of the later two."""
        pages = self.pages(DEPLOYMENTS, Delimiter="/")
        folders = {item["Prefix"].split("/")[1] for page in pages for item in page.get("CommonPrefixes", ())}
        leases: dict[str, datetime] = {}
        for page in self.pages(LEASES):
            now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
            leases |= {item["Key"].removeprefix(LEASES): item["LastModified"] for item in page.get("Contents", ())}
        manifests = {manifested(item["Key"]): item for item in self.items(MANIFESTS) if item["Key"].endswith(".json")}
        made = {one: item["LastModified"].strftime(TIME) for one, item in manifests.items() if re.fullmatch(ID, one)}
        young = (one for one, moment in leases.items() if (now - moment).total_seconds() < LEASE_SECONDS)
        return Found(
            {one for one in folders if re.fullmatch(ID, one)},
            sorted(one for one in young if not ended(one, leases[one], manifests)),
            dict(sorted(made.items(), key=lambda pair: pair[::-1])),
            {one: item["Size"] for one, item in manifests.items()},
            [item["Key"] for item in self.items(HISTORY)],
            now,
            self.status(),
        )

    def status(self) -> dict[str, Any]:
        answer = self.ask({"action": "status"})
        if answer["outcome"] != "status":
            raise RuntimeError(f"the publisher does not tell what is live: {answer['reason']}")
        return answer

    def retire(self, queue: list[str], found: Found, stays: Callable[[Found], dict[str, str]], force: bool) -> Found:
        """Ask for those of `queue` that do not stay, a few at a time, and delete what the publisher promises."""
        size = AT_ONCE
        why = stays(found)
        while going := [one for one in queue if one not in why][:size]:
            request = {"action": "retire", "deployments": going, "by": self.by, "force": force}
            if newest := found.status["published"][:1]:
                request["seen"] = newest[0]["since"]
            answer: dict[str, Any] = {"outcome": "retiring", "retiring": going} if self.dry else self.ask(request)
            if answer["outcome"] == "retiring":
                self.done.stays.update(answer.get("kept", {}))
                self.remove([one for one in going if one in answer["retiring"]])
                queue = [one for one in queue if one not in going]
                if not self.dry:  # somebody may have promoted one, and gone back
                    found = found._replace(status=self.status())
                    why = stays(found)
            elif size == 1:
                self.leave(f"the publisher does not retire {going[0]}: {answer['reason']}")
                break
            else:
                size = 1  # perhaps one by one fits the ledger
        self.done.stays.update({one: why.get(one, "not retired yet") for one in queue})
        return found

    def remove(self, retired: list[str]) -> None:
        """Delete leases, manifests, files: a lease that outlived its manifest would be open again."""
        self.delete(LEASES + lease for one in retired for lease in begun_as(one))
        self.delete(map(manifest_of, retired))
        self.done.gone.extend(retired)
        for one in retired:
            self.delete_folder(one, "gone")

    def delete_folder(self, one: str, outcome: str) -> None:
        count = self.delete(item["Key"] for item in self.items(folder_of(one)))
        if not self.dry:
            self.report({"outcome": outcome, "deployment": one, "objects": count})

    def sweep(self, found: Found) -> None:
        """Delete the pool's files that no manifest names, unless an upload may count on them."""
        if found.open:
            self.leave(f"the pool is left alone while uploads may run: {', '.join(found.open[:3])}")
            return
        kept = [one for one in found.sizes if one not in {*self.done.gone}]
        named: set[int] = set()  # hashes take a fraction of the memory; two names with one hash keep a file too many
        with ThreadPoolExecutor(READERS) as readers:
            for hashes in readers.map(self.named, (one for one in kept if found.sizes[one] <= SMALL)):
                named |= hashes
        for one in kept:
            if found.sizes[one] > SMALL:
                named |= self.named(one)
        count = self.delete(
            item["Key"] for item in self.items(POOL) if hash(item["Key"].removeprefix(POOL)) not in named
        )
        self.report({"outcome": "swept", "objects": count})

    def named(self, one: str) -> set[int]:
        """The hashes of the pool paths that a manifest names."""
        key = manifest_of(one)
        try:
            text = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            return set(map(hash, json.loads(text)["immutable"]))
        except ClientError as error:
            expect(error, 404)  # another prune was faster
            return set()
        except (ValueError, LookupError, TypeError) as error:
            raise RuntimeError(f"{key} is unreadable, so the pool is left alone: prune {one} or mend it") from error

    def leave(self, reason: str) -> None:
        self.done = self.done._replace(reason="; ".join(filter(None, [self.done.reason, reason])))

    def pages(self, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
        found = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, **options)
        yield from found

    def items(self, prefix: str) -> Iterator[dict[str, Any]]:
        return (item for page in self.pages(prefix) for item in page.get("Contents", ()))

    def delete(self, keys: Iterable[str]) -> int:
        """Delete objects as they are listed; how many."""
        count = sum(1 for _ in keys) if self.dry else remove(self.s3, self.bucket, keys)
        self.done = self.done._replace(objects=self.done.objects + count)
        return count
