"""How the project is built, as parameters of the template: found in its files, and asked where they leave it open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from contract import ROUTINGS
from deployments.errors import USAGE, Failure
from deployments.init.asking import Asker, Choice
from deployments.init.wanted import Wanted
from deployments.output import Output
from detection import App, Detection, Doubt, detect
from generator.frameworks import FRAMEWORKS

# Which option answers a doubt
_OPTIONS = {
    "app": "root",
    "package manager": "package_manager",
    **{name: name for name in ("build", "output", "routing")},
}
_OTHER = "other"  # of folders
# What is found here, and is said anew when it is found anew
OF_BUILD = (
    *("Framework", "AppRoot", "InstallCommand", "BuildCommand", "OutputFolder", "Routing", "Fallback", "NodeVersion"),
    *("BuildImage", "FullClone"),
)


def find_app(folder: Path, wanted: Wanted, asker: Asker, output: Output) -> App:
    """The app that is published: what the options say, what the files say, what a person says."""
    if wanted.framework is not None:
        return App(_root(folder, wanted), wanted.framework, wanted.framework)
    detection = _at_root(folder, wanted)
    if not detection.apps and not detection.doubts:
        return _named(folder, asker, wanted)
    while detection.doubts:
        doubt = detection.doubts[0]
        if detection.apps and doubt.what != "app":
            _tell(detection.apps[0], output)
        detection = detection.answered(doubt, _answer(doubt, wanted, asker))
    if not detection.apps:  # a file could not be read, and somebody goes on without it
        return _named(folder, asker, wanted)
    _tell(detection.apps[0], output)
    return detection.apps[0]


def clear_app(folder: Path, output: Output) -> App | None:
    """The app of a project that is built elsewhere: only what is clear, for a hint."""
    detection = detect(folder)
    if not detection.apps or detection.doubts:
        return None
    _tell(detection.apps[0], output)
    return detection.apps[0]


def parameters_of(app: App, below: PurePosixPath, wanted: Wanted) -> dict[str, str]:
    """The template's parameters for the app; `below` leads to the project from the top of what is built."""
    root = str(below / app.root)
    found = {**app.parameters, "AppRoot": root, **wanted.overrides}
    if root == ".":
        del found["AppRoot"]
    return {name: value for name, value in found.items() if value}


def publishes_folder(app: App, given: Mapping[str, str]) -> bool:
    """Whether the project's own folder is what visitors get, and not one inside of it."""
    output = given.get("OutputFolder") or app.output or FRAMEWORKS[app.framework].output
    return (app.root, output.strip("./")) == (".", "")


def _at_root(folder: Path, wanted: Wanted) -> Detection:
    """What is found in the folder that --root names, or in all of the project."""
    found = detect(folder)
    if wanted.root is None:
        return found
    root = _root(folder, wanted)
    if any(app.root == root for app in found.apps):
        return found.chosen(root)
    inner = detect(folder / root)
    apps = tuple(app._replace(root=str(PurePosixPath(root) / app.root)) for app in inner.apps)
    return Detection(apps, inner.doubts)


def _root(folder: Path, wanted: Wanted) -> str:
    root = str(PurePosixPath(wanted.root or "."))
    if not (folder / root).is_dir() or ".." in PurePosixPath(root).parts or root.startswith("/"):
        raise Failure(f"--root {wanted.root} is no folder in {folder}: give one from there, such as apps/web", USAGE)
    return root


def _named(folder: Path, asker: Asker, wanted: Wanted) -> App:
    """The app of a project that nobody recognizes."""
    root = _root(folder, wanted)
    if not any(path.name != ".git" for path in (folder / root).iterdir()):
        raise Failure(f"{folder / root} is empty: run this where the files of a site are", USAGE)
    question = f"No framework was recognized in {folder / root}. How is the site built?"
    choices = [Choice(name, _meaning(name)) for name in FRAMEWORKS]
    framework = asker.choose(question, choices, "", "--framework")
    app = App(root, framework, framework)
    if framework != "custom":
        return app
    build = asker.ask("Which command builds it (none: nothing is built)?", wanted.build, "--build", _needed)
    out = asker.ask("Which folder does that write?", wanted.output, "--output", _needed)
    routings = [Choice(name, meaning) for name, meaning in _ROUTINGS.items()]
    routing = wanted.routing or asker.choose("What is the page of /about?", routings, "", "--routing")
    return app._replace(build=build, output=out, routing=routing)


_ROUTINGS = dict(
    zip(
        ROUTINGS,
        (
            "the app: one page answers everything",
            "about.html",
            "about/index.html, and addresses end with a slash",
            "about.html, and /about/ is about/index.html",
            "about/index.html, and addresses end without a slash",
        ),
        strict=True,
    )
)


def _meaning(name: str) -> str:
    row = FRAMEWORKS[name]
    if name == "custom":
        return "a command and a folder of your own"
    return "the files as they are" if row.build == "none" else f"writes {row.output}"


def _needed(text: str) -> str:
    return "" if text else "it must not be empty"


def _answer(doubt: Doubt, wanted: Wanted, asker: Asker) -> str:
    """The answer to a doubt of the search."""
    name = _OPTIONS.get(doubt.what, "")
    given = getattr(wanted, name) if name else None
    if given:
        if doubt.choices and doubt.what not in ("build", "output") and given not in doubt.choices:
            option = name.replace("_", "-")
            raise Failure(f"--{option} {given} is not one of {', '.join(doubt.choices)}: {doubt.question}", USAGE)
        return str(given)
    if not doubt.choices:
        if not asker.agree(f"{doubt.question} ({doubt.why}).", "Or say with --framework how it is built."):
            raise Failure(doubt.question, USAGE)
        return ""
    option = f"--{name.replace('_', '-')}"
    choices = [Choice(choice) for choice in doubt.choices]
    if doubt.what == "output":
        choices.append(Choice(_OTHER, "another folder"))
    if doubt.what == "app":  # --root takes the folder alone
        option = "--root"
    answer = asker.choose(f"{doubt.question} ({doubt.why})", choices, "", option)
    if answer == _OTHER and doubt.what == "output":
        return asker.ask("Which folder does the build write?", None, option, _needed)
    return answer


def _tell(app: App, output: Output) -> None:
    """Say what was found, and from what."""
    where = "" if app.root == "." else f" in {app.root}"
    output.note(f"found {app.name}{where}:")
    output.quote([f"{reason.what} {reason.value}: {reason.why}" for reason in app.reasons])
