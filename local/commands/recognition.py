"""What a project turned out to be: said where it is clear, one line with the option that answers where it is not."""

from __future__ import annotations

from pathlib import Path

from detection import App, Detection, Doubt, detect
from detection.files import Files
from detection.package import Package
from local.commands.say import say
from local.errors import LocalError

# The option that answers a doubt; where a folder is given, another folder does
_OPTIONS = {"app": "--root", "output": "--output", "routing": "--routing", "build": "--build"}
_HARMLESS = "package manager"  # a build takes one of them, and says which


def recognized(folder: Path, root: str = "", *, called: str = "", answered: frozenset[str] = frozenset()) -> App | None:
    """The app that `folder` is, or that its folder `root` is; None where nothing is recognized.

    called: the repository that the folder is a copy of: then --root names the app, and else its folder is given
    answered: what options answer already: output, routing
    """
    found = detect(folder)
    if root:
        found = _below(found, root)
    if not found.apps:
        return None
    for doubt in found.doubts:
        if doubt.what == _HARMLESS:
            say(f"warning: {doubt.question}: {doubt.why}")
        elif doubt.what not in answered:
            raise LocalError(_asked(doubt, called or f"{folder}", apart=not called))
    return found.apps[0]


def check_installed(folder: Path, manager: str, build: str) -> None:
    """Say so where a build would miss its packages: a folder's own are installed by hand."""
    needs = manager and "auto" in build and Package(Files(folder)).dependencies
    places = (folder, *folder.resolve().parents)
    if needs and not any((place / name).exists() for place in places for name in ("node_modules", ".pnp.cjs")):
        raise LocalError(f"{folder} lacks node_modules: install what it needs before, with `{manager} install`")


def say_found(app: App) -> None:
    """Say what was found, and from what."""
    where = "" if app.root == "." else f" in {app.root}"
    say(f"found: {app.name}{where}")
    for reason in app.reasons:
        value = "" if reason.what == "framework" else f"{reason.what} {reason.value}: "
        say(f"  {value}{reason.why}")


def _below(found: Detection, root: str) -> Detection:
    """The apps of one folder; with several there, which of them remains a question."""
    place = Path(root).as_posix()
    apps = tuple(app for app in found.apps if app.root == place)
    return found.chosen(place) if len(apps) == 1 else Detection(apps, found.doubts if apps else ())


def _asked(doubt: Doubt, name: str, *, apart: bool) -> str:
    """The doubt as a mistake of the command line: with what would answer it."""
    choices = f" {', '.join(doubt.choices)}" if doubt.choices else ""
    if doubt.what == "app" and apart:
        answer = "give its folder, or --framework"
    else:
        answer = (
            f"answer with {_OPTIONS[doubt.what]}" if doubt.what in _OPTIONS else "or say with --framework that it is so"
        )
    return f"{name}: {doubt.question}{choices}: {answer} ({doubt.why})"
