"""What was said with the options: an answer that is given is not asked for, and wins over what a file says."""

from __future__ import annotations

from typing import NamedTuple

from deployments.errors import USAGE, Failure
from generator.settings import Source


class Wanted(NamedTuple):
    """The options; None where one was not given, "" where it was given empty.

    region_around: the Region of the environment or the profile, a guess where nothing else is known
    """

    stack: str | None = None
    region: str | None = None
    region_around: str = ""
    environment: str | None = None
    source: str | None = None
    options: tuple[str, ...] | None = None
    connection: str | None = None
    repository: str | None = None
    branch: str | None = None
    root: str | None = None
    framework: str | None = None
    package_manager: str | None = None
    install: str | None = None
    build: str | None = None
    output: str | None = None
    routing: str | None = None
    fallback: str | None = None
    node: str | None = None
    domain: str | None = None
    certificate: str | None = None
    email: str | None = None

    def check(self, source: Source) -> None:
        """Refuse options that another source than this one has."""
        of_git = {"connection": self.connection, "repository": self.repository, "branch": self.branch}
        of_build = {"root": self.root, "framework": self.framework, "package-manager": self.package_manager}
        of_build |= {"install": self.install, "build": self.build, "output": self.output, "routing": self.routing}
        of_build |= {"fallback": self.fallback, "node": self.node}
        lacks = {**(of_git if source != "git" else {}), **(of_build if source == "direct" else {})}
        for name, value in lacks.items():
            if value is not None:
                what = "no repository" if name in of_git else "no build on AWS"
                raise Failure(f"--{name}: the source {source} has {what}, leave it out or give another --source", USAGE)

    @property
    def looks_anew(self) -> bool:
        """Whether the options ask how the project is built."""
        return self.root is not None or self.framework is not None or self.package_manager is not None

    @property
    def overrides(self) -> dict[str, str]:
        """The parameters of the template that an option gives as they are; an empty one takes it away."""
        given = {
            "InstallCommand": self.install,
            "BuildCommand": self.build,
            "OutputFolder": self.output,
            "Routing": self.routing,
            "Fallback": self.fallback,
            "NodeVersion": self.node,
            "NotificationEmail": self.email,
        }
        return {name: value for name, value in given.items() if value is not None}
