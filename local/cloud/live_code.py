"""Gives a CloudFront Function of the emulated AWS the store that it imports, as upstream has no module for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import ministack.services.cloudfront as cloudfront
import ministack.services.cloudfront_keyvaluestore as stores

_live_code = cloudfront.live_function_code

_STORE_ARN = re.compile(r"arn:aws:cloudfront::\d+:key-value-store/[\w-]+")
_IMPORT = re.compile(r"^\s*import\s+(\w+)\s+from\s+['\"]cloudfront['\"]\s*;?\s*$", re.M)
_MODULE = Path(__file__).with_name("store.js").read_text()


def live_code(arn: str) -> bytes | str | None:
    """A function's code as upstream runs it, with the content of its store in place of the import of the store."""
    code: bytes | str | None = _live_code(arn)
    source = code.decode() if isinstance(code, bytes) else code
    imported, content = _IMPORT.search(source or ""), _store_of(arn)
    if not source or not imported or content is None:  # without a store upstream's failure is the right one
        return code
    module = f"{_MODULE}const {imported[1]} = emulatedCloudFront({json.dumps(content)});\n"
    patched = source[: imported.start()] + module + source[imported.end() :]
    return patched.encode() if isinstance(code, bytes) else patched


def _store_of(arn: str) -> Mapping[str, str] | None:
    """The keys and values of the store that the function is associated with; None if there is none."""
    function = cloudfront._functions.get(arn.rsplit("/", 1)[-1])
    associated = _STORE_ARN.findall(json.dumps(function, default=str))
    if not associated:
        return None
    store = stores._stores.get(associated[0])
    return store["items"] if store else {}
