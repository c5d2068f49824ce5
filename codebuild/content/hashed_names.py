"""Tells which names carry a content hash: such files are shared by all deployments, and browsers keep them."""

from __future__ import annotations

import re

# "Name carries a hash": the rule of function/hashed-names.js, for a path with its first slash. That both agree, also on
# names that a browser encodes, is tests/edge/test_hashed_names.py.
PROMISED = "/(?:_next/static/(?:chunks|css|media)|_app/immutable|_astro|_nuxt(?!/builds))/"
_HASH = (
    r"(?a)(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|"
    r"[.-](?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-]?[A-Z]?[a-z]+))\.)[\w-]{8})"
    r"(?:\.(?:lean|entry|chunk|min|legacy|bundle))?\.\w+\Z"
)
_KIND = r"\.(?:m?js|css|wasm|woff2?|[ot]tf|eot|(svg|png|jpe?g|gif|webp|avif|ico))\Z"
_FOLDER = "/(?:assets|media|static|images|img|_static)/"
_FORM = (
    r"(?a)(?:(?:[./]|[A-Za-z_]-)(?=[\da-f]+\.\w+\Z)(?:.{8}|.{16}|.{20}|(?!.{12}4...[89ab]).{32}|.{40}|.{64})|\."
    r"[\da-f]{12}|[.-](?:[A-Z2-7]{8}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])"
    r"(?!(?:[A-Za-z]?[A-Z][a-z]{3,}|(?:[A-Z]?[a-z]{2,}){2})(?:[A-Z]{1,2}|\d{1,2})\.)[\w-]{8}))\.\w+\Z"
)


def is_hashed(path: str) -> bool:
    """Tell whether `path` (no leading slash) carries a content hash: the router's rule."""
    path = f"/{path}"
    # 80 characters hold the longest hash and all behind it, as in function/router.js
    kind, ends = re.search(_KIND, path), path[-80:]
    is_built = kind and (not kind[1] or (re.search(_FOLDER, path) and re.search(_FORM, ends)))
    return bool(kind and (re.match(PROMISED, path) or (is_built and re.search(_HASH, ends))))
