"""Reads what a verified request says: the members of its body, which is JSON or a form.

One place, as a sender's body may have any shape: what is missing or of another kind is empty, and no error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn
from urllib.parse import parse_qsl

from door.request import Refusal, Request

Value = str | int | float | bool | None | Mapping[str, "Value"] | Sequence["Value"]
Members = Mapping[str, Value]

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100  # a sender's form has one, a wish to the publisher has three


def members(request: Request) -> Members:
    """The body's members. GitHub and Gitea can also send a form that has the JSON object in its member `payload`."""
    if request.header("content-type").partition(";")[0].strip().lower() != _FORM:
        return _object(request.body)
    form = _form(request.body)
    return _object(form["payload"].encode()) if "payload" in form else form


def text(of: Members, *path: str) -> str:
    """The text at `path`, "" where there is none."""
    found: Value = of
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def inner(of: Members, name: str) -> Members:
    """The object that is the member `name`, an empty one where there is none."""
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def objects(of: Members, name: str) -> list[Members]:
    """The objects in the list that is the member `name`."""
    found = of.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(errors="replace"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Refusal(400, f"the body is a form of more than {_MOST_FIELDS} fields: send fewer") from None


def _object(body: bytes) -> Members:
    try:
        found = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON in UTF-8: send that, or a form with its content type") from None
    if not isinstance(found, dict):
        raise Refusal(400, f"the body is JSON, but {type(found).__name__}: send an object")
    return found


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)
