"""`python -m deployments`, also installed as `deployments`.

It is apart from the commands because AWS's libraries take a second to load, or are not there: neither Ctrl-C in it nor
a missing one is a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

_MISSING = "is missing: pip install 'instant-hosting[cli]', or pip install '.[cli]' in the checkout"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace")  # a terminal may lack the characters of a commit's message
    try:
        from deployments.cli import run

        status = run(arguments)
        sys.stdout and sys.stdout.flush()
        return status
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package in ("", "deployments", "generator"):
            raise
        sys.stderr.write(f"deployments: {package} {_MISSING}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("deployments: interrupted\n")
        return 130
    except BrokenPipeError:  # `deployments list | head` has seen enough
        _silence()
        return 0
    except SystemExit as end:
        if end.code != 1:  # so click and rich end at a closed pipe
            raise
        _silence()
        return 0
    except OSError as error:
        _silence()
        with suppress(OSError):
            what = error.filename or "the output cannot be written: send it somewhere else"
            sys.stderr.write(f"deployments: {error.strerror}: {what}\n")
        return 1


def _silence() -> None:
    """Let what Python still wants to write to standard output go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
