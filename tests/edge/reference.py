"""What the edge functions should do with a request, written from the documents and not from the functions.

The sources are the routing table (docs/architecture.md), the promise (docs/consistency.md), what moves the pin
(docs/decisions/edge-pin.md) and what is known of a store that fails. It says each thing once, knows nothing of how the
functions come to their answer, and shares no expression with them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from content.media_types import FILES
from tests.edge.harness import Case
from tests.edge.reference_hashed import is_hashed
from tests.edge.reference_options import Decision, decide

RAW_LIMIT, DECODED_LIMIT = 2_700, 900
DIGITS, LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
PROTECTED = {"strict-transport-security": "max-age=31536000", "x-content-type-options": "nosniff"}
PIN = "__Host-deployment"
PIN_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400"
ROUTINGS = {"sp": "spa", "fi": "files", "fo": "folders", "ba": "bare"}  # all others are `mixed`
STATUSES = {"301": 301, "302": 302, "303": 303, "307": 307, "308": 308}  # of redirects
GONE = {"404": (404, "Not Found"), "410": (410, "Gone")}
METADATA = "x-amz-meta-"
Found = dict[str, Any]


def expected(case: Case) -> Found:
    """What is to be seen of the request, in the form of `seen`."""
    clean = without_repeated_slashes(case.uri)
    refused = refusal(clean if len(case.uri) <= RAW_LIMIT else case.uri)
    if clean != case.uri and not refused:
        return sent_on(308, clean, case, reads=0)
    if refused:
        return own_answer(refused, {"cache-control": "no-store"}, reads=0)
    pin = case.pin if is_id(case.pin) else ""
    if is_hashed(case.uri):
        return hashed_file(case, pin)
    if is_surely_file(case.uri) and pin and not moves_the_pin(case) and not asks_for_news(case):
        return passed_on(case, f"/deployments/{pin}", case.uri, reads=0, tells="")
    live = what_is_live(case, pin)
    if live is None:
        return unavailable()
    return from_deployment(case, pin, *live)


def from_deployment(case: Case, pin: str, live: str, routing: str, members: Mapping[str, list[str]]) -> Found:
    if moves_the_pin(case) and pin and pin != live and "prefetch" in case.headers.get("sec-purpose", ""):
        return unavailable()
    served = pin if pin and not moves_the_pin(case) and not asks_for_news(case) else live
    decision, shell = Decision(), "index.html"
    if served == live and takes_options(case, members):
        decision, shell = decide(case, case.members, decode), case.members.get("shell") or shell
    reads = 1 + decision.reads
    if decision.status not in (0, 200):
        return sent_on(decision.status, decision.target, case, reads)
    asked, path = case, f"{case.uri}index.html" if case.uri.endswith("/") else case.uri
    if decision.status == 200:
        asked = dataclasses.replace(case, uri=without_repeated_slashes(decision.target.partition("?")[0]))
        if refused := refusal(asked.uri):
            return own_answer(refused, {"cache-control": "no-store"}, reads)
    if not decision.exact:
        path = routed(asked, decision, routing, members, shell)
    if path.startswith("308 "):
        return sent_on(308, path[4:], case, reads)
    if moves_the_pin(case):
        return passed_on(case, f"/deployments/{live}", path, reads, live, in_full=pin != live)
    return passed_on(case, f"/deployments/{served}", path, reads, tells="")


def takes_options(case: Case, members: Mapping[str, list[str]]) -> bool:
    """Whether the live deployment has options and this is a request for which they are asked."""
    known = extension(case.uri) in FILES
    if not has_dot_segment(case.uri):
        known = known or extension(case.uri) in members.get("also", [])
    return case.has_options and (is_navigation(case.headers) or not known)


def hashed_file(case: Case, pin: str) -> Found:
    """From the pool, or from the folder of a self-contained deployment: the pin's, for a fetch of news the live one."""
    folder, reads = pin, 0
    if pin and case.headers.get("sec-fetch-dest", "") in ("", "empty") and asks_for_news(case, fetched=True):
        folder, reads = (case.store or "").split(" ")[0] if not case.failure and case.store is not None else pin, 1
    inside = is_id(folder) and len(folder) > 16 and folder[-17:-15] == "-x"
    return passed_on(case, f"/deployments/{folder}" if inside else "/immutable", case.uri, reads, tells="")


# The path


def refusal(uri: str) -> int:
    """The status with which a path is refused, 0 if it is not."""
    if len(uri) > RAW_LIMIT:
        return 414
    decoded = decode(uri)
    if not uri.startswith("/"):
        return 400
    if any(ord(sign) < 0x20 or sign in "\x7f\\" for sign in decoded):
        return 400
    segments = decoded.split("/")[1:]
    if "." in segments or ".." in segments or "" in segments[:-1]:
        return 400
    return 414 if len(decoded.encode()) > DECODED_LIMIT else 0


