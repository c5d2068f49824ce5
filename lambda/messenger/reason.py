"""Finds in the log of a build that failed what a person needs: the command, and the first lines of its error.

Tools say the reason first and then pages of usage and of stack frames; what wraps them (npm, Yarn, CodeBuild) says
at the end only that they failed. So neither a log's end nor its first line with the word error will do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

LINES, WIDTH = 8, 200  # of an error: a mail stays short
# Lines from the end, and characters of each, that are looked at: a build writes what it likes, and nobody is told of
# its failure if reading that takes too long.
LOOKED_AT, _LONGEST = 10_000, 400
_BACK = 5  # lines before an error in which its place may stand

# What a terminal obeys, and what makes a line look like another one, or like several
_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
    r"|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
# CodeBuild's own lines. The text of a command stands whole behind both marks, in as many lines as it has.
_MARK = re.compile(r"\[[A-Z]\w+\] \d{4}/\d\d/\d\d [\d:.]+ +(.*)")
_RUNS, _FAILED = "Running command ", ("Command did not exit successfully", "Command failed with exit status")
_MESSAGE = re.compile(r"Phase context status code: (\w+) Message: (\S.*)")

_ERROR = re.compile(
    r"^npm (?:error|ERR!)|\bERR_[A-Z]\w+|\([\w:]+(?:Error|Exception|NotFound)\)|\[[A-Z]+_[A-Z_]+\]|\u2718"
    r"|^\W*\[plugin |^(?:OutputFolder|AppRoot) is '|^(?:auto|pack|uploader): "
    r"|(?<![\w./@\"'`-])(?<!\d )(?<!no )(?:\w*(?:Error|Exception)|ERROR|FATAL|error|fatal)\b(?![\w./-]|'s\b)"
    r"|(?<![\w./@-])[\w.]+(?:Error|Exception): |: not found$|command not found|unbound variable"
    r"|No such file or directory|[Pp]ermission denied|\bKilled\b|out of memory|\b(?:[Dd]ead|[Bb]roken) links?\b"
)
_HINT = re.compile(
    r"\b(?:cannot|can't|could ?n[o']t|unable to|not found|no such|missing|denied|forbidden|invalid|unexpected|failed"
    r"|failure|refused)\b",
    re.IGNORECASE,
)
_WARNING = re.compile(r"\bWARNING\b|^Treating warnings as errors")  # Sphinx, MkDocs; what linters do in CI
_STRICT = re.compile(r"in strict mode|warnings (?:treated )?as errors", re.IGNORECASE)
# Says only that something failed, which has said why itself
_WRAPPER = re.compile(
    r"ELIFECYCLE|[Ee]xit(?:ed)?(?: with)? (?:code|status)|^npm (?:error|ERR!) (?:code \d|errno|path|command|Life|Exit)"
    r"|^make(?:\[\d+\])?: \*\*\*|Build failed (?:in|with) \d|errors? (?:during build|occurred)\W*$|^build error:$"
    r"|^Failed to (?:compile|type check)\.$|^(?:Configuration|Extension) error!$"
)
_NOISE = re.compile(
    r"^(?:\S+ \S+: )?(?:\W*$|\W*throw\b|Node\.js v\d)|^\[\w+\]$|^\u27a4 YN0000|^npm (?:warn|notice|info|http|verb)\b"
    r"|^npm (?:error|ERR!)(?: \d+)?$|A complete log of this run|^npm error \S+ (?:info|warn|http)\b"
    r"|deprecat|ExperimentalWarning|--trace|or backtrace\."
    r"|^Progress: |^\W*(?:warn(?:ing)?|info|note|success)\b|^<[wi]>|^Traceback |\d%",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(?:\[\w+\]|\S+ \S+:|\u2502)?\s+(?:at (?:async |new )?\S.*(?:[\d>]\)?|frames)|from \S+:\d+:in .*)(?: \{)?$"
    r"|^\s+\.\.\. \d+ lines"
)
_END = re.compile(
    r"^(?:npm error |npm ERR! )?(?:Usage:|Options:|Clean install a project|To see a list of|To report this error)"
    r"|^(?:Versions|Node version: .*|-+ Native stack trace -+|resolve '.*)$"
)
_PLACE = re.compile(r'^\s+File ".+", line \d+|^\.{1,2}/\S+:\d+')
_PLACE_OF_SYNTAX = re.compile(r"^/\S+:\d+$")
_ADDED = re.compile(r"^\+ \S+ \d[\w.+-]*$")  # what pnpm has installed
_REMEDY = re.compile(r": set the parameter [A-Z]\w+ to ")  # what our own scripts know: codebuild/source.sh
_SCRIPT = re.compile(r"^(\S+ \S+)?\$ (.+)")  # with the package and the script's name, as pnpm does for several


class Reason(NamedTuple):
    """The command that failed ("" if the log does not say), and its first error lines."""

    command: str
    lines: list[str]


def reason(log: str) -> Reason:
    """What failed in `log`, and why, as far as it says so."""
    command, said = _failed_command([uncolored(line) for line in log.split("\n")[-LOOKED_AT:]])
    traced = max((number for number, line in enumerate(said) if _is_trace(line)), default=-1) + 1
    # what ran before the last command has succeeded; unless a script traces what it does after its own error
    start = next((begin + found for begin in (traced, 0) if (found := _start(said[begin:])) is not None), None)
    shown = _ends(said[traced:]) or _ends(said) if start is None else _block(said, start)
    shown += [line for line in dict.fromkeys(said) if _REMEDY.search(line) and line not in shown][:2]
    return Reason(_short(_command(command, said, start)), [_short(line) for line in shown])


def uncolored(line: str) -> str:
    """Without colors, and of a line that was written over its last state."""
    return _CONTROL.sub("", line.rstrip().rpartition("\r")[2])[:_LONGEST].rstrip()


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."


def _failed_command(lines: list[str]) -> tuple[str, list[str]]:
    """The first command of CodeBuild's that failed, and what it said; the whole log if CodeBuild marked nothing."""
    marks = [(number, match[1]) for number, line in enumerate(lines) if (match := _MARK.match(line))]
    end = next((number for number, text in marks if text.startswith(_FAILED)), None)
    if end is None:
        messages = [": ".join(match.groups()) for _, text in marks if (match := _MESSAGE.match(text))]
        return "", messages[:1] or [line for line in lines if not _MARK.match(line)]
    runs = [(number, text) for number, text in marks if number < end and text.startswith(_RUNS)]
    begin, text = runs[-1] if runs else (-1, _RUNS)
    after = next((number for number, _ in marks if number > end), len(lines))
    echo, said = lines[end + 1 : after], lines[begin + 1 : end]
    several = bool(echo and said and echo[0] == said[0])
    while echo and said and echo[0] == said[0]:
        del echo[0], said[0]
    return "" if several else text[len(_RUNS) :], said


