"""`netlify.toml`: https://docs.netlify.com/build/configure-builds/file-based-configuration/

Most sites that move here have one: its redirects and headers become lines, and of all else it is said what does it.
"""

from __future__ import annotations

from collections.abc import Iterator

from deployments.foreign.demands import Answers, Demand, Nothing, headers, redirect, settings
from deployments.foreign.reading import Entry

NAME = "netlify.toml"
_OURS = "redirects", "headers", "build"
_SETTINGS: Answers = {
    "functions": Nothing("there are no functions: put an API on a host of its own"),
    "edge_functions": Nothing("nothing runs for each request"),
    "plugins": Nothing("plugins of Netlify's build do not run: call such a tool in BuildCommand"),
    "context": Nothing("one branch is built, the one of the parameter Branch"),
    "dev": "nothing is needed: it is about your own machine",
    "images": Nothing("images are sent as they are: let the build make their sizes"),
    "database": Nothing("there is no database: put an API on a host of its own"),
    "template": "nothing is needed: it is about new sites",
    "extensions": Nothing("extensions of Netlify do not run"),
    "integrations": Nothing("integrations of Netlify do not run"),
    "graph": Nothing("Netlify's Graph is not here"),
    "settings": Nothing("settings of Netlify have no meaning here"),
}
_BUILD: Answers = {
    "base": "the parameter AppRoot",
    "publish": "the parameter OutputFolder",
    "command": "the parameter BuildCommand",
    "environment": "[build.variables] in site.toml",
    "ignore": "the parameter PathFilter",
    "functions": Nothing("there are no functions: put an API on a host of its own"),
    "edge_functions": Nothing("nothing runs for each request"),
    "processing": Nothing("files are sent as they are; for addresses without .html see the parameter Routing"),
    "lifecycle": "the parameter BuildCommand",
}


def demands(top: Entry) -> Iterator[Demand]:
    """All that the file asks for. Netlify reads `_redirects` before it."""
    for entry in top.member("redirects").items():
        yield _redirect(entry)
    for entry in top.member("headers").items():
        given = [(name, _value(value)) for name, value in entry.member("values").members()]
        yield from headers(entry.where, [entry.text("for")], given)
    yield from settings(top.member("build"), _BUILD, ())
    yield from settings(top, _SETTINGS, _OURS)


def _redirect(entry: Entry) -> Demand:
    source, target = entry.text("from", "origin"), entry.text("to", "destination")
    status = entry.text("status") or "301"
    if not target and source.endswith("/*") and status.startswith("2"):
        target = f"{source[:-2]}/:splat"
    asks = f"{'rewrite' if status == '200' else 'redirect'} {source} to {target or '(nothing)'} ({status})"
    query = next((found for name in ("query", "params", "parameters") if (found := entry.member(name)).value), entry)
    words = [f"{name}={value.text()}" for name, value in (query.members() if query is not entry else ())]
    conditions = [f"{name}={_listed(value)}" for name, value in entry.member("conditions").members()]
    key = entry.text("signed", "signing", "sign")
    signed = [f"Sign={key}"] if key else []
    force = "!" if entry.text("force") == "true" else ""
    return redirect(entry.where, asks, [" ".join([source, *words, target, status + force, *conditions, *signed])])


def _listed(entry: Entry) -> str:
    return ",".join(item.text() for item in entry.items()) or entry.text()


def _value(entry: Entry) -> str:
    """A header's value: several are joined, and a text of several lines is one."""
    return ", ".join(item.text().strip() for item in entry.items()) or " ".join(entry.text().split())
