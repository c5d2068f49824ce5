"""Amplify: headers of `customHttp.yml`, and the redirects that its console exports as JSON.

https://docs.aws.amazon.com/amplify/latest/userguide/redirects.html and custom-header-YAML-format.html; Amplify looks at
redirects and rewrites before files (so ours have `!`), and at those with 404 behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.headers import HEADERS
from deployments.foreign import expressions, globs
from deployments.foreign.demands import Demand, Unsaid, headers, redirect
from deployments.foreign.reading import Entry
from deployments.foreign.spelling import Spelling, filled, literal, placeholder

NAME = "customHttp.yml"
_PART = re.compile(r"<([^<>/*]+)>")


def demands(top: Entry) -> Iterator[Demand]:
    """All headers, of each app of a monorepo."""
    found = [top.member("customHeaders")]
    for app in top.member("applications").items():
        yield Demand(app.where, f"appRoot {app.text('appRoot')}", here="the parameter AppRoot: each app has a stack")
        found.append(app.member("customHeaders"))
    for one in found:
        for entry in one.items():
            yield from _headers(entry)


def _headers(entry: Entry) -> list[Demand]:
    pattern = entry.text("pattern")
    given = [(one.text("key"), one.text("value")) for one in entry.member("headers").items()]
    try:
        return headers(entry.where, [one.source for one in globs.spellings(pattern, deep=True)], given)
    except Unsaid as unsaid:
        return [
            Demand(entry.where, f"{', '.join(name for name, _ in given)} for {pattern}", why=str(unsaid), file=HEADERS)
        ]


def redirects(rules: Entry) -> Iterator[Demand]:
    """All of the console's rules."""
    for entry in rules.items():
        source, target, status = entry.text("source"), entry.text("target"), entry.text("status") or "302"
        asks = f"{source} to {target} ({status})"
        try:
            if not source or target == "":
                raise Unsaid("it has no source or no target: give it both, or leave it out")
            if entry.text("condition"):
                raise Unsaid(f"it depends on the country, {entry.text('condition')}, and nothing looks at that")
            yield _line(entry, asks, source, target if re.match("https?://|/", target) else f"/{target}", status)
        except Unsaid as unsaid:
            yield Demand(entry.where, asks, why=str(unsaid))


def _line(entry: Entry, asks: str, source: str, target: str, status: str) -> Demand:
    expression = re.fullmatch(r"</(.*)/>", source)
    if expression:
        (found, *_) = expressions.spellings(expression[1], page=target.endswith((".html", "/")))
        query: list[str] = []
    else:
        found, query = _spelled(source)
    ours = "200" if status == "404-200" else status
    before = status in ("200", "301", "302", "307", "308") and not expression
    force = "!" if before and found.source != "/*" else ""
    words = [found.source, *query, filled(target, found.names), ours + force]
    return redirect(entry.where, asks, [" ".join(words)], found.note)


def _spelled(source: str) -> tuple[Spelling, list[str]]:
    """A path with `<name>` and `<*>`, and what its query must have."""
    path, _, query = source.partition("?")
    names: dict[str, str] = {}

    def ours(found: re.Match[str]) -> str:
        names[found[0]] = placeholder(found[1], names.values())
        return names[found[0]]

    if re.match("https?://", path):
        return Spelling(path), []
    parts = [literal(text) if index % 2 == 0 else text for index, text in enumerate(re.split(r"(<[^<>]+>)", path))]
    spelled = _PART.sub(ours, "".join(parts))
    if "<*>" in spelled:
        names["<*>"] = ":splat"
        spelled = spelled.replace("<*>", "*")
        if spelled.endswith("*") and not spelled.endswith("/*"):
            names["<*>"], spelled = "/:splat", f"{spelled[:-1]}/*"
    words = [_PART.sub(ours, member) for member in query.split("&") if member]
    return Spelling(spelled if spelled[:1] == "/" else f"/{spelled}", names), words
