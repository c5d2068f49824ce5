"""Whether a deployment is complete, by its manifest and what lies in its folder, and what the store says of it then.

An upload that died, or a pruner that was faster, must not become live: nobody looks again after the switch.
"""

import json
import re
from typing import Any

from contract import ROUTINGS, VALUE_LIMIT, Manifest, folder_of, manifest_of
from publisher.aws import listing, read
from publisher.extras import extras
from publisher.intent import NotThere

TEXTS = "id", "commit", "branch", "message", "author", "execution", "created", "uploader", "routing"
LISTS = "also", "index", "immutable"
MANIFEST = dict.fromkeys(TEXTS, str) | dict.fromkeys(LISTS, list) | {"files": int, "bytes": int}


def checked(deployment: str) -> tuple[str, list[str]]:
    """The value of `live` for a complete deployment, and what it has too much; `NotThere` says what it lacks."""
    key, folder = manifest_of(deployment), folder_of(deployment)
    text, _, made = read(key)
    if not text:
        raise NotThere(f"{key} is missing: no such deployment, or its upload did not finish")
    try:
        manifest: Any = dict(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        manifest = {}
    wrong = [name for name, kind in MANIFEST.items() if type(manifest.get(name)) is not kind]
    wrong += [name for name in LISTS if name not in wrong and {*map(type, manifest[name])} - {str}]
    if wrong or manifest["id"] != deployment:
        raise NotThere(f"{key} lacks or misstates {', '.join(wrong) or 'id'}: build again")
    return live_value(key, manifest), extras(folder, listing(folder), manifest, made)


def live_value(key: str, manifest: Manifest) -> str:
    """What the router reads: the deployment, its routing, and the members that the routing needs."""
    routing = manifest["routing"]
    members = [f" {name}={','.join(manifest[name])}" for name in ("also", "index") if manifest[name]]
    value = f"{manifest['id']} {routing}{''.join(members)}"
    if routing not in ROUTINGS:
        raise NotThere(f"{key} has routing {routing[:99]!r}, not one of {', '.join(ROUTINGS)}")
    if not value.isprintable() or not re.fullmatch(r"\S+ \S+( also=\S+)?( index=\S+)?", value):
        raise NotThere(f"{key} has a blank in a name: {value[:200]!r}")
    if len(value.encode()) > VALUE_LIMIT:
        raise NotThere(f"{key}: also and index take over {VALUE_LIMIT} bytes of the store: {value[:200]!r}")
    return value
