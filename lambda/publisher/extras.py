"""Finds what a deployment's folder has too much: a pure function of its listing and its manifest.

An upload writes its manifest last, so a file that came later is none of the deployment's. It hinders nobody from going
back to it, and `deployments prune ID --extras` takes it away.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from contract import Manifest
from publisher.intent import NotThere

if TYPE_CHECKING:
    from aws_types import Listed


def extras(folder: str, objects: "Iterable[Listed]", manifest: Manifest, made: datetime) -> list[str]:
    """The files that came after the manifest was made; `NotThere` unless the others are those that it tells of.

    `objects` are those below `folder`, in the order of their keys. A manifest of an older version has no `listing`,
    so number and bytes must do. S3 dates what it is asked for to the second, so what came in the manifest's own second
    cannot be told apart.
    """
    files = [
        (item["Key"].removeprefix(folder), item["Size"], item["LastModified"].replace(microsecond=0) > made)
        for item in objects
    ]
    for own in files, [file for file in files if not file[2]]:
        text = "".join(f"{path} {size}\n" for path, size, _ in own)
        names = hashlib.sha256(text.encode()).hexdigest()
        there = f"{len(own)} and {sum(size for _, size, _ in own)}"
        told = "{files} and {bytes}".format(**manifest)
        if there == told and names == manifest.get("listing", names):
            return [path for path, _, late in files if late][: len(files) - len(own)]
    raise NotThere(f"files and bytes of {folder} are {there}, not the {told} of its manifest: build again")
