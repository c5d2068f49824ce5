"""Finds other hosts' files, and writes `_redirects` and `_headers` that do what they ask for.

Who moves here has such a file and may have forgotten it: a rule of it that is lost is a link that breaks in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from compiler.headers import HEADERS, parse_headers
from compiler.problems import PROBLEM_LIMIT, Problem
from compiler.redirects import REDIRECTS, parse_redirects
from deployments.errors import Failure
from deployments.foreign import amplify, firebase, netlify, static_web_apps, vercel
from deployments.foreign.demands import Demand
from deployments.foreign.reading import Entry, read
from deployments.output import one_line

_HOSTS: dict[str, Callable[[Entry], Iterator[Demand]]] = {
    host.NAME: host.demands for host in (netlify, vercel, firebase, static_web_apps)
} | {amplify.NAME: amplify.demands}
_LEVELS = 4  # `dist/app/browser` and deeper
_LAST = "/* "  # what holds for all that is not there ends the file: no line behind it is looked at


class Converted(NamedTuple):
    """Texts of the two files."""

    redirects: str
    headers: str


def found(folder: Path) -> list[Path]:
    """Other hosts' files in a built site and above it; of each name the nearest."""
    places = [folder, *above(folder)]
    paths = [next((place / name for place in places if (place / name).is_file()), None) for name in _HOSTS]
    return [path for path in paths if path]


def above(folder: Path) -> list[Path]:
    """The folders from that of a built site up to the repository's root; only the next one if there is none near."""
    parents = list(folder.resolve().parents)[:_LEVELS]
    root = next((number for number, parent in enumerate(parents) if (parent / ".git").exists()), 0)
    return parents[: root + 1]


def demands(path: Path) -> list[Demand]:
    """All that a file asks for; `Failure` says why it cannot be read."""
    top = read(path)
    rules = next((rules for rules in _exported(top) if isinstance(rules.value, list)), None)
    if rules and path.name not in _HOSTS:
        return list(amplify.redirects(rules))
    if path.name not in _HOSTS and path.name.split(".")[0] not in {name.split(".")[0] for name in _HOSTS}:
        names = ", ".join(_HOSTS)
        raise Failure(
            f"{path.name} is of no host that is known here: name it {names}, or give Amplify's exported rules"
        )
    if not isinstance(top.value, dict):
        raise Failure(f"{top.where}: it is no object with members: see its host's documentation")
    name = next(name for name in _HOSTS if name.split(".")[0] == path.name.split(".")[0])
    return list(_HOSTS[name](top))


def _exported(top: Entry) -> Iterator[Entry]:
    """Where Amplify's redirects can lie: the console's list, or what `aws amplify get-app` prints."""
    yield top
    yield top.member("customRules")
    yield top.member("app").member("customRules")


def convert(name: str, asked: Iterable[Demand]) -> Converted:
    """The two files, with a comment for each thing that no line says."""
    asked = list(asked)
    blocks = [_block(one, one.redirects) for one in asked if one.file == REDIRECTS]
    rest = [line for block in blocks if not _is_last(block[-1]) for line in block]
    first, *others = [block for block in blocks if _is_last(block[-1])] or [[]]
    hidden = [f"# not reached, as the line before takes all: {block[-1]}" for block in others]
    head = f"# From {name}. A line `/a/*` takes /a too, and patterns take pages, not files with an extension."
    both = f"# From {name}. All rules hold for a file, and later ones win."
    headers = [line for one in asked if one.file == HEADERS for line in _block(one, one.headers)]
    return Converted(
        _within([head, *rest, *first, *hidden, ""], parse_redirects), _within([both, *headers, ""], parse_headers)
    )


def _within(lines: list[str], parse: Callable[[str], tuple[Sequence[object], list[Problem]]]) -> str:
    """The lines as one text; those that are over a limit of ours are comments, with what stands below them."""
    while problems := parse("\n".join(lines))[1][:PROBLEM_LIMIT]:
        for problem in problems:
            at = problem.line - 1
            below = next((end for end in range(at + 1, len(lines)) if lines[end][:1] != " "), len(lines))
            reason = problem.text[max(problem.text.find("is over the limit"), 0) :]
            lines[at:below] = [f"# {lines[at]}: {reason}", *(f"# {line}" for line in lines[at + 1 : below])]
    return "\n".join(lines)


def _is_last(line: str) -> bool:
    return line.startswith(_LAST) and line.rstrip("!")[-4:] in (" 200", " 404")


def _block(one: Demand, lines: Iterable[str]) -> list[str]:
    """The lines of a demand, or a comment that says why there is none."""
    lines = list(lines)
    if not lines:
        return [f"# {one.where}: {one_line(one.asks)}: {one_line(one.told())}"]
    return [*([f"# {one.where}: {one_line(one.note)}"] if one.note else []), *lines]
