"""`staticwebapp.config.json`: https://learn.microsoft.com/azure/static-web-apps/configuration

Static Web Apps look at routes before files (so ours have `!`), and at the fallback behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployments.foreign import globs
from deployments.foreign.demands import Answers, Demand, Nothing, Unsaid, headers, redirect, settings
from deployments.foreign.reading import Entry
from deployments.foreign.spelling import NO_SLASH

NAME = "staticwebapp.config.json"
_OURS = "routes", "navigationFallback", "globalHeaders", "responseOverrides", "mimeTypes", "trailingSlash"
_SETTINGS: Answers = {
    "auth": Nothing("nothing asks who a visitor is: everybody can read every file"),
    "networking": "`web_acl` in site.toml, with a rule for addresses",
    "platform": Nothing("there are no functions: put an API on a host of its own"),
    "forwardingGateway": Nothing("nothing looks at who hands a request on"),
}
_ROUTINGS = {"always": "folders", "never": NO_SLASH, "auto": "mixed"}
_SERVED = "/.auth/", "/api/"
_UNSERVED = "there is no login and there are no functions: put an API on a host of its own"
_READ = {"GET", "HEAD", "OPTIONS"}


def demands(top: Entry) -> Iterator[Demand]:
    """All that the file asks for; what holds for all of the site comes first in `_headers` and last in `_redirects`."""
    given = [(name, value.text()) for name, value in top.member("globalHeaders").members()]
    if given:
        yield from headers(top.member("globalHeaders").where, ["/*"], given)
    for extension, kind in top.member("mimeTypes").members():
        yield from headers(kind.where, [f"/*.{extension.lstrip('.')}"], [("Content-Type", kind.text())])
    for entry in top.member("routes").items():
        yield from _route(entry)
    fallback = top.member("navigationFallback")
    if fallback.value:
        yield _fallback(fallback)
    for status, entry in top.member("responseOverrides").members():
        yield _override(status, entry)
    slash = top.member("trailingSlash")
    if slash.value:
        routing = _ROUTINGS.get(slash.text(), "mixed")
        yield Demand(
            slash.where, f"trailingSlash {slash.text()}", here=f"the parameter Routing (`--routing`): {routing}"
        )
    yield from settings(top, _SETTINGS, _OURS)


def _route(entry: Entry) -> Iterator[Demand]:
    route = entry.text("route")
    roles = [item.text() for item in entry.member("allowedRoles").items()]
    if roles and "anonymous" not in roles:
        yield Demand(entry.where, f"{route} only for {', '.join(roles)}", why="everybody can read every file")
    methods = {item.text().upper() for item in entry.member("methods").items()}
    if methods and not methods & _READ:
        yield Demand(entry.where, f"{route} for {', '.join(sorted(methods))}", why="only GET and HEAD are answered")
        return
    try:
        yield from _of_answer(entry, route)
    except Unsaid as unsaid:
        yield Demand(entry.where, f"route {route}", why=str(unsaid))


def _of_answer(entry: Entry, route: str) -> Iterator[Demand]:
    """What a route demands of the answer: headers, another place, a status."""
    given = [(name, value.text()) for name, value in entry.member("headers").members()]
    if given:
        yield from headers(entry.where, [one.source for one in globs.spellings(route, deep=True)], given)
    target, rewrite, status = entry.text("redirect"), entry.text("rewrite"), entry.text("statusCode")
    if target or rewrite or status:
        yield _line(entry, route, target or rewrite, status or ("302" if target else "200"))


def _line(entry: Entry, route: str, target: str, status: str) -> Demand:
    asks = f"route {route} to {target or status} ({status})"
    if status in ("401", "403"):
        return Demand(entry.where, asks, why="no line answers so: leave such files out of the build")
    if target.startswith(_SERVED) or route.startswith(_SERVED):
        return Demand(entry.where, asks, why=_UNSERVED)
    lines = []
    note = ""
    for one in globs.spellings(route, deep=True):
        source = re.sub(r"(?<=[^/])\*$", "/*", one.source)
        note = f"`{one.source}` takes `{one.source[:-1]}x` there too" if source != one.source else note
        mark = "!" if source != "/*" else ""
        lines.append(f"{source} {_path(target) or '/404.html'} {status}{mark}")
    return redirect(entry.where, asks, lines, note)


def _fallback(entry: Entry) -> Demand:
    left = [item.text() for item in entry.member("exclude").items()]
    spared = [one for one in left if not re.search(r"\.\w+$|[.]\{[^}]*\}$", one)]
    note = f"{', '.join(spared)} is left out there; here only names of files are" if spared else ""
    page = _path(entry.text("rewrite"))
    asks = f"navigationFallback to {page}"
    if page.startswith(_SERVED):
        return Demand(entry.where, asks, why=_UNSERVED)
    return redirect(entry.where, asks, [f"/* {page} 200"], note)


def _override(status: str, entry: Entry) -> Demand:
    page, target = entry.text("rewrite"), entry.text("redirect")
    asks = f"{page or target or entry.text('statusCode')} for answers with {status}"
    if status != "404":
        return Demand(entry.where, asks, why=f"no visitor is answered with {status}")
    if target:
        return redirect(entry.where, asks, [f"/* {target} {entry.text('statusCode') or '302'}"])
    kind = "200" if entry.text("statusCode") == "200" else "404"
    return redirect(entry.where, asks, [f"/* {_path(page)} {kind}"])


def _path(target: str) -> str:
    """A target with its first slash, which may be missing there."""
    return target if re.match("https?://|/|$", target) else f"/{target}"
