"""The code inside the templates on the Python that Lambda runs it with; the other tests run it on an older one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import Settings, build_template
from generator.settings import SOURCES, Source
from publisher import signature as sigv4a
from workbench import sam

MESSAGE = b"the same on every Python"
KEY = sigv4a.private_key("AKISORANDOMAASORANDOM", "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom")


def inline(source: Source) -> dict[str, str]:
    """The text of each inline function by its logical ID, with all options."""
    template = build_template(Settings(source, options=frozenset({"operations"}))).to_dict()
    resources: dict[str, Any] = json.loads(json.dumps(template))["Resources"]
    functions = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Lambda::Function"}
    assert {"python3.13"} == {properties["Runtime"] for properties in functions.values()}
    return {name: properties["Code"]["ZipFile"] for name, properties in functions.items()}


@pytest.mark.parametrize("source", SOURCES)
def test_every_inline_function_loads_on_its_runtime(source: Source, tmp_path: Path) -> None:
    functions = inline(source)
    uploads = () if source == "direct" else ("Compiler",)
    assert {"Publisher", "Pruner", "Messenger", *uploads} == set(functions)
    for name, text in functions.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "index.py").write_text(text)
        told = sam.in_runtime("import index, sys; print(callable(index.handler), sys.version_info[:2])", folder)
        assert "True (3, 13)" == told.strip(), name


def test_the_publisher_signs_and_reads_times_there_as_it_does_here(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(inline("git")["Publisher"])
    code = f"""
import index
def asked(at):
    request = {{"action": "auto-rollback", "at": at, "minutes": 5}}
    return index.requested(request, "9", index.OPERATIONS.requests).asked
print(index.sign({KEY}, {MESSAGE!r}))
print(asked("2026-03-01T10:00:00Z"))
print(asked("2026-03-01T11:00:00.5+0100"))
"""
    signature, *times = sam.in_runtime(code, tmp_path).split()
    assert sigv4a.sign(KEY, MESSAGE) == signature
    assert ["2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00.500Z"] == times
