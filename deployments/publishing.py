"""`publish`: uploads a folder with the same code as a build, asks the publisher, and tells what each step took."""

from __future__ import annotations

import time
from pathlib import Path

import click

from contract import ROUTINGS
from deployments.command import Site, example, on_site, waiting
from deployments.errors import INTERRUPTED, USAGE, Failure
from deployments.sources import mark_of_sources
from deployments.uploading import Upload


@click.command(epilog=example("deployments publish dist --routing spa --commit $(git rev-parse HEAD) --sequence 17"))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--routing", type=click.Choice(ROUTINGS), help="How addresses find pages (default: as those of what is live)."
)
@click.option(
    "--sequence",
    metavar="N",
    type=click.IntRange(0, 2**63 - 1),
    help="Your CI's run number; one lower than a published one is refused.",
)
@click.option("--force", is_flag=True, help="Publish although the site is held.")
@click.option("--as-is", is_flag=True, help="Publish although the folder looks like a project's sources.")
@click.option(
    "--no-shared", is_flag=True, help="Share no files with other deployments, not even those with hashed names."
)
@click.option(
    "--commit", envvar=["GITHUB_SHA", "CI_COMMIT_SHA"], show_envvar=True, help="The commit; the ID begins with it."
)
@click.option(
    "--branch", envvar=["GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"], show_envvar=True, help="The branch, for `list`."
)
@click.option("--message", envvar=["CI_COMMIT_MESSAGE"], show_envvar=True, help="The commit's message, for `list`.")
@click.option("--author", envvar=["GITHUB_ACTOR", "GITLAB_USER_NAME"], show_envvar=True, help="The author, for `list`.")
@waiting
@on_site
def publish(
    site: Site,
    folder: Path,
    routing: str | None,
    sequence: int | None,
    force: bool,
    as_is: bool,
    no_shared: bool,
    wait: bool,
    **source: str | None,
) -> None:
    """Upload a built site and make it live.

    All deployments share the files whose name carries a content hash: those that are there already are not sent again.
    Visitors see nothing before everything is there. If you interrupt it, visitors see no change. Without --sequence it
    is refused if another deployment has become live meanwhile.
    """
    mark = "" if as_is else mark_of_sources(folder)
    if mark:
        what = "a project, not what a build writes: give the build's output folder, as in `publish dist`"
        raise Failure(f"{folder} has {mark}, so it looks like {what}, or --as-is", USAGE)
    as_ci = not force  # which a CI's key cannot: a person has put the hold there
    state = site.publisher.state(as_ci=as_ci)
    if state.hold and not force:
        raise Failure(f"held: {state.hold['reason']}; nothing was uploaded: `release` first, or --force")
    _check_sequence(site, sequence, next((entry.get("sequence") for entry in state.published), None))
    upload = Upload(folder, routing or _live_routing(site, state.live), source, site.output, shared=not no_shared)
    try:
        upload.run(site.stack.bucket)
        uploaded = time.monotonic()
        # two CI jobs at once are ordered by their numbers, and not by what each has seen
        seen = state.live if sequence is None else None
        wish = {"deployment": upload.id, "sequence": sequence, "force": force or None, "seen": seen}
        answer = site.ask("publish", as_ci=as_ci, **wish)
    except KeyboardInterrupt:
        raise Failure(upload.interrupted(), INTERRUPTED) from None
    seconds = {"upload": uploaded - upload.started, "switch": time.monotonic() - uploaded}
    facts = {"uploaded": upload.sent.text(), "reused": upload.reused.text()}
    more: dict[str, object] = {"uploaded": upload.sent.value(), "reused": upload.reused.value()}
    more |= {"seconds": {name: round(value, 3) for name, value in seconds.items()}}
    site.report(answer, wait, more, **facts, **{name: f"{value:.1f} s" for name, value in seconds.items()})


def _check_sequence(site: Site, sequence: int | None, last: int | None) -> None:
    """What the publisher will refuse, as things are now, before a file is sent for it."""
    if sequence is not None and last is not None and sequence < last:
        reason = f"sequence {sequence} is lower than {last}, which was published; publish without one to count anew"
        if site.output.as_json:
            site.output.facts({}, {"outcome": "refused", "reason": reason})
        raise Failure(f"refused: {reason}; nothing was uploaded")


def _live_routing(site: Site, live: str) -> str:
    if not live:
        choices = "spa (one page for all), files (/a is a.html), folders (/a/ is a/index.html)"
        both = "mixed (/a is a.html, /a/ is a/index.html)"
        raise Failure(f"the first deployment needs --routing: {choices}, {both}", USAGE)
    return str(site.catalog.manifest(live).get("routing", ""))
