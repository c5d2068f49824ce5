"""Fixtures of the publisher's tests: a site (bucket and store) in the emulator, and the publisher itself."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.publisher.surroundings import BUCKET, PIPELINE, BucketAndStore, joined
from workbench.together import PUBLISHER


@pytest.fixture
def environment(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function's environment in the template, and the emulator as AWS."""
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    return aws


@pytest.fixture
def site(environment: Any, monkeypatch: pytest.MonkeyPatch) -> BucketAndStore:
    made = BucketAndStore(environment)
    for name, value in {"SITE_BUCKET": BUCKET, "STORE_ARN": made.arn, "PIPELINE": PIPELINE, "STACK": "site"}.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture(params=["files", "inline"])
def publisher(request: pytest.FixtureRequest, site: BucketAndStore) -> Iterator[types.ModuleType]:
    """The publisher as modules and as the text that the template carries."""
    module: Any = joined() if request.param == "inline" else PUBLISHER
    module.client.cache_clear()
    yield module
    module.client.cache_clear()


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[Mapping[str, Any]]]:
    """Gives what has been logged since it was last asked, line by line."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
