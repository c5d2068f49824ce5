"""Fixtures of the webhook's tests: its table, routes and secrets in the emulator, and its door, called as by Lambda."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from local.cloud.emulator import Emulator
from tests.webhook.calling import Door
from tests.webhook.pipelines import Pipelines, serve_pipelines


@pytest.fixture(scope="session")
def pipeline_service() -> Iterator[Pipelines]:
    with serve_pipelines() as running:
        yield running


@pytest.fixture
def door(aws: Emulator, pipeline_service: Pipelines, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The webhook with a route for each sender; every one starts `site-pipeline`."""
    pipeline_service.reset()
    surroundings = {
        **aws.environment(),
        "AWS_ENDPOINT_URL_CODEPIPELINE": pipeline_service.url,
        "ROUTES_PARAMETER": "/webhook/routes",
        "SECRET_PREFIX": "webhook/",
        "TABLE": "deliveries",
        "ROTATION_HOURS": "24",
    }
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    made = Door(aws, pipeline_service)
    yield made
    made.forget()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the webhook writes to its log."""
    (output,) = [h for h in logging.getLogger("webhook").handlers if isinstance(h, logging.StreamHandler)]
    text = StringIO()
    before = output.setStream(text)
    yield text
    output.setStream(before)
