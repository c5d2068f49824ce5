"""Deletes what nobody needs any more: old deployments, what died half-way, and pool files that no manifest names.

It exists because a file that is gone cannot be called back: it asks the publisher before it deletes, and keeps out
of the way of uploads. Why no order of its steps and theirs does harm is in docs/decisions/pruning.md. The Lambda
function and `deployments prune` run the same `prune`.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from botocore.exceptions import ClientError

from contract import LEASES, POOL, PRUNE_SECONDS, Answer, Request, folder_of, manifest_of
from pruner.deadline import OutOfTime, deadline, each_attempt
from pruner.deleting import Stuck, remove
from pruner.keeping import Found, marks, staying
from pruner.lock import Busy, expect, locked
from pruner.looking import Ask, begun_as, items, look, status

if TYPE_CHECKING:
    from aws_types import S3Client

RUN_SECONDS = PRUNE_SECONDS - 30  # a prune sends nothing after this
AT_ONCE = 3  # deployments retired together: they must fit the ledger
READERS = 10  # of manifests; as many connections as a client has
SMALL = 2**18  # bytes; larger manifests are read one by one, for the memory they take


class Line(TypedDict, total=False):
    """A line of the pruner's log."""

    outcome: str
    reason: str
    deployment: str
    objects: int
    gone: int
    leftovers: int
    stays: int


Report = Callable[[Line], None]


class Pruned(NamedTuple):
    """What a prune did; of a dry run, what it would do.

    gone: deployments
    leftovers: deployments without a manifest: their upload died, or an earlier prune
    stays: why each other deployment is still there
    objects: deleted in all; a dry run counts the pool's only
    reason: why something was left for the next run; "" if nothing was
    """

    # quoted, these forms need not travel
    gone: "Sequence[str]"
    leftovers: "Sequence[str]"
    stays: "Mapping[str, str]"
    objects: int = 0
    reason: str = ""


