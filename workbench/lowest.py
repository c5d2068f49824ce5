"""`make lowest`: prints the oldest version of each library that users may have, one a line, as pip's constraints."""

from __future__ import annotations

import configparser
import re

from workbench import ROOT


def lowest() -> dict[str, str]:
    """The lower bounds of what users install, by name."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    text = "\n".join([setup["options"]["install_requires"], *(extras[name] for name in ("cli", "doctor", "local"))])
    found = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?>=([\d.]+)", text, re.M))
    return {**found, "botocore": found["boto3"]}  # which boto3 is made of


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}" for name, version in lowest().items()))
