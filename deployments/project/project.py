"""A project's answers as one value: read from its files, checked, and written back to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from deployments.errors import USAGE, Failure
from deployments.project import samconfig, settings_file
from deployments.project.checking import check_parameters
from deployments.project.files import write_together
from deployments.project.samconfig import Environment, SamConfig, read_samconfig
from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import Source

TEMPLATE, TEMPLATE_BESIDE = "template.yaml", "site-template.yaml"  # the latter where somebody else's is there
TEMPLATE_HIDDEN = ".template.yaml"  # where the folder itself is published, but for what begins with a dot
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_OURS = re.compile(rb"^\s*['\"]?Description['\"]?:\s*(?:[>|][-+]?\s*)?['\"]?Instant Hosting \d", re.MULTILINE)


class Project(NamedTuple):
    """What a stack is made of.

    environment: the one of samconfig.toml that says so
    parameters: those that were given; for all others the template has a default, or the stack a value
    role: the role by which CloudFormation makes the stack, `role_arn` of the environment
    ignored: keys of the environment that change what `sam deploy` does, and that nobody else follows
    """

    folder: Path
    stack: str
    region: str
    settings: Settings
    parameters: Mapping[str, str]
    environment: str = samconfig.DEFAULT
    template_name: str = TEMPLATE
    profile: str = ""
    role: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        return self.settings.source

    @property
    def template(self) -> Path:
        """The template's file."""
        return self.folder / self.template_name

    def check(self, *, complete: bool = True) -> None:
        """Refuse what AWS would refuse, in one line that names the file; what is missing too, if it is `complete`."""
        file = self.folder / samconfig.NAME
        if not _STACK_NAME.fullmatch(self.stack):
            raise Failure(
                f"{file}: stack_name is {self.stack!r}; it must be up to 128 letters, digits and hyphens, and begin "
                "with a letter",
                USAGE,
            )
        if not _REGION.fullmatch(self.region):
            raise Failure(f"{file}: region is {self.region!r}; it must be a Region such as eu-central-1", USAGE)
        try:
            check_parameters(self.settings, self.parameters, complete=complete)
        except Failure as failure:
            raise Failure(f"{file}: {failure}", failure.status) from None


def read_project(folder: Path, environment: str | None = None) -> Project:
    """The project in `folder`: of the environment that is given, else of the one that is a site's."""
    project = find_project(folder, environment)
    if project is None:
        home = project_around(folder)
        remedy = f"{home} has one, give that folder" if home else "run `deployments init` there"
        raise Failure(f"{folder} has no {samconfig.NAME} of a site: {remedy}", USAGE)
    project.check()
    return project


def project_around(folder: Path) -> Path | None:
    """The nearest folder that `init` has set up: this one or one that it lies in, within its repository.

    Its site.toml shows that it is one: a checkout of somebody's templates has a samconfig.toml as well.
    """
    for one in (folder.resolve(), *folder.resolve().parents):
        if all((one / name).exists() for name in (samconfig.NAME, settings_file.NAME)):
            return one
        if (one / ".git").exists():
            return None
    return None


def find_project(folder: Path, environment: str | None = None) -> Project | None:
    """What `read_project` reads, not checked; None if nothing of a site is there."""
    if not folder.is_dir():
        raise Failure(f"{folder} is no folder: give the folder of a project", USAGE)
    config = read_samconfig(folder)
    if environment is not None and environment not in config.names:
        names = ", ".join(config.names)
        remedy = f"leave --env out, or give one of {names}" if names else "run `deployments init` there"
        raise Failure(f"{config.path} has no environment {environment}: {remedy}", USAGE)
    name = environment or next((name for name in _candidates(config) if is_site(folder, config, name)), None)
    if name is None:
        return None
    said = config.environment(name)
    template = said.template or TEMPLATE
    settings = settings_file.read_settings(folder)
    where = (name, template, said.profile, said.role, said.ignored)
    return Project(folder, said.stack, said.region, settings, said.parameters, *where)


def is_site(folder: Path, config: SamConfig, name: str) -> bool:
    """Whether an environment deploys a site: its template is ours, or is not written yet beside a site.toml."""
    template = config.environment(name).template
    if not template:
        return False
    path = folder / template
    return is_ours(path) if path.exists() else (folder / settings_file.NAME).exists()


def write_project(project: Project) -> list[Path]:
    """Write all of a project's files, together or not at all; those that changed.

    Of the settings the file has all but what [template] says. A parameter may still be missing, as a connection is
    where nobody is logged in: `read_project` says so.
    """
    project.check(complete=False)
    wanted = Environment(project.environment, project.stack, project.region, project.template_name, project.parameters)
    config = read_samconfig(project.folder).with_environment(wanted)
    others = settings_file.read_settings(project.folder)
    project = project._replace(
        settings=replace(others, source=project.settings.source, options=project.settings.options)
    )
    settings = settings_file.settings_text(project.folder, project.settings)
    return write_together(
        {
            project.folder / samconfig.NAME: config.encode(),
            project.folder / settings_file.NAME: settings.encode(),
            project.template: _template_bytes(project),
        }
    )


def write_template(project: Project) -> bool:
    """Write the template anew, of this version and the settings that are there now; whether it changed."""
    return bool(write_together({project.template: _template_bytes(project)}))


def template_text(settings: Settings) -> str:
    """The template for `settings`, as `python -m generator` writes it."""
    return to_yaml(build_template(settings))


def is_ours(path: Path) -> bool:
    """Whether a template is one of ours, of whichever version."""
    try:
        if not path.is_file():  # a device would never end
            return False
        with path.open("rb") as file:
            return _OURS.search(file.read(4096)) is not None
    except OSError:
        return False


def _template_bytes(project: Project) -> bytes:
    if project.template.exists() and not is_ours(project.template):
        raise Failure(
            f"{project.template} is not a template of Instant Hosting, and stays as it is: name another file as "
            f"template_file in {samconfig.NAME}, such as {TEMPLATE_BESIDE}",
            USAGE,
        )
    return template_text(project.settings).encode()


def _candidates(config: SamConfig) -> list[str]:
    """The environments, the likeliest first."""
    first = [name for name in (samconfig.DEFAULT, samconfig.BESIDE) if name in config.names]
    return [*first, *(name for name in config.names if name not in first)]
