"""Asks the libraries with which Vercel and Firebase read patterns what those take that we convert: `make oracles`.

What npm gives runs in a folder that is thrown away; nothing of it is in the repository. Two differences are known and
told in docs/moving.md: `/a/*` of ours takes `/a` too, and a slash at the end does not count.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from compiler.headers import headers_of, parse_headers
from compiler.matching import fill, match_path
from deployments.foreign import globs, path_to_regexp
from deployments.foreign.demands import Unsaid
from deployments.foreign.spelling import Spelling, filled
from workbench.seeds import asked_for

PACKAGES = "path-to-regexp@6.1.0", "minimatch@9.0.5"
PATTERNS = Path(__file__).with_name("patterns.mjs")
SEGMENTS = "a", "b", "docs", "en", "x.y", "1", "main.js", "logo.png", "index.html"
ENDS = "/:z*", "/:z+", "/(.*)", "/:z(.*)", "{.html}?", "", ""
GLOBS = "a", "b", "docs", "**", "*", "@(a|b)", "{a,docs}"
GLOB_ENDS = "**", "*", "**/*.js", "**/*.@(js|png)", "index.html", "a?(.html)", "a", "**/*", "docs{,/**}"


class Question(NamedTuple):
    """A pattern, where it leads, and a path that is asked for."""

    kind: str
    pattern: str
    target: str
    path: str


class Case(NamedTuple):
    """A question, and what we make of the pattern."""

    question: Question
    spellings: Sequence[Spelling]

    def ours(self) -> str | None:
        """What the converted lines answer."""
        if self.question.kind == "glob":
            return "taken" if any(_is_taken(one.source, self.question.path) for one in self.spellings) else None
        for one in self.spellings:
            values = match_path(one.source, self.question.path)
            if values is not None:
                return fill(filled(self.question.target, one.names), values)
        return None

    def is_told(self) -> bool:
        """Whether the difference is one of those that the page tells."""
        path = self.question.path
        bases = [one.source[:-2] or "/" for one in self.spellings if one.source.endswith("/*")]
        return any(match_path(base, path) is not None for base in bases)


def _is_taken(pattern: str, path: str) -> bool:
    return bool(headers_of(parse_headers(f"{pattern}\n  X-A: b\n")[0], [path]))


def redirects(chance: random.Random) -> Iterator[Question]:
    """A source of Vercel, and paths like those that it takes."""
    names = list("pqrs")
    parts = [_part(chance, name) for name in names[: chance.randint(1, 4)]]
    source = "".join(parts) + chance.choice(ENDS)
    target = "/t" + "".join(f"/{name}" for name in re.findall(r":\w[*+]?", source) if chance.random() < 0.8)
    for _ in range(10):
        yield Question("redirect", source, target, _path(chance, source))


def _part(chance: random.Random, name: str) -> str:
    forms = [
        "/a",
        "/docs",
        f"/:{name}",
        f"/:{name}",
        f"/:{name}(en|de)",
        f"/:{name}?",
        "{/docs}?",
        "/(en|de)",
        "/x\\.y",
    ]
    return chance.choice(forms)


def _path(chance: random.Random, source: str) -> str:
    path = re.sub(r"\{([^}]*)\}\?", lambda found: chance.choice(["", found[1]]), source.replace("\\", ""))
    path = re.sub(r"/(?::\w)?\(\.\*\)|/:\w[*+]", lambda _: chance.choice(["/a", "/a/b", "/x.y/1/en"]), path)
    path = re.sub(r"(?::\w)?\(en\|de\)", lambda _: chance.choice(["en", "de", "fr"]), path)
    path = re.sub(r"/:\w\?", lambda _: chance.choice(["", "/q"]), path)
    path = re.sub(r":\w", lambda _: chance.choice(SEGMENTS), path)
    return (chance.choice(["", "", "", "/en"]) + path + chance.choice(["", "", "", "/more"])) or "/"


def globbed(chance: random.Random) -> Iterator[Question]:
    """A glob of Firebase, and any paths."""
    glob = "/" + "/".join([*(chance.choice(GLOBS) for _ in range(chance.randint(0, 2))), chance.choice(GLOB_ENDS)])
    for _ in range(10):
        path = "/" + "/".join(chance.choice(SEGMENTS) for _ in range(chance.randint(1, 4)))
        yield Question("glob", glob, "", path)


def _plain(answer: str | None) -> str | None:
    """Without the slashes that an optional part leaves."""
    return answer and re.sub("//+", "/", answer).rstrip("/")


KINDS: Sequence[Callable[[random.Random], Iterator[Question]]] = (redirects, globbed)


def cases(seed: int) -> Iterator[Case]:
    """The questions of a seed for which our dialect has an answer."""
    for kind in KINDS:
        for question in kind(random.Random(seed)):
            try:
                if question.kind == "glob":
                    yield Case(question, globs.spellings(question.pattern))
                else:
                    yield Case(question, path_to_regexp.spellings(question.pattern))
            except Unsaid:
                continue


def main() -> int:
    seeds, _ = asked_for(__doc__, "make oracles", 3000)
    asked = [case for seed in seeds for case in cases(seed) if all(one.source[0] == "/" for one in case.spellings)]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True)
        questions = json.dumps([case.question for case in asked])
        node = subprocess.run(
            ["node", PATTERNS], cwd=folder, input=questions, text=True, check=True, stdout=subprocess.PIPE
        )
        answers: list[str | None] = json.loads(node.stdout)
    wrong = 0
    for case, theirs in zip(asked, answers, strict=True):
        if _plain(case.ours()) != _plain(theirs) and not case.is_told():
            wrong += 1
            print(f"{case.question}: we {case.ours()!r} by {[one.source for one in case.spellings]}, they {theirs!r}")
    print(f"{len(asked):,} addresses of patterns that we convert: {wrong} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
