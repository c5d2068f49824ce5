"""Writes several files together or not at all: a project is never left with half of an answer."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deployments.errors import Failure


def write_together(texts: Mapping[Path, bytes]) -> list[Path]:
    """Write what differs from what is there; which files those were.

    Each is written beside its place first. Only then they are put there one after another, and if one of them cannot
    be, those before it get their old bytes back.
    """
    changed = {path: text for path, text in texts.items() if _bytes(path) != text}
    beside: dict[Path, Path] = {}
    done: dict[Path, bytes | None] = {}
    try:
        for path, text in changed.items():
            beside[path] = _written_beside(path, text)
        for path, new in beside.items():
            done[path] = _bytes(path)
            new.replace(os.path.realpath(path))
    except BaseException as error:  # Ctrl-C too
        _take_back(done, beside)
        if isinstance(error, OSError):
            why = f"{path}: cannot be written: {error.strerror}; nothing was changed"
            raise Failure(why, remedy="make room on the disk, or have its owner allow it") from None
        raise
    return list(changed)


def _bytes(path: Path) -> bytes | None:
    """What is there; None if nothing is."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        why = f"{path}: cannot be read: {error.strerror}; nothing was changed"
        raise Failure(why, remedy="have its owner allow it") from None


def _written_beside(path: Path, text: bytes) -> Path:
    """A new file with `text` in the folder where `path` really is, with the mode that the old one has."""
    place = Path(os.path.realpath(path))
    number, name = tempfile.mkstemp(dir=place.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(number)
        Path(name).chmod(stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666 & ~_umask())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _take_back(done: Mapping[Path, bytes | None], beside: Mapping[Path, Path]) -> None:
    for new in beside.values():
        new.unlink(missing_ok=True)
    for path, old in done.items():
        with contextlib.suppress(OSError):
            if old is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(old)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
