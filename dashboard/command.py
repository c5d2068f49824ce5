"""`deployments dashboard`: the page for a person, on this machine, for as long as the command runs."""

from __future__ import annotations

import asyncio
import webbrowser

import click

from deployments.command import check_where, example, region_of
from deployments.output import Output
from instant_hosting.ports import DASHBOARD


@click.command(epilog=example("deployments dashboard --open"))
@click.option("--stack", "stacks", metavar="NAME", multiple=True, help="Only this site; repeat it for several.")
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=DASHBOARD,
    show_default=True,
    help="Where the page is; 0 is any free port.",
)
@click.option("--open", "opened", is_flag=True, help="Open the page in the browser.")
@click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], show_envvar=True, help="The stacks' Region.")
@click.option("--profile", envvar="AWS_PROFILE", show_envvar=True, help="The AWS profile to use.")
@click.option("--local", is_flag=True, help="Show the site that `instant-hosting local` runs on this machine.")
def dashboard(
    stacks: tuple[str, ...], port: int, opened: bool, region: str | None, profile: str | None, local: bool
) -> None:
    """Show all sites of a Region in the browser: what is live, builds, traffic, and promote, roll back, hold, remove.

    The page is for this machine only, and asks AWS with the credentials of the command. It asks while somebody looks:
    about 20 requests a minute and site. It goes on by itself after a restart, or when you have logged in again.
    """
    check_where(local, {"stacks": stacks})
    from dashboard.program import this_program  # here, as it takes its time, or is not there
    from dashboard.server import Dashboard
    from dashboard.sites import InRegion, OnThisMachine

    page = Dashboard(OnThisMachine() if local else InRegion(region_of(region), profile, stacks), this_program())
    output = Output(as_json=False)

    async def serve() -> None:
        url = await page.start(port)
        output.note(f"dashboard: {url} (Ctrl-C ends it)")
        if opened:
            webbrowser.open(url)
        try:
            await page.watch()
        finally:
            await page.close()

    asyncio.run(serve())
