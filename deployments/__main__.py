"""`python -m deployments`, also installed as `deployments`.

It is apart from the commands because AWS's libraries take a second to load, or are not there: neither Ctrl-C in it nor
a missing one is a traceback.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from instant_hosting.usage import run, silence, tell

_REMEDY = "pip install 'instant-hosting[cli]', or pip install '.[cli]' in the checkout"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called: then nobody hears the rest either
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # until the end
    return run("deployments", lambda: _command(arguments))


def _command(arguments: Sequence[str] | None) -> int:
    try:
        from deployments import cli

        return cli.run(arguments)
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package in ("", "deployments", "generator"):
            raise
        _tell_missing(package, sys.argv[1:] if arguments is None else arguments)
        return 2
    except KeyboardInterrupt:
        tell("deployments: interrupted")
        return 130
    except SystemExit as end:
        if end.code != 1:  # so click and rich end at a closed pipe
            raise
        silence()
        return 0


def _tell_missing(package: str, arguments: Sequence[str]) -> None:
    from deployments.programs import USAGE, error, wants_json

    text = f"{package} is missing: {_REMEDY}"
    if wants_json(arguments):
        sys.stdout.write(f"{json.dumps(error(text, _REMEDY, USAGE, {}))}\n")
    tell(f"deployments: {text}")


if __name__ == "__main__":
    sys.exit(main())
