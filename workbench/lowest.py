"""`make lowest`: runs quick tests with the oldest version of each library that users may have, in a folder of its own.

The emulator asks for one botocore exactly, so it is installed without what it asks for.
"""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tempfile
from importlib.metadata import requires, version
from pathlib import Path

from workbench import ROOT

QUICK = ("generator", "command"), ("deployments", "words"), ("deployments", "terminals")
RUNNERS = "pytest", "pytest-xdist", "hypothesis"


def lowest() -> dict[str, str]:
    """The lower bounds of what users install, by name."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    text = "\n".join([setup["options"]["install_requires"], *(extras[name] for name in ("cli", "doctor", "local"))])
    found = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?>=([\d.]+)", text, re.M))
    return {**found, "botocore": found["boto3"]}  # which boto3 is made of


def main(folder: Path) -> int:
    """Install them below `folder`, and run the tests; their exit status."""
    python = str(folder / "bin" / "python")
    bounds = folder / "bounds.txt"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    bounds.write_text("".join(f"{name}=={number}\n" for name, number in lowest().items()), encoding="utf-8")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    emulator = [one for one in requires("ministack") or () if not re.search(r"extra ==|^botocore", one)]
    runners = [f"{name}=={version(name)}" for name in RUNNERS]
    wanted = [f"{ROOT}[cli]", "boto3[crt]", "aiohttp", *emulator, *runners]
    subprocess.run([*pip, "--constraint", str(bounds), *wanted], check=True)
    subprocess.run([*pip, "--no-deps", f"ministack=={version('ministack')}"], check=True)
    print(bounds.read_text(encoding="utf-8"))
    tests = [f"tests/{room}/test_{name}.py" for room, name in QUICK]
    return subprocess.run([python, "-m", "pytest", *tests], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        sys.exit(main(Path(place)))
