"""Puts a project's answers together, in the order in which a person thinks of them.

An option wins, then what the files of the project say, then what can be found out; only what is left is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple, cast

from deployments.errors import USAGE, Failure
from deployments.init import regions
from deployments.init.account import Account, is_there
from deployments.init.asking import Asker, Choice
from deployments.init.building import OF_BUILD, clear_app, find_app, parameters_of, publishes_folder
from deployments.init.domain import decide_domain
from deployments.init.linking import Link, Linking
from deployments.init.repository import Repository, read_repository
from deployments.init.wanted import Wanted
from deployments.output import Output
from deployments.project import Project
from deployments.project.checking import defaults, known_parameters, problem_of
from deployments.project.place import free_environment, free_template, present_project, settings_of
from deployments.project.project import find_project, project_around
from detection import App
from generator import Settings, SettingsError
from generator.settings import SOURCES, Option, Source

_SOURCES = {
    "git": "each push to a branch is built on AWS and published",
    "zip": "each ZIP file that is uploaded to a bucket is built on AWS and published",
    "direct": "your own CI or machine builds, and `deployments publish` uploads",
}


class Decision(NamedTuple):
    """What `init` writes, and what it must say about it.

    was: the project that was there before
    app: what was found, if it was looked for
    link: the connection that the pipeline takes its source from, or a new one that is wanted
    linking: what makes that one
    """

    project: Project
    was: Project | None
    app: App | None
    linking: Linking
    link: Link


class Deciding:
    """One run of `init` in `folder`."""

    def __init__(self, folder: Path, wanted: Wanted, asker: Asker, output: Output, account: Account) -> None:
        self.folder, self.wanted, self.asker, self.output, self.account = folder, wanted, asker, output, account
        self.was = present_project(folder, wanted.environment)
        self.repository = read_repository(folder)

    def decide(self) -> Decision:
        """Everything, checked."""
        self._check_around()
        settings = self._settings()
        self.wanted.check(settings.source)
        region = self._region(settings.source)
        self._check_options(settings)
        parameters = dict(self.was.parameters) if self.was else {}
        app = self._app(settings)
        parameters |= self._built(app, settings, parameters) if app else self.wanted.overrides
        linking, link = Linking(region, self.asker, self.output, self.account), Link()
        if settings.source == "git":
            parameters |= self._repository(settings, parameters)
            link = linking.decide(self.wanted.connection, parameters.get("ConnectionArn", ""), self._host(parameters))
        parameters |= decide_domain(self.wanted, self.was, self.asker, self.output, self.account, settings)
        project = self._project(region, settings, parameters, app)
        project.check(complete=False)
        if link.arn:
            project = with_connection(project, link.arn)
        return Decision(project, self.was, app, linking, link)

    def _check_around(self) -> None:
        """Of a folder inside a site's project somebody may think that it is that project."""
        home = project_around(self.folder)
        outer = find_project(home) if home and home != self.folder.resolve() else None
        if self.was or self.wanted.stack or not outer:
            return
        question = f"{self.folder} lies in {outer.folder}, which is the project of the site {outer.stack} already."
        option = f"Run `deployments init {outer.folder}`, or give --stack for another site here."
        if not self.asker.agree(question, option):
            raise Failure(f"nothing was written: run `deployments init {outer.folder}`", USAGE)

    def _settings(self) -> Settings:
        base, known = settings_of(self.folder)
        source = self.wanted.source or (base.source if self.was or known else self._source())
        options = base.options if self.wanted.options is None else frozenset(self.wanted.options)
        try:
            return replace(base, source=cast(Source, source), options=cast(frozenset[Option], options))
        except SettingsError as error:
            raise Failure(f"{self.folder / 'site.toml'}: {error}", USAGE) from None

    def _check_options(self, settings: Settings) -> None:
        """Refuse a wrong option before anybody is asked, or AWS."""
        given = {"ConnectionArn": self.wanted.connection or "", "Repository": self.wanted.repository or ""}
        if not given["ConnectionArn"].startswith("arn:"):  # a name
            del given["ConnectionArn"]
        given |= {"Branch": self.wanted.branch or "", "CertificateArn": self.wanted.certificate or ""}
        given |= self.wanted.overrides
        for name, value in given.items():
            if value and (problem := problem_of(settings, name, value)):
                raise Failure(problem, USAGE)

    def _source(self) -> str:
        hosted = self.repository if self.repository and self.repository.host else None
        if hosted:
            self.output.note(f"the repository is {hosted.name} at {hosted.host}")
        default = "git" if hosted else "" if self.asker.yes else "direct"
        choices = [Choice(name, _SOURCES[name]) for name in SOURCES]
        return self.asker.choose("Where do deployments come from?", choices, default, "--source")

    def _region(self, source: Source) -> str:
        known = self.wanted.region or (self.was.region if self.was else "")
        if known:
            if problem := regions.problem_of(known, source):
                raise Failure(problem, USAGE)
            return known
        around = self.wanted.region_around
        if self.asker.yes and around and (problem := regions.problem_of(around, source)):
            raise Failure(problem, USAGE)
        question = "In which Region shall the stack be?"
        return self.asker.ask(question, around or None, "--region", lambda text: regions.problem_of(text, source))

    def _app(self, settings: Settings) -> App | None:
        """The app, where it must be looked for: at first, and when an option is about it."""
        builds_already = self.was is not None and self.was.settings.has_pipeline
        if builds_already and not self.wanted.looks_anew:
            return None
        if not settings.has_pipeline:
            return None if self.was else clear_app(self.folder, self.output)
        return find_app(self.folder, self.wanted, self.asker, self.output)

    def _built(self, app: App, settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
        """The parameters of the build. What an older answer said is said anew: a stack keeps what is not said."""
        if not settings.has_pipeline:
            return {}
        found = parameters_of(app, self._below(settings.source), self.wanted)
        if settings.source != "git":  # a ZIP has what somebody put into it
            found.pop("FullClone", None)
        return {name: text for name, text in defaults(settings).items() if name in given and name in OF_BUILD} | found

    def _below(self, source: Source) -> PurePosixPath:
        """From the top of what is built to the project: a pipeline gets the whole repository."""
        if source != "git" or self.repository is None:
            return PurePosixPath(".")
        folder, top = self.folder.resolve(), self.repository.top.resolve()
        return PurePosixPath(folder.relative_to(top).as_posix()) if folder.is_relative_to(top) else PurePosixPath(".")

    def _repository(self, settings: Settings, given: dict[str, str]) -> dict[str, str]:
        """Repository and branch: of an option, of before, of the remote, of a person."""
        found = self.repository or Repository(self.folder)
        name = self.wanted.repository or given.get("Repository") or found.name
        if not name:
            several = f" (the remotes are {', '.join(found.remotes)})" if len(found.remotes) > 1 else ""
            question = f"Which repository is published, as owner/name{several}?"
            name = self.asker.ask(question, None, "--repository", lambda text: problem_of(settings, "Repository", text))
        branch = self.wanted.branch or given.get("Branch") or found.branch
        if not branch:
            question = "Which branch is published?"
            branch = self.asker.ask(question, "main", "--branch", lambda text: problem_of(settings, "Branch", text))
        if not self.was and name == found.name and branch == found.branch and not found.pushed:
            self.output.note(f"{branch} is not at {found.host} yet, as far as git knows: push it first")
        return {"Repository": name, **({"Branch": branch} if branch != "main" or "Branch" in given else {})}

    def _host(self, parameters: Mapping[str, str]) -> Repository | None:
        """Where the repository is; only of the one that is checked out here that is known."""
        return self.repository if self.repository and self.repository.name == parameters["Repository"] else None

    def _project(self, region: str, settings: Settings, parameters: dict[str, str], app: App | None) -> Project:
        known = known_parameters(settings)
        for name in sorted(parameters.keys() - known.keys()):
            self.output.note(f"{name} goes: the template for the source {settings.source} has no such parameter")
        kept = _ordered(settings, parameters)
        if self.was:
            stack = self.wanted.stack or self.was.stack
            if (stack, region) != (self.was.stack, self.was.region):
                self.output.note(f"the stack {self.was.stack} in {self.was.region} stays, if it was made already")
            return self.was._replace(stack=stack, region=region, settings=settings, parameters=kept)
        environment = self.wanted.environment or free_environment(self.folder)
        stack = self.wanted.stack or self._free(self._stack(app), region)
        template = free_template(self.folder, published=app is not None and publishes_folder(app, kept))
        return Project(self.folder, stack, region, settings, kept, environment, template)

    def _free(self, stack: str, region: str) -> str:
        """The name, if no stack has it: `up` would make that one this site's."""
        client = self.account.clients(region)("cloudformation")
        if self.account.ask("whether a stack has the name already", lambda: is_there(client, stack)):
            question = f"A stack {stack} is in {region} already, and `deployments up` would change it to this site."
            if not self.asker.agree(question, "Give --stack, with this name if it is meant."):
                raise Failure(f"the stack {stack} is there already: give another name with --stack", USAGE)
        return stack

    def _stack(self, app: App | None) -> str:
        """A name for the stack: the repository's, and the app's where the repository has several."""
        name = self.repository.name.rpartition("/")[2] if self.repository else ""
        words = [name or self.folder.resolve().name]
        inside = self._below("git") / (app.root if app else ".")  # whatever the source: two apps are two stacks
        if inside.name and name:
            words.append(inside.name)
        elif inside.name and app and app.root != ".":
            words.append(PurePosixPath(app.root).name)
        # a name has at most 128 characters, this one 105 with `site-`; the rest is room for a person to add some
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
        slug = re.sub(r"[^A-Za-z0-9]+", "-", "-".join(words)).strip("-").lower()[:100]
        return slug if re.match("[a-z]", slug) else f"site-{slug}".strip("-")


def with_connection(project: Project, arn: str) -> Project:
    """The project with this connection."""
    return project._replace(parameters=_ordered(project.settings, {**project.parameters, "ConnectionArn": arn}))


def _ordered(settings: Settings, parameters: Mapping[str, str]) -> dict[str, str]:
    """Those that the template has, in its order."""
    return {name: parameters[name] for name in known_parameters(settings) if name in parameters}
