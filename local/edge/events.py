"""Requests and answers, and how CloudFront Functions see them: by the documented form, or ours would meet another one.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

# not visible to functions
_HIDDEN = frozenset({"connection", "cookie", "keep-alive", "expect", "upgrade", "proxy-connection", "x-real-ip"})


@dataclass(frozen=True)
class Request:
    """A viewer's request; `path` and `query` (None: there is no `?`) are raw, header names in lower case."""

    method: str
    path: str
    query: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What the viewer gets."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Field(TypedDict):
    """A header, a cookie or a member of the query."""

    value: str
    attributes: NotRequired[str]  # of a cookie in a response
    multiValue: NotRequired[list[dict[str, str]]]  # CloudFront's name


Fields = dict[str, Field]


class Event(TypedDict, total=False):
    """A request or a response, as functions get it and give it back."""

    method: str
    uri: str
    querystring: Fields
    statusCode: int  # CloudFront's name
    headers: Fields
    cookies: Fields
    body: str | dict[str, str]


def viewer_request(request: Request) -> Event:
    """The request as functions see it."""
    pairs = [pair.strip().partition("=") for pair in request.headers.get("cookie", "").split(";")]
    query: Fields = {}
    members = [member.partition("=") for member in (request.query or "").split("&")]
    for name, _, value in filter(lambda member: member[0], members):  # still encoded, as CloudFront hands them on
        field = query.setdefault(name, {"value": value})
        if field["value"] != value or "multiValue" in field:
            field.setdefault("multiValue", [{"value": field["value"]}]).append({"value": value})
    return {
        "method": request.method,
        "uri": request.path,
        "querystring": query,
        "headers": fields({name: value for name, value in request.headers.items() if name not in _HIDDEN}),
        "cookies": fields({name: value for name, _, value in pairs if name}),
    }


def fields(values: Mapping[str, str]) -> Fields:
    """Headers or cookies as functions see them."""
    return {name: {"value": value} for name, value in values.items()}


def value(fields: Fields, name: str) -> str:
    """What the header or cookie says; "" if it is not there."""
    return fields[name]["value"] if name in fields else ""


def set_cookies(response: Event) -> list[tuple[str, str]]:
    """The Set-Cookie headers of a function's response."""
    cookies = []
    for name, field in response.get("cookies", {}).items():
        cookies.append(("set-cookie", "; ".join(filter(None, (f"{name}={field['value']}", field.get("attributes"))))))
    return cookies
