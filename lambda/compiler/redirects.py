"""Reads `_redirects`: each line gives a rule, or a problem that names it. docs/redirects.md is the dialect.

It never raises: a site has a hundred lines, and whoever mends them wants to know of all that are wrong.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.addresses import PLACEHOLDER, decoded, pattern
from compiler.problems import Problem, Refused, is_enough, shown
from compiler.redirect_targets import read_target
from compiler.statuses import STATUSES
from content.media_types import FILES

REDIRECTS = "_redirects"
# Cloudflare's, so that a file works here as there: https://developers.cloudflare.com/pages/configuration/redirects/
LINE_LIMIT = 1000  # characters
STATIC_LIMIT, DYNAMIC_LIMIT = 2000, 100  # lines
CONDITIONS = "country", "language", "role", "cookie"  # of Netlify, any case
DOCUMENTS = "html", "htm"  # what people go to, although it has an extension


class Rule(NamedTuple):
    """A line of `_redirects`.

    line: from 1
    source: decoded, without a slash at the end
    query: names, each with `:name` or a decoded value
    target: as written, but for characters that no address has: they are percent-encoded
    forced: `!`: also where there is a file
    """

    line: int
    source: str
    query: tuple[tuple[str, str], ...]
    target: str
    status: int
    forced: bool

    @property
    def is_static(self) -> bool:
        """Whether it holds for one address only, with every query."""
        return not self.query and not _is_pattern(self.source)

    @property
    def takes_all(self) -> bool:
        """Whether it is what all that is not there gets: an app's page, or the page for what is missing."""
        return (self.source, self.query) == ("/*", ()) and self.status in (200, 404)


def parse_redirects(text: str) -> tuple[list[Rule], list[Problem]]:
    """The rules of `_redirects` in their order, and what is wrong with each other line."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    room = {True: STATIC_LIMIT, False: DYNAMIC_LIMIT}
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        words = _words(line)
        if not words:
            continue
        if is_enough(problems, REDIRECTS, number):
            break
        try:
            rule = _rule(number, line, words)
            _take_room(room, rule, line)
            rules.append(rule)
        except Refused as refused:
            problems.append(Problem(REDIRECTS, number, str(refused)))
    return rules, problems


def _take_room(room: dict[bool, int], rule: Rule, line: str) -> None:
    """Count a line as one of its kind: static, or dynamic."""
    room[rule.is_static] -= 1
    if room[rule.is_static] < 0:
        dynamic = f"{DYNAMIC_LIMIT} lines with `*`, `:name` or a query"
        kind = f"{STATIC_LIMIT:,} lines for one address each" if rule.is_static else dynamic
        raise Refused(f"{shown(line.strip())} is over the limit of {kind}: join some into patterns")


def _words(line: str) -> list[str]:
    """The words before a comment."""
    words = line.split()
    comment = next((index for index, word in enumerate(words) if word[0] == "#"), len(words))
    return words[:comment]


def _rule(number: int, line: str, words: list[str]) -> Rule:
    if len(line.strip()) > LINE_LIMIT:
        raise Refused(f"{shown(line.strip())} has {len(line.strip()):,} characters: a line has at most {LINE_LIMIT:,}")
    first, *rest = _without_dashes(words)
    if re.fullmatch("[A-Za-z][A-Za-z0-9-]*:", first):
        raise Refused(f"{shown(first)} is a header's name: write it into _headers, below its path")
    at = next((index for index, word in enumerate(rest) if _is_target(word)), None)
    source = _source(first)
    if at is None:
        raise Refused(_without_target(first, rest))
    query = _query(rest[:at])
    status, forced = _status(rest[at + 1 :])
    target = read_target(rest[at], status, _names(source, query), [value for _, value in query])
    rule = Rule(number, source, query, target, status, forced)
    _check_extension(rule, first)
    return rule


def _check_extension(rule: Rule, written: str) -> None:
    _, dot, extension = rule.source.rpartition("/")[2].rpartition(".")
    if not rule.is_static and dot and extension.lower() in FILES and extension.lower() not in DOCUMENTS:
        raise Refused(
            f"{shown(written)} could match only files ending in .{extension}, for which patterns and queries do not "
            "hold: write one line for each file, without `*`, `:name` and query"
        )


def _without_dashes(words: list[str]) -> list[str]:
    """The words with `:user-id` as `:user_id`, if that is a segment of the path or a query's value."""
    target = next((index for index, word in enumerate(words) if index and _is_target(word)), len(words))
    line = " ".join(words)
    for name in re.findall(r"[/=]:([A-Za-z]\w*-[\w-]*)(?=[/ ])", " ".join(words[:target]) + " ", re.ASCII):
        line = re.sub(rf":{name}(?![\w-])", f":{name.replace('-', '_')}", line)
    return line.split()


