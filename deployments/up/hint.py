"""What to publish, told from the project's files, so that the command that comes next can be copied as it is."""

from __future__ import annotations

from pathlib import Path

from detection import detect
from generator.frameworks import FRAMEWORKS

_UNKNOWN = "DIR --routing ROUTING"


def to_publish(folder: Path) -> str:
    """The built folder and its routing, as `deployments publish` takes them; words to fill in where that is open."""
    found = detect(folder)
    if found.doubts or not found.apps:
        return _UNKNOWN
    app = found.apps[0]
    row = FRAMEWORKS[app.framework]
    output, routing = app.output or row.output, app.routing or row.routing
    beside = output == "." and (app.build or row.build) != "none"  # the project's own files lie there too
    if beside or "*" in output or " " in output:  # or it is no one folder
        return f"DIR --routing {routing}"
    fallback = f" --fallback {app.fallback}" if app.fallback else ""
    return f"{Path(folder, app.root, output)} --routing {routing}{fallback}"
