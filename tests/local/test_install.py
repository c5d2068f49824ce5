"""What `pip install '.[local]'` brings: the tests' own environment has more, and would hide what is missing."""

from __future__ import annotations

from configparser import ConfigParser

from tests.conftest import ROOT


def test_the_local_system_installs_what_signs_for_the_store_as_tested() -> None:
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg")
    extras = {name: text.split() for name, text in settings["options.extras_require"].items()}
    (signer,) = (pin for pin in extras["test"] if pin.startswith("awscrt=="))
    assert signer in extras["local"]
