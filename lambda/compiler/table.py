"""Makes the routing table of a deployment from the names of its files, `_redirects` and `_headers`.

Nothing is dropped silently: what is wrong is a problem, what has no effect a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.headers import HEADERS, HeaderRule, headers_of, parse_headers
from compiler.redirects import REDIRECTS, Rule, parse_redirects

from compiler.asking import Visitor, cycles
from compiler.dressing import Dressed, dress
from compiler.layout import Layout, Object
from compiler.places import HTML, INDEX
from compiler.placing import Placing
from compiler.store import TooMuch, named, rule_values, set_values
from content.hashed_names import is_hashed
from contract import VALUE_LIMIT, Compiled, Site

# What frameworks call the page of an app's routes, where index.html is a page of its own.
SHELLS = "200.html", "__spa-fallback.html", "index.csr.html", "_shell.html"
SHOWN = 10  # names in a line
ID_LENGTH = 64  # of a deployment, at most
OPTIONS = " +"  # the end of the store's value, if the router has more to look at than the routing


def compile_site(site: Site) -> Compiled:
    """The routing table of `site`, with what is wrong and what is to be said about it."""
    return _Table(site).compiled()


class _Table:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._problems: list[str] = []
        self._warnings: list[str] = []
        self._routing = site["routing"]
        self._rules, wrong = parse_redirects(site["redirects"])
        self._header_rules, wrong_headers = parse_headers(site["headers"])
        mistakes = [str(problem) for problem in [*wrong, *wrong_headers]]
        (self._warnings if site["lenient"] else self._problems).extend(mistakes)
        if not self._routing and any(_is_app(rule) for rule in self._rules):
            self._routing = "spa"
        self._layout = Layout(site["files"], self._routing, assets=site["assets"])
        plain = self._layout.copy()
        self._placing = Placing(self._rules, self._layout)
        (self._warnings if site["lenient"] else self._problems).extend(map(str, self._placing.problems))
        self._check_ends(Visitor(self._rules, plain))
        self._shell = self._shell_of(site["fallback"])
        self._check_root()
        self._members = [self._routing]
        self._lines: dict[str, str] = {}
        self._fill_store()
        self._dressed = self._dress()

    def compiled(self) -> Compiled:
        """All of it."""
        layout, placing = self._layout, self._placing
        live = " ".join(self._members) + (OPTIONS if len(self._members) > 1 + bool(layout.addresses.also) else "")
        if len(live) + 1 + ID_LENGTH > VALUE_LIMIT:
            self._problems.append(
                f"what the store says of the site has {len(live)} bytes, over {VALUE_LIMIT}: {live[:99]}"
            )
        self._warnings += self._remarks()
        return {
            "problems": self._problems,
            "warnings": self._warnings,
            "report": self._report(),
            "routing": self._routing,
            "live": live,
            "lines": self._lines,
            "objects": [[key, one.source, one.redirect, one.status] for key, one in sorted(layout.objects.items())],
            "headers": self._dressed.headers,
            "dressed": self._dressed.dressed,
            "left_out": sorted(placing.left_out),
        }

    def _check_ends(self, visitor: Visitor) -> None:
        for lines in cycles(self._rules, visitor):
            names = " and ".join(str(line) for line in lines)
            self._problems.append(
                f"{REDIRECTS}:{lines[0]}: redirects go round for ever (lines {names}): let one of them end"
            )

    def _shell_of(self, fallback: str) -> str:
        """The file that answers an app's routes, "" if that is index.html."""
        files = self._layout.files
        if fallback and self._routing != "spa":
            self._problems.append(f"the fallback {fallback} is the page of an app: set Routing to spa, or leave it out")
        if fallback and fallback not in files:
            self._problems.append(
                f"the fallback {fallback} is no file of the site: write its path from the output folder"
            )
        if self._routing != "spa":
            return ""
        found = next((name for name in SHELLS if name in files), "")
        shell = (
            fallback
            or (self._placing.shell if self._placing.shell != INDEX else "")
            or (found if not self._placing.shell else "")
        )
        if shell in files and INDEX not in files and INDEX not in self._layout.objects:
            self._layout.replace(INDEX, Object(shell))
        return shell if shell != INDEX and INDEX in files else ""

    def _check_root(self) -> None:
        if INDEX in self._layout.files or INDEX in self._layout.objects or self._problems:
            return
        pages = [path for path in self._layout.files if path.endswith(f"/{INDEX}")]
        nearest = min(pages, key=len, default="none")
        lead = nearest.removesuffix(INDEX) if pages else "docs/"
        self._problems.append(
            f"the site has no index.html (nearest: {nearest}): check the output folder and the build, or let / lead "
            f"elsewhere with a line in {REDIRECTS}: `/ /{lead} 302`"
        )

    def _fill_store(self) -> None:
        """What `live` says, and what the store holds besides."""
        layout, placing = self._layout, self._placing
        if layout.addresses.also:
            self._members.append(f"also={','.join(layout.addresses.also)}")
        if self._shell:
            self._members.append(f"shell={self._shell}")
        try:
            marks = set_values(placing.marks, [one for one in layout.known if one not in placing.marks])
            rules, segment = rule_values(placing.dynamic, placing.targets)
        except TooMuch as error:
            self._problems.append(f"{REDIRECTS}: {error}")
            return
        values = {kind: one for kind, one in (("t", marks), ("r", rules)) if one}
        name, self._lines = named(values) if values else ("", {})
        if marks:
            self._members.append(f"set={name}:{len(marks)}")
        if rules:
            self._members.append(f"rules={name}:{len(rules)}:{segment}")

    def _dress(self) -> Dressed:
        rules = self._header_rules
        shared = [path for path in self._site["files"] if self._site["shared"] and is_hashed(path)]
        own = [path for path in self._site["files"] if not (self._site["shared"] and is_hashed(path))]
        dressed = dress(self._answers(own), rules, assets=self._site["assets"])
        self._problems += dressed.problems
        self._warnings += dressed.warnings
        self._warnings += _shared_headers(rules, shared)
        self._warnings += _without_file(rules, [*self._answers(own), *((path, path, [f"/{path}"]) for path in shared)])
        return dressed

    def _answers(self, files: Iterable[str]) -> list[tuple[str, str, Sequence[str]]]:
        """What answers with 200: the key, the file and its addresses."""
        layout = self._layout
        found: list[tuple[str, str, Sequence[str]]] = []
        for path in files:
            if path not in self._placing.left_out and path not in layout.objects:
                found.append((path, path, _distinct(layout.of_file.get(path, []), path)))
        for key, one in layout.objects.items():
            if one.source:
                addresses = [one.address] if one.address else layout.of_file.get(one.source, [])
                found.append((key, one.source, _distinct(addresses, one.source)))
        return found

    def _remarks(self) -> list[str]:
        """What has no effect, and what cannot be reached."""
        placing = self._placing
        lines = [f"line {rule.line} {rule.source}" for rule in placing.shadowed]
        never = [f"line {rule.line} {rule.source} (line {one.line} {one.source})" for rule, one in placing.unmatched]
        return [
            *_remark(f"{REDIRECTS}: a file is there, so these do nothing (`!` after the status lets them win)", lines),
            *_remark(f"{REDIRECTS}: these never match, as a line before takes them", never),
            *_remark("reached by the full file name only", self._layout.hidden),
        ]

    def _report(self) -> list[str]:
        placing, objects = self._placing, self._layout.objects.values()
        redirects = [rule for rule in self._rules if 300 < rule.status < 400]
        parts = []
        if self._rules:
            parts.append(
                f"{REDIRECTS}: {_count(len(redirects), 'redirect')}, {_count(len(self._rules) - len(redirects), 'rewrite')}, "
                f"{len(placing.dynamic)} of them in the store; {len(placing.shadowed)} shadowed by files"
            )
        if self._header_rules:
            parts.append(
                f"{HEADERS}: {_count(len(self._header_rules), 'rule')} for {_count(len(self._dressed.dressed), 'object')}"
            )
        copies = sum(1 for one in objects if one.source)
        if self._layout.objects:
            parts.append(
                f"{_count(copies, 'copy', 'copies')} and {_count(len(objects) - copies, 'redirect')} stored for other addresses"
            )
        return parts


