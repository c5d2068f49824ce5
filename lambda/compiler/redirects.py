"""Reads `_redirects`: each line gives a rule, or a problem that names it. docs/redirects.md is the dialect."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote

from compiler.addresses import PLACEHOLDER, UNASKED, decoded, pattern
from compiler.problems import Problem, Refused, is_enough, shown
from content.media_types import FILES

REDIRECTS = "_redirects"
# Cloudflare's, so that a file works here as there: https://developers.cloudflare.com/pages/configuration/redirects/
LINE_LIMIT = 1000  # characters
STATIC_LIMIT, DYNAMIC_LIMIT = 2000, 100  # lines
# Those that browsers follow: https://www.rfc-editor.org/rfc/rfc9110#section-15.4; those of a page; and all
REDIRECT_STATUSES, PAGE_STATUSES = (301, 302, 303, 307, 308), (404, 410)
STATUSES = *REDIRECT_STATUSES, 200, *PAGE_STATUSES
CONDITIONS = "country", "language", "role", "cookie"  # of Netlify, any case
DOCUMENTS = "html", "htm"  # what people go to, although it has an extension

ADDRESS = "%!#$&'()*+,/:;=?@[]"  # what a target keeps as it is, besides letters, digits and `_.-~` (RFC 3986)


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
            room[rule.is_static] -= 1
            if room[rule.is_static] < 0:
                kind = "lines with `*`, `:name` or a query" if not rule.is_static else "lines for one address each"
                limit = STATIC_LIMIT if rule.is_static else DYNAMIC_LIMIT
                raise Refused(f"{shown(line.strip())} is over the limit of {limit:,} {kind}: join some into patterns")
            rules.append(rule)
        except Refused as refused:
            problems.append(Problem(REDIRECTS, number, str(refused)))
    return rules, problems


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
    names = _names(source, query)
    rule = Rule(number, source, query, _target(rest[at], status, names, [value for _, value in query]), status, forced)
    _, dot, extension = source.rpartition("/")[2].rpartition(".")
    if not rule.is_static and dot and extension.lower() in FILES and extension.lower() not in DOCUMENTS:
        raise Refused(
            f"{shown(first)} could match only files ending in .{extension}, for which patterns and queries do not hold:"
            " write one line for each file, without `*`, `:name` and query"
        )
    return rule


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


def _target(written: str, status: int, names: set[str], asked: Collection[str]) -> str:
    if "\\" in written or not written.isprintable():
        raise Refused(f"{shown(written)} has a backslash or a control character: write slashes")
    if written.startswith("/.netlify/"):
        kind = "a function of Netlify" if written.startswith("/.netlify/functions/") else "a service of Netlify"
        raise Refused(f"{shown(written)} is {kind}, which is not here: take the line out, or name another address")
    is_path = written[0] == "/"
    if written.startswith("//"):
        raise Refused(f"{shown(written)} has two slashes: write {shown('https://' + written.strip('/'))}, or one slash")
    if not is_path:
        _check_host(written, status)
    elif status in (200, 404, 410):
        _check_page(written, status)
    if re.search(r"/\*(?:[?#]|$)", written):
        raise Refused(f"{shown(written)} has a `*` in its target: write `:splat` for what the `*` before took")
    _check_names(written, names)
    if is_path and status < 400 and (found := PLACEHOLDER.match(written, 1)) and found[0] in asked:
        raise Refused(
            f"{shown(written)} begins with what a visitor's query says, which can be another host: write a folder of "
            f"the site before {found[0]}"
        )
    return quote(written, safe=ADDRESS)


def _check_names(target: str, names: set[str]) -> None:
    for found in PLACEHOLDER.finditer(target):
        if found[1] not in names and not target[found.start() - 1].isalnum():  # `/wiki/Talk:Foo` has none
            has = ", ".join(f"`:{name}`" for name in sorted(names)) or "none"
            raise Refused(
                f"{shown(found[0])} is no placeholder of the line's path, which has {has}: write one of those"
            )


def _check_host(written: str, status: int) -> None:
    if status == 200:
        raise Refused(
            f"{shown(written)} with 200 would serve another host's answers: API origins, not yet; write 302 to send"
            " visitors there"
        )
    if status in (404, 410):
        raise Refused(f"{shown(written)} with {status} must be a page of this site: write its path, `/404.html`")
    host = re.split("[/?#]", written.partition("://")[2])[0]
    if PLACEHOLDER.search(host):
        raise Refused(f"{shown(written)} has a placeholder in the host: write one line for each host")
    if not re.fullmatch(r"(?:[^@]+@)?[A-Za-z0-9._-]+(?::\d+)?", host, re.ASCII):
        raise Refused(f"{shown(written)} has no host, or one that is not ASCII: write `https://xn--...`")


def _check_page(written: str, status: int) -> None:
    if re.search("[?#]", written):
        raise Refused(f"{shown(written)} with {status} is a file, which has no query and no fragment: leave them out")
    if UNASKED.search(decoded(written)):
        raise Refused(f"{shown(written)} is no path of a file: leave out dot segments and double slashes")


def _is_pattern(source: str) -> bool:
    return source.endswith("/*") or "/:" in source
