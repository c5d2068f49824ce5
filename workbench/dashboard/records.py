"""What a dashboard's server tells of a made-up shop: rows, logs, traffic, as the states need them."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.dashboard.logs import FAILED

Json = dict[str, Any]  # what the server writes; dashboard/shown.py has the types of it
OK: Json = {"state": "ok", "line": "", "remedy": "", "action": "", "resource": ""}
KEY = "eu-central-1/shop"
MESSAGES = (
    "Add the autumn collection",
    "New colours on every page",
    "Fix the basket on small screens",
    "Say what delivery costs before the last step",
    "Bump vite from 7.1.2 to 7.1.4",
    "Open the shop",
    "Speed up the product pages",
    "Merge pull request #218 from ada/search",
    "Correct the opening hours",
    "Show related products",
)
AUTHORS = "Ada Lovelace", "Grace Hopper", "Karen Spärck Jones"
UNBROKEN = "https://example.com/" + "a-very-long-address-without-any-blank-in-it/" * 2 + "ab"  # 110 characters
PROSE = (
    "The search looked through titles only, so that whoever typed the name of a colour found nothing. It looks "
    "through descriptions and colours too now, and shows the best ten. The index is built together with the pages, so "
    "nothing is asked of a server, and it is loaded when somebody opens the search for the first time."
)


@dataclass
class Recorded:
    """One state: what the page is told, and what it gets when it asks for more."""

    message: Json
    rows: dict[str, list[Json]] = field(default_factory=dict)
    more: dict[str, Json] = field(default_factory=dict)  # by deployment: what `/deployment` tells besides the row
    log: Json = field(default_factory=dict)
    traffic: Json = field(default_factory=dict)


def ago(**span: float) -> str:
    """The time that long ago, as the server writes it."""
    return f"{datetime.now(UTC) - timedelta(**span):%Y-%m-%dT%H:%M:%S.000Z}"


def health(state: str, line: str, remedy: str = "", action: str = "", resource: str = "") -> Json:
    """What is not well."""
    return {"state": state, "line": line, "remedy": remedy, "action": action, "resource": resource}


def deployment(number: int, hours: float, **more: Any) -> Json:
    """A deployment; the higher its number, the older."""
    digest = hashlib.sha256(f"deployment {number}".encode()).hexdigest()
    made: Json = {
        "kind": "deployment",
        "id": f"{digest[:40]}-{digest[40:56]}",
        "short": f"{digest[:8]}-{digest[40:44]}",
        "state": "ready",
        "commit": digest[:40],
        "branch": "main",
        "message": MESSAGES[number % len(MESSAGES)],
        "author": AUTHORS[number % len(AUTHORS)],
        "at": ago(hours=hours),
        "files": 118 + number % 7,
        "shared": 64,
        "bytes": 2_412_000 + 31_000 * (number % 9),
        "build": f"{digest[:8]}-0000-4000-8000-{digest[8:20]}",
        "seconds": 70 + number % 40,
        "trigger": "push",
    }
    return {**made, **more}


def build(state: str, minutes: float, **more: Any) -> Json:
    """A run of the pipeline."""
    digest = hashlib.sha256(f"build {state} {minutes}".encode()).hexdigest()
    made: Json = {
        "kind": "build",
        "id": f"{digest[:8]}-1111-4000-8000-{digest[8:20]}",
        "short": digest[:8],
        "state": state,
        "commit": digest[20:60],
        "branch": "main",
        "message": "Let people sort by price",
        "author": "Grace Hopper",
        "at": ago(minutes=minutes),
        "ended": "" if state == "running" else ago(minutes=minutes - 1),
        "seconds": 60 * minutes if state == "running" else 63,
        "trigger": "push",
        "stages": [],
        "reason": "",
        "build": f"{digest[:8]}-1111-4000-8000-{digest[8:20]}",
        "console": "https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/view",
    }
    return {**made, **more}


def running(minutes: float = 1.4) -> Json:
    """A build that is under way."""
    stages = [
        {"name": "Source", "state": "succeeded", "since": ago(minutes=minutes), "seconds": 6},
        {"name": "Build", "state": "running", "since": ago(minutes=minutes - 0.1), "seconds": 0},
        {"name": "Upload", "state": "waiting", "since": "", "seconds": 0},
        {"name": "Publish", "state": "waiting", "since": "", "seconds": 0},
    ]
    return build("running", minutes, stages=stages)


def deployments(count: int = 4) -> list[Json]:
    """Some days of a shop: what is live, what was, one that never was, and a build that failed."""
    rows = [deployment(number, 3 + 7.3 * number) for number in range(count)]
    rows[0] |= {"state": "live", "since": ago(hours=3), "how": "push", "action": "pipeline", "by": rows[0]["build"]}
    rows[1] |= {
        "state": "previous",
        "since": ago(hours=10),
        "until": ago(hours=3),
        "how": "push",
        "by": rows[1]["build"],
    }
    for place in range(3, count - 1):
        rows[place] |= {"since": ago(hours=3 + 7.3 * place), "until": ago(hours=7.3 * place - 4), "how": "push"}
    rows[-1] |= {"branch": "search", "message": f"Merge pull request #218 from ada/search\n\n{PROSE}"}
    failed = build("failed", 60 * 12, reason="Build: the command `npm run build` ended with 1")
    return [rows[0], rows[1], failed, *rows[2:]]


def site(rows: list[Json], **more: Any) -> Json:
    """The site whose deployments `rows` are."""

    def first(state: str) -> Json | None:
        return next((row for row in rows if row["state"] == state and row["kind"] == "deployment"), None)

    made: Json = {
        "site": KEY,
        "name": "shop",
        "region": "eu-central-1",
        "local": False,
        "url": "https://shop.example.com",
        "source": "git",
        "repository": "ada/shop",
        "host": "GitHub",
        "branch": "main",
        "commit_url": "https://github.com/ada/shop/commit/{commit}",
        "repository_url": "https://github.com/ada/shop",
        "console": "https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/view",
        "health": OK,
        "asked": ago(seconds=2),
        "partly": [],
        "live": first("live"),
        "previous": first("previous"),
        "waiting": first("waiting"),
        "hold": None,
        "builds": [row for row in rows if row["state"] == "running"],
        "count": sum(row["kind"] == "deployment" for row in rows),
        "revision": "1",
    }
    return {**made, **more}


def message(*sites: Json, **more: Any) -> Json:
    """What an event tells."""
    told = {"version": "0.2.0", "run": "first", "by": "ada", "now": ago(), "health": OK, "sites": list(sites)}
    return {**told, **more}


def traffic(rows: list[Json], hours: int = 24, bad: bool = False) -> Json:
    """Requests of a day, with what went live in it; `bad`: what is live gives errors."""
    step = 900 * hours // 24
    chance = random.Random(7)
    begin = datetime.now(UTC) - timedelta(hours=hours)
    lived = sorted(
        (row for row in rows if row.get("since", "") > f"{begin:%Y-%m-%dT%H:%M:%S}"), key=lambda row: str(row["since"])
    )
    requests = [round(420 + 380 * (1 - abs(48 - place) / 48) + chance.random() * 160) for place in range(96)]
    last = max((96 - round(_hours(row["since"]) * 3600 / step) for row in lived), default=96)
    errors = [
        round(one * (0.04 if bad and place >= last else 0.001 * chance.random() * 3))
        for place, one in enumerate(requests)
    ]
    switches = [
        {"at": row["since"], "id": row["id"], "short": row["short"], "how": row["how"], "action": "", "by": ""}
        for row in lived
    ]
    return {
        "from": f"{begin:%Y-%m-%dT%H:%M:%S.000Z}",
        "step": step,
        "requests": requests,
        "errors": errors,
        "hits": [round(one * (0.86 + chance.random() * 0.1)) for one in requests],
        "switches": switches,
        "note": "",
        "health": OK,
        "source": "CloudWatch",
    }


def _hours(time: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds() / 3600


def difference(rows: list[Json]) -> dict[str, Json]:
    """What each deployment has other than the live one."""
    live = next((row for row in rows if row["state"] == "live"), None)
    names = [
        "index.html",
        "basket/index.html",
        "colours/index.html",
        "assets/app-4f2c1e9a.js",
        "feed.xml",
        "img/autumn.avif",
    ]
    other = {"against": live["id"], "against_short": live["short"]} if live else {"against": "", "against_short": ""}
    kept = {"previous": "a rollback goes to it", "waiting": "it waits for the end of the hold"}
    return {
        row["id"]: {
            **(other if row is not live else {"against": "", "against_short": ""}),
            "routing": "folders",
            "uploader": "0.2.0",
            "url": "",
            "lived": [{"since": row["since"], "until": row.get("until", ""), "how": row["how"]}]
            if "since" in row
            else [],
            "added": {"count": 2, "names": names[4:]},
            "changed": {"count": 3, "names": names[:3]},
            "removed": {"count": 1, "names": names[3:4]},
            "unknown": "",
            "extras": [],
            "removable": row["state"] == "ready",
            "kept_because": kept.get(row["state"], ""),
        }
        for row in rows
        if row["kind"] == "deployment"
    }


def recorded(told: Json, rows: list[Json], **more: Any) -> Recorded:
    """A state of one site with all that it can be asked."""
    return Recorded(told, {KEY: rows}, difference(rows), **{"traffic": traffic(rows), "log": FAILED, **more})