def _is_app(rule: Rule) -> bool:
    return (rule.source, rule.status, rule.query) == ("/*", 200, ()) and rule.target.endswith((HTML, "/"))


def _distinct(addresses: Sequence[str], path: str) -> list[str]:
    return list(dict.fromkeys([*addresses, f"/{path}"]))


def _shared_headers(rules: list[HeaderRule], shared: list[str]) -> list[str]:
    """A line if rules ask for more of shared files than they have anyway."""
    asked = [
        rule
        for rule in rules
        for name, value in rule.changes
        if name.lower() != "cache-control" or "immutable" not in (value or "")
    ]
    names = sorted(path for path in shared if headers_hold(asked, path))
    if not names:
        return []
    lines = ", ".join(dict.fromkeys(str(rule.line) for rule in asked))
    return _remark(
        f"{HEADERS}: all versions share files with hashed names, so lines {lines} do not reach them (a response headers "
        "policy does: `response_headers_policy` in site.toml)",
        names,
    )


def headers_hold(rules: list[HeaderRule], path: str) -> bool:
    """Whether one of the rules is for the file."""
    return bool(headers_of(rules, [f"/{path}"]))


def _without_file(rules: list[HeaderRule], answers: list[tuple[str, str, Sequence[str]]]) -> list[str]:
    """A line for rules that hold for no file."""
    idle = [rule for rule in rules if not any(headers_of_rule(rule, addresses) for _, _, addresses in answers)]
    return _remark(f"{HEADERS}: no file has such an address", [f"line {rule.line} {rule.pattern}" for rule in idle])


def headers_of_rule(rule: HeaderRule, addresses: Sequence[str]) -> bool:
    """Whether the rule holds for one of the addresses."""
    return bool(headers_of([rule], addresses))


def _remark(text: str, names: Sequence[str]) -> list[str]:
    """One line with some of the names, none for none."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return [f"{text}: {', '.join(names[:SHOWN])}{more}"] if names else []


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
