"""Decides what a deployment will be, from the files that were found: a part of the uploader, and of the commands."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from media_types import FILES, extension
from site_files import File, UploadError, read, remark

ROUTINGS = ("spa", "files", "folders", "mixed")
LIST_LIMIT = 300  # bytes that `also=` and `index=` may each take of the store's value

# "Name carries a hash": the router's expressions, for a path with its first slash
PROMISED = "/(?:_next/static/(?:chunks|css|media)|_app/immutable|_astro|_nuxt(?!/builds))/"
_HASH = (
    r"(?a)(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|"
    r"[.-](?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-][A-Z]?[a-z]+)|"
    r"[A-Z]?[a-z]{3,}(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+[A-Z][a-z]{3,})\.)[\w-]{8})"
    r"(?:\.(?:lean|entry|chunk|min|legacy|bundle))?\.\w+\Z"
)
_KIND = r"\.(?:m?js|css|wasm|woff2?|[ot]tf|eot|(svg|png|jpe?g|gif|webp|avif|ico))\Z"
_FOLDER = "/(?:assets|media|static|images|img|_static)/"
_FORM = (
    r"(?a)(?:(?:[./]|[A-Za-z_]-)(?=[\da-f]+\.\w+\Z)(?:.{8}|.{16}|.{20}|(?!.{12}4...[89ab]).{32}|.{40}|.{64})|\."
    r"[\da-f]{12}|[.-](?:[A-Z2-7]{8}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])"
    r"(?!(?:[A-Za-z]?[A-Z][a-z]{3,}|(?:[A-Z]?[a-z]{2,}){2})(?:[A-Z]{1,2}|\d{1,2})\.)[\w-]{8}))\.\w+\Z"
)


class Plan(NamedTuple):
    """What a deployment will be: `files` by their paths in the site (no leading slash)."""

    routing: str
    files: dict[str, File]
    also: list[str]
    folders: list[str]  # the manifest's `index`


def is_hashed(path: str) -> bool:
    """Tell whether `path` (no leading slash) carries a content hash: the router's rule."""
    path = f"/{path}"
    kind, ends = re.search(_KIND, path), path[-80:]
    if not kind or re.match(PROMISED, path):
        return bool(kind)
    image = kind[1]
    return bool(re.search(_HASH, ends) and (not image or (re.search(_FOLDER, path) and re.search(_FORM, ends))))


def deployment_id(commit: str, end: str = "") -> str:
    """Give the ID that begins with the commit and has this `end` (16 hex digits); a random one if there is none."""
    identity = f"{commit[:40]}-{end or os.urandom(8).hex()}"
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{9,63}", identity):
        raise UploadError(f"commit {commit!r} cannot begin an ID: use letters, digits, - and _")
    return identity


def make_plan(found: Mapping[str, File | None], routing: str) -> Plan:
    """Give what publishing what was `found` means; `UploadError` names what must not be published and the remedy."""
    if routing not in ROUTINGS:
        raise UploadError(f"routing {routing!r} is not one of {', '.join(ROUTINGS)}")
    files = {path: file for path, file in found.items() if file}
    if "index.html" not in files:
        nearest = min((path for path in files if path.endswith("/index.html")), key=len, default="none")
        raise UploadError(f"the site has no index.html (nearest: {nearest}): check the output folder and the build")
    # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, and git-annex has the same
    lent = "version https://git-lfs", "/annex/objects/"
    pointers = {path for path, file in files.items() if file.size < 1024 and read(file).startswith(lent)}
    for line in remark("pointers of Git LFS and no files, run `git lfs pull` before the build", pointers):
        raise UploadError(line)
    plain, pages = named_in_public(files)
    ends = {extension(page[:-6] if page.endswith("/index") else page) for page in pages}
    counts = Counter(sorted(map(extension, plain)))
    unknown = (name for name, _ in counts.most_common() if name not in ends.union(FILES))
    # the end of a version (1.2.0, 1.2.0-beta) is none: addresses end so too
    also = _fit(unknown, r"(?=.*[a-z])(?![0-9]+-)[0-9a-z_-]{1,20}")
    alone = sorted(page[:-6] for page in pages if page.endswith("/index") and page[:-6] not in pages)
    folders = _fit(alone, r"[\w.~/-]+") if routing == "files" else []
    return Plan(routing, files, also, folders)


def named_in_public(files: Iterable[str]) -> tuple[set[str], set[str]]:
    """Give the paths that no hash is in, but for those with a dot first, and the pages (without .html) of these."""
    plain = {path for path in files if not is_hashed(path) and "/." not in f"/{path}"}  # such a segment is a file's
    return plain, {path[:-5] for path in plain if path.endswith(".html")}


def _fit(names: Iterable[str], pattern: str) -> list[str]:
    taken: list[str] = []
    for name in names:
        if re.fullmatch(pattern, name, re.ASCII) and len(",".join([*taken, name])) <= LIST_LIMIT:
            taken.append(name)
    return taken
