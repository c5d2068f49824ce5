"""Makes the IDs of deployments, which say what was built and are never given twice: a retry is another upload."""

from __future__ import annotations

import os
import re

from content.files import UploadError
from contract import ID


def deployment_id(commit: str, end: str = "") -> str:
    """Give the ID that begins with the commit and has this `end` (16 hex digits); a random one if there is none."""
    identity = f"{commit[:40]}-{end or os.urandom(8).hex()}"
    if not re.fullmatch(ID, identity):
        raise UploadError(f"commit {commit!r} cannot begin an ID: use letters, digits, - and _")
    return identity
