"""Checks a document before it is stored: the door's routes, and the reporter's reports.

    python3 lambda/webhook/routes.py routes.json

It needs Python alone, without the functions' libraries. docs/webhooks.md describes what may stand in the document.
"""

from __future__ import annotations

import sys
from pathlib import Path

from door import route
from reporter import report
from shared.document import ConfigurationError


def main(arguments: list[str]) -> int:
    """Print the names in the document; exit status 1 and one line of why if it cannot be used."""
    if len(arguments) != 1:
        print("routes: give the file: routes.py routes.json", file=sys.stderr)
        return 1
    try:
        text = Path(arguments[0]).read_text(encoding="utf-8")
        found = [*route.parse(text), *report.parse(text)]
    except (ConfigurationError, OSError) as error:
        print(f"routes: {error}", file=sys.stderr)
        return 1
    print(f"routes: {', '.join(found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
