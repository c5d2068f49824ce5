"""What the publisher does with a pipeline's event, against the emulator's S3 and store."""

from __future__ import annotations

import types
from typing import Any

from .conftest import A, B, Site, succeeded


def test_the_first_execution_makes_its_deployment_live(publisher: types.ModuleType, site: Site) -> None:
    site.upload(A, "e1", page="<h1>lost in A</h1>")
    answer = publisher.handler(succeeded("e1"), None)
    assert answer["outcome"] == "published"
    assert f"{A} spa" == site.stored("live")
    assert "<h1>lost in A</h1>" == site.read("_errors/404.html")
