"""Nx workspaces: an app there may have no package.json, only a project.json that names the program that builds it.

Without this such an app would not be seen, and another one beside it would be taken for the site without a question.
"""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from detection.answer import App, Doubt, Reason
from detection.draft import tidy
from detection.files import Files, at, text_at
from detection.package import Package
from detection.tool import scripts

_ROUTINGS = ("spa", "files", "folders", "mixed", "bare")
# What Nx builds without being told, from a tool's own configuration: https://nx.dev/docs/concepts/inferred-tasks
_INFERRED = ("Vite", "Next.js", "Nuxt", "Remix", "React Router", "webpack", "Rsbuild", "Angular", "Expo")


class _Kind(NamedTuple):
    """What an executor makes: the tool, its row, the routing where the row is `custom`, and what lies in its output."""

    name: str
    framework: str
    routing: str = ""
    below: str = ""


_ANGULAR = ("@angular/build", "@angular-devkit/build-angular", "@nx/angular")
# https://nx.dev/docs/reference/project-configuration
_KINDS = {
    "@nx/vite:build": _Kind("Vite", "vite"),
    "@nx/webpack:webpack": _Kind("webpack", "custom", "spa"),
    "@nx/rspack:rspack": _Kind("Rspack", "custom", "spa"),
    **{f"{package}:application": _Kind("Angular", "angular", below="browser") for package in _ANGULAR},
    **{f"{package}:browser": _Kind("Angular", "angular") for package in _ANGULAR},
    **{f"{package}:browser-esbuild": _Kind("Angular", "angular") for package in _ANGULAR},
    "@nx/angular:webpack-browser": _Kind("Angular", "angular"),
}


def in_nx(files: Files, root: str, known: App | None) -> App | None:
    """The app of a folder as its project.json has it; `known` is what other files have shown there."""
    about = files.json("project.json")
    if not about or not _is_site(files, about) or "build" in Package(files).scripts:
        return known
    build = at(about, "targets", "build")
    executor = text_at(build, "executor").replace("@nrwl/", "@nx/")
    if known and not build and known.name not in _INFERRED:
        return known
    said = f"project.json builds with {executor}" if executor else "project.json is there, as in Nx"
    app = known or _unknown(root, _KINDS.get(executor), said)
    return _with_output(_with_commands(app, about, said), root, build, executor)


def _is_site(files: Files, about: object) -> bool:
    """An application with a page of its own; a server has none, and tests of an app are no app."""
    if text_at(about, "projectType") not in ("", "application") or text_at(about, "name").endswith("-e2e"):
        return False
    return files.has("index.html", "src/index.html", *scripts("next.config"))


def _unknown(root: str, kind: _Kind | None, said: str) -> App:
    """An app of which only project.json tells."""
    kind = kind or _Kind("an app of Nx", "custom")
    doubts = [Doubt("routing", "How are its pages addressed?", _ROUTINGS, said)] if kind.name == "an app of Nx" else []
    why = (Reason("framework", kind.name, said),)
    return App(root, kind.name, kind.framework, routing=kind.routing, reasons=why, doubts=tuple(doubts))


def _with_commands(app: App, about: object, said: str) -> App:
    """The app built by Nx, which builds first what it needs; all is installed at the workspace's top."""
    name = text_at(about, "name") or posixpath.basename(app.root)
    up = "" if app.root == "." else f"cd {'/'.join('..' for _ in app.root.split('/'))};"
    build = f"{up}auto exec nx build {name}"
    reasons = [reason for reason in app.reasons if reason.what != "build"]
    return app._replace(
        install=f"{up}auto" if up else "", build=build, reasons=(*reasons, Reason("build", build, said))
    )


def _with_output(app: App, root: str, build: object, executor: str) -> App:
    """The app with its output folder, which Nx says as seen from the workspace's top."""
    path = at(build, "options", "outputPath")
    kind = _KINDS.get(executor, _Kind("", ""))
    if isinstance(path, dict):
        inner = path.get("browser", "browser")
        return _said(app, root, tidy(text_at(path, "base"), str(inner)))
    if isinstance(path, str) and app.framework != "nextjs":
        return _said(app, root, tidy(path, kind.below))
    if app.output or (app.doubts and any(doubt.what == "output" for doubt in app.doubts)):
        return app
    places = tuple(dict.fromkeys((_seen(root, tidy("dist", root)), "out" if app.framework == "nextjs" else "dist")))
    doubt = Doubt("output", "Which folder does the build write?", places, "project.json does not say it")
    return app._replace(doubts=(doubt, *app.doubts))


def _said(app: App, root: str, folder: str) -> App:
    output = _seen(root, folder)
    doubts = tuple(doubt for doubt in app.doubts if doubt.what != "output")
    why = Reason("output", output, "outputPath of project.json")
    return app._replace(output=output, reasons=(*app.reasons, why), doubts=doubts)


def _seen(root: str, folder: str) -> str:
    """A folder of the workspace as it is seen from the app's."""
    return posixpath.relpath(folder, root)
