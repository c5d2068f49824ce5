"""The package as users install it: what is in it, its commands in a strange folder, other systems' line ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from packer import folder
from workbench import ROOT

HOUSE = "codebuild", "dashboard", "deployments", "detection", "docs", "function", "generator", "lambda", "local"
# pictures, the rules of the documentation as a site, and what `sam build` reads in a checkout
NOT_PACKED = ".png", ".svg", ".toml", "/_redirects", "/Makefile"
# Names of ours, of libraries and of Python's own
THEIRS = "local generator deployments dashboard detection docs contract publisher click rich yaml boto3 argparse json"


class Package(NamedTuple):
    """What `python -m build` made."""

    wheel: Path
    source: Path


class Installed(NamedTuple):
    """The wheel in an environment of its own."""

    bin: Path
    libraries: Path

    def __call__(self, *command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """How an installed command ends."""
        inherited = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=cwd,
            env=inherited | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done


def tracked(*folders: str) -> list[str]:
    """The files of the checkout that git knows or would take in."""
    listed = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders]
    names = subprocess.run(listed, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """What `python -m build` makes of the checkout; a build leaves folders behind, so it is a copy."""
    folder = tmp_path_factory.mktemp("package")
    for name in tracked():
        if not name.startswith(("tests/", "templates/")):
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "source" / name)
    build = [sys.executable, "-m", "build", "--outdir", str(folder / "built"), str(folder / "source")]
    subprocess.run(build, check=True, timeout=300, capture_output=True)
    (wheel,) = folder.glob("built/*.whl")
    (source,) = folder.glob("built/*.tar.gz")
    return Package(wheel, source)


@pytest.fixture(scope="module")
def installed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment, in a folder with a name that nobody would choose.

    The libraries are those of the tests: their folder is named in a file, so that the checkout is not found.
    """
    home = tmp_path_factory.mktemp("an odd 'folder' of Zoë")
    environment = home / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True, timeout=60)
    (libraries,) = environment.glob("lib/python*/site-packages")
    (libraries / "tests.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", str(package.wheel)], check=True, timeout=120)
    return Installed(environment / "bin", libraries)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A project whose files have names of ours, of libraries and of Python's own; none of them may run."""
    folder = tmp_path / "their project"
    for name in THEIRS.split():
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise SystemExit('theirs ran: ' + __name__)\n")
    return folder


def checkout(*command: str) -> str:
    """What a module writes in the checkout."""
    line = [sys.executable, "-m", *command]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_wheel_has_one_name_at_the_top_and_every_file_that_the_house_has(package: Package) -> None:
    names = set(zipfile.ZipFile(package.wheel).namelist())
    tops = {name.split("/")[0] for name in names}
    assert {"instant_hosting"} == {top for top in tops if not top.endswith(".dist-info")}
    wanted = [name for name in tracked(*HOUSE) if not name.endswith(NOT_PACKED)]
    assert [] == [name for name in wanted if f"instant_hosting/house/{name}" not in names], "setup.py: HOUSE, KINDS"
    ours = {f"instant_hosting/house/{name}" for name in tracked()} | set(tracked("instant_hosting"))
    assert set() == {name for name in names if ".dist-info/" not in name} - ours


def test_the_source_distribution_holds_what_the_wheel_does(package: Package) -> None:
    with tarfile.open(package.source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wheel = {name for name in zipfile.ZipFile(package.wheel).namelist() if ".dist-info/" not in name}
    assert set() == {name.removeprefix("instant_hosting/house/") for name in wheel} - held
    assert {"setup.py", "setup.cfg", "pyproject.toml", "LICENSE"} <= held


def test_an_installed_command_writes_the_same_bytes_as_the_checkout(installed: Installed, tmp_path: Path) -> None:
    for options in (["--source", "zip", "--with", "operations"], ["webhook"], ["--packaging", "sam"]):
        done = installed("instant-hosting", "generator", *options, cwd=tmp_path)
        assert (0, True) == (done.returncode, done.stderr.startswith("generator: "))
        assert checkout("generator", *options) == done.stdout


COMMANDS = [
    (["instant-hosting", "generator"], "AWSTemplateFormatVersion"),
    (["instant-hosting", "local", "--help"], "instant-hosting local"),
    (["instant-hosting", "docs", "glossary"], "# Glossary"),
    (["python", "-m", "instant_hosting", "docs"], "glossary "),
    (["deployments", "publish", "--help"], "deployments publish"),
    (["deployments", "rules", "--help"], "deployments rules"),
]


@pytest.mark.parametrize(("command", "said"), COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS])
def test_files_of_a_project_do_not_run_in_place_of_ours(
    installed: Installed, theirs: Path, command: list[str], said: str
) -> None:
    for path in ({}, {"PYTHONPATH": str(theirs)}, {"PYTHONPATH": f".{os.pathsep}"}):
        if "-m" in command and path:
            continue  # Python itself looks there before any line of ours runs
        done = installed(*command, cwd=theirs, **path)
        assert (0, True) == (done.returncode, said in done.stdout), (path, done.stderr)


