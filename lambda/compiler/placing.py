"""Puts the lines of `_redirects` where the router finds them: an object at a key, or a line of the store.

A line for one address becomes an object, which costs nothing at the edge. What has a placeholder, `*` or a query goes
into the store, and the addresses that it must not take into the exact set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from compiler.ends import comes_back, end_of, page_of
from compiler.layout import MISSING, Layout, Object
from compiler.patterns import Patterns
from compiler.places import HTML, has_finisher, own_key
from compiler.problems import Problem
from compiler.redirects import REDIRECTS, Rule
from compiler.statuses import PAGE_STATUSES, REDIRECT_STATUSES
from content.hashed_names import is_hashed


class Placed(NamedTuple):
    """What the lines of a site become.

    layout: with their objects
    dynamic: the lines of the store
    targets: of these, by line, where the store says another than the file
    by_address: the lines that are objects
    shell: the file that answers an app's routes
    left_out: files whose key a line has taken, and which one
    shadowed: by files
    unmatched: a line and the one before it that takes all
    """

    layout: Layout
    dynamic: Sequence[Rule]
    targets: Mapping[int, str]
    by_address: Mapping[str, Rule]
    shell: str
    left_out: Mapping[str, Rule]
    problems: Sequence[Problem]
    shadowed: Sequence[Rule]
    unmatched: Sequence[tuple[Rule, Rule]]


def place_rules(rules: Sequence[Rule], layout: Layout) -> Placed:
    """Put `rules` beside the files of `layout`, which stays as it is."""
    placing = _Placing(rules, layout)
    for rule in rules:
        placing.add(rule)
    placing.move_targets()
    return Placed(
        layout._replace(objects=placing.objects, exact=placing.exact),
        placing.dynamic,
        {line: quote(target) for line, target in placing.targets.items()},  # the router asks for it as it is
        placing.placed,
        placing.shell,
        placing.left_out,
        placing.problems,
        placing.shadowed,
        placing.unmatched,
    )


class _Placing:
    """What has been placed so far; one line after another."""

    def __init__(self, rules: Sequence[Rule], layout: Layout) -> None:
        self._files = layout
        self.objects, self.exact = dict(layout.objects), dict(layout.exact)
        self.dynamic: list[Rule] = []
        self.targets: dict[int, str] = {}
        self.placed: dict[str, Rule] = {}  # by address
        self.shell = ""
        self.left_out: dict[str, Rule] = {}
        self.problems: list[Problem] = []
        self.shadowed: list[Rule] = []
        self.unmatched: list[tuple[Rule, Rule]] = []
        self._keys: dict[str, Rule] = {}  # whose objects lie there
        self._patterns = Patterns(rule for rule in rules if not rule.is_static)
        self._end: Rule | None = None  # what takes all

    def add(self, rule: Rule) -> None:
        """Place a line."""
        if self._end:
            self.unmatched.append((rule, self._end))
        elif rule.takes_all:
            self._add_last(rule)
        elif rule.is_static:
            self._add_static(rule)
        else:
            self._add_dynamic(rule)

    def move_targets(self) -> None:
        """Give rewrites a key of their own to lead to where a line has taken their file's."""
        for line, target in self.targets.items():
            if target[1:] in self.left_out:
                self.targets[line] = f"/_rules/200{target}"
                self.objects[self.targets[line][1:]] = Object(target[1:])

    def _refuse(self, rule: Rule, text: str) -> None:
        self.problems.append(Problem(REDIRECTS, rule.line, text))

    def _add_last(self, rule: Rule) -> None:
        """What holds for all that is not there: an app's page, or the page for what is missing."""
        source = self._page(rule)
        if not source:
            return
        self._end = rule
        if rule.status == 404:
            self._add_missing(rule, source)
        elif self._files.addresses.routing == "spa":
            self.shell = source
        else:
            self._refuse(
                rule,
                f"this makes the site an app of one page, but the routing is {self._files.addresses.routing}: set "
                "Routing to spa (`--routing spa`), or take the line out",
            )

    def _add_missing(self, rule: Rule, source: str) -> None:
        """Make a file the page for what is missing."""
        if source == MISSING:
            return
        if MISSING in self._files.files or (MISSING in self.objects and MISSING not in self._files.objects):
            self._refuse(rule, f"/{MISSING} is there and is shown for all that is missing: leave out {source}")
        else:
            self.objects[MISSING] = Object(source)

    def _add_static(self, rule: Rule) -> None:
        address = rule.source
        there = self._files.has(address)
        before = [one for one in self._patterns.at(address) if one.line < rule.line and (one.forced or not there)]
        taken = next((one for one in before if not one.query), self.placed.get(address))
        if taken:
            self.unmatched.append((rule, taken))
        elif there and not rule.forced:
            self.shadowed.append(rule)
        elif before or comes_back(self._files, rule):  # a line with a query comes first, so this one waits for its turn
            self._add_dynamic(rule)
        else:
            self._add_object(rule)

    def _add_object(self, rule: Rule) -> None:
        if is_hashed(rule.source[1:]):
            text = f"{rule.source} has a hash in its name, and all versions share such files: redirect another address"
            self._refuse(rule, text)
            return
        what = self._object(rule)
        if what:
            self.placed[rule.source] = rule
            self._place(rule, what)

    def _object(self, rule: Rule) -> Object | None:
        """What the line's address answers; None if that was refused."""
        seen = has_finisher(rule.source[1:], assets=self._files.assets)
        if rule.status in REDIRECT_STATUSES:
            return Object(redirect=f"{rule.status} {rule.target}") if seen else self._copy(rule)
        source = self._page(rule)
        if rule.status == 200:
            return Object(source, address=rule.source) if source else None
        if not seen:
            self._refuse_asset(rule)
        return Object(source, status=str(rule.status), address=rule.source) if source and seen else None

    def _copy(self, rule: Rule) -> Object | None:
        """The bytes to which a redirect would lead, where no function can make one."""
        source = end_of(self._files, rule.target)
        if source:
            return Object(source, address=rule.source)
        self._refuse_asset(rule)
        return None

    def _refuse_asset(self, rule: Rule) -> None:
        self._refuse(
            rule,
            f"{rule.source} is a stylesheet, an image or a script, which are sent as they are: set `assets = true` "
            "below [headers] in site.toml, or let it be a file",
        )

    def _page(self, rule: Rule) -> str:
        """The file that the target of a rewrite is, "" if there is none."""
        source = page_of(self._files, rule.target)
        if not source:
            self._refuse(rule, f"{rule.target} is no file of the site: write the path of one that is")
        return source

    def _place(self, rule: Rule, what: Object) -> None:
        """Put an object at each key that the address leads to, with a slash at the end or without."""
        for address in dict.fromkeys([rule.source, f"{rule.source.rstrip('/')}/"]):
            key = self._key(address)
            if not key:  # the routing leads to the other form
                continue
            before = self._keys.setdefault(key, rule)
            if before is rule:
                self._take(key, what, rule)
            elif self.objects.get(key) != what:  # `/a` and `/a.html` are one key in some routings
                self.unmatched.append((rule, before))

    def _key(self, address: str) -> str:
        """Where the object of an address lies; beside an app's page it has its own key."""
        addresses = self._files.addresses
        if addresses.routing == "spa" and address != "/":
            self.exact.setdefault(address, own_key(address))
        return self.exact.get(address, addresses.place(address).key)

    def _take(self, key: str, what: Object, rule: Rule) -> None:
        if key in self._files.files and key != what.source:
            self.left_out[key] = rule
        self.objects[key] = what

    def _add_dynamic(self, rule: Rule) -> None:
        if rule.status in PAGE_STATUSES:
            self._add_page_for_status(rule)
        elif rule.status == 200 and "/:" not in rule.target:
            self._add_rewrite(rule)
        else:
            self.dynamic.append(rule)

    def _add_rewrite(self, rule: Rule) -> None:
        source = self._page(rule)
        self.targets[rule.line] = f"/{source}"
        if not source:
            return
        if not self._files.addresses.is_file(f"/{source}"):
            self._refuse(rule, f"/{source} has no extension that tells its type: rewrite to a page")
        self.dynamic.append(rule)

    def _add_page_for_status(self, rule: Rule) -> None:
        """To the store it is a rewrite, to an object that has the status."""
        source = self._page(rule)
        if not source:
            return
        if not source.endswith(HTML):
            self._refuse(rule, f"/{source} is no page: write the path of an HTML file")
        key = f"_rules/{rule.status}/{source}"
        self.objects[key] = Object(source, status=str(rule.status))
        self.targets[rule.line] = f"/{key}"
        self.dynamic.append(rule._replace(status=200))
