"""`publish`: uploads a folder with the same code as a build, asks the publisher, and tells what each step took."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click

from contract import ROUTINGS, SEQUENCE_LIMIT, Answer
from deployments.checking import Options
from deployments.command import Folder, Site, example, on_site, waiting
from deployments.errors import INTERRUPTED, USAGE, Failure
from deployments.publisher import State
from deployments.sources import mark_of_sources
from deployments.uploading import Upload


@click.command(epilog=example("deployments publish dist --routing spa --commit $(git rev-parse HEAD) --sequence 17"))
@click.argument("folder", metavar="DIR", type=Folder())
@click.option(
    "--routing", type=click.Choice(ROUTINGS), help="How addresses find pages (default: as those of what is live)."
)
@click.option(
    "--sequence",
    metavar="N",
    type=click.IntRange(0, SEQUENCE_LIMIT - 1),
    help="Your CI's run number; one lower than a published one is refused.",
)
@click.option("--force", is_flag=True, help="Publish although the site is held.")
@click.option("--as-is", is_flag=True, help="Publish although the folder looks like a project's sources.")
@click.option(
    "--no-shared", is_flag=True, help="Share no files with other deployments, not even those with hashed names."
)
@click.option("--fallback", metavar="FILE", default="", help="The page for an app's routes, if it is not index.html.")
@click.option("--lenient", is_flag=True, help="Wrong lines of _redirects and _headers are warnings.")
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
    fallback: str,
    lenient: bool,
    wait: bool,
    **source: str | None,
) -> None:
    """Upload a built site and make it live.

    All deployments share the files whose name carries a content hash: those that are there already are not sent again.
    Visitors see nothing before everything is there. If you interrupt it, visitors see no change. Without --sequence it
    is refused if another deployment has become live meanwhile.
    """
    if not as_is:
        _refuse_sources(folder)
    state = site.publisher.state(as_ci=not force)
    _check_hold(state, force)
    _check_sequence(sequence, state)
    routing = routing or _live_routing(site, state.live)
    options = Options(routing, fallback, site.stack.rules_on_assets, not no_shared, lenient)
    upload = Upload(folder, options, source, site.output)
    # two CI jobs at once are ordered by their numbers, and not by what each has seen
    order = {"sequence": sequence, "seen": state.live if sequence is None else None}
    answer, seconds = _go_live(site, upload, force, order)
    _report(site, answer, upload, seconds, wait)


class _Seconds(NamedTuple):
    """How long each step took."""

    upload: float
    switch: float


def _go_live(site: Site, upload: Upload, force: bool, order: Mapping[str, int | str | None]) -> tuple[Answer, _Seconds]:
    """Send the files, then let the publisher switch; `order` says before what the deployment may not become live.

    A CI's key cannot force, as a person has put the hold there.
    """
    try:
        upload.run(site.stack.bucket)
        uploaded = time.monotonic()
        wish = {"deployment": upload.id, "force": force or None, **order}
        answer = site.ask("publish", as_ci=not force, **wish)
    except KeyboardInterrupt:
        raise Failure(upload.interrupted(), INTERRUPTED) from None
    return answer, _Seconds(uploaded - upload.started, time.monotonic() - uploaded)


def _report(site: Site, answer: Answer, upload: Upload, seconds: _Seconds, wait: bool) -> None:
    """Tell what was sent, what was there, and what each step took."""
    took = seconds._asdict()
    facts = {"uploaded": upload.sent.text(), "reused": upload.reused.text()}
    facts |= {name: f"{value:.1f} s" for name, value in took.items()}
    sent = {"uploaded": upload.sent.value(), "reused": upload.reused.value()}
    more = {**sent, "seconds": {name: round(value, 3) for name, value in took.items()}}
    site.report(answer, wait, more, **facts)


def _refuse_sources(folder: Path) -> None:
    """A folder that a build reads is not what visitors should get."""
    if mark := mark_of_sources(folder):
        what = "a project, not what a build writes: give the build's output folder, as in `publish dist`"
        raise Failure(f"{folder} has {mark}, so it looks like {what}, or --as-is", USAGE)


def _check_hold(state: State, force: bool) -> None:
    """A hold stops a publish; it is said before a file is sent."""
    if state.hold and not force:
        raise Failure(f"held: {state.hold['reason']}; nothing was uploaded: `release` first, or --force")


def _check_sequence(sequence: int | None, state: State) -> None:
    """What the publisher will refuse, as things are now, before a file is sent for it."""
    last = next((entry.get("sequence") for entry in state.published), None)
    if sequence is not None and last is not None and sequence < last:
        reason = f"sequence {sequence} is lower than {last}, which was published; publish without one to count anew"
        told = {"outcome": "refused", "reason": reason}
        raise Failure(f"refused: {reason}; nothing was uploaded", told=told, remedy="publish without one to count anew")


def _live_routing(site: Site, live: str) -> str:
    if not live:
        choices = "spa (one page for all), files (/a is a.html), folders (/a/ is a/index.html)"
        both = "mixed (/a is a.html, /a/ is a/index.html)"
        raise Failure(f"the first deployment needs --routing: {choices}, {both}", USAGE, remedy="give --routing")
    routing = site.catalog.manifest(live)["routing"]
    if not routing:  # of a deployment whose manifest is gone
        raise Failure(f"{live} is live and has no manifest that tells its routing: give --routing", USAGE)
    return routing
