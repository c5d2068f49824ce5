"""Says what became of a site's rules: what has no effect, what cannot be reached, and the sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.headers import HEADERS, HeaderRule, headers_of
from compiler.layout import Answering, Object
from compiler.placing import Placed
from compiler.redirects import REDIRECTS, Rule
from compiler.statuses import REDIRECT_STATUSES

NAMES_SHOWN = 10  # names in a line: it stays one that is read


def without_effect(placed: Placed) -> list[str]:
    """A line for each kind of rule that does nothing."""
    shadowed = [f"line {rule.line} {rule.source}" for rule in placed.shadowed]
    never = [f"line {rule.line} {rule.source} (line {one.line} {one.source})" for rule, one in placed.unmatched]
    return [
        *remark(f"{REDIRECTS}: a file is there, so these do nothing (`!` after the status lets them win)", shadowed),
        *remark(f"{REDIRECTS}: these never match, as a line before takes them", never),
    ]


def headers_without_effect(rules: Sequence[HeaderRule], own: Iterable[Answering], shared: Sequence[str]) -> list[str]:
    """A line if rules ask for more of `shared` files than these have, and one for rules that hold for no file."""
    answers = [*(one.addresses for one in own), *([f"/{path}"] for path in shared)]
    idle = [rule for rule in rules if not any(headers_of([rule], addresses) for addresses in answers)]
    more = [rule for rule in rules if any(_is_more(name, value) for name, value in rule.changes)]
    lines = ", ".join(str(rule.line) for rule in more)
    return [
        *remark(
            f"{HEADERS}: all versions share files with hashed names, so lines {lines} do not reach them "
            "(`response_headers_policy` in site.toml does)",
            sorted(path for path in shared if headers_of(more, [f"/{path}"])),
        ),
        *remark(f"{HEADERS}: no file has such an address", [f"line {rule.line} {rule.pattern}" for rule in idle]),
    ]


def sums(
    rules: Sequence[Rule], headers: Sequence[HeaderRule], placed: Placed, dressed: int, objects: Iterable[Object]
) -> list[str]:
    """What there is, in a line for each file of rules and one for what is stored beside the site's own files."""
    lines = []
    redirects = sum(rule.status in REDIRECT_STATUSES for rule in rules)
    if rules:
        rewrites = count(len(rules) - redirects, "rewrite")
        stored = f"{len(placed.dynamic)} of them in the store; {len(placed.shadowed)} shadowed by files"
        lines.append(f"{REDIRECTS}: {count(redirects, 'redirect')}, {rewrites}, {stored}")
    if headers:
        lines.append(f"{HEADERS}: {count(len(headers), 'rule')} for {count(dressed, 'object')}")
    copies = [bool(one.source) for one in objects]
    if copies:
        kinds = f"{count(sum(copies), 'copy', 'copies')} and {count(len(copies) - sum(copies), 'redirect')}"
        lines.append(f"{kinds} stored for other addresses")
    return lines


def remark(text: str, names: Sequence[str]) -> list[str]:
    """One line with some of the names, none for none."""
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return [f"{text}: {', '.join(names[:NAMES_SHOWN])}{more}"] if names else []


def count(number: int, noun: str, plural: str = "") -> str:
    """A number of things."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _is_more(name: str, value: str | None) -> bool:
    """Whether a header says other than that browsers may keep the file for ever."""
    return name.lower() != "cache-control" or "immutable" not in (value or "")
