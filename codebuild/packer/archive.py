"""Packs files into one archive for the upload: a plain tar, as what is not compressed cannot grow."""

from __future__ import annotations

import hashlib
import tarfile
from typing import IO

from content.files import ARCHIVE_LIMIT, ENTRY_LIMIT, File, Source, UploadError


class _Hashing:
    """A file that is written to, with the digest of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def pack(files: dict[str, File], target: IO[bytes]) -> str:
    """Write `files` (by their paths in the site) into a tar; give its SHA-256. The same files give the same bytes."""
    if len(files) > ENTRY_LIMIT:
        raise UploadError(f"the site has {len(files):,} files, over {ENTRY_LIMIT:,}: publish fewer")
    hashing = _Hashing(target)
    with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT, encoding="utf-8", bufsize=2**20) as tar:  # type: ignore[call-overload]  # it only writes
        for path in sorted(files):
            with Source(files[path]) as source:
                member = tarfile.TarInfo(path)
                member.size = files[path].size
                tar.addfile(member, source)
                if tar.offset > ARCHIVE_LIMIT - 2 * tarfile.RECORDSIZE:  # what is left is the end's
                    raise UploadError(
                        f"the site has over {ARCHIVE_LIMIT / 2**30:.0f} GiB: host what is large elsewhere"
                    )
    return hashing.hexdigest()
