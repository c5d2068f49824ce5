"""Finds the files of an output folder: the build packs them, the command line uploads them.

A link in it can lead anywhere: to a laptop's keys, or in a circle. So where each one leads is decided before anything
is read, and for both in the same way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from content.files import File, UploadError, check, kept_back, state

_LINKED = 100_000  # files and folders that links lead to: two links in each of 20 folders lead to a million


def files_of_folder(folder: Path) -> dict[str, File | None]:
    """Give every path of `folder` with the file that it leads to, or None for what is never published.

    Links within the folder are followed; `UploadError` names what cannot be published, and the remedy.
    """
    root = Path(os.path.realpath(folder))
    found = dict(_walk(root)) if root.is_dir() else {}
    if not any(found.values()):
        raise UploadError(f"folder {folder} is missing or empty: check the path and the build")
    return found


def _walk(root: Path) -> Iterator[tuple[str, File | None]]:
    """Give what is in the folder and below it, each once a way that leads there; no circle is gone round."""
    top = f"{root}{os.sep}"
    folders = [("", str(root), {str(root)})]
    linked = 0
    while folders:
        before, folder, above = folders.pop()
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path = before + entry.name
            real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            linked += real != top + path.replace("/", os.sep)
            if kept_back(path) or _is_kept_back_there(path, real, top, linked):
                yield path, None
            elif real not in above and Path(real).is_dir():
                folders.append((f"{path}/", real, {*above, real}))
            else:
                yield path, _file(path, real)


def _is_kept_back_there(path: str, real: str, top: str, linked: int) -> bool:
    """Whether what `path` leads to is never published; `UploadError` refuses where it must not lead."""
    if not f"{real}{os.sep}".startswith(top):
        raise UploadError(f"{path} is a link out of the output folder, to {real}: put a copy there")
    if linked > _LINKED:
        raise UploadError(f"links lead to over {_LINKED:,} files, the last is {path}: put copies there")
    return kept_back(real[len(top) :].replace(os.sep, "/"))


def _file(path: str, real: str) -> File | None:
    found = os.lstat(real) if Path(real).is_file() else None
    check(path, found.st_size if found else None)
    return File(real, found.st_size, 0, state(found)) if found else None
