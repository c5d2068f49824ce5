"""The protections one by one, and how each is switched off: a test that never fails without them shows nothing."""

from __future__ import annotations

from dataclasses import replace

from local.distribution import Distribution


class Protection:
    """Pairs of a line of the shipped functions, and what stands there when the protection is off."""

    def __init__(self, *changes: tuple[str, str]) -> None:
        self.changes = changes

    def removed_from(self, distribution: Distribution) -> Distribution:
        """The distribution with functions that lack it."""
        functions = dict(distribution.functions)
        for text, off in self.changes:
            changed = {arn: source.replace(text, off) for arn, source in functions.items()}
            assert changed != functions, f"no function has the line {text!r} any more: correct the test"
            functions = changed
        return replace(distribution, functions=functions)


PIN = Protection(("const pinned = pin && ", "const pinned = false && "))
POOL = Protection(("if (hashed(uri)) {", "if (false) {"))
MOVE = Protection(("const moves = navigation || ", "const moves = "))
FULL_ANSWER = Protection(("      delete headers['if-none-match'];\n      delete headers['if-modified-since'];\n", ""))
FILES_ARE_NO_PAGES = Protection(("file = file || uri.search(FILE) >= 0;", "file = false;"))
COOKIE_ATTRIBUTES = Protection(("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400", "Path=/; Secure"))
NO_STORE = Protection(("'Service Unavailable', 'no-store'", "'Service Unavailable', 'public, max-age=60'"))
WORKER_IS_NEW = Protection((" || dest === 'serviceworker' || headers['service-worker'];", ";"))
WORKER_MOVES = Protection(
    ("if (moves) headers['x-deployment']", "if (navigation) headers['x-deployment']"), ("if (worker || (", "if ((")
)
WORKER_INSTALLS = Protection(("if (!asker.endsWith('.js') && !asker.endsWith('.mjs')) return true;", "return true;"))
POLLS = Protection((" && !asksForNew(request, dest);", ";"))
SPECULATION = Protection(("if (purpose && ", "if (false && "))
RELOAD_STAYS = Protection(("if (caching && (!dest || dest === 'empty') && ", "if (caching && "))
REDIRECT = Protection(("Redirect', 'public, max-age=0, must-revalidate'", "Redirect', 'public, max-age=3600'"))
