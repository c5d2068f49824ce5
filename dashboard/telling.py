"""What an open page is sent of a site by itself: all that is known, or why nothing is.

Nothing is sent as a fact that was not asked for anew: what could not be asked is sent as such.
"""

from __future__ import annotations

from dashboard import shown
from dashboard.builds import moment
from dashboard.health import health
from dashboard.links import Links, links
from dashboard.rows import compact
from dashboard.shown import Partly
from dashboard.sites import Missing
from dashboard.watching import Watched


def told_of(watched: Watched) -> shown.Site:
    """What is known of the site."""
    way, seen = watched.way, watched.seen
    stack, region = way.place.stack, way.place.cloud.region
    where = Links() if way.local else links(way.builds.host, stack.repository, stack.connection, region)
    return {
        "site": way.place.key,
        "name": stack.name,
        "region": "" if way.local else region,
        "local": way.local,
        "url": way.site.url,
        "source": way.source,
        "repository": stack.repository,
        "host": where.host,
        "branch": stack.branch,
        "commit_url": where.commit,
        "repository_url": where.repository,
        "console": "" if way.local else _console(region, stack.pipeline),
        "health": watched.health,
        "asked": moment(seen.asked_at),
        "partly": _parts(watched),
        "live": seen.marked.get(seen.state.live),
        "previous": seen.marked.get(seen.state.previous),
        "waiting": seen.marked.get(seen.state.waiting),
        "hold": seen.state.hold or None,
        "builds": [compact({**row, "branch": stack.branch}) for row in seen.running],
        "count": len(seen.made),
        "revision": watched.listing.revision,
    }


def told_of_missing(key: str, missing: Missing) -> shown.Site:
    """That there is none."""
    return {
        "site": key,
        "name": missing.name,
        "region": missing.region,
        "local": False,
        "url": "",
        "source": "direct",
        "repository": "",
        "host": "",
        "branch": "",
        "commit_url": "",
        "repository_url": "",
        "console": "",
        "health": missing.why,
        "asked": "",
        "partly": [],
        "live": None,
        "previous": None,
        "waiting": None,
        "hold": None,
        "builds": [],
        "count": 0,
        "revision": "",
    }


def _parts(watched: Watched) -> list[Partly]:
    """What cannot be told though the site is well: the builds, or yet the list."""
    trouble = watched.seen.trouble
    builds: list[Partly] = [{"what": "builds", "health": trouble}] if trouble else []
    line = watched.progress or "the list is read"
    loads = watched.seen.asked_at and not watched.listing.is_whole
    return [*builds, {"what": "list", "health": health("loading", line)}] if loads else builds


def _console(region: str, pipeline: str) -> str:
    """The page of the pipeline in AWS's console; empty if there is none."""
    place = f"codesuite/codepipeline/pipelines/{pipeline}/view?region={region}"
    return f"https://{region}.console.aws.amazon.com/{place}" if pipeline else ""
