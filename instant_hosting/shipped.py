"""Finds the sources that ship inside a template, and lets Python import them: ours, whatever else has their names.

They are Lambda's, CodeBuild's and the edge's: programs that travel, and no packages of this one. The commands use the
same code as the template, so that what a command does is what the template's function would do. The packages of the
house, which run here, are found in the same way.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# setup.py packs the folders of the checkout below instant_hosting/house/ into the wheel.
_HOUSE = _HERE / "house"
ROOT = _HOUSE if _HOUSE.is_dir() else _HERE.parent
PYTHON = "lambda", "codebuild"  # folders with modules


class Missing(SystemExit):
    """A source that ships is not there, or something else has taken its name: one line, and the command ends."""


def path(name: str) -> Path:
    """Where a shipped file lies, named as in the repository."""
    return ROOT / name


@cache
def text(name: str) -> str:
    """The text of a shipped file, named as in the repository (`function/routing.js`), with `\\n` line ends."""
    return path(name).read_text(encoding="utf-8")


@cache
def module_path(module: str) -> str | None:
    """Where a shipped module is in the repository (`publisher.ledger`: `lambda/publisher/ledger.py`), or None."""
    names = (f"{folder}/{module.replace('.', '/')}.py" for folder in PYTHON)
    return next((name for name in names if path(name).is_file()), None)


def put_first() -> None:
    """Let `import publisher` and its like mean ours, also where the working directory has such a file.

    `Missing` if they are not there, or if something of such a name is imported already.
    """
    _leave_the_working_directory()
    for folder in ("", *PYTHON):
        place = str(path(folder))
        if not path(folder).is_dir():
            raise Missing(f"{place} is missing: install instant-hosting again")
        if place not in sys.path:
            sys.path.insert(0, place)
    for name in sorted(our_names() | house_names()):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and not Path(file).resolve().is_relative_to(ROOT):
            raise Missing(f"{name} is {file} and not ours below {ROOT}: import it later, or rename it")


def our_names() -> set[str]:
    """The names that modules and packages of ours have at the top."""
    return {
        entry.stem
        for folder in PYTHON
        for entry in path(folder).iterdir()
        if (entry.is_dir() or entry.suffix == ".py") and entry.stem[0] not in "_."
    }


def house_names() -> set[str]:
    """The packages that run here, as they are imported."""
    return {entry.parent.name for entry in ROOT.glob("*/__init__.py")}


def _leave_the_working_directory() -> None:
    """Of `python -m` (while it looks for the command, this is all that it tells): it has put that folder first.

    A project's own `click.py` or `random.py` would run in place of the library.
    https://docs.python.org/3/using/cmdline.html#cmdoption-m
    """
    if sys.argv[:1] == ["-m"] and not sys.flags.safe_path and Path(sys.path[0]).resolve() != _HERE.parent:
        del sys.path[0]
