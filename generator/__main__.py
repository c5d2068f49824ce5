"""`python -m generator`: writes the template to standard output, and what is said about it to standard error."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from troposphere import Template

from generator import render
from generator.delivery import deliver
from generator.settings import OPTIONS, PACKAGINGS, SOURCES, Option, Settings, SettingsError
from generator.site_file import load_settings
from generator.site_template import Wanted
from generator.template import build_template
from generator.version import __version__
from instant_hosting.limits import TEMPLATE_LIMIT
from instant_hosting.usage import Parser, run, tell

Write = Callable[[Template], str]
# us-east-1; dashboard and alarms: https://aws.amazon.com/cloudwatch/pricing/
PRICES: dict[Option, str] = {
    "operations": "about USD 3.20 a month and site. A dashboard costs 3.00 (three are free in each account), and two "
    "alarms cost 0.10 each (ten are free). Its functions run for seconds a day",
}
_TOO_LONG = (
    f"it is over {TEMPLATE_LIMIT:,} bytes and must go through S3. The console and `sam deploy` do that by themselves. "
    "Otherwise use `aws cloudformation deploy --s3-bucket BUCKET`, or a TemplateURL for StackSets"
)


def main(arguments: Sequence[str] | None = None, called: str = "python -m generator") -> int:
    """Write one template; the exit status is 0, or 2 with one line on standard error that says what is wrong."""
    parser = _parser(called)
    options = parser.parse_args(arguments)
    if options.what not in ("site", "webhook"):  # after the options, so that a mistake in one of them is named first
        parser.error(f"{options.what!r} is not one of site, webhook")
    write: Write = render.to_json if options.format == "json" else render.to_yaml
    try:
        with _no_collection():
            template, name, chosen = _template(options)
            text = write(template).encode()
            deliver(text, options.output)
            _say_size(name, len(text), chosen, write)
    except SettingsError as error:
        tell(f"generator: {error}")
        return 2
    return 0


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nobody looks for garbage meanwhile, nor in what is there then when the process ends.

    Syntax trees are many small objects that stay, and looking through them takes a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _say_size(name: str, size: int, chosen: Settings, write: Write) -> None:
    """Tell how the template can be deployed, and what of it the options cost."""
    note = "fits into a template body that is passed inline" if size <= TEMPLATE_LIMIT else _TOO_LONG
    tell(f"generator: {name} template, {size:,} bytes: {note}")
    if chosen.options:
        more = size - len(write(build_template(replace(chosen, options=frozenset()))).encode())
        prices = "; ".join(f"{option}: {PRICES[option]}" for option in sorted(chosen.options))
        tell(f"generator: {more:,} bytes of it come from the options. {prices}")


def _template(options: argparse.Namespace) -> tuple[Template, str, Settings]:
    """The template that was asked for, its name, and by which settings."""
    if options.what == "webhook":
        given = [name for name in ("source", "packaging", "options") if getattr(options, name)]
        if given:
            name = given[0].replace("options", "with")
            raise SettingsError(f"--{name}: only a site's template has this choice; leave it out for the webhook")
        # troposphere's classes for SAM take longer to load than most of a site's template to write
        from generator.webhook import build_webhook

        settings = (
            load_settings(Path(options.config), usable=("roles", "tags")) if options.config is not None else Settings()
        )
        return build_webhook(settings), "webhook", settings
    settings = _settings(options)
    name = settings.source if settings.packaging == "inline" else f"{settings.source} SAM"
    return build_template(settings), " with ".join([name, *sorted(settings.options)]), settings


def _settings(options: argparse.Namespace) -> Settings:
    """What the options say, else what [template] of the file says."""
    settings = Settings(packaging=options.packaging or "inline")
    wanted = Wanted(options.source, frozenset(options.options) if options.options else None)
    if options.config is not None:
        return load_settings(Path(options.config), settings, wanted=wanted)
    return replace(settings, source=wanted.source or settings.source, options=wanted.options or settings.options)


def _parser(called: str) -> argparse.ArgumentParser:
    parser = Parser(
        prog=called,
        description="Writes one CloudFormation template that hosts a static site with instant, atomic deployments.",
        epilog=f"example: {called} --source zip --config site.toml --output template.yaml",
        allow_abbrev=False,
    )
    parser.add_argument("what", nargs="?", metavar="site|webhook", default="site", help="site (default) or webhook")
    source = "where deployments come from: %(choices)s (default: what the file says, else git)"
    parser.add_argument("--source", choices=SOURCES, help=source)
    parser.add_argument(
        "--packaging",
        choices=PACKAGINGS,
        help="inline (default): the template carries its code; sam: `sam build` packages it from a checkout",
    )
    parser.add_argument(
        "--with",
        dest="options",
        action="append",
        choices=OPTIONS,
        default=[],
        help="carry more; operations: pruner, messages for people, dashboard, automatic rollback",
    )
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="yaml (default) or json")
    parser.add_argument(
        "--output", metavar="FILE", help="write to the plain file FILE, whole or not at all, instead of standard output"
    )
    parser.add_argument("--config", metavar="site.toml", help="what is rarely changed: docs/settings.md")
    parser.add_argument("--version", action="version", version=f"instant-hosting {__version__}")
    return parser


if __name__ == "__main__":
    sys.exit(run("generator", main))
