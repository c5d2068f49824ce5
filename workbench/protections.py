"""The protections one by one, and how each is switched off: a test that never fails without them shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator import javascript
from local.edge.distribution import Distribution


class Protection:
    """What a distribution has; `changes` are pieces of function/, and what stands there when it is off."""

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
        for text, off in self.changes:
            ours, instead = (javascript.strip(piece).rstrip("\n") for piece in (text, off))
            changed = {arn: source.replace(ours, instead) for arn, source in functions.items()}
            assert changed != functions, f"no function has {ours!r} any more: correct the test"
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
    ("if (kind > EITHER && pin && purpose === PART && follows(pin, request)) {", "if (false) {"),
    ("movesPin || !pin || (pin !== id && !follows(pin, request)) ? id : pin", "id"),
)
POOL = Protection(("if (start >= 0 && isBuilt(uri, ends, start, uri[dot + 2])) {", "if (false) {"))
MOVE = Protection(("purpose = NAVIGATION;", "purpose = PART;"))
ONLY_PAGES_MOVE = Protection(
    (
        "request.uri = '/deployments/' + served + path;",
        "headers['x-deployment'] = { value: served }; request.uri = '/deployments/' + served + path;",
    ),
    ("told ? page || !type :", "told ? true :"),
)
FRAMES_STAY = Protection(("return dest === 'document'", "return dest.search(/document|frame/) >= 0"))
FULL_ANSWER = Protection(
    ("delete headers['if-none-match']", "delete headers.x"), ("delete headers['if-modified-since']", "delete headers.x")
)
FILES_ARE_NO_PAGES = Protection(
    ("kind = ends.search(EXTENSIONS) >= 0 ? FILE : hidden ? HIDDEN : EITHER", "kind = EITHER")
)
ONLY_PAGES_FALL_BACK = Protection(
    (
        "purpose === NAVIGATION || !value(headers['sec-fetch-dest']) || value(headers.accept).includes('text/html')",
        "true",
    )
)
ERROR_PAGE = Protection(off=_no_error_pages)
POLICY = Protection(off=_no_policy)
OWN_HEADERS = Protection(
    (
        ", 'strict-transport-security': { value: 'max-age=31536000' }, 'x-content-type-options': { value: 'nosniff' }",
        "",
    )
)
COOKIE_ATTRIBUTES = Protection(("'Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=' + PIN_SECONDS", "'Path=/; Secure'"))
NO_STORE = Protection(("caching || 'no-store'", "caching || 'public, max-age=60'"))
WORKER_IS_NEW = Protection(("purpose = WORKER;", "purpose = PART;"))
WORKER_MOVES = Protection(
    ("headers['x-deployment'] = {", "if (purpose === NAVIGATION) headers['x-deployment'] = {"),
    ("worker || (told", "(told"),
)
WORKER_INSTALLS = Protection(("value(headers.referer).search(/^[^?]*\\.m?js(?:\\?|$)/) < 0", "true"))
POLLS = Protection(("return !isNew && !asksForNews(request) &&", "return true &&"))
CACHE_BUST = Protection(("request.querystring['ngsw-cache-bust']", "false"))
SPECULATION = Protection(("value(headers['sec-purpose']).includes('prefetch')", "false"))
RELOAD_STAYS = Protection(("['', 'empty'].includes(value(headers['sec-fetch-dest']))", "true"))
REDIRECT = Protection(("'public, max-age=0, must-revalidate'", "'public, max-age=3600'"))