def without_repeated_slashes(uri: str) -> str:
    return re.sub("/{2,}", "/", uri)


def decode(uri: str) -> str:
    """The path decoded; where its encoding is broken, only what it has of ASCII is."""
    if "%" not in uri:
        return uri
    ascii_only, rest, broken = "", uri, False
    while rest:
        number = hexadecimal(rest[1:3]) if rest[0] == "%" else None
        broken |= rest[0] == "%" and number is None
        if number is not None and number < 0x80:
            ascii_only, rest = ascii_only + chr(number), rest[3:]
        else:
            ascii_only, rest = ascii_only + rest[0], rest[1:]
    try:
        return ascii_only if broken else unquote_to_bytes(uri).decode()
    except UnicodeDecodeError:
        return ascii_only


def hexadecimal(two: str) -> int | None:
    return int(two, 16) if len(two) == 2 and all(sign in DIGITS + "abcdefABCDEF" for sign in two) else None


def has_dot_segment(uri: str) -> bool:
    return any(segment.startswith(".") for segment in decode(uri).split("/"))


def extension(uri: str) -> str:
    """What stands behind the last dot of the whole path, in lower case; nothing if there is no dot."""
    return uri.rpartition(".")[2].lower() if "." in uri else ""


def is_surely_file(uri: str) -> bool:
    """A file whatever the store says."""
    return has_dot_segment(uri) or extension(uri) in FILES


def routed(
    case: Case, decision: Decision, routing: str, members: Mapping[str, list[str]], shell: str = "index.html"
) -> str:
    """The path in the deployment's folder, or `308 /path`."""
    uri, rewritten = case.uri, decision.status == 200
    is_file = extension(uri) in FILES or extension(uri) in members.get("also", [])
    if decision.unlisted and routing == "spa" and not rewritten:
        is_file = False
    if is_file or (has_dot_segment(uri) and not rewritten):
        return uri
    if routing == "spa":
        slashed = uri.endswith("/") and extension(uri[:-1]) in FILES and not rewritten
        return f"/{shell}" if uri == "/" or (takes_a_page(case.headers) and not slashed) else uri
    if uri == "/":
        return "/index.html"
    if rewritten:
        page = uri.removesuffix("/")
        in_folder = routing in ("folders", "bare") or (uri.endswith("/") and routing == "mixed")
        in_folder = in_folder or (uri.endswith("/") and uri[1:-1] in members.get("index", []))
        return f"{page}/index.html" if in_folder else f"{page}.html"
    named = uri.endswith("/") and uri[1:-1] in members.get("index", [])
    if routing in ("files", "bare") and uri.endswith("/") and not named:
        return f"308 {uri[:-1]}"
    if routing == "folders" and not uri.endswith("/"):
        return f"308 {uri.removesuffix('index') if uri.endswith('/index') else uri + '/'}"
    if uri.endswith("/"):
        return f"{uri}index.html"
    return f"{uri}/index.html" if routing == "bare" else f"{uri}.html"


def location(target: str, case: Case) -> str:
    """Where a browser is sent: with the request's query unless the target has one, and the target's fragment last."""
    address, mark, fragment = target.partition("#")
    query = "&".join(f"{name}={value}" for name, value in case.query.items())
    if case.raw_query is not None:
        query = case.raw_query
    goes_along = f"?{query}" if query and "?" not in address else ""
    whole = f"{address}{goes_along}{mark}{fragment}"
    return "".join(sign if "!" <= sign <= "~" else percent(sign) for sign in whole)


def percent(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode())


# The browser


def is_navigation(headers: Mapping[str, str]) -> bool:
    dest, mode = headers.get("sec-fetch-dest", ""), headers.get("sec-fetch-mode", "")
    if dest and dest != "empty":
        return dest == "document"
    if dest or mode:  # a service worker that passes a navigation on has an empty destination
        return mode == "navigate"
    return "text/html" in headers.get("accept", "")


def is_service_worker(headers: Mapping[str, str]) -> bool:
    return headers.get("sec-fetch-dest") == "serviceworker" or bool(headers.get("service-worker"))


def moves_the_pin(case: Case) -> bool:
    return is_navigation(case.headers) or is_service_worker(case.headers)


def takes_a_page(headers: Mapping[str, str]) -> bool:
    """Whether a route of an app is what is asked for: not by a fetch or a script that has no use for HTML."""
    return not headers.get("sec-fetch-dest") or is_navigation(headers) or "text/html" in headers.get("accept", "")


def asks_for_news(case: Case, fetched: bool | None = None) -> bool:
    """Whether the newest is asked for, whatever page the browser shows."""
    if fetched is None:
        fetched = not is_navigation(case.headers) and case.headers.get("sec-fetch-dest", "") in ("", "empty")
    asker = case.headers.get("referer", "").partition("?")[0]
    installs = asker.endswith((".js", ".mjs"))
    reloads = "no-cache" in case.headers.get("cache-control", "") and not installs
    if fetched and (reloads or "ngsw-cache-bust" in case.query):
        return True
    return case.uri.endswith(("/ngsw.json", "/_nuxt/builds/latest.json"))


