"""What a file of a site may be, whoever found it: in a build's output folder, or in the archive that a build left.

The program that packs runs beside strangers' code, so the one that uploads does not believe it. Both ask here, and what
one of them takes the other takes too.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from contract import ERRORS, NAME_LIMIT

SIZE_LIMIT = 5 * 2**30  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
READ_LIMIT = 2**20  # bytes of a file that is looked into
ENTRY_LIMIT, ARCHIVE_LIMIT = 100_000, 8 * 2**30  # files of an archive, and its bytes

# Never published: repositories, the environment's secrets, a file manager's notes; at the top also what tools
# leave (.npmrc, .aws), and what says how the site is deployed. Deeper dot folders and node_modules are part of Expo's
# exports.
_KEPT_BACK = re.compile(
    r"(?i)((.*/)?\.(git|env[^/]*|ds_store)|node_modules|(samconfig|site)\.toml)(/|$)|\.(?!well-known(/|$))"
)
_UNREQUESTABLE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]|(^|/)(\.|%2e){0,2}(/|$)", re.I)


class UploadError(Exception):
    """Why nothing became visible, in one line for a person: what is wrong, its name, and the remedy."""

    def __str__(self) -> str:
        return printable(super().__str__())


class File(NamedTuple):
    """Where a file's bytes lie, and what is another when they were written to or replaced.

    offset: in the place: an archive holds many
    state: of the place
    """

    place: str
    size: int
    offset: int
    state: tuple[int, int, int]


class Source(io.RawIOBase):
    """The bytes of a file that was planned, and no others: `UploadError` ends the upload.

    They are read and never mapped into memory: a mapped file that shrinks kills the process.
    """

    def __init__(self, file: File) -> None:
        self._file, self._at = file, 0
        # what has come in its place is not followed, if it is a link, nor waited for, if it is a pipe
        self._raw = io.FileIO(file.place, opener=lambda name, how: os.open(name, how | os.O_NOFOLLOW | os.O_NONBLOCK))
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        left = max(self._file.size - self._at, 0)
        data = self._raw.read(left if size is None or size < 0 else min(size, left)) or b""
        self.seek(len(data), os.SEEK_CUR)
        return data

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # as AWS's own signer reads
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, to: int, whence: int = 0) -> int:
        if state(os.fstat(self._raw.fileno())) != self._file.state:
            raise UploadError(f"{self._file.place} changed during the upload: let nothing write there, try again")
        self._at = to + (0, self._at, self._file.size)[whence]
        return self._raw.seek(self._file.offset + self._at) - self._file.offset  # botocore seeks to send once more

    def close(self) -> None:
        self._raw.close()
        super().close()


def state(found: os.stat_result) -> tuple[int, int, int]:
    """What is another as soon as a file is written to or replaced."""
    return found.st_size, found.st_ino, found.st_mtime_ns


def kept_back(path: str) -> bool:
    """Tell whether what has such a name is never published."""
    return bool(_KEPT_BACK.match(path))


def check(path: str, size: int | None) -> None:
    """Refuse, with `UploadError`, what cannot be published under `path`; no `size`: it is no file."""
    for wrong, why in (
        (path.startswith(ERRORS), f"/{ERRORS} is reserved for error pages: rename the folder"),
        (_UNREQUESTABLE.search(path), "no browser can request such a name: rename it"),
        (len(os.fsencode(path)) >= NAME_LIMIT, f"its name has more than {NAME_LIMIT} bytes: shorten it"),
        (size is None, "no file, but a link to nowhere or in a circle, or a device: remove it"),
        (size and size > SIZE_LIMIT, "over 5 GB, S3's limit: host it elsewhere"),
    ):
        if wrong:
            raise UploadError(f"{path!r} cannot be published, {why}")


def read(file: File) -> str:
    """Give the beginning of a file as text."""
    with Source(file) as source:
        return source.read(READ_LIMIT).decode("utf-8", "replace")


def printable(text: str) -> str:
    """Give `text` as one line that no terminal obeys: strangers choose the names of files."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def remark(text: str, names: Iterable[str]) -> list[str]:
    """Give one line with at most ten names, so that it stays one that is read, and none for none."""
    found = sorted(map(printable, names))
    more = f" and {len(found) - 10} more" if len(found) > 10 else ""
    return [f"{text}: {', '.join(found[:10])}{more}"] if found else []
