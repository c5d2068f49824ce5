"""The command: `python -m local DIR` serves a site like on AWS, `python -m local pipeline REPO` builds its commits.

What needs the extra `local` is imported late, so that a package that is missing is one line and no traceback.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while modules load, Ctrl-C is no traceback; `run` takes it back

from contract import ROUTINGS, VERSION
from generator.frameworks import FRAMEWORKS
from instant_hosting.ports import DASHBOARD, SITE
from instant_hosting.usage import Parser, run, tell
from local.errors import LocalError

_MISSING = "is missing: pip install 'instant-hosting[local]', or pip install '.[local]' in the checkout"


def main(arguments: list[str], called: str = "python -m local") -> int:
    """Run the command that `arguments` name; the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments[:1] == ["pipeline"]:
            wanted = "give the folder of a git repository"
            _pipeline(_parsed(_pipeline_parser(called), arguments[1:], wanted))
        else:
            wanted = "give the folder of a built site, or of a project"
            _serve(_parsed(_site_parser(called), arguments, wanted))
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("local", "generator"):
            raise
        tell(f"local: the package {error.name} {_MISSING}")
        return 1
    except LocalError as error:
        tell(f"local: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parsed(parser: argparse.ArgumentParser, arguments: list[str], wanted: str) -> argparse.Namespace:
    """The options, complete: where the framework is one's own, all that a framework would say."""
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():  # before what is said of how it is built
        raise LocalError(f"{given.folder} is no folder: {wanted}")
    needed = ("build", "output", "routing")
    missing = ", ".join(f"--{name}" for name in needed if not getattr(given, name))
    if given.framework == "custom" and missing:
        start = "give --framework, or all of --build, --output and --routing"
        parser.error(f"{given.folder} is built in a way of its own (custom): {start}; missing: {missing}")
    return given


def _serve(given: argparse.Namespace) -> None:
    from local.commands.project import project_of  # here, so that a missing package is one line
    from local.commands.serve import Options, serve

    project = project_of(given.folder, given.framework, given.routing, given.build, given.output)
    serve(project, Options(given.port, given.watch, given.open, given.dashboard))


def _pipeline(given: argparse.Namespace) -> None:
    from local.commands.pipeline import Plan, parameters_of, recognized_parameters
    from local.commands.repository import Repository
    from local.commands.serve import Options, serve_pipeline

    where = given.output, given.routing, given.full_clone
    repository = Repository(given.folder)
    parameters = parameters_of(given.framework, given.root, given.build, *where)
    if not given.framework:
        parameters = recognized_parameters(repository, given.revision, parameters)
    plan = Plan(repository, given.revision, given.watch, parameters)
    serve_pipeline(plan, Options(given.port, given.watch, given.open, given.dashboard))


def _site_parser(called: str) -> argparse.ArgumentParser:
    parser = Parser(
        prog=called,
        description="Serve a site like on AWS, on this machine.",
        epilog=f"{called} pipeline REPO builds the commits of a git repository: see its own --help",
    )
    parser.add_argument("folder", metavar="DIR", type=_folder, help="a built site, or a project")
    _add_common(parser, "publish again when DIR has changed and come to rest")
    return parser


def _pipeline_parser(called: str) -> argparse.ArgumentParser:
    parser = Parser(
        prog=f"{called} pipeline", description="Build a commit and publish it, as the pipeline does on AWS."
    )
    parser.add_argument("folder", metavar="REPO", type=_folder, help="a local git repository")
    parser.add_argument("--revision", default="HEAD", help="the commit or branch (default: %(default)s)")
    parser.add_argument("--full-clone", action="store_true", help="with history, submodules and Git LFS (FullClone)")
    parser.add_argument("--root", default="", help="the app's folder in the repository")
    _add_common(parser, "build each new commit of the revision")
    return parser


def _add_common(parser: argparse.ArgumentParser, watch: str) -> None:
    names = sorted(FRAMEWORKS)
    parser.add_argument("--framework", choices=names, default="", help="how it is built, if its files do not say so")
    parser.add_argument("--build", default="", help="the command that builds, in place of the framework's")
    parser.add_argument("--output", default="", help="the folder that the build writes")
    parser.add_argument("--routing", choices=ROUTINGS, default="", help="in place of the framework's")
    parser.add_argument("--watch", action="store_true", help=watch)
    parser.add_argument("--port", type=_port, default=SITE, help="of the site (default: %(default)s; 0: any free one)")
    parser.add_argument("--open", action="store_true", help="open the site in the browser")
    more = "a page that shows what is live, and switches (default port: %(const)s)"
    parser.add_argument("--version", action="version", version=f"instant-hosting {VERSION}")
    parser.add_argument("--dashboard", type=_port, nargs="?", const=DASHBOARD, metavar="PORT", help=more)


def _folder(text: str) -> Path:
    if not text:  # of a variable that is not set; the current folder is written as a dot
        raise argparse.ArgumentTypeError("it is empty: give a folder")
    return Path(text)


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to 65535")
    return port


if __name__ == "__main__":
    sys.exit(run("local", lambda: main(sys.argv[1:])))
