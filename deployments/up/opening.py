"""What comes after the stack: the distribution is awaited, the first build followed, and the first page seen.

It is also where an interrupted first run is taken up: a site that has nothing live yet has its first page before it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from botocore.exceptions import ClientError

from deployments import watching
from deployments.cloud import Cloud
from deployments.command import Site
from deployments.errors import INTERRUPTED, Failure, is_passing
from deployments.output import Output
from deployments.stack import find_stack
from deployments.up.causes import remedy
from deployments.up.progress import waiting
from deployments.up.usual import DISTRIBUTION
from deployments.up.wish import Wish
from deployments.visitor import Visitor, wait

_PAUSE = 5.0  # seconds between two looks at the distribution
_WITHIN = 40 * 60  # seconds for the distribution: several times what is usual (`usual`), before it counts as stuck
_STARTS_WITHIN = 60  # seconds until a new pipeline's first run is listed
_LOOK = 2.0  # seconds between two looks for that run: about thirty requests at most


class Opened(NamedTuple):
    """A site: `live` is its deployment, "" if nothing is; `next` is what its owner does then."""

    url: str
    live: str
    next: str


def open_site(
    cloud: Cloud, output: Output, wish: Wish, outputs: Mapping[str, str], *, created: bool, minutes: int
) -> Opened:
    """Wait for whatever still stands between the stack and its first page; say what is left for the owner."""
    site = Site(cloud, find_stack(cloud, wish.stack), output)
    live = "" if created else site.publisher.state(previous=False).live
    if live:
        return Opened(site.url, live, _dns(site, outputs, live))
    try:
        _await_distribution(site, output)
        if "UploadCommand" not in outputs and site.stack.pipeline:
            live = _first_build(site, outputs, minutes)
    except KeyboardInterrupt:
        raise Failure(
            "interrupted: the stack is complete, and what was begun goes on at AWS; `deployments up` or `deployments "
            "watch` takes it up",
            INTERRUPTED,
        ) from None
    if not live and (dns := _dns(site, outputs, live)):
        output.note(dns)
    return Opened(site.url, live, _dns(site, outputs, live) if live else _publishing(cloud, wish, outputs))


def _await_distribution(site: Site, output: Output) -> None:
    """Express mode does not wait for it: until then some edges know nothing of the site."""
    client, identity = site.cloud.client("cloudfront"), site.resource("Distribution")

    def is_there() -> bool:
        try:
            return str(client.get_distribution(Id=identity)["Distribution"]["Status"]) == "Deployed"
        except ClientError as error:
            if not is_passing(error):
                raise
            return False

    if is_there():
        return
    started = time.monotonic()
    with waiting(output, f"the distribution goes to all edges, {DISTRIBUTION}"):
        if wait(is_there, _WITHIN, _PAUSE) is None:
            raise Failure(f"the distribution {identity} is not there after {_WITHIN // 60} minutes: run `up` again")
    output.note(f"the distribution is there after {time.monotonic() - started:.0f} s")


def _first_build(site: Site, outputs: Mapping[str, str], minutes: int) -> str:
    """Follow the run that began with the pipeline, until a visitor gets its page; the deployment."""
    if "DnsTarget" in outputs:  # its own name leads to it before the owner's does
        site = Site(site.cloud, site.stack, site.output, visited=f"https://{outputs['DnsTarget']}")
    wait(lambda: bool(watching.newest(site)), _STARTS_WITHIN, _LOOK)
    run = watching.newest(site)
    if not run:
        raise Failure("the stack is complete, but its pipeline has not run: `deployments watch --start` starts it")
    site.output.note(f"the first build runs ({run})")
    try:
        return watching.follow(site, run, minutes).deployment
    except Failure as failure:
        help_ = remedy(str(failure))
        text = f"{failure}; {help_}" if help_ else str(failure)
        raise Failure(text, failure.status, failure.told, remedy=help_ or failure.remedy) from None


def _publishing(cloud: Cloud, wish: Wish, outputs: Mapping[str, str]) -> str:
    """How the first page comes where no build makes it."""
    if "UploadCommand" in outputs:
        watch = f"deployments watch --stack {wish.stack} --region {cloud.region}"
        return f"zip the site's files as site.zip, then: {outputs['UploadCommand']} && {watch}"
    return f"deployments publish {wish.publish} --stack {wish.stack} --region {cloud.region}"


def _dns(site: Site, outputs: Mapping[str, str], live: str) -> str:
    """Where the owner's domain names must point, unless the first of them leads to the site already."""
    if "DnsTarget" not in outputs or (live and Visitor(site.url, site.cloud.endpoint).deployment() == live):
        return ""
    return f"point your domain names at {outputs['DnsTarget']} (alias A and AAAA in Route 53, CNAME elsewhere)"
