"""`promote`, `rollback`, `hold` and `release`: wishes that the publisher decides about."""

from __future__ import annotations

import json

import click

from deployments.command import Site, example, on_site, waiting

_LONGEST_REASON = 200  # as lambda/publisher/requests.py refuses it


@click.command(epilog=example("deployments promote 4f2c1e9a-1a2b"))
@click.argument("deployment", metavar="ID")
@waiting
@on_site
def promote(site: Site, deployment: str, wait: bool) -> None:
    """Make a deployment that exists live, also while the site is held.

    To an earlier one it is a way back: `rollback` then goes further back, and not forward again. It is refused if
    another one has become live since it looked.
    """
    seen = site.publisher.state(previous=False).live
    site.report(site.ask("promote", deployment=site.catalog.resolve(deployment), seen=seen), wait)


@click.command(epilog=example("deployments rollback --steps 2"))
@click.option(
    "--steps", metavar="N", type=click.IntRange(min=1), default=1, show_default=True, help="How many deployments back."
)
@waiting
@on_site
def rollback(site: Site, steps: int, wait: bool) -> None:
    """Go back to what was live before; done twice, it goes back twice.

    A later pipeline run publishes again: `hold` prevents it until the cause is found. It is refused if another
    deployment has become live since it looked, so two people go back once.
    """
    seen = site.publisher.state(previous=False).live
    site.report(site.ask("rollback", steps=steps, seen=seen), wait)


def _reason(context: click.Context, param: click.Parameter, text: str) -> str:
    """The publisher's limit, told before anything is asked; it counts the bytes of JSON."""
    number = len(json.dumps(text, ensure_ascii=False).encode(errors="replace")) - 2
    if not text.strip() or number > _LONGEST_REASON:
        fault = f"has {number:,} bytes" if text.strip() else "is all blank" if text else "is empty"
        raise click.BadParameter(f"it {fault}; a reason has 1 to {_LONGEST_REASON} bytes", context, param)
    return text


@click.command(epilog=example('deployments hold --reason "checkout is broken, see incident 17"'))
@click.option(
    "--reason", required=True, callback=_reason, help=f"Why, for all who wonder; at most {_LONGEST_REASON} bytes."
)
@on_site
def hold(site: Site, reason: str) -> None:
    """Let new deployments wait: they are built and recorded, but not made live. What is live stays.

    That is what a pipeline's do; `publish` is refused instead, and nothing of it waits: publish again afterwards.
    """
    site.report(site.ask("hold", reason=reason), wait=False)


@click.command(epilog=example("deployments release --publish"))
@click.option("--publish", is_flag=True, help="Make the newest deployment that waits live.")
@waiting
@on_site
def release(site: Site, publish: bool, wait: bool) -> None:
    """End the hold; nothing becomes live by it, unless --publish says so."""
    seen = site.publisher.state(previous=False).live if publish else None
    site.report(site.ask("release", publish=publish or None, seen=seen), wait)