def prune(
    s3: "S3Client",
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
    wish = _Wish(keep, keep_days, now)
    run = _Run(s3, bucket, ask, report, by, dry_run)
    if dry_run:
        return run.prune(wish, only)
    check = deadline(seconds)
    try:
        with locked(s3, bucket, by), each_attempt(s3, check):
            return run.prune(wish, only)
    except OutOfTime:
        run.reasons.append("out of time: the next run goes on")
    except Busy as busy:
        run.reasons.append(str(busy))
    return run.done()


class _Wish(NamedTuple):
    """What is to stay."""

    keep: int
    keep_days: int
    now: bool

    def why(self, found: Found) -> dict[str, str]:
        """Why each deployment stays."""
        return {found.status["after"]: "live"} if self.now else staying(found, self.keep, self.keep_days)


class _Run:
    """One prune, once it may begin."""

    def __init__(self, s3: "S3Client", bucket: str, ask: Ask, report: Report, by: str, dry: bool) -> None:
        self.s3, self.bucket, self.ask, self.report, self.by, self.dry = s3, bucket, ask, report, by, dry
        self.gone, self.leftovers, self.objects = list[str](), list[str](), 0
        self.stays, self.reasons = dict[str, str](), list[str]()

    def done(self) -> Pruned:
        """What was done so far."""
        return Pruned(self.gone, self.leftovers, self.stays, self.objects, "; ".join(self.reasons))

    def prune(self, wish: _Wish, only: Collection[str] | None) -> Pruned:
        """Look, and delete: what was promised before, what may go, what died, and what of the pool nobody names."""
        found = look(self.s3, self.bucket, self.ask)
        chosen = {*found.made, *found.folders} if only is None else {*only}
        retiring = [one for one in found.made if one in chosen and one in found.status["retiring"]]
        self.remove(retiring)  # a prune that died has asked for these
        found = self.retire([one for one in found.made if one in chosen and one not in retiring], found, wish)
        self.clear(chosen, found)
        self.sweep(found)
        self.forget(found)
        return self.done()

    def retire(self, queue: list[str], found: Found, wish: _Wish) -> Found:
        """Ask for those of `queue` that do not stay, a few at a time, and delete what the publisher promises."""
        size, why = AT_ONCE, wish.why(found)
        while going := [one for one in queue if one not in why][:size]:
            answer = self.promise(going, found, wish.now)
            if answer["outcome"] == "retiring":
                self.stays.update(answer.get("kept", {}))
                self.remove([one for one in going if one in answer["retiring"]])
                queue = [one for one in queue if one not in going]
                found = self.again(found)
                why = wish.why(found)
            elif size == 1:
                self.reasons.append(f"the publisher does not retire {going[0]}: {answer['reason']}")
                break
            else:
                size = 1  # perhaps one by one fits the ledger
        self.stays.update({one: why.get(one, "not retired yet") for one in queue})
        return found

    def again(self, found: Found) -> Found:
        """What was found, with what the publisher says now: somebody may have promoted one, and gone back."""
        return found if self.dry else found._replace(status=status(self.ask))

    def promise(self, going: list[str], found: Found, force: bool) -> Answer:
        """What the publisher promises of these, as they were chosen; a dry run takes it for granted."""
        if self.dry:
            return {"outcome": "retiring", "retiring": going}
        request: Request = {"action": "retire", "deployments": going, "by": self.by, "force": force}
        if newest := found.status["published"][:1]:
            request["seen"] = newest[0]["since"]
        return self.ask(request)

    def clear(self, chosen: set[str], found: Found) -> None:
        """Delete the folders of uploads that died, and tell which may still run."""
        self.stays.update({one: "its upload may still run" for one in found.open if one in chosen})
        for one in sorted(found.folders & chosen - {*found.open, *found.made, *marks(found.status).values()}):
            self.delete_folder(one, "leftover")
            self.leftovers.append(one)

    def forget(self, found: Found) -> None:
        """Let the publisher forget promises whose manifests are gone: the same archive may come again under its ID."""
        if not self.dry and (self.gone or found.status["retiring"]):
            self.ask({"action": "retire", "deployments": [], "by": self.by})

    def remove(self, retired: list[str]) -> None:
        """Delete leases, manifests, files: a lease that outlived its manifest would be open again."""
        self.delete(LEASES + lease for one in retired for lease in begun_as(one))
        self.delete(map(manifest_of, retired))
        self.gone.extend(retired)
        for one in retired:
            self.delete_folder(one, "gone")

    def delete_folder(self, one: str, outcome: str) -> None:
        """Delete a deployment's own files, and report it."""
        count = self.delete(item["Key"] for item in items(self.s3, self.bucket, folder_of(one)))
        if not self.dry:
            self.report({"outcome": outcome, "deployment": one, "objects": count})

    def sweep(self, found: Found) -> None:
        """Delete the pool's files that no manifest names, unless an upload may count on them."""
        if found.open:
            self.reasons.append(f"the pool is left alone while uploads may run: {', '.join(found.open[:3])}")
            return
        gone = {*self.gone}
        named = self.all_named({one: size for one, size in found.sizes.items() if one not in gone})
        count = self.delete(
            item["Key"]
            for item in items(self.s3, self.bucket, POOL)
            if hash(item["Key"].removeprefix(POOL)) not in named
        )
        self.report({"outcome": "swept", "objects": count})

    def all_named(self, sizes: Mapping[str, int]) -> set[int]:
        """The hashes of the pool paths that these manifests name.

        Hashes take a fraction of the memory; two names with one hash keep a file too many.
        """
        named = set[int]()
        with ThreadPoolExecutor(READERS) as readers:
            for hashes in readers.map(self.named, (one for one, size in sizes.items() if size <= SMALL)):
                named |= hashes
        for one, size in sizes.items():
            if size > SMALL:
                named |= self.named(one)
        return named

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
            raise Stuck(f"{key} is unreadable, so the pool is left alone: prune {one} or mend it") from error

    def delete(self, keys: Iterable[str]) -> int:
        """Delete objects as they are listed; how many."""
        count = sum(1 for _ in keys) if self.dry else remove(self.s3, self.bucket, keys)
        self.objects += count
        return count
