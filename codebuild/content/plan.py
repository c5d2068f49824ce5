"""Decides what a deployment will be, from the files that were found.

The build that packs, the action that uploads and the commands ask the same question, so it is answered once: what one
of them takes the others take too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from content.files import File, UploadError, read, remark
from content.hashed_names import is_hashed
from content.media_types import FILES, extension
from contract import ROUTINGS

LIST_LIMIT = 300  # bytes that `also=` and `index=` may each take of the store's value


class Plan(NamedTuple):
    """What a deployment will be: `files` by their paths in the site (no leading slash)."""

    routing: str
    files: dict[str, File]
    also: list[str]
    folders: list[str]  # the manifest's `index`


def make_plan(found: Mapping[str, File | None], routing: str) -> Plan:
    """Give what publishing what was `found` means; `UploadError` names what must not be published and the remedy."""
    if routing not in ROUTINGS:
        raise UploadError(f"routing {routing!r} is not one of {', '.join(ROUTINGS)}")
    files = {path: file for path, file in found.items() if file}
    _refuse_no_site(files)
    plain, pages = named_in_public(files)
    return Plan(routing, files, _unknown_extensions(plain, pages), _lone_folders(pages) if routing == "files" else [])


def _refuse_no_site(files: Mapping[str, File]) -> None:
    if "index.html" not in files:
        nearest = min((path for path in files if path.endswith("/index.html")), key=len, default="none")
        raise UploadError(f"the site has no index.html (nearest: {nearest}): check the output folder and the build")
    # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, and git-annex has the same
    lent = "version https://git-lfs", "/annex/objects/"
    pointers = {path for path, file in files.items() if file.size < 1024 and read(file).startswith(lent)}
    for line in remark("pointers of Git LFS and no files, run `git lfs pull` before the build", pointers):
        raise UploadError(line)


def _unknown_extensions(plain: set[str], pages: set[str]) -> list[str]:
    """The extensions that the router does not know and that no address of a page ends with, the commonest first."""
    of_pages = {extension(page.removesuffix("/index")) for page in pages}
    counts = Counter(sorted(map(extension, plain)))
    unknown = (name for name, _ in counts.most_common() if name not in of_pages.union(FILES))
    # the end of a version (1.2.0, 1.2.0-beta) is none: addresses end so too
    return _fit(unknown, r"(?=.*[a-z])(?![0-9]+-)[0-9a-z_-]{1,20}")


def _lone_folders(pages: set[str]) -> list[str]:
    """The folders with a page of their own, and no page beside them that has their name."""
    folders = (page.removesuffix("/index") for page in pages if page.endswith("/index"))
    return _fit(sorted({*folders} - pages), r"[\w.~/-]+")


def named_in_public(files: Iterable[str]) -> tuple[set[str], set[str]]:
    """Give the paths that no hash is in, but for those with a dot first, and the pages (without .html) of these."""
    plain = {path for path in files if not is_hashed(path) and "/." not in f"/{path}"}  # such a segment is a file's
    return plain, {path[:-5] for path in plain if path.endswith(".html")}


def _fit(names: Iterable[str], pattern: str) -> list[str]:
    """Those that fit `pattern`, as many as the store's value has room for."""
    taken: list[str] = []
    for name in names:
        if re.fullmatch(pattern, name, re.ASCII) and len(",".join([*taken, name])) <= LIST_LIMIT:
            taken.append(name)
    return taken
