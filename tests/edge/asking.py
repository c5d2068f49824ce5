"""Requests for the reference, as browsers send them to real sites and as nobody should: the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from tests.edge.asking_options import options
from tests.edge.harness import FETCH, FRAME, LIVE, NAVIGATION, OLD, ROUTINGS, SCRIPT, WORKER, Case
from tests.edge.reference import decode

FOLDERS = ["about", "docs", "blog", "2026", "v1.2", "api", "users", "@ada", "named", "a,b", "café", "caf%C3%A9"]
FOLDERS += [
    "deep/er",
    "[...slug]",
    "%5Bslug%5D",
    "a%2Fb",
    "assets",
    "static/js",
    "images",
    "img",
    "_next/static/chunks",
]
FOLDERS += ["_next/static", "_app/immutable", "_astro", "_nuxt", "_nuxt/builds", ".well-known", ".git", "a..b"]
FOLDERS += ["%2Ehidden", "tags", "x=y", "one two", "Docs"]
NAMES = ["about", "index", "404", "john.doe", "2.0.1", "tool-1.2.0", "node.js", "app.js", "sw.js", "sw.mjs"]
NAMES += ["style.css", "logo.svg", "LOGO.SVG", "photo.JPG", "a.pdf", "model.glb", "x.pf_meta", "a.glb,usdz"]
NAMES += ["data.json", "ngsw.json", "latest.json", "page.html", "page.HTM", "a+b.txt", "C++", "x.", "x.usdz"]
NAMES += ["feed.xml", "robots.txt", "a.tar.gz", "manifest.webmanifest", "security.txt", ".env", "README"]
NAMES += ["apple-app-site-association", "a.b/c", "100%", "index.html"]
# addresses that something hangs on: a list, a version poll, a worker
SPECIAL = ["/", "/about", "/about/", "/named", "/named/", "/deep/er/", "/docs/", "/a,b/", "/b,about/", "/a.glb"]
SPECIAL += ["/a.usdz", "/_nuxt/builds/latest.json", "/ngsw.json", "/app/ngsw.json", "/sw.js", "/page.html"]
SPECIAL += ["/INDEX.HTML", "/x.", "/user/john.doe", "/data.json", "/A.GLB", "/a.glb,usdz"]
SPECIAL += ["/images/1-1a2b3c4d.png"]
# stems that look, or nearly look, as if they carried a hash
STEMS = ["index-BdE8sX2_", "main.0a1b2c3d", "page-1e4577fa5138d46e", "0123456789abcdef", "chunk-ABCDEF12"]
STEMS += ["og-1200x630", "IMG-20240101", "jquery.scrollTo", "icon-LinkedIn", "a-Template", "b.Two_word", "c-twoWords"]
STEMS += ["d-WORD_123", "e-Word1234", "f-12Abcdef", "g-abCdefgh", "h-AbCdEfGh", "i.Ab-Cdefg", "j-A1b2C3d"]
STEMS += ["p-iPhone15", "tv-QE55S95D", "1-1a2b3c4d", "p-A2B3C4D5", "q.1a2b3c4d5e6f", "r-AbCd-EfG"]
STEMS += ["k-A1b2C3d4e", "l-12345678", "m.abcdefab", "n_a1b2c3d4"]
MIDDLES = ["", "", "", "", ".chunk", ".entry", ".lean", ".min", ".legacy", ".bundle"]
KINDS = [".js", ".mjs", ".css", ".woff2", ".ttf", ".svg", ".png", ".jpeg", ".avif", ".wasm", ".map", ".js.map"]
KINDS += [".json", ".html", ".txt", ".ico", ".JS", ".tsx", ""]
TOKENS = ["/", "//", "/.", "/..", "/./", "/../", ".", "..", "%2e", "%2E", "%2f", "%2F", "%5c", "%5C", "\\", "%00"]
TOKENS += ["%0a", "%0D", "%1f", "%7f", "%7F", "%25", "%252e", "%", "%z", "%4", "%ff", "%c3", "%C3%A9", "%e2%82%ac"]
TOKENS += ["%f0%9f%98%80", "%c0%ae", "%80", "%20", "\x00", "\x01", "\t", "\n", "\x1f", "\x7f", "\x80", "é", "漢", "😀"]
TOKENS += ["+", "++", "%2b", " ", "~", "@", "[", "]", "{", "^", "|", "?", "#", "&", "=", ":", ";", ",", "'", '"']
TOKENS += ["-", "_", "a", "Z", "0", "ab", "index", "html", ".html", ".js", ".svg", ".SVG", ".glb", ".GLB", ".map"]
TOKENS += [".env", "named", "docs", "about"]
LENGTHS = (57, 80, 81, 100, 224, 225, 226, 300, 899, 900, 901, 899, 900, 901, 902, 2699, 2700, 2701, 8000)
FILLINGS = ("a", "a", "ab/", "%61", "%C3%A9", "é", "%F0%9F%98%80", ".b", "a-", "+", "%ff", "%2B")

DESTS = ["", "", "document", "iframe", "frame", "empty", "script", "style", "image", "font", "worker", "sharedworker"]
DESTS += ["object", "serviceworker", "manifest", "audio", "report"]
MODES = ["", "navigate", "cors", "no-cors", "same-origin", "websocket"]
ACCEPTS = ["", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/avif,image/webp,*/*;q=0.8"]
ACCEPTS += ["application/json", "text/html"]
CACHINGS = ["", "no-cache", "no-cache", "max-age=0", "no-store, no-cache", "max-age=0, no-cache"]
REFERERS = ["", "https://a.example/", "https://a.example/sw.js", "https://a.example/sw.js?v=1"]
REFERERS += ["https://a.example/w.mjs", "https://a.example/about?x=/sw.js", "https://a.example/a.js/"]
REFERERS += ["https://a.example/x.jsx", "https://a.example/x.mjs?"]
PROFILES: list[Mapping[str, str]] = [NAVIGATION, FRAME, FETCH, SCRIPT, WORKER]
PROFILES += [{}, {"accept": "*/*"}, {"accept": "text/html"}]
MALFORMED_PINS = ["x", "../../secret", "a" * 9, "a" * 65, "-" + "a" * 20, "_" + "a" * 20, f"{OLD}/..", f"{OLD}\n"]
MALFORMED_PINS += ["é" * 12, "a b c d e f g"]
SELF_CONTAINED = f"{OLD[:-16]}x{OLD[-15:]}"
WORDS = [
    *ROUTINGS * 2,
    "loft",
    "s",
    "f",
    "fox",
    "spare",
    "b",
    "1",
    "_",
    "-",
    "SPA",
    "é",
]  # of a version to come, or of nobody
MEMBERS = ["also=glb", "also=pf_meta,glb,usdz", "also=,glb", "also=", "index=named", "index=deep/er,named,docs"]
MEMBERS += ["index=a,b,about", "index=", "future=1", "also2=js", "also=glb also=usdz"]
MALFORMED_STORES = ["", " ", LIVE, f"{LIVE} ", f"{LIVE} other", f"{LIVE} spas", f"{LIVE} SPA", f"{LIVE}  spa"]
MALFORMED_STORES += [f" {LIVE} spa", f"{LIVE}\tspa", "../x spa", f"{LIVE}/.. spa", f'{{"live": "{LIVE} spa"}}']
MALFORMED_STORES += ["a" * 9 + " spa", "a" * 65 + " mixed"]
MALFORMED_STORES += [f"-{LIVE} spa", "null", f"{LIVE},spa"]
FAILURES = ["InternalError", "KeyNotFound", "key not found", "Not Found", "timeout", "", "found nothing"]
QUERIES: list[Mapping[str, str]] = [{}, {}, {}, {"a": "1"}, {"b": "2", "a": "%26"}]
QUERIES += [{"ngsw-cache-bust": "0.1"}, {"ngsw-cache-bust": ""}]
RAW_QUERIES = [None, None, "", "a=1&b=2", "q=é x", "a=%26&a", "%", "b=[1]&c={}"]
REDIRECTS = ["301 /new", "302 https://b.example/x?y=1#z", "303 /a#b", "307 /a?b", "308 /", "301 /%C3%A9", "301 /é"]
REDIRECTS += ["300 /x", "304 /x", "200 /x", "301", "301 ", " /x", "x", "301  /x", "3011 /x", "301/x"]
STATUSES = ["404", "410", "404", "410", "403", "4040", "", "200", "4 4", "404 /x"]
CHANGES = ["X-Frame-Options: DENY", "!X-Frame-Options", "Link: </a>; rel=x, <b: c>", "X-A: ", "!ETag", "!content-type"]
CHANGES += ["X-B:1", "", "!", ": x", "!absent", "x-a: 2", "Content-Type: text/plain", "!Cache-Control"]
CACHE_CONTROLS = ["", "public, max-age=0, s-maxage=31536000, must-revalidate", "public, max-age=31536000, immutable"]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def requests(seed: str, number: int) -> list[Case]:
    random = Random(seed)  # reproducible, not secret
    return [request(random) for _ in range(number)]


def request(random: Random) -> Case:
    deployments = [LIVE, OLD, identity(random), SELF_CONTAINED]
    stored, values, path = store(random, random.choice(deployments)), dict[str, str](), uri(random)
    if stored and stored not in MALFORMED_STORES and random.random() < 0.5:
        members, values = options(random, path, SPECIAL, decode)
        stored = " ".join([stored, *filter(None, members)])
    live = (stored or "").split(" ")[0]
    pin = random.choice(["", "", live if live else OLD, OLD, random.choice(deployments), random.choice(MALFORMED_PINS)])
    sent = headers(random)
    return Case(
        path,
        sent,
        pin=pin,
        store=stored,
        values=values,
        failure=random.choice(FAILURES) if random.random() < 0.06 else "",
        query=random.choice(QUERIES),
        raw_query=random.choice(RAW_QUERIES),
        origin=origin(random, random.choice([live, pin, OLD])),
        # a visitor's own routing header, not taken away, would be the visitor's own affair
        handed_on="x-deployment" in sent or random.random() < 0.7,
    )


def identity(random: Random) -> str:
    length = random.choice([10, 11, 32, 56, 57, 58, 63, 64, random.randint(10, 64)])
    return random.choice(ALPHABET) + "".join(random.choices(ALPHABET + "-_", k=length - 1))


def store(random: Random, deployment: str) -> str | None:
    chance = random.random()
    if chance < 0.02:
        return None
    if chance < 0.07:
        return random.choice(MALFORMED_STORES)
    members = random.sample(MEMBERS, random.choice([0, 1, 2, 3, 4]))
    filled = [f"f={'z' * random.randint(1, 50)}"] if random.random() < 0.3 else []
    return " ".join([deployment, random.choice(WORDS), *filled, *members])


def headers(random: Random) -> dict[str, str]:
    sent = dict(random.choice(PROFILES))
    if random.random() < 0.1:  # a worker installs, or a page polls
        sent = FETCH | {"cache-control": "no-cache", "referer": random.choice(REFERERS)}
    if random.random() < 0.3:
        mixed = {"sec-fetch-dest": DESTS, "sec-fetch-mode": MODES, "accept": ACCEPTS}
        sent = {name: value for name, values in mixed.items() if (value := random.choice(values))}
    more = {"cache-control": CACHINGS, "referer": REFERERS, "sec-purpose": ["prefetch", "prefetch;prerender", "x"]}
    more |= {"service-worker": ["script"], "x-deployment": ["forged-0123456789abcdef", "-", LIVE], "user-agent": ["x"]}
    more |= {"if-none-match": ['"x"'], "if-modified-since": ["Thu, 01 Jan 2026 00:00:00 GMT"], "range": ["bytes=0-1"]}
    often = {"cache-control": 0.3, "referer": 0.3, "service-worker": 0.04}
    for name, values in more.items():
        value = random.choice(values)
        if value and random.random() < often.get(name, 0.12):
            sent[name] = value
    return sent


def origin(random: Random, deployment: str) -> dict[str, Any] | None:
    if random.random() < 0.3:
        return None
    kind = random.choice(["text/html; charset=utf-8", "text/html", "text/javascript", "application/pdf", ""])
    answer = {"content-type": kind, "cache-control": random.choice(CACHE_CONTROLS), "etag": '"e"'}
    answer["x-amz-meta-deployment"] = deployment if random.random() < 0.8 else ""
    answer["x-frame-options"] = random.choice(["", "SAMEORIGIN"])
    often = {"redirect": (0.15, REDIRECTS), "status": (0.1, STATUSES), "sha256": (0.1, ["x"])}
    for name, (chance, values) in often.items():
        answer[f"x-amz-meta-{name}"] = random.choice(values) if random.random() < chance else ""
    if random.random() < 0.2:
        answer["x-amz-meta-headers"] = "~".join(random.choices(CHANGES, k=random.randint(1, 4)))
    return {
        "status": random.choice([200, 200, 206, 304]),
        "headers": {name: value for name, value in answer.items() if value},
    }


def uri(random: Random) -> str:
    """A path: nearly half as a site has it, the others bent, long, or made of what hurts."""
    chance = random.random()
    if chance < 0.25:
        return random.choice(SPECIAL)
    if chance < 0.47:
        return real(random)
    if chance < 0.65:
        return bent(random, real(random))
    if chance < 0.78:
        return long(random)
    tokens = random.choices(TOKENS, k=random.randint(0, 8))
    return random.choice(["/", "/", "/", "/a", "", "a"]) + "".join(tokens)


def real(random: Random) -> str:
    folders = random.choices(FOLDERS, k=random.choice([0, 1, 2, 3, 4]))
    kind = random.random()
    if kind < 0.3:
        last = random.choice(STEMS) + random.choice(MIDDLES) + random.choice(KINDS)
    elif kind < 0.4:
        token = "".join(
            random.choices(
                random.choice([ALPHABET + "-_", "0123456789abcdef", "Abc1"]),
                k=random.choice([7, 8, 8, 8, 9, 20, 64, 65]),
            )
        )
        last = f"x{random.choice('.--_')}{token}{random.choice(MIDDLES)}{random.choice(KINDS)}"
    else:
        last = random.choice(["", *NAMES])
    path = "/" + "/".join([*folders, last])
    return path + random.choice(["", "", "", "/"]) if not path.endswith("/") else path


def bent(random: Random, path: str) -> str:
    """A path with one to three signs encoded, doubled, dropped, put in, or of the other case."""
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(path) + 1)
        sign = path[place : place + 1]
        encoded = "".join(random.choice([f"%{byte:02x}", f"%{byte:02X}"]) for byte in sign.encode())
        put = random.choice([encoded, sign * 2, "", sign.swapcase(), random.choice(TOKENS) + sign])
        path = path[:place] + put + path[place + 1 :]
    return path


def long(random: Random) -> str:
    """A path of about a limit's length, raw or decoded."""
    filling, length = random.choice(FILLINGS), random.choice(LENGTHS)
    if 890 < length < 910 and random.random() < 0.7:  # decoded
        one = len(
            filling.replace("%C3%A9", "é")
            .replace("%F0%9F%98%80", "😀")
            .replace("%61", "a")
            .replace("%2B", "+")
            .encode()
        )
        filled = "/" + filling * ((length - 1) // one) + "a" * ((length - 1) % one)
    else:
        filled = ("/" + filling * length)[:length]
    # over the raw limit a path is too long before anybody looks at it
    ending = (
        "/../x"
        if length > 2_600 and random.random() < 0.6
        else random.choice(
            ["", "", "/", ".js", ".svg", ".glb", "-BdE8sX2_.js", "/../x", "/.env", "%zz", random.choice(TOKENS)]
        )
    )
    start = random.choice(["", "", "/_astro", "/_next/static/chunks", "/docs"])
    room = max(len(filled) - len(ending) - len(start), 1)
    return start + filled[:room] + ending
