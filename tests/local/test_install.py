"""What `pip install '.[local]'` and `'.[doctor]'` bring: the tests' own environment has more, and would hide a lack."""

from __future__ import annotations

import re
from configparser import ConfigParser
from importlib.metadata import requires

from workbench import ROOT


def brings(extra: str) -> set[str]:
    """What the extra installs, with what the extras bring that it names."""
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg")
    named = set(settings["options.extras_require"][extra].split())
    for one in re.findall(r"^instant-hosting\[(\w+)\]$", "\n".join(named), re.M):
        named |= brings(one)
    return named


def test_what_asks_the_store_installs_what_signs_for_it_as_tested() -> None:
    (signer,) = (pin for pin in brings("test") if pin.startswith("awscrt=="))
    (chosen,) = (one for one in requires("botocore") or () if one.startswith("awscrt"))
    assert signer == re.sub(r"[ ()]|;.*", "", chosen)  # by `boto3[crt]`
    for extra in ("local", "doctor"):
        assert [] != [one for one in brings(extra) if one.startswith("boto3[crt]")], extra


def test_the_local_system_installs_the_command_line_that_works_on_it() -> None:
    assert brings("cli") <= brings("local") & brings("doctor")
