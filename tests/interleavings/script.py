"""What happens from outside in one run: who uploads, asks, and disturbs, and when."""

from __future__ import annotations

import itertools
import random
from typing import Any, NamedTuple

from .actors import DEPLOYMENTS, PUBLISHED, READY


class Stimulus(NamedTuple):
    """One thing that somebody does."""

    name: str
    at: float  # seconds from the beginning
    kind: str  # upload, ci, pipeline, event, alarm, direct, prune or store
    body: dict[str, Any]
    deliveries: tuple[float, ...] = (0.0,)  # seconds until its event comes, or until it does it again


Script = tuple[Stimulus, ...]
Weights = dict[str, int]

# The store as a person could leave it; all of these are unreadable
MENDED = (
    "{",
    "[]",
    '{"published":[["a"]]}',
    '{"published":[[1,2,3,4,5]]}',
    '{"hold":"abc"}',
    '{"hold":["only a reason"]}',
    '{"waiting":"abc"}',
    '{"retiring":"abc"}',
    '{"retiring":[1]}',
    '{"mark":5}',
    '{"unknown":1}',
)
NO_ID = ("", "no id", "also=x y", "a\nb also=html", "../x", "x" * 65)
YEAR = 365 * 86400
LATE = (0.0, 0.0, 0.0, 0.3, 0.9, 1.0, 2.0, 30.0, 100.0, 4000.0)
# How often each kind comes, and each action, by what a run is about
USUAL = {"rollback": 5, "promote": 2, "publish": 1, "hold": 2, "release": 2}
ANY = 0.02, 0.1, 0.3, 2, 2, 10, 200  # seconds from the first to the last
THEMES: dict[str, tuple[Weights, Weights, tuple[float, ...]]] = {
    "all": (
        {"ci": 4, "pipeline": 4, "event": 5, "direct": 5, "alarm": 2, "prune": 2, "store": 1, "upload": 1},
        USUAL,
        ANY,
    ),
    "rollbacks": ({"ci": 1, "pipeline": 1, "event": 5, "direct": 6, "alarm": 2}, {"rollback": 5, "promote": 1}, ANY),
    "events": ({"ci": 5, "event": 5, "direct": 2}, USUAL, ANY),
    "holds": ({"ci": 5, "pipeline": 2, "event": 3, "direct": 4}, {"hold": 3, "release": 2, "publish": 2}, ANY),
    "pipelines": ({"pipeline": 6, "direct": 2, "event": 1}, USUAL, ANY),
    "losers": ({"ci": 5, "direct": 5}, {"hold": 4, "promote": 1}, ANY),
    "pool": ({"prune": 4, "upload": 4, "ci": 1}, USUAL, (0.02, 0.1, 0.3)),
    "prunes": ({"prune": 5, "direct": 4, "ci": 3, "upload": 1}, USUAL | {"retire": 3}, ANY),
}


def theme(chance: random.Random) -> str:
    return chance.choice([*THEMES])


def of(name: str, count: int) -> list[int]:
    """The first seeds whose runs are about `name`."""
    named = (seed for seed in itertools.count(1) if theme(random.Random(f"script {seed}")) == name)
    return list(itertools.islice(named, count))


def make(seed: int) -> Script:
    """The script of a seed."""
    chance = random.Random(f"script {seed}")
    weights, actions, spreads = THEMES[theme(chance)]
    spread = chance.choice(spreads)
    kinds = chance.choices([*weights], [*weights.values()], k=chance.randint(2, 6))
    made: list[Stimulus] = []
    for number, kind in enumerate(kinds):
        at = round(chance.uniform(0, spread), 3)
        body = BODIES[kind](chance, made, actions)
        sent = kind in ("upload", "ci", "pipeline", "event", "alarm", "prune")
        copies = chance.choice([1, 1, 1, 2, 2, 3])
        soon = kind in ("prune", "upload")
        late = tuple(chance.choice(LATE[: 4 if soon else None]) for _ in range(copies)) if sent else (0.0,)
        made.append(Stimulus(f"{number}-{kind}", at, kind, body, late))
    return tuple(made)


