"""An app while it is being found out: what is known of it, from what, and what is in doubt.

Readers write into it, because one framework's answer may open a doubt about another's.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from detection.answer import Doubt, Reason
from detection.files import Files
from detection.javascript import Configuration, Unreadable, Value
from detection.package import Package


@dataclass(frozen=True)
class Draft:
    """What a reader of one framework's files has to work with, and where it writes what it reads."""

    files: Files
    package: Package
    root: str  # of the app, seen from the folder that is searched
    values: dict[str, str] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def says(self, what: str, value: str, why: str) -> None:
        """A value of the app, and the file that says so."""
        self.values[what] = value
        self.reasons.append(Reason(what, value, why))

    def doubt(self, what: str, question: str, why: str, choices: tuple[str, ...] = ()) -> None:
        """Something that the files leave open."""
        self.doubts.append(Doubt(what, question, choices, why))

    def config(self, *patterns: str) -> tuple[str, Configuration]:
        """The name of the configuration and what it says; without one it says nothing."""
        name = self.files.named(*patterns)
        return name, Configuration(self.files.text(name))

    def output(self, value: Value, where: str, usual: str, below: str = "") -> None:
        """The folder that a build writes, as a configuration says it: a text, or an expression that raises a question.

        where: the file and the key, for people
        usual: the folder where nothing is said
        below: what the tool puts into it, such as `browser`
        """
        if isinstance(value, str):
            folder = tidy(value, below)
            if folder != tidy(usual):
                self.says("output", folder, where)
        elif isinstance(value, Unreadable):
            choices = tuple(dict.fromkeys(tidy(text, below) for text in (*value.literals, usual)))
            self.doubt("output", "Which folder does the build write?", f"{where} is {value.text}", choices)

    def base(self, value: Value, where: str, remedy: str) -> None:
        """An address below which the site is built to lie: here it lies at the top."""
        if isinstance(value, str) and value.strip("/.") and "://" not in value:
            question = f"The site is served from /, and is built for {value}: {remedy}"
            self.doubt("base", question, f"{where} is '{value}'")

    def server(self, remedy: str, why: str) -> None:
        """Pages that a server makes for each visitor: there is none here."""
        self.doubt("server", f"The pages are made by a server, and here is none: {remedy}", why)


def tidy(*parts: str) -> str:
    """A folder as the parameter takes it: without ./ and a slash at its end."""
    whole = "/".join(part.strip().rstrip("/") for part in parts if part.strip())
    return posixpath.normpath(whole.lstrip("/") or ".")
