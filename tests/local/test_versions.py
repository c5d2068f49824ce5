"""The versions that the tests run with stand in setup.cfg, so that one look tells them all."""

from __future__ import annotations

import re
from configparser import ConfigParser

import pytest

from workbench import ROOT

PIN = re.compile(r"[A-Za-z][\w.-]*==\d[\w.]*")


@pytest.mark.parametrize("name", ["tests/run", ".ci/run", "Makefile", "pyproject.toml", "setup.py", "mkdocs.yml"])
def test_no_other_file_pins_a_package(name: str) -> None:
    assert [] == PIN.findall((ROOT / name).read_text())


def test_what_has_an_environment_of_its_own_is_pinned_there_too() -> None:
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg")
    apart = dict(settings["tool:tests/run"])
    assert [] == [requirement for requirement in apart.values() if not PIN.fullmatch(requirement)]
    read = set(re.findall(r"\$\(pinned (\w+)\)", (ROOT / "tests" / "run").read_text()))
    assert set(apart) == read
