"""Uploader, publisher and pruner as they ship, against a world in memory: whoever runs sees its own world."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pruner import pruning as prune
from tests.pruner.actors import BUCKET, Actors
from workbench.double import World
from workbench.inline import Inline
from workbench.stepwise import client, sleep
from workbench.together import PUBLISHER, UPLOADER


@pytest.fixture
def actors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Actors:
    for name, value in {"SITE_BUCKET": BUCKET, "STORE_ARN": "arn", "STACK": "site", "PIPELINE": "pipeline"}.items():
        monkeypatch.setenv(name, value)
    made: list[Actors] = []
    start = World()
    monkeypatch.setattr(
        PUBLISHER, "client", lambda service: made[0].clients(service) if made else client(start, service)
    )
    monkeypatch.setattr(PUBLISHER, "print", lambda *_: None, raising=False)
    monkeypatch.setattr(os, "urandom", bytes)
    monkeypatch.setattr(time, "sleep", sleep)
    for program in (UPLOADER, prune):
        monkeypatch.setattr(program, "ThreadPoolExecutor", Inline)
    monkeypatch.setattr(UPLOADER, "print", lambda *_, **__: None, raising=False)
    actor = Actors.__new__(Actors)
    made.append(actor)
    monkeypatch.setattr(PUBLISHER, "timestamp", actor.now)
    actor.__init__(tmp_path)  # type: ignore[misc]
    return actor
