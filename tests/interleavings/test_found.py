"""Small runs that the driver has found to go wrong, each as a person would tell it."""

from __future__ import annotations

from typing import Any

import pytest

from .actors import PUBLISHED, READY, Actors
from .chance import Written
from .judge import judge
from .play import Play
from .script import Script, Stimulus

A, B, C = PUBLISHED
D, E, F = READY[3:]


def asks(name: str, at: float, late: tuple[float, ...] = (0.0,), **request: Any) -> Stimulus:
    return Stimulus(name, at, name.partition("-")[2], {"request": {"by": "Ada", **request}}, late)


def pipeline(name: str, at: float, deployment: str, start: float = 0, late: tuple[float, ...] = (0.0,)) -> Stimulus:
    return Stimulus(name, at, "pipeline", {"deployment": deployment, "start": start}, late)


RUNS: dict[str, Script] = {
    "two operators go back at the same moment": (
        asks("0-direct", 0.002, action="rollback"),
        asks("1-direct", 0.006, action="rollback", by="Ben"),
    ),
    "two deliveries of one rollback at the same moment": (
        asks("0-event", 0.01, (0.9, 0.9), action="rollback", steps=2),
    ),
    "an execution from the future comes again after a rollback": (
        pipeline("0-pipeline", 0.0, D, 3600, (0.0, 4000.0)),
        asks("1-direct", 2.0, action="rollback"),
    ),
    "what is being retired succeeds while the site is held": (
        asks("0-direct", 0.0, action="hold", reason="fire"),
        asks("1-direct", 0.2, action="retire", deployments=[F]),
        pipeline("2-pipeline", 0.5, F),
    ),
    "a deployment that is gone is asked for again, late": (
        asks("0-event", 0.0, (4000.0,), action="promote", deployment="hhhhhhhh-hhhhhhhhhhhhhhhh"),
        asks("1-direct", 5.0, action="promote", deployment=A),
    ),
}


@pytest.mark.parametrize("script", RUNS.values(), ids=RUNS)
def test_what_once_went_wrong_goes_well(actors: Actors, script: Script) -> None:
    assert judge(Play(actors, script, Written({})).run(), actors) == []
