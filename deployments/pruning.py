"""`prune`: deletes what nobody needs any more, with the same code as the template's pruner."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click
from botocore.exceptions import ClientError

from compiler.report import count
from contract import KEEP_DAYS, KEEP_DEPLOYMENTS, POOL, folder_of
from deployments.catalog import shorten
from deployments.command import Site, example, on_site, requester
from deployments.completing import identities
from deployments.errors import INTERRUPTED, USAGE, Failure, explain
from deployments.output import Column
from deployments.surplus import find_extras, take_away
from pruner import pruning
from pruner.deleting import Stuck
from pruner.pruning import Line, Pruned, Report

if TYPE_CHECKING:
    from aws_types import InvalidationBatch

_COLUMNS = (Column("", narrow="whole"), Column("ID", "cyan", narrow="whole"), Column("WHY", narrow="wrap"))


@click.command(epilog=example("deployments prune --dry-run"))
@click.argument("deployments", metavar="[ID]...", nargs=-1, shell_complete=identities)
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(min=0),
    default=KEEP_DEPLOYMENTS,
    show_default=True,
    help="How many of the newest stay.",
)
@click.option(
    "--keep-days",
    metavar="N",
    type=click.IntRange(min=1),
    default=KEEP_DAYS,
    show_default=True,
    help="What was live within so many days stays.",
)
@click.option("--dry-run", is_flag=True, help="Show what would go and why the others stay; change nothing.")
@click.option("--now", is_flag=True, help="Delete these IDs, whatever their age, from S3 and from CloudFront's caches.")
@click.option("--extras", is_flag=True, help="Delete only the files that came into these after they were complete.")
@on_site
def prune(
    site: Site, deployments: tuple[str, ...], keep: int, keep_days: int, dry_run: bool, now: bool, extras: bool
) -> None:
    """Delete old deployments, uploads that died half-way, and shared files that no deployment names any more.

    The live deployment, the previous one, one that waits, the newest and those that were live lately stay. With --now
    the named ones go (a leaked secret). A live one never goes, so promote another one first. A run ends by itself
    within 15 minutes; run it again to go on. In a pipe each line has, between tabs: gone, leftover or stays, ID, why.

    With --extras the deployments stay, even a live one. They lose the files that their manifests do not name, from the
    caches too. Each line then has, between tabs: extra, ID, file.
    """
    _check(now, extras, deployments)
    chosen = [site.catalog.resolve(name) for name in deployments]
    if extras:
        _prune_extras(site, chosen, dry_run)
    else:
        _prune(site, Wish(chosen, keep, keep_days, dry_run, now))


def _check(now: bool, extras: bool, deployments: Collection[str]) -> None:
    if now and extras:
        raise Failure("--now and --extras exclude each other: leave one out", USAGE)
    if (now or extras) and not deployments:
        raise Failure(f"--{'now' if now else 'extras'} needs IDs: name the deployments", USAGE)


class Wish(NamedTuple):
    """What is to go; `chosen` is empty where this is about all deployments."""

    chosen: list[str]
    keep: int = KEEP_DEPLOYMENTS
    keep_days: int = KEEP_DAYS
    dry_run: bool = False
    now: bool = False


def _prune(site: Site, wish: Wish) -> None:
    done = _told(site, wish)
    kept = _kept(wish.chosen, done)
    expelled = [one for one in wish.chosen if one not in kept] if wish.now and not wish.dry_run else []
    paths = [*map(_all_of, expelled), f"/{POOL}*"]
    invalidation = _invalidate(site, expelled[0], paths) if expelled else ""
    _show(site, done, {"dry_run": wish.dry_run, "invalidation": invalidation})
    if wish.now:
        _judge(done, kept)
    elif done.reason:
        site.output.note(done.reason, "yellow")


def _told(site: Site, wish: Wish) -> Pruned:
    def report(line: Line) -> None:
        what = line.get("deployment", "shared files")
        site.output.note(f"{line['outcome']}: {what}, {count(line['objects'], 'object')}", "dim")

    try:
        return carry_out(site, wish, report)
    except KeyboardInterrupt:
        raise Failure("interrupted: run it again, it goes on where it stopped", INTERRUPTED) from None


def carry_out(site: Site, wish: Wish, report: Report) -> Pruned:
    """Prune; `report` hears of whatever is gone."""
    try:
        return pruning.prune(
            site.s3,
            site.stack.bucket,
            lambda request: site.publisher.ask(**request),
            wish.keep,
            wish.keep_days,
            dry_run=wish.dry_run,
            now=wish.now,
            only=wish.chosen or None,
            report=report,
            by=requester(),
        )
    except Stuck as error:  # the pruner's own words for a person
        raise Failure(str(error)) from error


def _kept(chosen: Sequence[str], done: Pruned) -> list[str]:
    """Those that are still there: something keeps them, or the run ended before it came to them."""
    removed = [*done.gone, *done.leftovers]
    return [one for one in chosen if one in done.stays or (done.reason and one not in removed)]


def _show(site: Site, done: Pruned, more: Mapping[str, object]) -> None:
    rows = [["gone", one, ""] for one in done.gone] + [["leftover", one, ""] for one in done.leftovers]
    rows += [["stays", one, why] for one, why in done.stays.items()]
    if site.output.for_people:  # names that fit a narrow terminal, and still mean one alone
        names = shorten([one for _, one, _ in rows], [one for _, one, _ in rows])
        rows = [[state, names[one], why] for state, one, why in rows]
    site.output.rows(_COLUMNS, rows, {**done._asdict(), **more})
    verb = "would be deleted" if more["dry_run"] else "deleted"
    counts = count(len(done.gone), "deployment"), count(len(done.leftovers), "leftover"), count(done.objects, "object")
    site.output.note(f"{', '.join(counts)} {verb}")


def _judge(done: Pruned, kept: Sequence[str]) -> None:
    """`Failure` if a leak is still there."""
    if kept:
        reasons = ", ".join(f"{one} ({done.stays.get(one) or done.reason})" for one in kept)
        raise Failure(f"not deleted: {reasons}; before a live one can go, `promote` another")
    if done.reason:
        raise Failure(f"shared files may still be there: {done.reason}; run it again")


def _prune_extras(site: Site, chosen: list[str], dry_run: bool) -> None:
    gone = {one: find_extras(site, one) for one in chosen} if dry_run else take_away(site, chosen)
    # whoever has put them there has said how long the edges keep them
    invalidation = "" if dry_run else _invalidate(site, chosen[0], list(map(_all_of, chosen)))
    rows = [["extra", one, path] for one, paths in gone.items() for path in paths]
    site.output.rows(_COLUMNS, rows, {"extras": gone, "dry_run": dry_run, "invalidation": invalidation})
    site.output.note(f"{count(len(rows), 'file')} {'would be deleted' if dry_run else 'deleted'}")


def _invalidate(site: Site, first: str, paths: list[str]) -> str:
    """Empty the edges' caches of what is gone: they keep it for a year, and a shared file may have gone too.

    Asked again it is done again: a run that died may have deleted the files and come no further.
    """
    distribution = site.resource("Distribution")
    # CloudFront answers a reference that it knows with the old invalidation
    reference = f"{first}-{time.time_ns()}"
    batch: InvalidationBatch = {"Paths": {"Quantity": len(paths), "Items": [*paths]}, "CallerReference": reference}
    client = site.cloud.client("cloudfront")
    try:
        made = client.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    except ClientError as error:
        raise Failure(f"deleted, but the edges keep copies ({explain(error)}): run it again") from error
    return str(made["Invalidation"]["Id"])


def _all_of(deployment: str) -> str:
    """The paths of a deployment's own files, as an invalidation takes them."""
    return f"/{folder_of(deployment)}*"
