"""Who may ask a port of ours: loopback is open to every web page in the same browser, so loopback alone is no answer.

A page that is not ours says so itself (`Origin`, `Sec-Fetch-Site`), or it has made its own name lead here (`Host`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# browsers ask no network for names below localhost (RFC 6761): nobody else can make one of them lead here
_LOOPBACK = re.compile(r"(?:[\w-]+\.)*localhost|127\.0\.0\.1", re.IGNORECASE)


def is_ours(host: str) -> bool:
    """Whether `host`, of a request, is a name of this machine, and not one that somebody has made lead here."""
    name, _, port = host.partition(":")
    return bool(_LOOPBACK.fullmatch(name)) and (port.isdecimal() or not port)


def is_foreign(headers: Mapping[str, str], origin: str) -> bool:
    """Whether a page other than those of `origin` asks; a person who opens an address is nobody's page."""
    if headers.get("origin", origin) != origin:
        return True
    by_person = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not by_person
