"""`cache clear`: takes away what builds keep for later ones, and so what a bad package may have left there."""

from __future__ import annotations

import click

from contract import BUILD_CACHE
from deployments.bucket import Bucket
from deployments.command import Site, example, on_site
from deployments.errors import Failure
from deployments.surplus import remove


@click.command(epilog=example("deployments cache clear"))
@click.argument("action", type=click.Choice(["clear"]))
@on_site
def cache(site: Site, action: str) -> None:  # noqa: ARG001  # clear is all there is
    """Delete what builds keep for later builds. The next build downloads all its packages again.

    Every package of a build can write what the next build reads from this cache. So clear it after a malicious package
    was built. First take the package out, and wait for the builds that still run, or they leave it there again.
    """
    bucket = site.resource("ArtifactBucket")
    if not bucket:
        raise Failure(f"stack {site.stack.name} builds nothing, so it has no cache: it takes what you upload")
    cached = [(item["Key"], item["Size"]) for item in Bucket(site.s3, bucket).items(BUILD_CACHE)]
    remove(site, bucket, [key for key, _ in cached])
    size = sum(size for _, size in cached)
    facts = {"bucket": bucket, "objects": len(cached), "bytes": size}
    site.output.facts({name: str(value) for name, value in facts.items()}, facts)
    site.output.note("the next build starts without a cache" if cached else "the cache was empty")
