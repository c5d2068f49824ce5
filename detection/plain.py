"""A folder that nothing builds: pages as they are, in the folder itself or in one of its usual places."""

from __future__ import annotations

from detection.answer import App, Doubt, Reason
from detection.files import Files

_PLACES = ("public", "site", "www", "docs", "dist", "build", "out", "_site", "html", "static", "web", "src")


def plain_app(files: Files) -> App | None:
    """The folder as a site of plain files, if it looks like one."""
    app = App(".", "plain files", "static", routing="mixed")
    if files.has("index.html"):
        return app._replace(reasons=(Reason("framework", "plain files", "index.html is there, and nothing to build"),))
    found = tuple(place for place in _PLACES if files.has(f"{place}/index.html"))
    if not found:
        return None
    why = f"{found[0]}/index.html is there, and nothing to build"
    doubts = (Doubt("output", "Which folder is the site?", found, "several have an index.html"),) * (len(found) > 1)
    reasons = (Reason("framework", "plain files", why), Reason("output", found[0], why))
    return app._replace(output=found[0], reasons=reasons, doubts=doubts)
