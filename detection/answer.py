"""What the search found: the apps of a folder, why it thinks so, and what it cannot decide.

It is what `init` and `instant-hosting local` show, ask about and turn into the template's parameters.
"""

from __future__ import annotations

from typing import NamedTuple

from generator.compute import NODE_20_IMAGES
from generator.frameworks import FRAMEWORKS


class Reason(NamedTuple):
    """One thing that was found, and the file that says so."""

    what: str  # framework, build, output, routing, fallback, node, package manager, FullClone, root
    value: str
    why: str


class Doubt(NamedTuple):
    """What the files leave open.

    With choices, one of them is the answer (where `what` is output, another folder is too). Without choices the project
    itself must change, and the question names the remedy.
    """

    what: str  # app, build, output, routing, package manager; without choices: server, base, file, install
    question: str
    choices: tuple[str, ...]
    why: str


class App(NamedTuple):
    """One thing that can be published. What is empty is as the framework's row has it."""

    root: str  # "." or "apps/web", from the folder
    name: str  # what people call it: "VuePress"
    framework: str  # a row of FRAMEWORKS
    install: str = ""
    build: str = ""
    output: str = ""
    routing: str = ""
    fallback: str = ""
    node: str = ""  # 20, 22 or 24 where only the parameter NodeVersion can say so; the build follows the usual files
    full_clone: str = ""  # "true" where a build needs the repository, and not only one commit's files
    package_manager: str = ""
    reasons: tuple[Reason, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def choice(self) -> str:
        """How a question names it among the apps of one folder."""
        return f"{self.root} ({self.name})"

    @property
    def parameters(self) -> dict[str, str]:
        """The template's parameters, but for those that would say what their default says.

        The framework is always said, because its default is not the same for each source.
        """
        row = FRAMEWORKS[self.framework]
        given = {
            "AppRoot": "" if self.root == "." else self.root,
            "InstallCommand": self.install if self.install != row.install else "",
            "BuildCommand": self.build if self._differs(self.build, row.build) else "",
            "OutputFolder": self.output if self._differs(self.output, row.output) else "",
            "Routing": self.routing if self._differs(self.routing, row.routing) else "",
            "Fallback": self.fallback,
            "NodeVersion": self.node,
            "FullClone": self.full_clone,
            "BuildImage": NODE_20_IMAGES[0] if self.node == "20" else "",
        }
        return {"Framework": self.framework} | {name: value for name, value in given.items() if value}

    def _differs(self, value: str, of_row: str) -> bool:
        """Whether a value must be said; a custom framework must have all of its own."""
        return self.framework == "custom" or value != of_row


class Detection(NamedTuple):
    """What a folder holds: each thing that can be published, the likeliest first, and what is in doubt."""

    apps: tuple[App, ...]  # () if nothing was recognized
    doubts: tuple[Doubt, ...]  # which app, and those of the likeliest one; empty: safe to go on without asking

    def chosen(self, choice: str) -> Detection:
        """What the folder holds if only one app counts: the one of this folder, or of this choice of a doubt."""
        apps = tuple(app for app in self.apps if choice in (app.choice, app.root))[:1]
        return Detection(apps, apps[0].doubts) if apps else self

    def answered(self, doubt: Doubt, answer: str) -> Detection:
        """What the folder holds once this doubt is answered: it goes, and the app that it is about has the answer."""
        if doubt.what == "app":
            return self.chosen(answer)
        left = tuple(one for one in self.doubts if one != doubt)
        if not self.apps:  # a file that cannot be read, and nothing else
            return Detection((), left)
        app = _answered(self.apps[0], doubt, answer)
        app = app._replace(doubts=tuple(one for one in app.doubts if one != doubt))
        return Detection((app, *self.apps[1:]), left)


def _answered(app: App, doubt: Doubt, answer: str) -> App:
    """The app with the answer in the place that the doubt is about."""
    said = app._replace(reasons=(*app.reasons, Reason(doubt.what, answer, "the answer to a question")))
    if doubt.what == "build":
        return said._replace(build=answer)
    if doubt.what == "output":
        return said._replace(output=answer)
    if doubt.what == "routing":
        return said._replace(routing=answer)
    if doubt.what == "package manager":
        return with_manager(said, answer) if answer != doubt.choices[0] else said._replace(package_manager=answer)
    return said


# What `auto` stands for where the manager is not the one that it would choose
_INSTALLS = {
    "npm": "npm ci",
    "pnpm": "npm i -g pnpm@10;pnpm install --frozen-lockfile",
    "yarn": "npm i -g yarn@1;yarn install --frozen-lockfile",
    "bun": "npm i -g bun;bun install --frozen-lockfile",
}
_EXECS = {"npm": "npx", "pnpm": "pnpm exec", "yarn": "yarn run", "bun": "bun x"}


def with_manager(app: App, manager: str) -> App:
    """The app built with this manager, although its files make `auto` choose another one."""
    build = app.build or FRAMEWORKS[app.framework].build
    own = build.replace("auto run", f"{manager} run").replace("auto exec", _EXECS[manager])
    return app._replace(install=_INSTALLS[manager], build=own, package_manager=manager)
