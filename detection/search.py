"""Searches a folder for what can be published, and says what must be asked.

It looks below the top too, as every second site is one folder of a larger repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from detection.answer import App, Detection, Doubt
from detection.elsewhere import Host, host_of
from detection.files import Files
from detection.history import full_clone
from detection.manager import tooling
from detection.other_tools import OTHER_TOOLS
from detection.plain import of_its_own, plain_app
from detection.recognition import Found, apps_in
from detection.workspace import in_workspace

_DEEPEST = 4  # folders below the top: apps lie in `apps/site` or a little deeper
_MOST_FOLDERS = 3_000  # that a person waits for, where the folder is no project but, say, a home
# What a project's own apps are not in: what others wrote, and what a build wrote
_FOREIGN = {"node_modules", "bower_components", "vendor", "third_party", "target", "__pycache__", "venv", "coverage"}
_WRITTEN = {"dist", "build", "out", "public", "static", "_site", "assets"}
# Where a project keeps apps that are not its own site
_SAMPLES = {
    *("example", "examples", "demo", "demos", "sample", "samples", "template", "templates", "starter", "starters"),
    *("test", "tests", "__tests__", "e2e", "fixture", "fixtures", "__fixtures__", "playground", "playgrounds"),
    *("benchmark", "benchmarks", "bench", "sandbox", "integration", "integration-tests", "cypress", "themes"),
}
# Documents in another language than a package.json is for
_DOCUMENTS = {tool.name for tool in OTHER_TOOLS}


def detect(folder: Path) -> Detection:
    """What the folder holds, told from its files alone."""
    top = Files(folder)
    host = host_of(top)
    found = _apart(
        [one for root in _roots(folder) for one in apps_in(top.below(root), root) if root == "." or one.points != 1]
    )
    own = [one for one in found if not _is_sample(one.app)]
    likely = (
        _likely(own) or [Found(2, app) for app in [of_its_own(top, host) or plain_app(top)] if app] or _likely(found)
    )
    around = cache(lambda place: Files(folder / place))  # apps have the folders above them in common
    complete = [one._replace(app=_completed(one.app, around, host)) for one in likely]
    return _with_doubts(complete, top, host)


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


def _apart(found: list[Found]) -> list[Found]:
    """Without a tool's second folder: Sphinx is built from above its `source`, Hugo from above its `config`."""
    built = {(one.app.name, one.app.root) for one in found}
    inner = [("Sphinx", "source"), ("Hugo", "config/_default"), ("Hugo", "exampleSite")]
    second = {
        (name, f"{root}/{folder}".removeprefix("./")) for name, folder in inner for of, root in built if of == name
    }
    return [one for one in found if (one.app.name, one.app.root) not in second]


def _is_sample(app: App) -> bool:
    parts = [part.lower() for part in Path(app.root).parts]
    return any(part in _SAMPLES or part.startswith(("template", "example", "test-", "test_")) for part in parts)


def _likely(found: list[Found]) -> list[Found]:
    """The surest kind that there is, near the top first: what is only named counts where nothing says more."""
    sure = [one for one in found if one.points > 1] or [one for one in found if one.points == 1] or found
    return sorted(sure, key=lambda one: (len(Path(one.app.root).parts), -one.points, one.app.root))


def _completed(app: App, around: Callable[[str], Files], host: Host) -> App:
    """The app with its package manager, its Node and its history, and what other hosts are told of it."""
    places = [place.as_posix() for place in (Path(app.root), *Path(app.root).parents)]
    files = [(place, around(place)) for place in places]
    said, history = tooling(files), full_clone(files[0][1], files[-1][1])
    app = app._replace(
        node=said.node,
        package_manager=said.manager,
        full_clone=history.value if history else "",
        reasons=(*app.reasons, *said.reasons, *([history] if history else [])),
        doubts=(*app.doubts, *said.doubts),
    )
    return host.told(in_workspace(app, files))


def _with_doubts(found: list[Found], top: Files, host: Host) -> Detection:
    apps = tuple(one.app for one in found)
    bad = tuple(Doubt("file", f"{name} {why}: mend it", (), "it cannot be read") for name, why in top.bad.items())
    if not apps:
        return Detection((), bad)
    named = [app for app in apps if host.root and app.root == host.root]
    if len(named) == 1:
        apps = (*named, *(app for app in apps if app != named[0]))
    elif _is_sample(apps[0]) or not _is_clear(found):
        choices = tuple(app.choice for app in apps)
        why = "there are several" if len(apps) > 1 else f"it lies in {apps[0].root}"
        return Detection(apps, (Doubt("app", "Which of these is the site?", choices, why), *bad))
    return Detection(apps, (*apps[0].doubts, *bad))


def _is_clear(found: list[Found]) -> bool:
    """Whether the first is the site: the top folder's own script `build` makes it, and no other's does."""
    first, others = found[0], found[1:]
    beside = [one for one in others if one.app.root == "."]
    rivals = [one for one in beside if one.points >= first.points or one.app.name in _DOCUMENTS]
    return not others or (first.points == 3 and first.app.root == "." and not rivals)
