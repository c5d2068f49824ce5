"""What `pip install '.[local]'` and `'.[doctor]'` bring: the tests' own environment has more, and would hide a lack."""

from __future__ import annotations

from configparser import ConfigParser

from workbench import ROOT


def extras() -> dict[str, list[str]]:
    """The pins of each extra."""
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg")
    return {name: text.split() for name, text in settings["options.extras_require"].items()}


def test_what_asks_the_store_installs_what_signs_for_it_as_tested() -> None:
    (signer,) = (pin for pin in extras()["test"] if pin.startswith("awscrt=="))
    assert signer in extras()["local"]
    assert signer in extras()["doctor"]


def test_the_local_system_installs_the_command_line_that_works_on_it() -> None:
    assert set(extras()["cli"]) <= set(extras()["local"])
    assert set(extras()["cli"]) <= set(extras()["doctor"])
