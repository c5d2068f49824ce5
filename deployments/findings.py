"""What `doctor` looks at with a visitor's eyes: one function a question that AWS's documentation leaves open.

Each gives what is seen and what the product assumes or does in either case.
"""

from __future__ import annotations

import time

from compiler.headers import HEADERS
from contract import ERROR_PAGE, MISSING_SECONDS, PIN_COOKIE
from deployments.finding import Finding
from deployments.precedence import rules
from deployments.probe import Probe
from deployments.visitor import Answer, Visitor

HASHED = "_next/static/chunks/app/[...x]/page-1e4577fa5138d46e.js"
SEEN_WITHIN = 120  # seconds for a switch to reach this edge: twice a command's, as only what never comes is a finding
_STEADY = 3.0  # seconds to look for an edge that still answers with the old deployment
_SECURITY = "Strict-Transport-Security", "X-Content-Type-Options"


def pages(text: str, *more: str) -> dict[str, str]:
    """A tiny site; `more` are further pages of it."""
    page = "<!doctype html><title>probe</title>"
    names = ("index.html", "about/index.html", "404.html", *more)
    files = {name: f"{page}<h1>{text} {name}</h1>" for name in names}
    return {**files, "a+b.txt": f"{text} plus", HASHED: "export{}", "style.css": "h1{}"}


def before_anything(probe: Probe) -> list[Finding]:
    """The store is empty."""
    visit = probe.site.visitor
    fresh = visit.navigate("/")
    pinned = visit.navigate("/", Cookie=f"{PIN_COOKIE}=probe-0123456789abcdef")
    return [
        Finding(
            "headers on the 503 before the first deployment",
            f"{fresh.status}, {_named(fresh, *_SECURITY, 'Retry-After', 'Cache-Control')}",
            "the function sets them by itself, whatever CloudFront adds to answers of functions",
            fresh.status == 503 and _has(fresh, *_SECURITY) and fresh.headers["Cache-Control"] == "no-store",
            "a browser or a proxy may keep the 503, or show the page without its protection",
        ),
        Finding(
            "what the store says of a missing key, to a visitor with a pin",
            f"{pinned.status}",
            "503: `not found` is in its error, so an empty store can be told from one that cannot be read; "
            "otherwise the visitor would be served from the pin",
            pinned.status == 503,
            "a visitor with an old pin gets an error of S3 in place of the 503",
        ),
    ]


def with_folders(probe: Probe) -> list[Finding]:
    """The first deployment is live, with routing `folders`."""
    visit = probe.site.visitor
    answer = visit.navigate("/about?a=1")
    location = answer.headers["Location"] or ""
    return [
        Finding(
            "headers on a 308",
            f"{answer.status} to {location}, {_named(answer, *_SECURITY, 'Cache-Control')}",
            "the function sets them by itself; a browser that revalidates a 308 cannot loop after a change of routing",
            answer.status == 308 and location == "/about/?a=1" and _has(answer, *_SECURITY),
            "addresses without a slash lose their query, or loop",
        )
    ]


def of_the_switch(probe: Probe) -> tuple[str, list[Finding]]:
    """Publish the second deployment, with routing `mixed`: when is it seen, and is the old one seen again?"""
    visit, before = probe.site.visitor, probe.site.visitor.deployment()
    visit.get("/missing.js")  # the edge keeps the old 404 page now
    files = pages("second", "about.html", "files/a/b.html", "ruled.html")
    deployment = probe.publish({**files, HEADERS: rules()}, "mixed")
    answered = time.monotonic()
    told = probe.site.publisher.state(previous=False).live
    seen = visit.wait_for(deployment, SEEN_WITHIN)
    old, page = _aftermath(visit, before, answered)
    return deployment, [_of_the_store(told, before, deployment), *_of_the_edge(seen, old, page)]


def _aftermath(visit: Visitor, before: str, answered: float) -> tuple[int, float | None]:
    """How often the edge still gives the deployment of before, and when its 404 page is the new one's."""
    old, page, began = 0, None, time.monotonic()
    while time.monotonic() < began + (SEEN_WITHIN if page is None else _STEADY):
        old += visit.deployment() == before
        if page is None and b"second 404.html" in visit.get("/missing.js").body:
            page = time.monotonic() - answered
    return old, page


def _of_the_store(told: str, before: str, deployment: str) -> Finding:
    return Finding(
        "the store, read right after it was written",
        "new" if told == deployment else "old",
        "a stale read does no harm: each decision reads again and writes with the ETag of what it read",
        told in (deployment, before),
        "the store gives what nobody wrote: nothing can be decided",
    )


