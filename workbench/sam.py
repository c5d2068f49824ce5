"""Runs aws-sam-cli as a person would: in the checkout, with the samconfig.toml at its root."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local.cloud.emulator import Emulator
from workbench import ROOT

RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")


def command() -> str:
    """The command of aws-sam-cli, in an environment of its own: it pins another botocore than the emulator."""
    program = shutil.which("sam", path=f"{ROOT / '.tools' / 'sam' / 'bin'}:{os.environ['PATH']}")
    assert program, "no `sam`: tests/run puts it into .tools/sam"
    return program


def runtime() -> Path:
    """The folder of the Python that the functions run on."""
    on_path = shutil.which("python3.13")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = [*([Path(on_path)] if on_path else []), *sorted(pyenv.glob("versions/3.13*/bin/python3.13"))]
    for python in candidates:
        # pyenv's shims are there for every version, and answer only for the chosen one
        if subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0:
            return python.parent
    raise AssertionError(
        f"no Python 3.13 on the PATH or in {pyenv}: what is packaged is tried on the functions' runtime"
    )


def checkout(folder: Path) -> Path:
    """What SAM needs of a checkout, copied: it leaves .aws-sam/ behind."""
    for name in ("lambda", "templates"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "samconfig.toml", folder)
    return folder


def run(*arguments: str, aws: Emulator | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`sam` with these arguments, against the emulator if there is one; an `AssertionError` shows what it said."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    # lambda/Makefile takes the first python3: this one, which has pip
    environment |= {"SAM_CLI_TELEMETRY": "0", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= aws.environment() if aws else {}
    done = subprocess.run(
        [command(), *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def build(template: str, folder: Path) -> Path:
    """`sam build` of a template in templates/ into `folder`; the built template."""
    run("build", "--template-file", f"templates/{template}.yaml", "--base-dir", ".", "--build-dir", str(folder))
    return folder / "template.yaml"


def link_runtime(folder: Path) -> None:
    """Fill a new folder with what Lambda's runtime brings: boto3 and what it needs, without awscrt."""
    folder.mkdir(exist_ok=True)
    for name in RUNTIME_PACKAGES:
        module = Path(str(importlib.import_module(name).__file__))
        place = module.parent if module.name == "__init__.py" else module
        (folder / place.name).symlink_to(place)


def in_runtime(code: str, folder: Path) -> str:
    """What `code` prints in the functions' Python, with a built function's folder in front, as Lambda has it."""
    with tempfile.TemporaryDirectory() as packages:
        link_runtime(Path(packages))
        done = subprocess.run(
            [runtime() / "python3.13", "-c", code],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}:{packages}", "AWS_DEFAULT_REGION": "us-east-1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
