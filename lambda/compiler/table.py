"""Makes the routing table of a deployment from the names of its files, `_redirects` and `_headers`.

Nothing is dropped silently: what is wrong is a problem, what has no effect a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from compiler.asking import Visitor, cycles
from compiler.dressing import Dressed, dress, with_types
from compiler.exact import exact_set
from compiler.headers import HeaderRule, parse_headers
from compiler.layout import MISSING, Answering, Layout, Object, lay_out
from compiler.places import HTML, INDEX
from compiler.placing import Placed, place_rules
from compiler.problems import Problem
from compiler.redirects import REDIRECTS, Rule, parse_redirects
from compiler.report import count, headers_without_effect, remark, sums, without_effect
from compiler.rule_lines import rule_values
from compiler.store import TooMuchError, named, set_values
from content.hashed_names import is_hashed
from contract import VALUE_LIMIT, Compiled, Site

# What frameworks call the page of an app's routes, where index.html is a page of its own.
SHELLS = "200.html", "__spa-fallback.html", "index.csr.html", "_shell.html"
ID_LENGTH = 64  # of a deployment, at most
# What some tools call the page for what is missing: Jekyll with pretty links, and Expo
MISSING_ELSEWHERE = "404/index.html", "+not-found.html"
OPTIONS = "+"  # the end of the store's value, if the router has more to look at than the routing


def compile_site(site: Site) -> Compiled:
    """The routing table of `site`, with what is wrong and what is to be said about it."""
    return compile_read(site, read_site(site))


def compile_read(site: Site, read: Read) -> Compiled:
    """The same, for whoever asks more of what was read."""
    layout, mistakes = read.layout, list(map(str, read.mistakes))
    members, lines, too_much = _store(read)
    own = [path for path in site["files"] if not (site["shared"] and is_hashed(path))]
    answers = _answers(own, layout, read.placed.left_out)
    dressed = dress(answers, read.headers, assets=site["assets"])
    sources = {path: path for path in site["files"] if path not in read.placed.left_out}
    sources |= {key: one.source for key, one in layout.objects.items() if one.source}
    headers, places = with_types(dressed, sources.items())
    return {
        "problems": [*([] if site["lenient"] else mistakes), *_site_problems(read), *too_much, *dressed.problems],
        "warnings": [
            *(mistakes if site["lenient"] else []),
            *_site_warnings(read, dressed, answers, sorted({*site["files"]} - {*own})),
        ],
        "report": sums(read.rules, read.headers, read.placed, len(dressed.options), layout.objects.values()),
        "routing": layout.addresses.routing,
        "live": " ".join(members),
        "lines": lines,
        "objects": [[key, one.source, one.redirect, one.status] for key, one in sorted(layout.objects.items())],
        "headers": headers,
        "dressed": places,
        "left_out": sorted(read.placed.left_out),
    }


def _site_problems(read: Read) -> list[str]:
    """What is wrong with the site as a whole; that it has no root only if nothing else is wrong, which may be why."""
    found = [*read.problems, *_endless(read)]
    return found if found or read.mistakes else _without_root(read.layout)


def _site_warnings(read: Read, dressed: Dressed, answers: Sequence[Answering], pooled: Sequence[str]) -> list[str]:
    """What has no effect, or not the one that somebody may expect."""
    return [
        *without_effect(read.placed),
        *dressed.warnings,
        *headers_without_effect(read.headers, answers, pooled),
        *remark("reached by the full file name only", read.layout.hidden),
    ]


def visitor_of(site: Site, read: Read) -> Visitor:
    """Who asks what is compiled of `site`: lines that are refused or never match do not hold."""
    without = {problem.line for problem in read.mistakes if problem.file == REDIRECTS}
    without |= {rule.line for rule, _ in read.placed.unmatched}
    return Visitor(
        [rule for rule in read.rules if rule.line not in without],
        read.files,
        shell=read.shell or read.layout.source(INDEX) or INDEX,
        has_set=bool(read.marks),
        hashed=set(site["files"]),
        taken=read.placed.left_out,
        stored=_stored(read.placed),
    )


def _stored(placed: Placed) -> set[int]:
    """The lines that the store holds."""
    return {rule.line for rule in placed.dynamic}


class Read(NamedTuple):
    """What the two files of a site say about its own files.

    files: without the lines
    layout: with all objects
    shell: the file that answers an app's routes, "" if that is index.html
    marks: of the exact set
    problems: that are no line's
    """

    rules: Sequence[Rule]
    headers: list[HeaderRule]
    files: Layout
    placed: Placed
    layout: Layout
    shell: str
    marks: Mapping[str, str]
    mistakes: Sequence[Problem]
    problems: Sequence[str]


def read_site(site: Site) -> Read:
    """Everything that the rules and the names of the files of `site` say, once for all who ask."""
    rules, wrong = parse_redirects(site["redirects"])
    headers, wrong_headers = parse_headers(site["headers"])
    routing = site["routing"] or ("spa" if any(is_app(rule) for rule in rules) else "")
    files = _with_missing(lay_out(site["files"], routing, assets=site["assets"]))
    placed = place_rules(rules, files)
    layout, shell, problems = _with_shell(placed, site["fallback"])
    marks, unspared = exact_set(layout, placed.by_address, placed.dynamic, has_shell=bool(shell))
    mistakes = [*wrong, *wrong_headers, *placed.problems, *unspared]
    return Read(rules, headers, files, placed, layout, shell, marks, mistakes, problems)


def _with_missing(files: Layout) -> Layout:
    """The files, and a page for what is missing where the site has one of another name."""
    page = next((name for name in MISSING_ELSEWHERE if name in files.files), "")
    if not page or MISSING in files.files:
        return files
    return files._replace(objects={**files.objects, MISSING: Object(page)})


def is_app(rule: Rule) -> bool:
    """Whether the line makes the site an app of one page."""
    return (rule.source, rule.status, rule.query) == ("/*", 200, ()) and rule.target.endswith((HTML, "/"))


def _with_shell(placed: Placed, fallback: str) -> tuple[Layout, str, list[str]]:
    """All objects, the file that answers an app's routes ("" for index.html), and what is wrong with `fallback`."""
    layout = placed.layout
    if fallback and fallback not in layout.files:
        return layout, "", [f"the fallback {fallback} is no file of the site: write its path from the output folder"]
    if layout.addresses.routing != "spa":
        remedy = "set Routing to spa, or leave it out"
        return layout, "", [f"the fallback {fallback} is the page of an app: {remedy}"] if fallback else []
    usual = next((name for name in SHELLS if name in layout.files), "")
    shell = fallback or placed.shell or usual
    if shell and INDEX not in layout.files and INDEX not in layout.objects:
        return layout._replace(objects={**layout.objects, INDEX: Object(shell)}), "", []
    return layout, shell if shell != INDEX else "", []


