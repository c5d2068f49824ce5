"""Decides what a deployment will be, from the files that were found.

The build that packs, the action that uploads and the commands ask the same question, so it is answered once: what one
of them takes the others take too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from content.files import READ_LIMIT, File, UploadError, read, remark
from contract import ROUTINGS, Site

RULES = "_redirects", "_headers"  # what a site says of itself: read, and not published


class Plan(NamedTuple):
    """What a deployment will be: `files` by their paths in the site (no leading slash)."""

    routing: str
    files: dict[str, File]


def make_plan(found: Mapping[str, File | None], routing: str) -> Plan:
    """Give what publishing what was `found` means; `UploadError` names what must not be published and the remedy."""
    if routing not in ROUTINGS:
        raise UploadError(f"routing {routing!r} is not one of {', '.join(ROUTINGS)}: take one")
    files = {path: file for path, file in found.items() if file and path not in RULES}
    # Less than 1024 bytes: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, and git-annex has the same
    lent = "version https://git-lfs", "/annex/objects/"
    pointers = {path for path, file in files.items() if file.size < 1024 and read(file).startswith(lent)}
    for line in remark("pointers of Git LFS and no files, run `git lfs pull` before the build", pointers):
        raise UploadError(line)
    return Plan(routing, files)


def site_of(
    found: Mapping[str, File | None],
    plan: Plan,
    *,
    fallback: str = "",
    assets: bool = False,
    shared: bool = True,
    lenient: bool = False,
) -> Site:
    """Give what the compiler is asked about `plan`: with what the site says of itself in what was `found`."""
    redirects, headers = (_text(found.get(name), name) for name in RULES)
    return {
        "routing": plan.routing,
        "files": sorted(plan.files),
        "redirects": redirects,
        "headers": headers,
        "fallback": fallback,
        "assets": assets,
        "shared": shared,
        "lenient": lenient,
    }


def _text(file: File | None, name: str) -> str:
    text = read(file) if file else ""
    if file and file.size > READ_LIMIT:
        raise UploadError(f"{name} has {file.size:,} bytes, over {READ_LIMIT:,}: write fewer lines, with patterns")
    if "\ufffd" in text:  # what stands for bytes that mean nothing
        raise UploadError(f"{name} is no UTF-8: write it so")
    return text
