"""An app in a workspace: where it needs its neighbours' builds, the workspace's own tool makes them first."""

from __future__ import annotations

from collections.abc import Sequence

from detection.answer import App, Reason
from detection.files import Files, text_at
from detection.package import Package
from generator.frameworks import FRAMEWORKS

_RUN = "auto run build"


def in_workspace(app: App, around: Sequence[tuple[str, Files]]) -> App:
    """The app with the build of its workspace, where it has neighbours to build.

    around: its folder and those above it, the nearest first
    """
    (_, own), (_, top) = around[0], around[-1]
    package = Package(own)
    build = app.build or FRAMEWORKS[app.framework].build
    linked = [name for name, version in package.dependencies.items() if version.startswith(("workspace:", "link:"))]
    if app.root == "." or build != _RUN or not linked:
        return app
    name, up = text_at(package.about, "name"), "/".join(".." for _ in app.root.split("/"))
    if top.has("turbo.json") and name:
        command, file = f"cd {up};auto exec turbo run build --filter={name}", "turbo.json"
    elif app.package_manager == "pnpm" and top.has("pnpm-workspace.yaml") and name:
        command, file = f"pnpm --filter {name}... run build", "pnpm-workspace.yaml"
    else:
        return app
    why = f"{file} is there, and {own.named('package.json')} of {app.root} names {linked[0]} of the workspace"
    return app._replace(build=command, reasons=(*app.reasons, Reason("build", command, why)))
