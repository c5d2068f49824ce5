"""Uploader, publisher and pruner as they ship, and what must be true of the world in which they meet."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from content.hashed_names import is_hashed
from pruner import pruning as prune
from uploader.deployment import upload
from workbench.double import START, World
from workbench.invoked import BY_NAME
from workbench.stepwise import client, current
from workbench.together import PUBLISHER
from workbench.uploads import planned, table_of

if TYPE_CHECKING:
    from aws_types import Clients

BUCKET = "site-bucket"
OLD, BEFORE, LIVE, NEW = (f"{letter * 8}-{letter * 16}" for letter in "abcd")
# the files of each deployment; those with a hash are in the pool
SITES = {
    OLD: {"index.html": "old", "assets/all-BdE8sX2_.js": "1", "assets/old-Xk29dLa0.js": "2"},
    BEFORE: {"index.html": "before", "assets/all-BdE8sX2_.js": "1"},
    LIVE: {"index.html": "live", "assets/all-BdE8sX2_.js": "1"},
    NEW: {"index.html": "new", "assets/old-Xk29dLa0.js": "2"},  # counts on a file that only OLD named
}


class Actors:
    """Programs that meet in a world, and what must be true of it."""

    def __init__(self, folder: Path) -> None:
        self.plans = {}
        for identity, files in SITES.items():
            for path, text in files.items():
                target = folder / identity / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            self.plans[identity] = planned(folder / identity, "spa")
        self.world = World()  # of whoever is no program
        self.keep, self.keep_days = 0, 1
        for days, identity in enumerate((OLD, BEFORE, LIVE)):
            self.world.now = START.replace(day=1 + days)
            self.deploy(identity)(self.clients)
        self.world.later(days=7)

    def clients(self, service: str) -> Any:
        program = current()
        return client(program.world if program else self.world, service)

    def now(self, text: str | None = None) -> str:
        program = current()
        return text or f"{(program.world if program else self.world).now:%Y-%m-%dT%H:%M:%S}.000Z"

    def ask(self, request: Any) -> Any:
        """The publisher's answer, through JSON as from Lambda."""
        answer: Any = json.loads(json.dumps(PUBLISHER.handler(json.loads(json.dumps(request)), BY_NAME)))
        return answer

    def upload(self, identity: str) -> Callable[[Clients], object]:
        facts = dict.fromkeys(("commit", "branch", "message", "author", "execution"), "")
        facts |= {"id": identity, "created": "2026-03-01T10:00:00Z"}
        plan = self.plans[identity]
        return lambda clients: upload(clients("s3"), BUCKET, plan, table_of(plan), facts, lambda *_: None)

    def promote(self, identity: str, action: str = "promote") -> Callable[[Clients], object]:
        return lambda clients: self.ask({"action": action, "deployment": identity, "by": f"{action} {identity[0]}"})

    def rollback(self, clients: Clients) -> object:
        return self.ask({"action": "rollback", "by": "rollback"})

    def deploy(self, identity: str) -> Callable[[Clients], object]:
        """Upload, then publish."""

        def run(clients: Clients) -> None:
            self.upload(identity)(clients)
            self.promote(identity, "publish")(clients)

        return run

    def prune(self, by: str = "pruner", **options: Any) -> Callable[[Clients], prune.Pruned]:
        return lambda clients: prune.prune(clients("s3"), BUCKET, self.ask, self.keep, self.keep_days, by=by, **options)

    def needs(self, identity: str) -> set[str]:
        """The objects without which a deployment is not whole."""
        files = (f"immutable/{p}" if is_hashed(p) else f"deployments/{identity}/{p}" for p in SITES[identity])
        return {f"manifests/{identity}.json", *files}

    def check(self, world: World) -> str:
        """Whatever is live is whole, and so is all that could be published."""
        for one in SITES:
            missing = self.needs(one) - world.objects.keys()
            if missing and (one == world.live() or f"manifests/{one}.json" in world.objects):
                return f"{one} is {'live' if one == world.live() else 'complete'} without {missing}"
        return ""

    def publish_and_finish(self, world: World) -> str:
        """The same as `finish`, after the new deployment was published if its upload was complete."""
        self.world = world
        self.promote(NEW, "publish")(self.clients)
        expected = NEW if f"manifests/{NEW}.json" in world.objects else LIVE
        return self.check(world) or f"{world.live()} is live" * (world.live() != expected) or self.finish(world)

    def finish(self, world: World) -> str:
        """After one more prune, two days later, nothing is left but what stays; and that is whole."""
        self.world = world
        world.later(hours=48)
        done = self.prune("the next")(self.clients)
        status = self.ask({"action": "status"})
        stay = {status["after"], status["previous"]} - {""}
        expected = set[str]().union(*map(self.needs, stay))
        prefixes = ("deployments/", "immutable/", "manifests/", "prune.lock")
        found = {key for key in world.objects if key.startswith(prefixes)}
        return "" if found == expected and not done.reason else f"left {found ^ expected}; {done}"