def test_a_project_is_served_by_the_installed_command_whatever_its_files_are_called(
    installed: Installed, theirs: Path
) -> None:
    (theirs / "site").mkdir()
    (theirs / "site" / "index.html").write_text("<h1>theirs</h1>")
    environment = {name: text for name, text in os.environ.items() if name != "VIRTUAL_ENV"}
    environment |= {"PYTHONPATH": str(theirs), "PYTHONUNBUFFERED": "1"}
    command = [str(installed.bin / "instant-hosting"), "local", "site", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=theirs, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = []
    try:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            if "http://localhost:" in line:
                break
        assert "http://localhost:" in said[-1], said
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_another_program_extends_the_template_and_keeps_its_own_modules(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "local.py").write_text("NAME = 'theirs'\n")
    (tmp_path / "program.py").write_text(
        "from instant_hosting import Settings, SettingsError, __version__, build_template, load_settings\n"
        "import local, sys\n"
        "print(len(build_template(Settings(source='zip')).resources) > 9, local.NAME, __version__)\n"
        "print([place for place in sys.path if 'house' in place])\n"
    )
    done = installed("python", "program.py", cwd=tmp_path)
    assert ["True theirs " + checkout("generator", "--version").split()[1], "[]"] == done.stdout.splitlines(), done
    (tmp_path / "generator.py").write_text("")
    done = installed("python", "-c", "import generator; from instant_hosting import Settings", cwd=tmp_path)
    assert "ImportError: generator is " in done.stderr
    assert "import it later, or rename it" in done.stderr


def test_sources_with_the_line_ends_of_windows_give_the_same_template(package: Package, tmp_path: Path) -> None:
    zipfile.ZipFile(package.wheel).extractall(tmp_path)
    for file in (tmp_path / "instant_hosting").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    for options in (["--with", "operations"], ["webhook"]):
        done = subprocess.run(
            [sys.executable, "-m", "instant_hosting", "generator", *options],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert checkout("generator", *options).encode() == done.stdout


def test_git_writes_what_ships_with_the_same_line_ends_on_every_system(tmp_path: Path) -> None:
    names = [name for name in tracked("function", "lambda", "codebuild", "templates") if "." in name]
    line = ["git", "-C", str(ROOT), "check-attr", "eol", "--", *names]
    said = subprocess.run(line, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    assert len(names) == len(said)
    assert [] == [one for one in said if not one.endswith(": eol: lf")]


WINDOWS = """
import os, sys
for name in ("fchmod", "chown", "getuid", "O_NOFOLLOW", "O_NONBLOCK"):
    delattr(os, name)
import generator.__main__, deployments.uploading, deployments.command
os.O_NOFOLLOW, os.O_NONBLOCK
assert generator.__main__.main(["--output", "template.json", "--format", "json"]) == 0
assert deployments.command.requester()
"""


def test_what_windows_does_not_have_is_not_asked_for(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "USERNAME": "ada"}
    line = [sys.executable, "-c", WINDOWS]
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (0, True) == (done.returncode, (tmp_path / "template.json").stat().st_size > 100_000), done.stderr


class OnWindows(PureWindowsPath):
    """A path of a Windows that has these files alone."""

    def is_file(self) -> bool:
        return self in THERE

    def is_dir(self) -> bool:
        return any(self in one.parents for one in THERE)


THERE = [OnWindows("C:/site", name) for name in ("index.html", "assets/app.js", ".git/config")]


def listed(place: str) -> list[SimpleNamespace]:
    """What such a Windows says is in a folder."""
    here = OnWindows(place)
    names = {one.relative_to(here).parts[0] for one in THERE if here in one.parents}
    return [SimpleNamespace(name=name, path=str(here / name), is_symlink=lambda: False) for name in names]


def test_a_folder_of_windows_is_published_with_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    status = Path(__file__).stat()
    windows = SimpleNamespace(sep="\\", scandir=listed, lstat=lambda _: status, path=SimpleNamespace(realpath=str))
    monkeypatch.setattr(folder, "os", windows)
    monkeypatch.setattr(folder, "Path", OnWindows)
    found = folder.files_of_folder(OnWindows("C:/site"))  # type: ignore[arg-type]  # it is one only there
    places = {path: file.place if file else "" for path, file in found.items()}
    assert {"index.html": r"C:\site\index.html", "assets/app.js": r"C:\site\assets\app.js", ".git": ""} == places
