"""Packs a built site into one archive for the upload: the last command of a build.

The build has no right on the site. What it may write is this archive, and only what its digest fits is uploaded. A
plain tar: what is not compressed cannot grow. Standard library and boto3 only, joined with the files that it imports.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Any

import boto3

from site_checks import warnings
from site_files import ARCHIVE_LIMIT, ENTRY_LIMIT, File, Source, UploadError, printable
from site_folder import files_of_folder
from site_plan import make_plan


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
        raise UploadError(f"the site has {len(files):,} files, over the {ENTRY_LIMIT:,} that an archive takes")
    hashing: Any = _Hashing(target)
    with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT, encoding="utf-8", bufsize=2**20) as tar:
        for path in sorted(files):
            with Source(files[path]) as source:
                member = tarfile.TarInfo(path)
                member.size = files[path].size
                tar.addfile(member, source)
                if tar.offset > ARCHIVE_LIMIT - 2 * tarfile.RECORDSIZE:  # what is left is the end's
                    raise UploadError(
                        f"the site has over {ARCHIVE_LIMIT / 2**30:.0f} GiB: host what is large elsewhere"
                    )
    return str(hashing.hexdigest())


def main(arguments: list[str], environment: dict[str, str]) -> int:
    """Pack the folder that `arguments` names and print the archive's SHA-256; give the exit status."""
    try:
        names = "ARTIFACT_BUCKET", "CODEBUILD_BUILD_ID", "ROUTING"
        bucket, build, routing = (environment.get(name, "") for name in names)
        if len(arguments) != 1 or not all((bucket, build)):
            raise UploadError(f"usage: {'=... '.join(names)}=... python3 pack.py FOLDER")
        found = files_of_folder(Path(arguments[0]))
        plan = make_plan(found, routing)
        for warning in warnings(found, plan):
            print("warning:", warning, file=sys.stderr)
        with tempfile.TemporaryFile() as archive:
            digest = pack(plan.files, archive)
            size = archive.seek(0, os.SEEK_END)
            archive.seek(0)
            boto3.client("s3").upload_fileobj(archive, bucket, f"archives/{build.split(':')[-1]}.tar")
    except Exception as error:  # whatever it is, it is one line
        print("pack:", printable(str(error) or repr(error)), file=sys.stderr)
        return 1
    print(f"packed {len(plan.files):,} files, {size / 1e6:,.1f} MB, SHA-256 {digest}", file=sys.stderr)
    print(digest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
