"""Whether a deployment is complete, by its manifest and what lies in its folder, and what the store says of it then.

An upload that died, or a pruner that was faster, must not become live: nobody looks again after the switch.
"""

import json
import re
from contextlib import suppress
from typing import NamedTuple

from contract import ID, ROUTINGS, VALUE_LIMIT, Manifest, folder_of, manifest_of
from publisher.aws import listing, read
from publisher.extras import extras
from publisher.intent import NotThere
from publisher.notation import QUOTED

MANIFEST = {"id": str, "routing": str, "immutable": list, "files": int, "bytes": int}
UNREADABLE = AttributeError, TypeError, ValueError, RecursionError  # what reading a manifest of another form raises


class Complete(NamedTuple):
    """A deployment that may become live.

    value: of `live`
    lines: what the store must hold besides
    extra: files that are none of the deployment's
    """

    value: str
    lines: dict[str, str]
    extra: list[str]


def checked(deployment: str) -> Complete:
    """What the store says of a complete deployment, and what it has too much; `NotThere` says what it lacks."""
    key, folder = manifest_of(deployment), folder_of(deployment)
    text, _, made = read(key)
    if not text:
        raise NotThere(f"{key} is missing: no such deployment, or its upload did not finish")
    try:
        manifest: Manifest = dict(json.loads(text))  # type: ignore[assignment]  # if nothing is wrong
        wrong = [name for name, kind in MANIFEST.items() if type(manifest.get(name)) is not kind]
        if wrong or manifest["id"] != deployment:
            raise ValueError(", ".join(wrong) or "id")
        value, lines = live_value(manifest), lines_of(manifest)
    except UNREADABLE as error:
        raise NotThere(f"{key} lacks or misstates {error}: build again") from error
    return Complete(value, lines, extras(folder, listing(folder), manifest, made))  # type: ignore[arg-type]  # it has a date


def live_value(manifest: Manifest) -> str:
    """What the router reads: the deployment, its routing, and the members that the routing needs."""
    members = [f"{name}={','.join(manifest[name])}" for name in ("also", "index") if manifest.get(name)]
    rest = manifest.get("live") or " ".join([manifest["routing"], *members])  # older uploads have only the parts
    value = f"{manifest['id']} {rest}"
    if not re.fullmatch(rf"{ID} ({'|'.join(ROUTINGS)})( [!-~]+)*", value) or len(value) > VALUE_LIMIT:
        raise ValueError(f"what the router reads, {value[:QUOTED]!r}")
    return value


def lines_of(manifest: Manifest) -> dict[str, str]:
    """What the router looks up besides, under keys that belong to no other deployment."""
    lines = manifest.get("lines", {})
    for key, line in lines.items():
        if not re.fullmatch(r"[rt]:\w+:\d+", key) or len(line.encode()) > VALUE_LIMIT:
            raise ValueError(f"the store's key {key[:QUOTED]!r}")
    return lines


def lines_in(deployment: str) -> dict[str, str]:
    """The same of a deployment, whether it is complete or not."""
    with suppress(*UNREADABLE):
        return lines_of(json.loads(read(manifest_of(deployment))[0] or "{}"))
    return {}