# The store


def is_id(text: str) -> bool:
    allowed = LETTERS + LETTERS.upper() + DIGITS
    return 10 <= len(text) <= 64 and text[0] in allowed and all(sign in allowed + "-_" for sign in text)


def what_is_live(case: Case, pin: str) -> tuple[str, str, dict[str, list[str]]] | None:
    """Deployment, routing and members; None where nobody can be served."""
    if case.failure or case.store is None:
        missing = not case.failure or "notfound" in case.failure.lower().replace(" ", "")
        return (pin, "mixed", {}) if pin and not missing else None
    deployment, _, rest = case.store.partition(" ")
    routing, *more = rest.split(" ")
    if not is_id(deployment) or not routing or routing[0].lower() not in LETTERS + DIGITS + "_":
        return None
    members: dict[str, list[str]] = {}
    for member in more:
        name, _, values = member.partition("=")
        members.setdefault(name, [value for value in values.split(",") if value])
    return deployment, ROUTINGS.get(routing[:2], "mixed"), members


# What is seen of it


def sent_on(status: int, target: str, case: Case, reads: int) -> Found:
    headers = {"cache-control": "public, max-age=0, must-revalidate", "location": location(target, case)}
    return own_answer(status, headers, reads)


def own_answer(status: int, headers: Mapping[str, str], reads: int) -> Found:
    return {"status": status, "headers": {**PROTECTED, **headers}, "reads": reads}


def unavailable() -> Found:
    page = {"cache-control": "no-store", "retry-after": "10", "content-type": "text/html; charset=utf-8"}
    return own_answer(503, page, reads=1)


def passed_on(case: Case, folder: str, path: str, reads: int, tells: str, *, in_full: bool = False) -> Found:
    """The request to the origin; `tells` is what the router tells the finisher."""
    dropped = {"x-deployment", *(("if-none-match", "if-modified-since") if in_full else ())}
    if not case.pin and "sec-fetch-mode" not in case.headers:
        dropped -= {"if-none-match"}  # a crawler
    headers = {name: value for name, value in case.headers.items() if name not in dropped}
    told = headers | ({"x-deployment": tells} if tells else {})
    uri = folder + path.replace("+", "%2B")
    return {"uri": uri, "headers": told, "reads": reads, "response": finished(case, tells if case.handed_on else "")}


def finished(case: Case, told: str) -> Found | None:
    """What the browser sees of the origin's answer: without what only the edge should keep, perhaps with a pin."""
    if case.origin is None:
        return None
    sent = case.origin["headers"]
    metadata = {name.removeprefix(METADATA): value for name, value in sent.items() if name.startswith(METADATA)}
    headers = {name: value for name, value in sent.items() if not name.startswith(METADATA)}
    if "cache-control" in headers:
        kept = [part for part in headers["cache-control"].split(", ") if not part.startswith("s-maxage=")]
        headers["cache-control"] = ", ".join(kept)
    pin = pinned(case, told, headers.get("content-type", ""), metadata)
    found: Found = {"status": case.origin["status"], "description": None, "headers": headers, "cookies": pin}
    return found if found["status"] == 304 else with_metadata(case, found, metadata)


def pinned(case: Case, told: str, kind: str, metadata: Mapping[str, str]) -> Found:
    """The cookie, if any: of a page that is opened and of a service worker, never of a redirect or another document."""
    page = kind.startswith("text/html")
    opened = page or not kind if told else page and is_navigation(case.headers)
    deployment = told or metadata.get("deployment", "")
    if "redirect" in metadata or not is_id(deployment) or not (opened or is_service_worker(case.headers)):
        return {}
    return {PIN: {"value": deployment, "attributes": PIN_ATTRIBUTES}}


def with_metadata(case: Case, found: Found, metadata: Mapping[str, str]) -> Found:
    """The answer with the headers and the status that the object's metadata asks for."""
    headers = dict(found["headers"])
    for member in metadata.get("headers", "").split("~"):
        name, colon, value = member.partition(": ")
        if member.startswith("!"):
            headers.pop(member[1:].lower(), None)
        elif name and colon:
            headers[name.lower()] = value
    status, _, target = metadata.get("redirect", "").partition(" ")
    if status in STATUSES and target:
        headers["location"] = location(target, case)
        return found | {"status": STATUSES[status], "description": "Redirect", "headers": headers}
    if "redirect" not in metadata and metadata.get("status") in GONE:
        code, description = GONE[metadata["status"]]
        return found | {"status": code, "description": description, "headers": headers}
    return found | {"headers": headers}
