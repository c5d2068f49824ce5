"""`python -m deployments`, also installed as `deployments`.

It is apart from the commands because AWS's libraries take a second to load: Ctrl-C in it is no traceback either.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    try:
        from deployments.cli import run

        return run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("deployments: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
