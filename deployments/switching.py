"""`promote`, `rollback`, `hold` and `release`: wishes that the publisher decides about.

They carry what their user saw as live, so that nobody undoes what somebody else has just done.
"""

from __future__ import annotations

import json

import click

from contract import REASON_LIMIT
from deployments.command import Site, example, on_site, waiting
from deployments.completing import identities


@click.command(epilog=example("deployments promote 4f2c1e9a-1a2b"))
@click.argument("deployment", metavar="ID", shell_complete=identities)
@waiting
@on_site
def promote(site: Site, deployment: str, wait: bool) -> None:
    """Make an existing deployment live, even while the site is held.

    To promote an earlier deployment is a way back: a later `rollback` goes further back, and not forward again. The
    request is refused if another deployment has become live since the command looked.
    """
    seen = site.publisher.state(previous=False).live
    site.report(site.ask("promote", deployment=site.catalog.resolve(deployment), seen=seen), wait)


@click.command(epilog=example("deployments rollback --steps 2"))
@click.option(
    "--steps",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many deployments to go back.",
)
@waiting
@on_site
def rollback(site: Site, steps: int, wait: bool) -> None:
    """Go back to what was live before. Do it twice, and it goes back twice.

    The next pipeline run publishes again: `hold` prevents that until the cause is found. The request is refused if
    another deployment has become live since the command looked. So two people who go back at once go back one step.
    """
    seen = site.publisher.state(previous=False).live
    site.report(site.ask("rollback", steps=steps, seen=seen), wait)


def _reason(context: click.Context, param: click.Parameter, text: str) -> str:
    """The publisher's limit, told before anything is asked; it counts the bytes of JSON."""
    number = len(json.dumps(text, ensure_ascii=False).encode(errors="replace")) - 2
    if not text.strip() or number > REASON_LIMIT:
        fault = f"has {number:,} bytes" if text.strip() else "is blank" if text else "is empty"
        raise click.BadParameter(f"it {fault}; a reason has 1 to {REASON_LIMIT} bytes", context, param)
    return text


@click.command(epilog=example('deployments hold --reason "checkout is broken, see incident 17"'))
@click.option(
    "--reason",
    required=True,
    callback=_reason,
    help=f"Why, for everybody who wonders; at most {REASON_LIMIT} bytes.",
)
@on_site
def hold(site: Site, reason: str) -> None:
    """Let new deployments wait: they are built and recorded, but not made live. What is live stays.

    Only a pipeline's deployments wait. `publish` is refused instead, and uploads nothing: publish again afterwards.
    """
    site.report(site.ask("hold", reason=reason), wait=False)


@click.command(epilog=example("deployments release --publish"))
@click.option("--publish", is_flag=True, help="Make the newest deployment that waits live.")
@waiting
@on_site
def release(site: Site, publish: bool, wait: bool) -> None:
    """End the hold. Nothing becomes live by that, unless you give --publish."""
    seen = site.publisher.state(previous=False).live if publish else None
    site.report(site.ask("release", publish=publish or None, seen=seen), wait)
