"""The house itself: imports point upstream, the golden templates are what the generator writes."""

from __future__ import annotations

import ast
import difflib
import sys
from pathlib import Path

import pytest

import generator
from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import OPTIONS, SOURCES, Option, Source
from generator.webhook import build_webhook
from workbench import ROOT

# As in template.py: the order in which a commit becomes a page.
ORDER = [
    "parameters",
    "storage",
    "edge",
    "alerts",
    "workers",
    "publishing",
    "building",
    "uploading",
    "telling",
    "delivery",
    "direct",
]
ORDER += ["pruning", "rollback", "watching", "outputs"]
LIMIT = 51_200


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
    return found


def test_a_section_imports_only_sections_before_it() -> None:
    sections = {path.stem: path for path in (ROOT / "generator" / "sections").glob("*.py") if path.stem != "__init__"}
    assert set(ORDER) == set(sections)
    for name, path in sections.items():
        others = {module.rsplit(".", 1)[1] for module in imports(path) if module.startswith("generator.sections.")}
        assert all(ORDER.index(other) < ORDER.index(name) for other in others), name


def test_nothing_below_the_command_reads_the_environment_a_clock_or_chance() -> None:
    command = {"__main__", "usage", "delivery"}  # how it speaks, and where it puts what it wrote
    for path in (ROOT / "generator").rglob("*.py"):
        if path.stem not in command:
            assert not {"os", "time", "datetime", "random", "uuid", "subprocess"} & imports(path), path
            assert not {f"generator.{name}" for name in command} & imports(path), path


def test_generating_needs_troposphere_and_awacs_alone() -> None:
    allowed = {"troposphere", "awacs", "generator"}
    for path in (ROOT / "generator").rglob("*.py"):
        assert {module.split(".")[0] for module in imports(path)} <= allowed | sys.stdlib_module_names, path


def test_what_is_public_is_what_the_readme_says() -> None:
    assert generator.__all__ == ["Settings", "SettingsError", "__version__", "build_template", "load_settings"]


@pytest.mark.parametrize("options", [frozenset(), frozenset(OPTIONS)], ids=["plain", "operations"])
@pytest.mark.parametrize("source", SOURCES)
def test_the_golden_template_is_what_the_generator_writes(source: Source, options: frozenset[Option]) -> None:
    name = "-".join([source, *options])
    compare(f"{name}.yaml", to_yaml(build_template(Settings(source=source, options=options))))


@pytest.mark.parametrize("source", SOURCES)
def test_the_golden_sam_template_is_what_the_generator_writes(source: Source) -> None:
    compare(f"{source}-sam.yaml", to_yaml(build_template(Settings(source=source, packaging="sam"))))


def test_the_golden_webhook_template_is_what_the_generator_writes() -> None:
    compare("webhook.yaml", to_yaml(build_webhook()))


def compare(name: str, written: str) -> None:
    golden = ROOT / "templates" / name
    difference = difflib.unified_diff(
        golden.read_text().splitlines(), written.splitlines(), "golden", "written", n=1, lineterm=""
    )
    assert golden.read_text() == written, "run `make templates` if this is meant:\n" + "\n".join(list(difference)[:60])
