"""Builds that a person starts and stops on the page, as CodePipeline is asked for it."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.acting import Asked, act
from deployments.cloud import connect_alone
from deployments.command import Site
from deployments.errors import Failure
from deployments.output import Output
from deployments.stack import Stack
from local.cloud.emulator import Emulator
from tests.dashboard.logins import At, key_of
from tests.deployments.played import answering

BUILD = "4f2c1e9a-1111-4000-8000-123456789012"


def site(pipeline: str) -> Site:
    stack = Stack("shop", "https://shop.example", "bucket", "publisher", pipeline)
    return Site(connect_alone("eu-central-1", None), stack, Output(as_json=False))


@pytest.fixture(autouse=True)
def login(at: At, aws: Emulator) -> None:
    at(aws, key_of(aws))


def test_a_build_is_started_and_stopped_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def answer(operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        request.pop("clientRequestToken", None)  # boto3's, so that a repeated question is one
        asked.append((operation, request))
        return 200, {"pipelineExecutionId": BUILD}

    wishes: list[Asked] = [{"site": "x", "action": "start"}, {"site": "x", "action": "stop", "build": BUILD}]
    with answering(answer, ["CODEPIPELINE"], monkeypatch):
        told = [act(site("line"), wish, "ada")["text"] for wish in wishes]
    assert told == ["build 4f2c1e9a has started", "build 4f2c1e9a is stopped: it does not go live"]
    why = "stopped by ada on the dashboard"
    stop = {"pipelineName": "line", "pipelineExecutionId": BUILD, "abandon": True, "reason": why}
    assert asked == [("StartPipelineExecution", {"name": "line"}), ("StopPipelineExecution", stop)]


@pytest.mark.parametrize("wish", [{"site": "x", "action": "start"}, {"site": "x", "action": "stop", "build": BUILD}])
def test_a_site_without_a_pipeline_has_no_build_to_start_or_stop(wish: Asked) -> None:
    with pytest.raises(Failure, match="stack shop has no pipeline: `publish` makes something live"):
        act(site(""), wish, "ada")
