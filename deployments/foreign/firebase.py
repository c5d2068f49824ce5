"""`firebase.json`: https://firebase.google.com/docs/hosting/full-config

Firebase looks at redirects before files (so ours have `!`), and at rewrites behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.headers import HEADERS
from deployments.foreign import expressions, globs
from deployments.foreign.demands import Answers, Demand, Nothing, Unsaid, headers, redirect, settings
from deployments.foreign.reading import Entry
from deployments.foreign.spelling import NO_SLASH, SPARED, Spelling, filled

NAME = "firebase.json"
_OURS = "redirects", "rewrites", "headers", "cleanUrls", "trailingSlash"
_HOSTING: Answers = {
    "public": "the parameter OutputFolder",
    "source": "the parameter AppRoot",
    "ignore": Nothing("all files of the output folder are published, but for .git, .env and node_modules"),
    "site": "nothing is needed: each site has a stack of its own",
    "target": "nothing is needed: each site has a stack of its own",
    "predeploy": "the parameter BuildCommand",
    "postdeploy": Nothing("a rule on the publisher's events does what is to be done afterwards"),
    "appAssociation": Nothing("put apple-app-site-association and assetlinks.json into .well-known of the site"),
    "i18n": Nothing("nothing looks at a visitor's language or country"),
    "frameworksBackend": Nothing("there are no functions: put an API on a host of its own"),
}
_SERVICE = Nothing("it is another service of Firebase, which goes on by itself")
_SERVICES: Answers = {
    "firestore": _SERVICE,
    "functions": _SERVICE,
    "storage": _SERVICE,
    "database": _SERVICE,
    "remoteconfig": _SERVICE,
    "extensions": _SERVICE,
    "dataconnect": _SERVICE,
    "apphosting": _SERVICE,
    "emulators": "nothing is needed: it is about your own machine",
}


def demands(top: Entry) -> Iterator[Demand]:
    """All that the file asks for; `hosting` may be a list of sites."""
    hosting = top.member("hosting")
    for site in hosting.items() if isinstance(hosting.value, list) else [hosting]:
        yield from _addresses(site)
        for entry in site.member("headers").items():
            yield from _headers(entry)
        for entry in site.member("redirects").items():
            yield _line(entry, "redirect", entry.text("type") or "301", "!")
        for entry in site.member("rewrites").items():
            yield _line(entry, "rewrite", "200")
        yield from settings(site, _HOSTING, _OURS)
    yield from settings(top, _SERVICES, ("hosting",))


def _addresses(site: Entry) -> Iterator[Demand]:
    clean, slash = site.member("cleanUrls"), site.member("trailingSlash")
    routing = "folders" if slash.value else NO_SLASH
    if clean.value:
        yield Demand(clean.where, "cleanUrls", here=f"the parameter Routing (`--routing`): {routing}")
    if slash.value is not None:
        yield Demand(slash.where, f"trailingSlash {slash.text()}", here=f"the parameter Routing: {routing}")


def _spellings(entry: Entry, *, page: bool = False) -> list[Spelling]:
    if entry.text("regex"):
        return expressions.spellings(entry.text("regex"), page=page)
    source = entry.text("source", "glob")
    if page and re.match(r"!/?(?:@?\(.*\)|[\w-]+)/\*\*$", source):
        return [Spelling("/*", {}, SPARED)]
    return globs.spellings(source)


def _line(entry: Entry, kind: str, status: str, mark: str = "") -> Demand:
    source, target = entry.text("source", "glob", "regex"), entry.text("destination")
    service = next((name for name in ("function", "run", "dynamicLinks") if entry.member(name).value), "")
    asks = f"{kind} {source} to {_named(entry, service) or target} ({status})"
    if service:
        return Demand(entry.where, asks, why=f"`{service}` is a service of Google: put an API on a host of its own")
    try:
        if not source or not target:
            raise Unsaid("it has no source or no destination: give it both, or leave it out")
        found = _numbered(entry, _spellings(entry, page=kind == "rewrite" and ":" not in target))
    except Unsaid as unsaid:
        return Demand(entry.where, asks, why=str(unsaid))
    target = target if re.match("https?://|/", target) else f"/{target}"
    lines = [f"{one.source} {filled(target, one.names)} {status}{mark}" for one in found]
    return redirect(entry.where, asks, dict.fromkeys(lines), found[0].note)


def _named(entry: Entry, service: str) -> str:
    """A service of Google's with what the entry calls it; "" for none."""
    called = entry.member(service)
    return " ".join(filter(None, [service, called.text() or called.text("functionId", "serviceId")]))


def _numbered(entry: Entry, found: list[Spelling]) -> list[Spelling]:
    """The spellings with the names that a destination uses: Firebase numbers the groups of a regex as `:1`."""
    if not entry.text("regex"):
        return found
    return [one._replace(names={name.replace("$", ":"): ours for name, ours in one.names.items()}) for one in found]


def _headers(entry: Entry) -> list[Demand]:
    given = [(one.text("key"), one.text("value")) for one in entry.member("headers").items()]
    try:
        return headers(entry.where, [one.source for one in _spellings(entry)], given)
    except Unsaid as unsaid:
        names = ", ".join(name for name, _ in given)
        return [
            Demand(entry.where, f"{names} for {entry.text('source', 'glob', 'regex')}", why=str(unsaid), file=HEADERS)
        ]