def _is_target(word: str) -> bool:
    return word[0] == "/" or re.match("https?://", word, re.I) is not None


def _without_target(first: str, rest: list[str]) -> str:
    wrong = next((word for word in rest if "=" not in word), "")
    if not wrong:
        return f"{shown(first)} leads nowhere: write {shown(first + ' /new 301')}"
    if re.fullmatch(r"\d+!?", wrong):
        return f"{shown(f'{first} {wrong}')} has no target: write {shown(f'{first} /new {wrong}')}"
    return f"{shown(wrong)} is no target: write a path, `/new`, or an address that begins with https:// or http://"


def _source(written: str) -> str:
    """The first word, decoded."""
    path, _, query = written.partition("?")
    if query and "://" not in path:
        raise Refused(
            f"{shown(written)} has a query in its path: write {shown(f'{path} {query} /new'.replace('&', ' '))}"
        )
    if "#" in written:
        raise Refused(f"{shown(written)} has a fragment, which no browser sends: write the path alone")
    if "*" in written[:-1] or (written[-1] == "*" and written[-2:] != "/*"):
        raise Refused(f"{shown(written)} has a `*` that is not its last segment: write `/old/*`, or `:name` in between")
    return pattern(written).rstrip("/") or "/"


def _query(words: list[str]) -> tuple[tuple[str, str], ...]:
    query = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise Refused(f"{shown(word)} is neither a query nor a target: write `/old name=value /new`")
        if not re.fullmatch(r"[\w.~\[\]$-]+", name, re.ASCII):
            raise Refused(f"{shown(word)} has a name that queries cannot be asked for: write letters, digits, `_-.[]`")
        query.append((name, _asked_value(word, name, value)))
    if len({name for name, _ in query}) < len(query):
        raise Refused(f"{shown(' '.join(words))} asks for a name twice: write each once")
    return tuple(query)


def _asked_value(word: str, name: str, written: str) -> str:
    """The value that a query's `word` asks of `name`: decoded, or a placeholder."""
    if PLACEHOLDER.fullmatch(written):
        return written
    plain, remedy = decoded(written), f"write {shown(name + '=:value')}"
    if (plain[:1] == ":" and plain != written) or re.search("[\x00-\x1f\x7f&\ud800-\udfff]", plain):
        raise Refused(f"{shown(word)} has a value that no line can ask for: {remedy} for any")
    if plain[:1] == ":":
        raise Refused(f"{shown(word)} is no whole placeholder: {remedy}")
    return plain


def _status(words: list[str]) -> tuple[int, bool]:
    if not words:
        return 301, False
    first, *conditions = words if "=" not in words[0] else ["301", *words]
    for condition in conditions:
        name = condition.partition("=")[0].lower()
        if name in CONDITIONS:
            raise Refused(f"{shown(condition)}: conditions on {name} do not work here yet: write a line without it")
        if name in ("sign", "signed"):
            raise Refused(f"{shown(condition)}: signed proxy requests do not work here yet: take the line out")
        raise Refused(f"{shown(condition)} follows the status: write a line that ends with it, `/old /new 301`")
    found = re.fullmatch(r"(\d{3})(!?)", first, re.ASCII)
    if not found or int(found[1]) not in STATUSES:
        allowed = ", ".join(map(str, STATUSES))
        raise Refused(f"{shown(first)} is no status: write one of {allowed}, with `!` to win over a file")
    return int(found[1]), bool(found[2])


def _names(source: str, query: tuple[tuple[str, str], ...]) -> set[str]:
    """The placeholders that a line has."""
    names = {segment[1:] for segment in source.split("/") if segment[:1] == ":"}
    names |= {"splat"} if source.endswith("/*") else set()
    for _, value in query:
        if value[1:] in names and value[:1] == ":":
            raise Refused(f"{shown(value)} is there twice: give each placeholder a name of its own")
        names |= {value[1:]} if value[:1] == ":" else set()
    return names


def _is_pattern(source: str) -> bool:
    return source.endswith("/*") or "/:" in source