def _command(command: str, said: Sequence[str], start: int | None) -> str:
    """The command that the shell's trace names last before the error, and the script that it ran."""
    script, before = "", ""
    for line in said[:start]:
        found = _SCRIPT.match(line)
        if _is_trace(line):
            command, script = line[2:], ""
        elif line.startswith("> ") and before.startswith("> "):
            script = line[2:]
        elif found and (start is None or said[start].startswith(found[1] or "")):
            script = found[2]
        before = line
    return f"{command} ({script})" if command and script else command or script


def _is_trace(line: str) -> bool:
    return line.startswith("+ ") and not _ADDED.match(line)


def _start(said: Sequence[str]) -> int | None:
    """Where the error begins: a line that looks like one, else one with a word of failure."""
    strict = any(_STRICT.search(line) for line in said)
    for pattern in (_ERROR, _HINT):
        for number, line in enumerate(said):
            is_one = (strict and _WARNING.search(line)) or (pattern.search(line) and not _NOISE.search(line))
            if is_one and not _is_told(line):
                return _place(said, number)
    return None


def _is_told(line: str) -> bool:
    """Whether the line only says what is run, or where, or that what has said why has failed."""
    return bool(_WRAPPER.search(line) or _FRAME.search(line) or line.startswith(("+ ", "> ")) or _SCRIPT.match(line))


def _place(said: Sequence[str], number: int) -> int:
    """The line with the file and its line, where that stands before the error."""
    places = (_PLACE, _PLACE_OF_SYNTAX) if "SyntaxError" in said[number] else (_PLACE,)
    before = range(max(0, number - _BACK), number)
    return max((n for n in before if any(place.match(said[n]) for place in places)), default=number)


def _block(said: Sequence[str], start: int) -> list[str]:
    """The error's lines, with its first stack frame; of warnings that are errors here, only them."""
    first = said[start]
    only = bool(_WARNING.search(first) and not _STRICT.search(first) and not _ERROR.search(first))
    rest = takewhile(lambda line: not _END.match(line) and not _is_trace(line), said[start + 1 :])
    alike = (line for line in rest if not only or _WARNING.search(line) or _ERROR.search(line))
    return [first, *islice(_worth_telling(alike, first, only), LINES - 1)]


def _worth_telling(lines: Iterable[str], first: str, only: bool) -> Iterator[str]:
    """Of the lines below an error's first one those that say more, each once, and one stack frame."""
    known, framed = {first}, False
    for line in lines:
        is_frame = bool(_FRAME.search(line))
        says_more = line not in known and (only or not _NOISE.search(line)) and not _WRAPPER.search(line)
        if says_more and not (is_frame and framed):
            known.add(line)
            yield line
        framed |= is_frame


def _ends(said: Sequence[str]) -> list[str]:
    """Of what nobody recognises the first lines, where some tools say it, and the last, where others do."""
    unknown = [line for line in said if not line.startswith(("+ ", "> ")) and not _SCRIPT.match(line)]
    told = [line for line in unknown if not _NOISE.search(line)] or [line for line in unknown if line]
    half = LINES // 2
    return told if len(told) <= LINES else [*told[: half - 1], "...", *told[-half:]]
