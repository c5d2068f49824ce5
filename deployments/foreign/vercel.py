"""`vercel.json`: https://vercel.com/docs/project-configuration

Vercel looks at redirects before files (so ours have `!`), and at rewrites behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.headers import HEADERS
from compiler.problems import shown
from deployments.foreign import expressions
from deployments.foreign.demands import Answers, Demand, Nothing, Unsaid, headers, redirect, settings
from deployments.foreign.path_to_regexp import spellings
from deployments.foreign.reading import Entry
from deployments.foreign.spelling import NO_SLASH, Spelling, filled, placeholder

NAME = "vercel.json"
_OURS = "redirects", "rewrites", "headers", "routes", "cleanUrls", "trailingSlash"
_NO_FUNCTIONS = Nothing("there are no functions: put an API on a host of its own")
_SETTINGS: Answers = {
    "functions": _NO_FUNCTIONS,
    "crons": _NO_FUNCTIONS,
    "builds": _NO_FUNCTIONS,
    "services": _NO_FUNCTIONS,
    "experimentalServices": _NO_FUNCTIONS,
    "build": "[build.variables] in site.toml",
    "env": "[build.variables] in site.toml",
    "buildCommand": "the parameter BuildCommand",
    "installCommand": "the parameter InstallCommand",
    "outputDirectory": "the parameter OutputFolder",
    "framework": "the parameter Framework",
    "ignoreCommand": "the parameter PathFilter",
    "devCommand": "nothing is needed: it is about your own machine",
    "images": Nothing("images are sent as they are: let the build make their sizes"),
    "regions": "nothing is needed: CloudFront is everywhere",
    "functionFailoverRegions": _NO_FUNCTIONS,
    "fluid": _NO_FUNCTIONS,
    "bunVersion": Nothing("the lock file decides which bun installs"),
    "public": "nothing is needed: sources are not published",
    "github": Nothing("the pipeline reports failures by mail and events only"),
    "git": "the parameters Branch and PathFilter",
    "name": "nothing is needed: the stack has a name",
    "version": "nothing is needed",
    "scope": "nothing is needed: the stack is in your account",
    "alias": "the parameter DomainNames",
    "relatedProjects": Nothing("each site has a stack of its own"),
    "skewProtection": "nothing is needed: open pages keep the files of their version",
}


def demands(top: Entry) -> Iterator[Demand]:
    """All that the file asks for, in the order in which Vercel looks."""
    yield from _addresses(top)
    for entry in top.member("headers").items():
        yield from _headers(entry)
    for entry in top.member("redirects").items():
        yield _line(entry, "redirect", _status(entry), "!")
    for entry in top.member("rewrites").items():
        yield _line(entry, "rewrite", entry.text("statusCode") or "200")
    for entry in top.member("routes").items():
        yield from _route(entry)
    yield from settings(top, _SETTINGS, _OURS)


def _addresses(top: Entry) -> Iterator[Demand]:
    clean, slash = top.member("cleanUrls"), top.member("trailingSlash")
    if clean.value:
        routing = "folders" if slash.value else NO_SLASH
        yield Demand(clean.where, "cleanUrls", here=f"the parameter Routing (`--routing`): {routing}")
    if slash.value is not None:
        routing = "folders" if slash.value else NO_SLASH
        yield Demand(slash.where, f"trailingSlash {slash.text()}", here=f"the parameter Routing: {routing}")


def _status(entry: Entry) -> str:
    permanent = entry.text("permanent")
    return ({"true": "308", "false": "307"}.get(permanent) or entry.text("statusCode")) or "308"


def _line(entry: Entry, kind: str, status: str, mark: str = "") -> Demand:
    source, target = entry.text("source"), entry.text("destination")
    asks = f"{kind} {source} to {target} ({status})"
    try:
        if isinstance(entry.member("destination").value, dict):
            raise Unsaid("it leads to a service of Vercel: put an API on a host of its own")
        if not source or not target:
            raise Unsaid("it has no source or no destination: give it both, or leave it out")
        if kind == "rewrite" and re.match(r"/api(/|$)", target):
            raise Unsaid("there are no functions: put an API on a host of its own")
        query, names = _query(entry)
        found = spellings(source, page=kind == "rewrite" and not re.search(r"[:$]", target))
    except Unsaid as unsaid:
        return Demand(entry.where, asks, why=str(unsaid))
    lines = [" ".join([one.source, *query, filled(target, {**one.names, **names}), status + mark]) for one in found]
    return redirect(entry.where, asks, dict.fromkeys(lines), found[0].note)


def _query(entry: Entry) -> tuple[list[str], dict[str, str]]:
    """The words for a query that must be there, and what a target calls its values."""
    words: list[str] = []
    names: dict[str, str] = {}
    for condition in entry.member("missing").items():
        raise Unsaid(f"it depends on what is missing ({condition.text('type')}), which no line can")
    for condition in entry.member("has").items():
        kind, key, value = condition.text("type"), condition.text("key"), condition.text("value")
        if kind != "query":
            raise Unsaid(f"it depends on the {kind or 'request'} ({key or value}), which no line can")
        group = re.fullmatch(r"\(\?<(\w+)>\.[*+]\)", value)
        if not value or group:
            name = group[1] if group else key
            names[f":{name}"] = placeholder(name)
            words.append(f"{key}={names[f':{name}']}")
        elif re.fullmatch(r"[\w~%/-]*", value):
            words.append(f"{key}={value}")
        else:
            raise Unsaid(f"it depends on a query's value {shown(value)}, an expression: a line has the value itself")
    return words, names


def _headers(entry: Entry) -> list[Demand]:
    source = entry.text("source")
    given = [(one.text("key"), one.text("value")) for one in entry.member("headers").items()]
    try:
        for name in ("has", "missing"):
            if any(entry.member(name).items()):
                raise Unsaid("they depend on the request, which no header of a file can")
        found = spellings(source, star=True)
    except Unsaid as unsaid:
        return [Demand(entry.where, f"headers for {source}", why=str(unsaid), file=HEADERS)]
    lines = [(name, filled(value, found[0].names) if ":" in source else value) for name, value in given]
    return headers(entry.where, [one.source for one in found], lines)


def _route(entry: Entry) -> Iterator[Demand]:
    """A route of the older kind, whose source is a regular expression that takes the whole address."""
    source, target, status = entry.text("src", "source"), entry.text("dest", "destination"), entry.text("status")
    if entry.text("handle"):
        files = "nothing is needed: files win over lines without `!`"
        yield Demand(entry.where, f"handle {entry.text('handle')}", here=files)
        return
    given = {name: value.text() for name, value in entry.member("headers").members()}
    location = next((value for name, value in given.items() if name.lower() == "location"), "")
    asks = f"route {source} to {target or location or ', '.join(given) or status}"
    try:
        found = _spelled(entry, source, target)
    except Unsaid as unsaid:
        yield Demand(entry.where, asks, why=str(unsaid))
        return
    if target or location:
        yield _sent(entry, asks, location or target, status or ("308" if location else "200"), found)
    else:
        yield from headers(entry.where, [one.source for one in found], given.items())


def _spelled(entry: Entry, source: str, target: str) -> list[Spelling]:
    """What a route's source is here."""
    if any(entry.member(name).value for name in ("has", "missing", "methods", "transforms", "mitigate")):
        raise Unsaid("it depends on the request, which no line can")
    page = bool(target) and not re.search("[:$]", target)
    return expressions.spellings(f"^{source.strip('^$')}$", page=page)


def _sent(entry: Entry, asks: str, target: str, status: str, found: list[Spelling]) -> Demand:
    target = target if re.match("https?://|/", target) else f"/{target}"
    mark = "!" if status.startswith("3") else ""
    lines = [f"{one.source} {filled(target, one.names)} {status}{mark}" for one in found]
    return redirect(entry.where, asks, dict.fromkeys(lines), found[0].note)
