"""Says what a site obviously lacks, or has and should not have, before it is live: to whoever builds or publishes.

A site without its stylesheet goes live as well as any other, and its visitors would be the first to notice. These are
warnings only, because each of them may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from html import unescape
from unicodedata import normalize
from urllib.parse import quote, unquote, urljoin, urlsplit

from content.files import File, read, remark
from content.hashed_names import is_hashed
from content.plan import RULES, Plan

_LOOKED_AT = 2**30  # characters of pages; then it is enough

# Names that mean something to other hosts only
_OF_HOSTS = re.compile(
    r"_routes\.json|_worker\.js|(netlify|wrangler)\.toml|(vercel|firebase|staticwebapp\.config)\.json|"
    r"customHttp\.yml|CNAME|(.*/)?(\.htaccess|web\.config)"
)
_SECRETS = re.compile(
    r"(.*/)?(id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|p12|pfx|jks|env|tfstate)|(credentials|secrets)\.(json|ya?ml))",
    re.I,
)

# What loads something, from where, and where tags are only text
_LOADS = re.compile(r"<(?:script|img|source|link(?=[^>]*(?:stylesheet|modulepreload)))\s[^>]*>", re.I)
_ATTRIBUTE = re.compile(r"""\s([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.I)
_BASE = re.compile(r"""<base\s[^>]*?href=["']?([^"'\s>]+)""", re.I)
_SRCSET = re.compile(r"([^\s,]\S*[^\s,])(?:\s[^,]*)?(?:,|$)")
_TEXT = re.compile(
    r"""<!--.*?(-->|$)|(?<=<script)([^>]*>).*?</script|<(template|textarea|title|style|xmp)\b.*?</\3|"""
    r"""="[^"]*<[^"]*"|='[^']*<[^']*'""",
    re.I | re.S,
)


def warnings(found: Mapping[str, File | None], plan: Plan) -> list[str]:
    """Give a line for each kind of oddity of what was `found` and will be as `plan` says."""
    files = plan.files
    missing = loaded("404.html", read(files["404.html"])) if "404.html" in files else set()
    elsewhere = of_hosts(found)
    first: dict[str, str] = {}
    twins = [(path, first.setdefault(normalize("NFC", path).casefold(), path)) for path in sorted(files)]
    return [
        *remark("not published", found.keys() - files - elsewhere - {".nojekyll", *RULES}),
        *remark(
            "used by 404.html, perhaps of another deployment", {path for path in files if not is_hashed(path)} & missing
        ),
        *remark("for other hosts, without effect here (`deployments rules` says what has)", elsewhere),
        *remark("missing, although a page loads it (is the build's base path /?)", _missing(files)),
        *remark("look like secrets that everybody can read, remove them", filter(_SECRETS.fullmatch, files)),
        *remark("differ in case or Unicode form only, keep one", (f"{a} from {b}" for a, b in twins if a != b)),
    ]


def of_hosts(names: Iterable[str]) -> set[str]:
    """Give those of `names` that only other hosts read."""
    return {*filter(_OF_HOSTS.fullmatch, names)}


def _missing(files: Mapping[str, File]) -> set[str]:
    """Give what pages load and `files` lack, with a page that does."""
    known = {*files, ""}
    lacks: dict[str, str] = {}
    left = _LOOKED_AT
    for page in sorted(filter(re.compile(r"\.html?$").search, files), key=lambda path: (path.count("/"), path)):
        text = read(files[page]) if left > 0 else ""
        left -= len(text)
        if loaded(page, text) - known:
            left -= 9 * len(text)  # ten times slower in all: docs/decisions/uploader-what-is-published.md
            for path in loaded(page, _TEXT.sub(r"\2", text)) - known:
                lacks.setdefault(path, page)
    return {f"{path} ({page})" for path, page in lacks.items()}


def loaded(page: str, text: str) -> set[str]:
    """Give the paths in the site of the scripts, styles and images that `page` loads."""
    base = _BASE.search(text)
    found = set()
    home = urljoin(f"http://site/{quote(page)}", base[1] if base else "")
    for name, value in (pair for tag in _LOADS.findall(text) for pair in _ATTRIBUTE.findall(tag)):
        value, name = unescape(value.strip("\"'")).strip(), name.lower()
        for link in _SRCSET.findall(value) if name == "srcset" else [value] if name in ("src", "href") else []:
            with suppress(ValueError):
                url = urlsplit(urljoin(home, link))
                if url[:2] == ("http", "site") and not re.search(r"[{<$][{%]", link):
                    found.add(unquote(url.path)[1:])
    return found
