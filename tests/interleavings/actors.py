"""Publisher, pruner and uploader as they ship, each a process of a system."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from content.hashed_names import is_hashed
from content.plan import Plan
from contract import Compiled
from pruner import lock, looking
from pruner import pruning as prune
from uploader.deployment import upload
from uploader.pointers import point
from workbench.double import START, World
from workbench.inline import Inline
from workbench.invoked import BY_NAME
from workbench.together import PUBLISHER, UPLOADER
from workbench.uploads import planned, table_of

from . import system as systems
from .system import Fault, System

BUCKET = "site-bucket"
ENVIRONMENT = {"SITE_BUCKET": BUCKET, "STORE_ARN": "arn", "STACK": "site", "PIPELINE": "pipeline"}
NAMES = "abcdefgh"
DEPLOYMENTS = [f"{letter * 8}-{letter * 16}" for letter in NAMES]
READY = DEPLOYMENTS[:6]  # uploaded before the run begins
PUBLISHED = DEPLOYMENTS[:3]  # live one after the other, the third one still


def files(deployment: str) -> dict[str, str]:
    """A site's files: two of its own, two of the pool, of which one is in all sites and one in every third."""
    shared = NAMES.index(deployment[0]) % 3
    own = {"index.html": deployment, "404.html": f"not in {deployment}"}
    return own | {"assets/all-BdE8sX2_.js": "1", f"assets/some{shared}-Xk29dLa0.js": f"{shared}"}


def lines(deployment: str) -> dict[str, str]:
    """What the router looks up besides: two deployments have the same, and every fourth has none."""
    number = NAMES.index(deployment[0])
    return {} if number % 4 == 3 else {f"t:{number // 2}:{k}": f"\n{k:08x}" for k in range(3)}


def table(plan: Plan, deployment: str) -> Compiled:
    """The routing table of a deployment with its lines."""
    found = table_of(plan)
    held = lines(deployment)
    found["lines"], found["live"] = held, "spa lines=x:0::0 +" if held else "spa"
    return found


class Calm:
    """No request fails, and each takes a millisecond."""

    def fault(self, process: str, number: int) -> Fault:
        return Fault()


class Actors:
    """How the parts are started in the system of the moment."""

    def __init__(self, folder: Path) -> None:
        self.system = System(World(), Calm())
        self.plans: dict[str, Plan] = {}
        for deployment in DEPLOYMENTS:
            for path, text in files(deployment).items():
                target = folder / deployment / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            self.plans[deployment] = planned(folder / deployment, "spa")
        self.needs = {one: self.whole(one) for one in DEPLOYMENTS}
        self.beginning = World()

    def whole(self, deployment: str) -> frozenset[str]:
        """The objects without which a deployment is not complete."""
        places = (
            f"immutable/{path}" if is_hashed(path) else f"deployments/{deployment}/{path}" for path in files(deployment)
        )
        return frozenset([f"manifests/{deployment}.json", *places])

    def begin(self) -> None:
        """Upload and publish what is there before every run; a week later it begins."""
        world = World()
        for days, deployment in enumerate(READY):
            world.now = START.replace(day=1 + days)
            self.system = System(world, Calm())
            self.upload(deployment)
            if deployment in PUBLISHED:
                self.publisher({"action": "publish", "deployment": deployment, "by": "before"})
        world.now = START.replace(day=20)
        self.beginning = world

    def client(self, service: str) -> Any:
        return systems.client(self.system, service)

    def publisher(self, event: dict[str, Any]) -> Any:
        """The publisher's answer, through JSON as from Lambda."""
        return json.loads(json.dumps(PUBLISHER.handler(copy.deepcopy(event), BY_NAME)))

    def upload(self, deployment: str, execution: str = "") -> None:
        """As a command does; of an `execution` as the pipeline's action does, which may find that all is done."""
        s3 = self.client("s3")
        if execution and (
            made := UPLOADER.made_before(s3, BUCKET, execution) or UPLOADER.complete(s3, BUCKET, deployment)
        ):
            point(s3, BUCKET, execution, made)
            return
        facts = dict.fromkeys(("commit", "branch", "message", "author"), "")
        facts |= {"id": deployment, "execution": execution, "created": "2026-03-01T10:00:00Z"}
        made, _ = upload(
            s3, BUCKET, self.plans[deployment], table(self.plans[deployment], deployment), facts, lambda *_: None
        )
        if execution:
            point(s3, BUCKET, execution, made)

    def prune(self, ask: looking.Ask, options: dict[str, Any]) -> dict[str, Any]:
        return prune.prune(self.client("s3"), BUCKET, ask, 0, 1, **options)._asdict()

    def random(self, size: int) -> bytes:
        """In place of `os.urandom`: never the same in one run, and the same in every run."""
        return next(self.system.numbers).to_bytes(size, "big")

    def log(self, *text: object, **_: object) -> None:
        if process := systems.current():
            process.lines.append(" ".join(map(str, text)))


@contextmanager
def shipped() -> Iterator[Actors]:
    """The shipped code with the system's network, clock and chance in place of its own."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(PUBLISHER, "BATCH", 2)  # so that a few lines take several calls
        actors = Actors(Path(folder))
        for module in (*PUBLISHER.modules, lock, prune, *UPLOADER.modules):
            replace(patch, module, actors)
        for program in (UPLOADER, prune):
            patch.setattr(program, "ThreadPoolExecutor", Inline)
        patch.setattr(lock, "os", SimpleNamespace(urandom=actors.random))
        actors.begin()
        yield actors


class Clock:
    """In place of the module `time`."""

    def __init__(self, actors: Actors) -> None:
        self.actors = actors

    def sleep(self, seconds: float) -> None:
        self.actors.system.sleep(seconds)

    def time(self) -> float:
        return self.actors.system.world.now.timestamp()

    monotonic = time


def calendar(actors: Actors) -> type[datetime]:
    """In place of the class `datetime`."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            process = systems.current()
            return actors.system.world.now + (process.clock if process else timedelta())

    return Now


def replace(patch: pytest.MonkeyPatch, module: Any, actors: Actors) -> None:
    """What a module would ask of its machine, it asks of the system."""

    stand_ins = {"time": Clock(actors), "client": actors.client, "random": SimpleNamespace(random=lambda: 0.5)}
    if module not in (*UPLOADER.modules, prune):
        stand_ins["datetime"] = calendar(actors)
    for name, value in stand_ins.items():
        if hasattr(module, name):
            patch.setattr(module, name, value)
    patch.setattr(module, "print", actors.log, raising=False)
