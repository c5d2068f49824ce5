"""Makes a project's folder from a table of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

File = str | Mapping[str, object]


def made(folder: Path, files: Mapping[str, File]) -> Path:
    """The folder with these files; what is no text is JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder
