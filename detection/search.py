"""Searches a folder for what can be published, and says what must be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detection.answer import App, Detection, Doubt
from detection.files import Files
from detection.manager import tooling
from detection.package import Package
from detection.plain import plain_app
from detection.recognition import apps_in

_DEEPEST = 4
_MOST_FOLDERS = 3_000
# What a project's own apps are not in: what others wrote, and what a build wrote
_FOREIGN = {"node_modules", "bower_components", "vendor", "third_party", "target", "__pycache__", "venv", "coverage"}
_WRITTEN = {"dist", "build", "out", "public", "static", "_site", "assets"}
# Where a project keeps apps that are not its own site
_SAMPLES = {
    *("example", "examples", "demo", "demos", "sample", "samples", "template", "templates", "starter", "starters"),
    *("test", "tests", "__tests__", "e2e", "fixture", "fixtures", "__fixtures__", "playground", "playgrounds"),
    *("benchmark", "benchmarks", "bench", "sandbox", "integration", "integration-tests"),
}


def detect(folder: Path) -> Detection:
    """What the folder holds, told from its files alone."""
    top = Files(folder)
    found = [(points, app) for root in _roots(folder) for points, app in apps_in(top.below(root), root)]
    own = [(points, app) for points, app in found if not _SAMPLES & set(Path(app.root).parts)] or found
    sure = [(points, app) for points, app in own if points > 1] or own
    apps = _ordered(sure)
    if not apps and (plain := plain_app(top)):
        apps = [(2, plain)]
    if not apps and (own_way := _of_its_own(top)):
        apps = [(2, own_way)]
    complete = [(points, _tooled(app, folder)) for points, app in apps]
    return _with_doubts(complete, top)


def _roots(folder: Path) -> Iterator[str]:
    """The folders to look at, from the top down."""
    waiting, seen = [(folder, ".")], 0
    while waiting and seen < _MOST_FOLDERS:
        here, root = waiting.pop(0)
        seen += 1
        yield root
        if len(Path(root).parts) < _DEEPEST:
            waiting += [(here / name, f"{root}/{name}".removeprefix("./")) for name in _inside(here)]


def _inside(folder: Path) -> list[str]:
    """The folders of a folder in which an app may be; a link may lead anywhere."""
    try:
        found = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return []
    return [name for name in found if name not in _FOREIGN | _WRITTEN and not name.startswith(".")]


def _ordered(found: list[tuple[int, App]]) -> list[tuple[int, App]]:
    """The likeliest first: near the top, then the surest."""
    return sorted(found, key=lambda one: (len(Path(one[1].root).parts), -one[0], one[1].root))


def _of_its_own(files: Files) -> App | None:
    """A project that is built by its script `build` with something unknown."""
    package = Package(files)
    if "build" not in package.scripts:
        return None
    why = f"its script build runs {package.scripts['build']}"
    ask = Doubt("output", "Which folder does the build write?", ("dist", "build", "public"), why)
    route = Doubt("routing", "How are its pages addressed?", ("spa", "files", "folders", "mixed", "bare"), why)
    return App(".", "a build of its own", "custom", build="auto run build", doubts=(ask, route))


def _tooled(app: App, folder: Path) -> App:
    """The app with its package manager and Node."""
    around = [Path(app.root), *Path(app.root).parents]
    said = tooling([(place.as_posix(), Files(folder / place)) for place in around])
    return app._replace(
        node=said.node,
        package_manager=said.manager,
        reasons=(*app.reasons, *said.reasons),
        doubts=(*app.doubts, *said.doubts),
    )


def _with_doubts(found: list[tuple[int, App]], top: Files) -> Detection:
    apps = tuple(app for _, app in found)
    bad = tuple(
        Doubt("file", f"{name} {why}: mend it, or say what it means", (), "it cannot be read")
        for name, why in top.bad.items()
    )
    clear = len(apps) < 2 or (found[0][0] == 3 and apps[0].root == "." and apps[1].root != ".")
    if not clear:
        choices = tuple(app.choice for app in apps)
        return Detection(apps, (Doubt("app", "Which of these is the site?", choices, "there are several"), *bad))
    return Detection(apps, (*(apps[0].doubts if apps else ()), *bad))
