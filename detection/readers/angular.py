"""Angular: angular.json says which project is an application, and where its builder writes.

A workspace may hold several applications, and only some builders add a folder `browser`: the file says which.
"""

from __future__ import annotations

from detection.draft import Draft, tidy
from detection.files import Files, at, text_at


def angular(draft: Draft) -> None:
    """https://angular.dev/reference/configs/workspace-config"""
    about = draft.files.json("angular.json")
    projects = at(about, "projects")
    apps = [
        (str(key), one)
        for key, one in (projects.items() if isinstance(projects, dict) else ())
        if text_at(one, "projectType") in ("", "application")
    ]
    if len(apps) > 1:
        names = tuple(tidy("dist", key, "browser") for key, _ in apps)
        draft.doubt("output", "Which of its applications is the site?", "angular.json has several", names)
        return
    for key, one in apps:
        _angular_app(draft, key, one)


def _angular_app(draft: Draft, key: str, project: object) -> None:
    build = at(project, "architect", "build") or at(project, "targets", "build")
    builder, options = text_at(build, "builder"), at(build, "options")
    path = at(options, "outputPath")
    browser = "browser" if builder.endswith(":application") else ""
    if isinstance(path, dict):
        base, inner = text_at(path, "base"), path.get("browser", "browser")
        draft.says("output", tidy(base, str(inner)), "outputPath of angular.json")
    elif isinstance(path, str):
        draft.says("output", tidy(path, browser), "outputPath of angular.json")
    elif not browser:
        draft.says("output", tidy("dist", key), f"the builder {builder} in angular.json")
    mode = text_at(options, "outputMode")
    if mode == "server" or (mode != "static" and at(options, "ssr") not in (None, False)):
        draft.server("set outputMode to 'static' in angular.json", "angular.json renders on a server")
    base = text_at(options, "baseHref") or text_at(at(build, "configurations", "production"), "baseHref")
    draft.base(base, "baseHref of angular.json", "remove it")


def is_site(files: Files) -> bool:
    """Not a workspace of libraries alone."""
    projects = at(files.json("angular.json"), "projects")
    kinds = [text_at(one, "projectType") for one in (projects.values() if isinstance(projects, dict) else ())]
    return not kinds or any(kind != "library" for kind in kinds)
