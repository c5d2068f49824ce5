"""`prune`: deletes what nobody needs any more, with the same code as the template's pruner."""

from __future__ import annotations

from typing import Any

import click
from botocore.exceptions import ClientError

from deployments import shipped
from deployments.command import Site, example, on_site, requester
from deployments.errors import USAGE, Failure
from deployments.output import Column

_COLUMNS = (Column("", narrow="whole"), Column("ID", "cyan", narrow="whole"), Column("WHY"))


@click.command(epilog=example("deployments prune --dry-run"))
@click.argument("deployments", metavar="[ID]...", nargs=-1)
@click.option(
    "--keep", metavar="N", type=click.IntRange(min=0), default=10, show_default=True, help="The newest that stay."
)
@click.option(
    "--keep-days", metavar="N", type=click.IntRange(min=0), default=30, show_default=True, help="Days since last live."
)
@click.option("--dry-run", is_flag=True, help="Show what would go and why the others stay; change nothing.")
@click.option("--now", is_flag=True, help="These IDs, whatever their age, from S3 and from CloudFront's caches.")
@on_site
def prune(site: Site, deployments: tuple[str, ...], keep: int, keep_days: int, dry_run: bool, now: bool) -> None:
    """Delete old deployments, what died half-way, and shared files that no deployment names any more.

    The live one, the previous one, one that waits, the newest and what was live lately stay. With --now the named
    ones go (a leaked secret): the live one never does, so promote another one first. It ends by itself within 15
    minutes; run it again to go on. In a pipe each line has, between tabs: gone, leftover or stays, ID, why.
    """
    if now and not deployments:
        raise Failure("--now needs the IDs: which deployments?", USAGE)
    chosen = [site.catalog.resolve(name) for name in deployments]
    code = shipped.load("lambda/prune.py")

    def report(line: dict[str, Any]) -> None:
        site.output.note(" ".join(str(value) for value in line.values()), "dim")

    only = chosen or None
    options = {"dry_run": dry_run, "now": now, "only": only, "report": report, "by": requester()}
    done = code.prune(site.s3, site.stack.bucket, lambda wish: site.publisher.ask(**wish), keep, keep_days, **options)
    rows = [["gone", one, ""] for one in done.gone] + [["leftover", one, ""] for one in done.leftovers]
    rows += [["stays", one, why] for one, why in done.stays.items()]
    invalidated = "" if dry_run or not now or not done.gone else _invalidate(site, done.gone)
    site.output.rows(_COLUMNS, rows, {**done._asdict(), "dry_run": dry_run, "invalidation": invalidated})
    verb = "would be deleted" if dry_run else "deleted"
    gone = f"{len(done.gone)} deployments, {len(done.leftovers)} leftovers, {done.objects:,} objects"
    site.output.note(f"{gone} {verb}{f'; {done.reason}' if done.reason else ''}")
    kept = [f"{one} ({done.stays.get(one, 'see above')})" for one in chosen if one not in {*done.gone, *done.leftovers}]
    if now and kept:
        raise Failure(f"not deleted: {', '.join(kept)}; the live one needs another `promote` first")


def _invalidate(site: Site, gone: list[str]) -> str:
    """Empty the edges' caches of what is gone: they keep it for a year, and a shared file may have gone too."""
    where = {"StackName": site.stack.name, "LogicalResourceId": "Distribution"}
    found = site.cloud.client("cloudformation").describe_stack_resource(**where)["StackResourceDetail"]
    paths = [*(f"/deployments/{one}/*" for one in gone), "/immutable/*"]
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": gone[0]}
    try:
        made = site.cloud.client("cloudfront").create_invalidation(
            DistributionId=found["PhysicalResourceId"], InvalidationBatch=batch
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise Failure(f"deleted, but the edges keep copies ({code}): invalidate {' '.join(paths)}") from error
    return str(made["Invalidation"]["Id"])
