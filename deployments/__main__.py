"""`python -m deployments`, also installed as `deployments`.

It is apart from the commands because AWS's libraries take a second to load, or are not there: neither Ctrl-C in it nor
a missing one is a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

_MISSING = "is missing: pip install 'instant-hosting[cli]', or pip install '.[cli]' in the checkout"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    try:
        from deployments.cli import run

        return run(arguments)
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package in ("", "deployments", "generator"):
            raise
        sys.stderr.write(f"deployments: {package} {_MISSING}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("deployments: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
