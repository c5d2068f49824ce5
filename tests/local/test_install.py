"""What `pip install '.[local]'` brings: the tests' own environment has more, and would hide what is missing."""

from __future__ import annotations

from configparser import ConfigParser

from tests.conftest import ROOT


def extras() -> dict[str, list[str]]:
    """The pins of each extra."""
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg")
    return {name: text.split() for name, text in settings["options.extras_require"].items()}


def test_the_local_system_installs_what_signs_for_the_store_as_tested() -> None:
    (signer,) = (pin for pin in extras()["test"] if pin.startswith("awscrt=="))
    assert signer in extras()["local"]


def test_the_local_system_installs_the_command_line_that_works_on_it() -> None:
    assert set(extras()["cli"]) <= set(extras()["local"])
