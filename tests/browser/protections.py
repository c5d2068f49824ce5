"""The protections one by one, and how each is switched off: a test that never fails without them shows nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from local.distribution import Distribution


@dataclass(frozen=True)
class Protection:
    """Lines of the shipped functions (`text`), and what stands there when the protection is off (`off`)."""

    text: str
    off: str

    def removed_from(self, distribution: Distribution) -> Distribution:
        """The distribution with functions that lack it."""
        changed = {arn: source.replace(self.text, self.off) for arn, source in distribution.functions.items()}
        assert changed != distribution.functions, f"no function has the line {self.text!r} any more: correct the test"
        return replace(distribution, functions=changed)


PIN = Protection("const pinned = pin && ", "const pinned = false && ")
POOL = Protection("if (hashed(uri)) {", "if (false) {")
MOVE = Protection("const moves = navigation || ", "const moves = ")
FULL_ANSWER = Protection("      delete headers['if-none-match'];\n      delete headers['if-modified-since'];\n", "")
FILES_ARE_NO_PAGES = Protection("file = file || uri.search(FILE) >= 0;", "file = false;")
COOKIE_ATTRIBUTES = Protection("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400", "Path=/; Secure")
NO_STORE = Protection("'Service Unavailable', 'no-store'", "'Service Unavailable', 'public, max-age=60'")
WORKER_MOVES = Protection(" || dest === 'serviceworker' || headers['service-worker'];", ";")
WORKER_INSTALLS = Protection("if (!asker.endsWith('.js') && !asker.endsWith('.mjs')) return true;", "return true;")
POLLS = Protection(" && !asksForNew(request, dest);", ";")
SPECULATION = Protection("if (purpose && ", "if (false && ")
RELOAD_STAYS = Protection("if (caching && (!dest || dest === 'empty') && ", "if (caching && ")
REDIRECT = Protection("Redirect', 'public, max-age=0, must-revalidate'", "Redirect', 'public, max-age=3600'")
