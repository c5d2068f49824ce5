"""Says how a deployment is called, and what its manifest tells about its source.

Pipeline and commands name and describe what they upload alike. An ID says what was built and is never given twice: a
retry is another upload.
"""

from __future__ import annotations

import os
import re
import time

from content.files import UploadError
from contract import ID


def deployment_id(commit: str, end: str = "") -> str:
    """Give the ID that begins with the commit and has this `end` (16 hex digits); a random one if there is none."""
    # 40 digits are a whole SHA-1; of SHA-256 they are enough, and an ID has room for no more
    identity = f"{commit[:40]}-{end or os.urandom(8).hex()}"
    if not re.fullmatch(ID, identity):
        raise UploadError(f"commit {commit!r} cannot begin an ID: use letters, digits, - and _")
    return identity


def facts(commit: str, created: float | None = None, **others: str) -> dict[str, str]:
    """Give the manifest's members about the source, "" where nobody tells; `created`: seconds since 1970, or now."""
    return {
        "commit": commit,
        "branch": "",
        "message": "",
        "author": "",
        "execution": "",
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created)),
        **others,
    }
