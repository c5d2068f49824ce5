"""Finds the files of the archive that a build left; strangers' code may have written every byte of it.

It takes what `pack.py` writes and nothing else: regular files, a long name in a header of its own, no link, no
device, nothing that stands for more bytes than it has. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
"""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from content.files import ENTRY_LIMIT, File, UploadError, check, kept_back, state

_BLOCK = 512  # bytes: all of a tar is in such blocks
_LONG_NAME = 4096  # bytes of a header that holds a name
_NAMES = 10_000_000  # bytes of all paths: publisher and pruner read manifests in little memory


def files_of_archive(place: Path) -> dict[str, File | None]:
    """Give every path of the archive with where its bytes lie, or None for what is never published.

    `UploadError` says what is wrong with it: nothing of it is published then.
    """
    found: dict[str, File | None] = {}
    left = _NAMES
    with place.open("rb") as archive:
        was = state(os.fstat(archive.fileno()))
        for path, offset, size in _members(archive, was[0]):
            left -= len(path.encode())
            if left < 0:
                raise UploadError(f"the paths of all files have over {_NAMES:,} bytes: publish fewer, or shorten them")
            if path in found:
                raise UploadError(f"{path!r} is twice in the archive: build again")
            if len(found) == ENTRY_LIMIT:
                raise UploadError(f"the archive has over {ENTRY_LIMIT:,} files: publish fewer")
            check(path, size)
            found[path] = None if kept_back(path) else File(str(place), size, offset, was)
    return found


def _members(archive: IO[bytes], end: int) -> Iterator[tuple[str, int, int]]:
    """Give path, offset and size of each file, up to the mark of the archive's end."""
    at, name = 0, ""
    while any(header := archive.read(_BLOCK)):
        at += _BLOCK
        try:
            member = _member(header, end - at)
            if member.type == tarfile.REGTYPE:
                yield name or member.name, at, member.size
                name = ""
            elif member.type == tarfile.XHDTYPE and not name:
                name = _long_name(archive.read(min(member.size, _LONG_NAME)))
            else:
                raise ValueError(f"an entry of kind {member.type!r}, where only files may be")
        except (tarfile.HeaderError, ValueError) as error:
            raise UploadError(
                f"the archive is damaged or not of `pack.py`, at byte {at:,}: {error}; build again"
            ) from error
        at += -(-member.size // _BLOCK) * _BLOCK
        archive.seek(at)
    if len(header) != _BLOCK or name:
        raise UploadError(f"the archive is cut off at byte {at:,}: build again")


def _member(header: bytes, left: int) -> tarfile.TarInfo:
    """What a header says, if it is one that `pack.py` writes and `left` bytes are enough for its file."""
    member = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    if not 0 <= member.size <= left:
        raise ValueError(f"{member.size:,} bytes are said, {left:,} are left")
    # size and time, then the format's name and version, then the prefix of the name
    # numbers in octal digits, no time, no prefix of the name: of other forms each reader has its own opinion
    plain = b"%011o\0%011o\0" % (member.size, 0) + b"ustar\x0000"
    if header[124:148] + header[257:265] != plain or any(header[345:]):
        raise ValueError("a header of another program")
    return member


def _long_name(record: bytes) -> str:
    """The name in a header that has no other record."""
    match = re.fullmatch(rb"([0-9]+) path=([^\0]+)\n", record)
    if not match or int(match[1]) != len(record):
        raise ValueError("a header that is not one name")
    return match[2].decode()
