"""What `instant-hosting local DIR` publishes: a folder as it is, or what a build leaves in it.

It is found out before anything is started, so that a wrong word on the command line costs no waiting.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from glob import glob
from itertools import takewhile
from pathlib import Path

from content.files import UploadError
from deployments.sources import mark_of_sources
from generator.frameworks import FRAMEWORKS
from local.cloud import toolbox
from local.cloud.child import Children
from local.commands.reason import told
from local.commands.recognition import check_installed, recognized, say_found
from local.commands.say import say
from local.commands.watch import Watch
from local.errors import LocalError
from packer.folder import files_of_folder


@dataclass(frozen=True)
class Project:
    """What is published: the folder of `folder` that `output` names, after `build`, if there is one to run."""

    folder: Path
    output: str
    routing: str
    build: str = ""

    def published(self) -> Path:
        """The output folder, of which a pattern must match exactly one, as in codebuild/build.sh."""
        folders = sorted(glob(self.output, root_dir=self.folder)) or [self.output]  # noqa: PTH207  # like a shell's, without hidden ones
        if self.build and (len(folders) != 1 or not (self.folder / folders[0]).is_dir()):
            left = ", ".join(folders) if folders != [self.output] else "none"
            wanted = f"the build must leave exactly one such folder in {self.folder}"
            raise LocalError(f"the output folder is '{self.output}'; {wanted}, it left: {left}; see --output")
        return self.folder / folders[0]

    def watch(self) -> Watch:
        """What tells of its changes; a pattern's folders are those below the part before it."""
        before = Path(*takewhile(lambda part: not set("*?[") & set(part), Path(self.output).parts))
        return Watch(self.folder, self.folder / before if self.build and before != Path() else None)


def project_of(folder: Path, framework: str, routing: str, build: str, output: str) -> Project:
    """What the command line means; `LocalError` says what is missing."""
    row = FRAMEWORKS[framework or "static"]
    command = build or row.build
    command = "" if command == "none" else command
    where = output or (row.output if command else ".")
    if not framework and not (command and output):
        unsaid = not output or _is_project(folder, folder / where)
        if unsaid and (project := _recognized(folder, routing, output, command)):
            return project
        if not command and _is_project(folder, folder / where):
            how = "say how it is built, as in --framework vite, or --framework static if nothing is"
            raise LocalError(f"{folder} is a project and no built site: {how}")
    return Project(folder, where, routing or row.routing, command)


def _recognized(folder: Path, routing: str, output: str, command: str) -> Project | None:
    """The project as its files say it is; what the command line says goes before."""
    given = {what for what, value in (("routing", routing), ("output", output), ("build", command)) if value}
    app = recognized(folder, "." if (folder / "index.html").is_file() else "", answered=frozenset(given))
    if not app or (app.framework == "static" and not app.output):  # as it is, if nothing looks like sources
        return None
    say_found(app)
    row, place = FRAMEWORKS[app.framework], folder / app.root
    build = command or app.build or row.build
    check_installed(place, app.package_manager, build)
    where = output or app.output or row.output
    return Project(place, where, routing or app.routing or row.routing, "" if build == "none" else build)


def _is_project(folder: Path, published: Path) -> bool:
    """Whether what would be published are sources, or would be made of them."""
    return bool(mark_of_sources(published) or (mark_of_sources(folder) and not (published / "index.html").is_file()))


def build(project: Project, watch: Watch, children: Children) -> None:
    """Build it, if there is something to build; `LocalError` says why there is nothing to publish."""
    if not project.folder.is_dir():
        raise LocalError(f"{project.folder} is gone: what is live stays; move it back, or end this with Ctrl-C")
    if project.build:
        with watch.building():
            _run(project, children)
        project.published()


def check_files(project: Project) -> None:
    """Refuse what cannot be published, before an address is said at which nothing is."""
    try:
        files_of_folder(project.published())
    except UploadError as error:
        raise LocalError(str(error)) from None


def _run(project: Project, children: Children) -> None:
    command = ["bash", "-euo", "pipefail", "-c", project.build]
    with tempfile.TemporaryDirectory(prefix="auto-") as tools:
        environment = toolbox.auto(Path(tools), project.folder, os.environ)
        say(f"building: {project.build}")
        done = children.run(command, project.folder, environment)
    if done.returncode:
        raise LocalError(told(f"the build failed with status {done.returncode}: {project.build}", done.stdout))