def _ready(chance: random.Random) -> str:
    return chance.choice([*READY, *PUBLISHED])


def _new(made: list[Stimulus]) -> dict[str, Any]:
    """A deployment that nobody has uploaded yet, while there is one."""
    taken = {stimulus.body.get("upload") for stimulus in made}
    left = [one for one in DEPLOYMENTS if one not in READY and one not in taken]
    return {"upload": left[0]} if left else {}


def _upload(_chance: random.Random, made: list[Stimulus], _actions: Weights) -> dict[str, Any]:
    return _new(made)


def _ci(chance: random.Random, made: list[Stimulus], _actions: Weights) -> dict[str, Any]:
    body = _new(made) if chance.random() < 0.3 else {}
    request: dict[str, Any] = {"action": "publish", "deployment": body.get("upload") or _ready(chance)}
    request["by"] = f"ci {chance.randint(1, 2)}"
    if chance.random() < 0.3:
        request["sequence"] = chance.randint(1, 5)
    if chance.random() < 0.1:
        request["force"] = True
    return {**body, "request": request}


def _pipeline(chance: random.Random, made: list[Stimulus], _actions: Weights) -> dict[str, Any]:
    body = _new(made) if chance.random() < 0.3 else {}
    strange = chance.random()
    start = chance.choice([0, 0, -0.5, -1, -60])  # seconds before its upload begins
    body |= {"deployment": body.get("upload") or _ready(chance), "start": start}
    if strange < 0.08:
        body["start"] = chance.choice([3600, 70 * YEAR])
    elif strange < 0.13 and "upload" not in body:
        body["deployment"] = chance.choice(NO_ID)
    return body


def _request(chance: random.Random, _made: list[Stimulus], actions: Weights) -> dict[str, Any]:
    action = chance.choices([*actions], [*actions.values()])[0]
    request: dict[str, Any] = {"action": action, "by": chance.choice(["Ada", "Ada", "Ben"])}
    if action in ("promote", "publish"):
        request["deployment"] = chance.choice([_ready(chance), _ready(chance), DEPLOYMENTS[-1]])
    if action == "rollback" and chance.random() < 0.2:
        request["steps"] = 2
    if action == "hold":
        request["reason"] = "fire"
    if action == "release" and chance.random() < 0.5:
        request["publish"] = True
    if action == "retire":
        request |= {"deployments": [_ready(chance)], "force": chance.random() < 0.3}
    return {"request": request}


def _direct(chance: random.Random, made: list[Stimulus], actions: Weights) -> dict[str, Any]:
    if chance.random() < 0.1:
        return {"request": {"action": "status", "by": "Ada"}}
    wrong = {"clock": chance.choice([3600, 70 * YEAR])} if chance.random() < 0.04 else {}
    return _request(chance, made, actions) | wrong


def _alarm(chance: random.Random, _made: list[Stimulus], _actions: Weights) -> dict[str, Any]:
    return {"request": {"action": "auto-rollback", "by": "errors", "minutes": chance.choice([5, 10**6])}}


def _prune(chance: random.Random, _made: list[Stimulus], _actions: Weights) -> dict[str, Any]:
    return {"now": True, "only": [_ready(chance)]} if chance.random() < 0.1 else {}


def _store(chance: random.Random, _made: list[Stimulus], _actions: Weights) -> dict[str, Any]:
    return {"ledger": chance.choice(MENDED), "for": chance.choice([1, 1, 50, 200])}


BODIES = {
    "upload": _upload,
    "ci": _ci,
    "pipeline": _pipeline,
    "event": _request,
    "direct": _direct,
    "alarm": _alarm,
    "prune": _prune,
    "store": _store,
}
