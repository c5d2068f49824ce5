"""The protections one by one, and how each is switched off: a test that never fails without them shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from local.edge.distribution import Distribution
from workbench.fragments import as_shipped


class Protection:
    """What a distribution has; `changes` are lines as they ship, and what stands there when it is off."""

    def __init__(
        self, *changes: tuple[str, str], off: Callable[[Distribution], Distribution] = lambda unchanged: unchanged
    ) -> None:
        self.changes, self.off = changes, off

    def __and__(self, other: Protection) -> Protection:
        """Both."""
        return Protection(*self.changes, *other.changes, off=lambda distribution: other.off(self.off(distribution)))

    def removed_from(self, distribution: Distribution) -> Distribution:
        """The distribution without it."""
        functions = dict(distribution.functions)
        for text, off in ([as_shipped(part) for part in change] for change in self.changes):
            changed = {arn: source.replace(text, off) for arn, source in functions.items()}
            assert changed != functions, f"no function has the line {text!r} any more: correct the test"
            functions = changed
        return self.off(replace(distribution, functions=functions))


def _no_policy(distribution: Distribution) -> Distribution:
    """Without its response headers policy."""
    assert all(behavior.headers for behavior in distribution.behaviors)
    behaviors = tuple(replace(behavior, headers=()) for behavior in distribution.behaviors)
    return replace(distribution, behaviors=behaviors)


def _no_error_pages(distribution: Distribution) -> Distribution:
    """Without its custom error responses."""
    assert 404 in distribution.errors
    return replace(distribution, errors={})


PIN = Protection(
    ("if (!dot && pin && !moves && follows(pin, request, dest)) {", "if (false) {"),
    ("} else if (!pin || !follows(pin, request, dest)) pin=id;", "} else pin=id;"),
)
POOL = Protection(("if (ends.search(HASHED) >= 0 && isBuilt(uri, ends, uri[dot + 2])) {", "if (false) {"))
MOVE = Protection(("const moves=dest === 'document' || ", "const moves="))
ONLY_PAGES_MOVE = Protection(("if (moves) headers['x-deployment']", "if (true) headers['x-deployment']"))
FRAMES_STAY = Protection(("const moves=dest === 'document' || ", "const moves=dest.search(/document|frame/) >= 0 || "))
FULL_ANSWER = Protection(("   delete headers['if-none-match'];\n   delete headers['if-modified-since'];\n", ""))
FILES_ARE_NO_PAGES = Protection(("if (hidden || ends.search(FILE) >= 0) dot=0;", ""))
ONLY_PAGES_FALL_BACK = Protection(("page=!dest || dest === 'document' || ", "page=true || "))
ERROR_PAGE = Protection(off=_no_error_pages)
POLICY = Protection(off=_no_policy)
OWN_HEADERS = Protection(
    (
        ", 'strict-transport-security': {value: 'max-age=31536000'}, 'x-content-type-options': {value: 'nosniff'}",
        "",
    )
)
COOKIE_ATTRIBUTES = Protection(("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400", "Path=/; Secure"))
NO_STORE = Protection(("'cache-control': {value: 'no-store'}", "'cache-control': {value: 'public, max-age=60'}"))
WORKER_IS_NEW = Protection((" || dest === 'serviceworker' || headers['service-worker'];", ";"))
WORKER_MOVES = Protection(
    ("if (moves) headers['x-deployment']", "if (dest === 'document') headers['x-deployment']"),
    ("if (worker || (", "if (("),
)
WORKER_INSTALLS = Protection(("if (!asker.endsWith('.js') && !asker.endsWith('.mjs')) return false;", "return false;"))
POLLS = Protection(("if (pin.search(ID) !== 0) return false;", "return pin.search(ID) === 0;"))
CACHE_BUST = Protection(("request.querystring['ngsw-cache-bust']", "false"))
SPECULATION = Protection(("if (purpose && ", "if (false && "))
RELOAD_STAYS = Protection(("if (caching && (!dest || dest === 'empty') && ", "if (caching && "))
REDIRECT = Protection(("{value: 'public, max-age=0, must-revalidate'}", "{value: 'public, max-age=3600'}"))