def _endless(read: Read) -> list[str]:
    """Each round of redirects without an end; also of the lines without those whose key another one has taken."""
    shadows = {rule.line for rule, _ in read.placed.unmatched}
    asked = [read.rules, [rule for rule in read.rules if rule.line not in shadows]] if shadows else [read.rules]
    placed = read.placed
    found = {
        tuple(lines): None
        for one in asked
        for lines in cycles(one, Visitor(one, read.files, taken=placed.left_out, stored=_stored(placed)))
    }
    return [
        f"{REDIRECTS}:{at}: redirects go round for ever (lines {names}): let one of them end"
        for at, names in ((lines[0], " and ".join(map(str, lines))) for lines in found)
    ]


def _without_root(layout: Layout) -> list[str]:
    """What to do about a site with nothing at `/`: perhaps it is the wrong folder."""
    if INDEX in layout.files or INDEX in layout.objects:
        return []
    nearest = min((path for path in layout.files if path.endswith(f"/{INDEX}")), key=len, default="")
    lead = f"/{nearest.removesuffix(INDEX) or 'docs/'}"
    return [
        f"the site has no index.html (nearest: {nearest or 'none'}): check the output folder and the build, or let / "
        f"lead elsewhere with a line in {REDIRECTS}: `/ {lead} 302`"
    ]


def _store(read: Read) -> tuple[list[str], dict[str, str], list[str]]:
    """What `live` says behind the ID, the store's lines, and what is too much."""
    members = _live_members(read)
    try:
        marks = set_values(read.marks, [one for one in read.layout.known if one not in read.marks])
        rules, segment = rule_values(read.placed.dynamic, read.placed.targets)
    except TooMuchError as error:
        return members, {}, [f"{REDIRECTS}: {error}"]
    values = {kind: one for kind, one in (("t", marks), ("r", rules)) if one}
    name, lines = named(values) if values else ("", {})
    members += [f"lines={name}:{_mask(marks)}:{_mask(rules)}:{segment}"] if values else []
    members += [OPTIONS] if read.shell or values else []
    over = len(" ".join(members)) + 1 + ID_LENGTH - VALUE_LIMIT
    wrong = f"the path of {read.shell} is {count(over, 'byte')} too long for the store: give it a shorter one"
    return members, lines, [wrong] if over > 0 else []


def _live_members(read: Read) -> list[str]:
    """The routing, and what of `live` names files."""
    routing, also = read.layout.addresses
    members = f"also={','.join(also)}" if also else "", f"shell={quote(read.shell)}" if read.shell else ""
    return [routing, *filter(None, members)]


def _mask(values: Sequence[str]) -> str:
    """What cuts the number of one of the values, a power of two, out of a hash; "" for no value."""
    return str(len(values) - 1) if values else ""


def _answers(own: Iterable[str], layout: Layout, left_out: Mapping[str, Rule]) -> list[Answering]:
    """What answers with 200: files of the folder, and copies of them."""
    found: list[Answering] = []
    written = layout.files - left_out.keys()
    for path in own:
        if path not in left_out:
            found.append(Answering(path, path, _distinct(layout.of_file.get(path, []), path)))
    for key, one in layout.objects.items():
        if one.source and key not in written:
            addresses = [one.address] if one.address else layout.of_file.get(one.source, [])
            found.append(Answering(key, one.source, _distinct(addresses, one.source)))
    return found


def _distinct(addresses: Sequence[str], path: str) -> list[str]:
    return list(dict.fromkeys([*addresses, f"/{path}"]))