def _of_the_edge(seen: float | None, old: int, page: float | None) -> list[Finding]:
    return [
        Finding(
            "time from the publisher's answer until this edge shows the switch",
            "not seen" if seen is None else f"{seen:.1f} s; after that the old one {old} more times",
            "edges learn of a switch on their own; until then a visitor gets the old deployment, whole",
            seen is not None,
            "a publish is not seen for minutes: report the Region",
        ),
        Finding(
            "time until the 404 page is the new deployment's",
            "not seen" if page is None else f"{page:.1f} s after the publisher's answer",
            f"edges keep an error for {MISSING_SECONDS} s (ErrorCachingMinTTL): the one object that is overwritten",
            page is not None,
            "the 404 page of the old deployment stays for minutes",
        ),
    ]


def of_the_pin(probe: Probe, live: str) -> list[Finding]:
    """Cookie, header and metadata, on a 200 and on a 304; no function takes a style sheet's metadata out."""
    visit = probe.site.visitor
    answer = visit.navigate("/")
    again = visit.navigate("/", Cookie=f"{PIN_COOKIE}={live}", If_None_Match=answer.headers["ETag"] or "")
    sheet = visit.get("/style.css", If_None_Match=visit.get("/style.css").headers["ETag"] or "")
    probe.put_bare(live, "bare.html", "<title>bare</title>")
    bare = visit.navigate("/bare")
    return [
        Finding(
            "the pin's cookie on a 200",
            "set" if answer.pin else "not set",
            "it is what keeps a page's files of one version together",
            answer.pin == live,
            "files of two versions can meet in one page",
        ),
        Finding(
            "the pin's cookie on a 304",
            "set" if again.pin else f"not set (status {again.status})",
            "set: even an unchanged page renews the pin; not set: such an answer moves no pin, "
            "which is why a navigation to another deployment is never answered 304",
        ),
        Finding(
            "the router's header, in the viewer-response function",
            "handed on" if bare.pin else "not handed on",
            "handed on: it names the pin; not handed on: the object's metadata does, with the same result",
            bare.status == 200,
            "pages that the uploader did not write are errors",
        ),
        Finding(
            "the object's metadata on a 304",
            "there" if sheet.headers["x-amz-meta-deployment"] else f"missing (status {sheet.status})",
            "only needed where the header is not handed on; without it a 304 moves no pin",
        ),
    ]


def of_what_is_missing(probe: Probe) -> list[Finding]:
    """The 404 page."""
    missing = probe.site.visitor.get("/assets/missing.js")
    direct = probe.site.visitor.get(f"/{ERROR_PAGE}")
    return [
        Finding(
            "the answer for a missing file",
            f"{missing.status}, {missing.headers['Content-Type']}",
            "404 and never index.html, even for scripts: S3 says so because the distribution may list the bucket",
            missing.status == 404 and b"404.html" in missing.body,
            "a missing script is answered with a page, or with 403",
        ),
        Finding(
            "headers and age of a 404",
            f"{_named(missing, *_SECURITY, 'Cache-Control')}, Age {missing.headers['Age'] or 'not given'}",
            "its behavior has the same managed headers policy; browsers revalidate, "
            f"edges keep it for {MISSING_SECONDS} s",
            "max-age=0" in (missing.headers["Cache-Control"] or "max-age=0"),
            "browsers keep a 404 although the file is there by now",
        ),
        Finding(
            "the 404 page by its own address",
            f"{direct.status}",
            "served as a page with 200: /_errors/ is reserved, and says nothing that a 404 does not say",
        ),
    ]


def of_odd_names(probe: Probe) -> list[Finding]:
    """What must be encoded on its way to S3."""
    visit = probe.site.visitor
    plus = visit.get("/a+b.txt")
    slash = visit.navigate("/files/a%2Fb")
    encoded = visit.get("/" + HASHED.replace("[", "%5B").replace("]", "%5D"))
    raw = visit.get(f"/{HASHED}")
    return [
        Finding(
            "`+` in a name",
            f"{plus.status}",
            "200: the router sends %2B, because S3 reads a plus sign as a space",
            plus.status == 200 and b"second plus" in plus.body,
            "files with a plus in their name are 404",
        ),
        Finding(
            "`%2F` in an address",
            f"{slash.status}",
            "200: S3 decodes it and finds files/a/b.html; 404: it is kept, and such an address finds nothing",
            slash.status in (200, 404),
            "such an address is an error of the server",
        ),
        Finding(
            "`[...x]` in a name, as browsers send it and raw",
            f"{encoded.status} and {raw.status}",
            "Next.js names folders so; browsers encode the brackets, and S3 decodes them",
            encoded.status == 200,
            "scripts of Next.js's catch-all routes are 404",
        ),
    ]


def _has(answer: Answer, *names: str) -> bool:
    return all(answer.headers[name] for name in names)


def _named(answer: Answer, *names: str) -> str:
    return "; ".join(f"{name}: {answer.headers[name] or 'missing'}" for name in names)
