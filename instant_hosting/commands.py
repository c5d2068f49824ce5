"""The installed commands: `deployments`, and `instant-hosting`, which `python -m instant_hosting` is too.

They find the house by themselves, and nothing of the user's runs in place of it or of a library.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # until `_begin` has run, nothing is imported that a file of the user's could stand in for
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_COMMANDS = {
    "generator": "write the CloudFormation template",
    "local": "serve or build a site on this machine, like on AWS",
    "docs": "list the pages of the documentation, or show one",
}


def deployments() -> int:
    """Run `deployments`; its exit status."""
    _begin()
    from deployments.__main__ import main

    return main()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `instant-hosting`; its exit status."""
    _begin()
    from instant_hosting.usage import run

    given = sys.argv[1:] if arguments is None else list(arguments)
    name = given[0] if given[:1] and given[0] in _COMMANDS else "instant-hosting"
    return run(name, lambda: _command(given))


def _begin() -> None:
    _put_the_user_last()
    from instant_hosting import shipped

    shipped.put_first()


def _put_the_user_last() -> None:
    """Let what is on PYTHONPATH stand in for no library: a project's own `click.py` would.

    The folder in which this package lies stays where it is.
    """
    given = {os.path.abspath(place) for place in os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    given.discard(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path.sort(key=lambda place: os.path.abspath(place) in given)


def _command(given: list[str]) -> int:
    what = _parser().parse_args(given[:1]).what  # each command reads its own options
    rest, name = given[1:], f"instant-hosting {what}"
    if what == "generator":
        from generator.__main__ import main as generate

        return generate(rest, name)
    if what == "local":
        from local.__main__ import main as run_locally

        return run_locally(rest, name)
    from instant_hosting.pages import main as show

    return show(rest, name)


def _parser() -> argparse.ArgumentParser:
    import argparse

    from generator.version import __version__
    from instant_hosting.usage import Parser

    parser = Parser(
        prog="instant-hosting",
        description="Host a static site on your own AWS account.",
        epilog="Day two, and publishing from your own CI: deployments --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"instant-hosting {__version__}")
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND", title="commands")
    for name, text in _COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False)
    return parser
