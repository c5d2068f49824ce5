"""Packs a built site into one archive for the upload: the last command of a build.

The build has no right on the site. What it may write is this archive, and only what its digest fits is uploaded.
Standard library and boto3 only, joined with the modules that it imports into one program, `pack.py`; it runs on every
Python from 3.9 on.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import boto3

from content.files import UploadError, printable
from content.plan import make_plan
from contract import ARCHIVES
from packer.archive import pack
from packer.folder import files_of_folder
from packer.oddities import warnings


def run(arguments: list[str], environment: dict[str, str]) -> str:
    """Pack the folder that `arguments` names, and say so; give the archive's SHA-256."""
    names = "ARTIFACT_BUCKET", "CODEBUILD_BUILD_ID", "ROUTING"
    bucket, build, routing = (environment.get(name, "") for name in names)
    if len(arguments) != 1 or not all((bucket, build)):
        raise UploadError(f"usage: {'=... '.join(names)}=... python3 pack.py FOLDER")
    found = files_of_folder(Path(arguments[0]))
    plan = make_plan(found, routing)
    for warning in warnings(found, plan):
        print("warning:", warning, file=sys.stderr)
    packed = {path: file for path, file in found.items() if file}  # rules too, which are no files of the site
    with tempfile.TemporaryFile() as archive:
        digest = pack(packed, archive)
        size = archive.tell()
        archive.seek(0)
        boto3.client("s3").upload_fileobj(archive, bucket, f"{ARCHIVES}{build.split(':')[-1]}.tar")
    print(f"packed files: {len(plan.files):,}, {size / 1e6:,.1f} MB, SHA-256 {digest}", file=sys.stderr)
    return digest


def main(arguments: list[str], environment: dict[str, str]) -> int:
    """Pack what `arguments` name and print the archive's SHA-256; give the exit status."""
    try:
        print(run(arguments, environment))
    except Exception as error:  # whatever it is, it is one line
        print("pack:", printable(str(error) or repr(error)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
