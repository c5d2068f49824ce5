"""Tools whose pages a server makes, whatever their configuration says.

They are known all the same, so that a person hears why there is nothing to publish.
"""

from __future__ import annotations

from detection.draft import Draft


def always(draft: Draft) -> None:
    """Of these only a server can be built."""
    draft.server("publish it where a server runs, or make a site of it with another tool", "it has no static export")
