"""Where a project is: its stack in AWS, and its files beside what is there already.

One place for both, so that a new site never takes over what a folder or an environment has already.
"""

from __future__ import annotations

import re
from pathlib import Path

from deployments.errors import USAGE, Failure
from deployments.project import samconfig, settings_file
from deployments.project.project import (
    TEMPLATE,
    TEMPLATE_BESIDE,
    TEMPLATE_HIDDEN,
    Project,
    find_project,
    is_ours,
    is_site,
    project_around,
)
from deployments.project.samconfig import read_samconfig
from generator import Settings

_NAME = re.compile(r"[A-Za-z0-9_-]+")  # of an environment, as TOML and sam take it without quotes


def place_of(folder: Path) -> dict[str, str]:
    """Stack, Region and profile of the site that `folder` is, or lies in; nothing where that cannot be told."""
    try:
        home = project_around(folder)
        project = find_project(home) if home else None
    except Failure:  # `up` says what is wrong with a file; a command that can do without it works on
        return {}
    if not project or not (project.stack and project.region):
        return {}
    place = {"stack": project.stack, "region": project.region, "profile": project.profile}
    return {name: value for name, value in place.items() if value}


def present_project(folder: Path, environment: str | None) -> Project | None:
    """The project that is there already, of this environment if one is given; somebody else's is refused."""
    if environment is not None and not _NAME.fullmatch(environment):
        raise Failure(f"--env {environment!r}: give a name of letters, digits, - and _, such as staging", USAGE)
    config = read_samconfig(folder)
    if environment is None or environment not in config.names:
        return None if environment else find_project(folder)
    if not is_site(folder, config, environment):
        raise Failure(f"{config.path}: the environment {environment} is of something else: give another name", USAGE)
    return find_project(folder, environment)


def settings_of(folder: Path) -> tuple[Settings, bool]:
    """The settings that are there, and whether they say which template they are for."""
    return settings_file.read_settings(folder), settings_file.names_template(folder)


def free_environment(folder: Path) -> str:
    """The environment of samconfig.toml for a new site: the default one, unless that deploys something else."""
    names = read_samconfig(folder).names
    for name in (samconfig.DEFAULT, samconfig.BESIDE):
        if name not in names:
            return name
    both = f"{samconfig.DEFAULT} and {samconfig.BESIDE}"
    raise Failure(f"{folder / samconfig.NAME} has {both} for something else: give --env NAME", USAGE)


def free_template(folder: Path, *, published: bool) -> str:
    """The template's name: another one beside somebody else's, or where all files of the folder are `published`."""
    if published:
        return TEMPLATE_HIDDEN
    path = folder / TEMPLATE
    return TEMPLATE if is_ours(path) or not path.exists() else TEMPLATE_BESIDE
