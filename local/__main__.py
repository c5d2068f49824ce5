"""The command: `python -m local DIR` serves a site like on AWS, `python -m local pipeline REPO` builds its commits."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from generator.frameworks import FRAMEWORKS
from local.errors import LocalError

_MISSING = "is missing: pip install 'instant-hosting[local]', or pip install '.[local]' in the checkout"


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` name; the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from local.serve import Options, serve, site_of

        options = _serving().parse_args(arguments)
        site = site_of(
            Path(options.folder), options.framework, options.routing or "", options.build or "", options.output or ""
        )
        serve(site, Options(options.port, options.watch, options.open, options.dashboard))
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("local", "generator"):
            raise
        print(f"local: the package {error.name} {_MISSING}", file=sys.stderr)
        return 1
    except LocalError as error:
        print(f"local: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _serving() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Serve a site like on AWS, on this machine.")
    parser.add_argument("folder", metavar="DIR", help="a built site, or a project with --framework or --build")
    parser.add_argument("--framework", choices=sorted(FRAMEWORKS), default="static", help="how DIR is built and routed")
    parser.add_argument("--build", help="the command that builds DIR, in place of the framework's")
    parser.add_argument("--output", help="the folder in DIR that the build writes")
    parser.add_argument("--routing", choices=("spa", "files", "folders", "mixed"), help="in place of the framework's")
    parser.add_argument("--watch", action="store_true", help="publish again when DIR has changed and come to rest")
    parser.add_argument("--port", type=int, default=8321, help="of the site (default: %(default)s; 0: any free one)")
    parser.add_argument("--open", action="store_true", help="open the site in the browser")
    parser.add_argument(
        "--dashboard", type=int, nargs="?", const=8322, metavar="PORT", help="show what is live, and switch"
    )
    return parser


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status) if status == 130 else sys.exit(status)
