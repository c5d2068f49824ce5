"""Globs as Firebase, Amplify and Static Web Apps take them: `**/*.@(jpg|png)`, `/docs/**`, `/images/*.{png,gif}`.

Three hosts share them, so they are read in one place; what a line cannot say is refused and never guessed.
"""

from __future__ import annotations

import re

from compiler.problems import shown
from deployments.foreign.demands import Unsaid
from deployments.foreign.spelling import LIMIT, Spelling, literal, placeholder

_CHOICE = re.compile(r"[@+]\(([^()]*)\)|\{([^{}]*)\}|\?\(([^()]*)\)|\(([^()]*\|[^()]*)\)")
_CAPTURE = re.compile(r":(\w+)(\*)?")
_EVERYTHING = "**", "**/*", "**/**", "*"


def spellings(glob: str, *, deep: bool = False) -> list[Spelling]:
    """What a glob is here; `deep`: a star of this host takes slashes too."""
    if re.search(r"[!*]\(|^!|\[", glob):
        what = "has a class of characters" if "[" in glob else "leaves something out"
        raise Unsaid(f"{shown(glob)} {what}, which no line can")
    found = [_spelled(glob, one, deep) for one in _choices(glob)]
    whole = {one.source for one in found}
    return [one for one in found if f"{one.source}/*" not in whole]  # which takes it too


def _choices(glob: str) -> list[str]:
    """The glob with each of its alternatives."""
    done, left = [], [glob]
    while left:
        one = left.pop(0)
        found = _CHOICE.search(one)
        if not found:
            done.append(one)
            continue
        which = found.lastindex or 1
        words = re.split(r"[|]" if which != 2 else "[,]", found[which])
        words += [""] if which == 3 else []
        left += [one[: found.start()] + word + one[found.end() :] for word in words]
        if len(done) + len(left) > LIMIT:
            raise Unsaid(f"{shown(glob)} stands for over {LIMIT} addresses: write those that you need")
    return done


def _spelled(glob: str, one: str, deep: bool) -> Spelling:
    if "?" in one:
        raise Unsaid(f"{shown(glob)} has `?` for one character, which no line can have")
    path = re.sub(r"(?<![^/])\*\.\*$", "*", one.lstrip("/"))  # a file of any extension
    if path in _EVERYTHING and (deep or path != "*"):
        return Spelling("/*")
    names: dict[str, str] = {}
    segments = [_segment(index, segment, names, deep) for index, segment in enumerate(path.split("/"))]
    return Spelling(_joined(glob, segments, deep), names)


def _segment(index: int, segment: str, names: dict[str, str], deep: bool) -> str:
    """A segment in our spelling; what it captures comes to `names`."""
    captured = _CAPTURE.fullmatch(segment)
    if captured:
        value = ":splat" if captured[2] else placeholder(captured[1], names.values())
        names[segment] = names[f":{captured[1]}"] = value
        return "*" if captured[2] else value
    if segment == "**":
        return "*"
    if segment == "*" and not deep:
        return placeholder(f"any{index}")
    return literal(segment).replace("%2A", "*")


def _joined(glob: str, segments: list[str], deep: bool) -> str:
    """The path: `**/` takes any folders or none, as a star of ours does, and `**/*` is one star."""
    path = "/" + "/".join(segments)
    path = re.sub(r"(?<=/)\*(?:/\*)+(?=/|$)", "*", path)
    path = re.sub(r"(?<=/)\*/:any\d+$", "*", path)
    before, _, behind = path.partition("*/*")  # `**/*.js`
    whole = f"{before}*{behind}" if "*/*" in path else path
    if whole.count("*") > 1:
        raise Unsaid(f"{shown(glob)} has several stars, and a line has one")
    single = "*" in whole and "**" not in glob and not deep and not whole.endswith("/*")
    if single:
        raise Unsaid(f"{shown(glob)} takes files of one folder, and `{whole}` would take those below too")
    if re.search(r"\*/[^*]", whole):
        raise Unsaid(f"{shown(glob)} has folders before a name, which no line can: write the folder")
    return whole
