"""`rules`: checks a built site's `_redirects` and `_headers` without uploading, and says what a visitor gets.

It works on this machine alone, so that a pull request's CI can refuse a line before anybody is asked for a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from compiler.asking import Verdict
from compiler.headers import HEADERS
from compiler.redirects import REDIRECTS
from compiler.report import count
from compiler.statuses import REDIRECT_STATUSES
from contract import ROUTINGS
from deployments.checking import Asked, Check, Options
from deployments.command import Folder, example, refuse_bytes
from deployments.errors import Failure
from deployments.foreign.converting import convert as converted
from deployments.foreign.converting import demands
from deployments.output import Column, Output, one_line, size

_COLUMNS = Column("", "bold", narrow="whole"), Column("of", narrow="wrap"), Column("what", narrow="wrap")
_ENDS = {400: "the address is refused", 404: "not found", 410: "gone", 414: "the address is too long"}

Row = tuple[str, str, str]


@click.command(epilog=example("deployments rules dist --routing files --ask '/old?x=1'"))
@click.argument("folder", metavar="[DIR]", required=False, type=Folder())
@click.option(
    "--routing", type=click.Choice(ROUTINGS), help="How addresses find pages (default: mixed, or as a line says)."
)
@click.option(
    "--ask", "asked", metavar="ADDRESS", multiple=True, help="Say what a visitor gets there; can be repeated."
)
@click.option("--fallback", metavar="FILE", default="", help="The page for an app's routes, if it is not index.html.")
@click.option("--assets", is_flag=True, help="The stack has `assets = true` below [headers].")
@click.option("--no-shared", is_flag=True, help="As `publish --no-shared`.")
@click.option("--lenient", is_flag=True, help="Wrong lines are warnings.")
@click.option(
    "--convert",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Print what another host's file asks for as _redirects and _headers, instead of checking a folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def rules(
    folder: Path | None,
    routing: str | None,
    asked: tuple[str, ...],
    fallback: str,
    assets: bool,
    no_shared: bool,
    lenient: bool,
    convert: Path | None,
    as_json: bool,
) -> None:
    """Check a built site's _redirects and _headers, without uploading and without AWS.

    It names each line that an upload would refuse, each that has no effect, and what is stored for the others. With
    --ask it follows an address to its end, as a browser that goes there, and names the lines that decide.

    It lists what netlify.toml, vercel.json, firebase.json, staticwebapp.config.json and customHttp.yml ask for, in the
    folder or beside it, and what does it here. --convert takes these files, and the redirects that Amplify exports.
    """
    if (folder is None) == (convert is None):
        raise click.UsageError("give the built site's folder, as in `rules dist`, or --convert FILE")
    refuse_bytes({"fallback": fallback, "ask": asked})
    output = Output(as_json)
    if convert:
        _print(output, convert)
    elif folder:
        _tell(output, Check(folder, Options(routing or "", fallback, assets, not no_shared, lenient)), asked)


def _tell(output: Output, check: Check, asked: Iterable[str]) -> None:
    """What is to be said of a folder; `Failure` if an upload would refuse it."""
    problems = check.compiled["problems"]
    answers = [] if problems else [check.ask(address) for address in asked]
    rows = [*_checked(check), *(row for one in answers for row in _answered(one))]
    output.rows(_COLUMNS, rows, _value(check, answers))
    if any(one.lacks for one in check.elsewhere):
        output.note("`deployments rules --convert FILE` prints the lines that are not there")
    if problems:
        lenient = "mend the lines, or take --lenient for lines that may be left out"
        remedy = "mend what is named" if check.site["lenient"] else lenient
        raise Failure(f"{count(len(problems), 'problem')}: an upload would be refused: {remedy}")


def _print(output: Output, path: Path) -> None:
    """The two files, each below its name."""
    asked = demands(path)
    texts = converted(one_line(path.name), asked)
    files = {REDIRECTS: texts.redirects, HEADERS: texts.headers}
    if output.as_json:
        output.facts({}, {**files, "elsewhere": [one._asdict() for one in asked]})
        return
    for name, text in files.items():
        click.echo(f"# ---- {name} ----\n{text}")


def _checked(check: Check) -> Iterable[Row]:
    compiled, stored = check.compiled, check.stored()
    for kind, texts in (("problem", compiled["problems"]), ("warning", check.warnings), ("report", compiled["report"])):
        for text in texts:
            yield (kind, *_split(text))
    for one in check.elsewhere:
        yield "elsewhere", one.where, f"{one.asks}: {one.here}"
    yield "routing", compiled["routing"], f"the store says: {compiled['live']}"
    objects = f"{count(stored.copies, 'copy', 'copies')}, {count(stored.redirects, 'redirect')}"
    lines = f"; {count(stored.lines, 'line')} in the store, {size(stored.line_bytes)}" if stored.lines else ""
    yield "stored", "besides", f"{objects}: about {size(stored.bytes)}{lines}"


def _split(text: str) -> tuple[str, str]:
    """What a remark is about, and what it says."""
    found = re.match(rf"(?:{REDIRECTS}|{HEADERS})(?::\d+)?(?=: )", text)
    return (found[0], text[found.end() + 2 :]) if found else ("", text)


def _answered(asked: Asked) -> Iterable[Row]:
    kind = "ask"
    for address, verdict in asked.hops:
        yield kind, address, f"{_told(verdict)} ({_because(verdict)})"
        kind = "then"
    for header in asked.headers:
        value = "taken away" if header.value is None else header.value
        lost = "" if header.arrives else ", which does not arrive without `assets = true`"
        yield "header", header.name, f"{value} ({HEADERS}:{header.line}{lost})"


def _told(verdict: Verdict) -> str:
    if not verdict.status:
        return "redirects go on for ever"
    leads = verdict.status in REDIRECT_STATUSES
    end = _ENDS.get(verdict.status, "")
    what = f"to {verdict.to}" if leads else ": ".join(filter(None, [end, verdict.to]))
    return f"{verdict.status} {what}"


def _because(verdict: Verdict) -> str:
    return f"{REDIRECTS}:{verdict.line}" if verdict.line else "the site's own addresses"


def _value(check: Check, answers: list[Asked]) -> Mapping[str, object]:
    return {
        "routing": check.compiled["routing"],
        "live": check.compiled["live"],
        "problems": check.compiled["problems"],
        "warnings": check.warnings,
        "report": check.compiled["report"],
        "elsewhere": [one._asdict() for one in check.elsewhere],
        "stored": check.stored()._asdict(),
        "asked": [
            {
                "address": one.address,
                "hops": [{"address": address, **verdict._asdict()} for address, verdict in one.hops],
                "headers": [header._asdict() for header in one.headers],
            }
            for one in answers
        ],
    }
