"""Whatever the body and the headers of a verified request are, its sender is told; nothing in them is our failure."""

from __future__ import annotations

import io
import json
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from door.entry import handler
from door.route import parse
from shared.document import ConfigurationError

from tests.webhook.calling import ROUTES, Answer, Context, Door
from tests.webhook.sending import (
    COMMIT,
    SECRET,
    SENDERS,
    Sent,
    bitbucket,
    forgejo,
    gitea,
    github,
    gitlab,
    gitlab_signed,
    hex_mac,
    hook,
    push,
    sign_standard,
    standard,
)

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

# Each sender that reads its body, with a body of ours that it has signed.
SIGNED: dict[str, Callable[[bytes], Sent]] = {
    "github": github,
    "gitlab": lambda body: replace(gitlab(), body=body),
    "gitlab-signed": lambda body: sign_standard(replace(gitlab_signed(), body=body)),
    "bitbucket": lambda body: replace(bitbucket(), body=body).but(X_Hub_Signature=f"sha256={hex_mac(SECRET, body)}"),
    "gitea": lambda body: replace(gitea(), body=body).but(X_Gitea_Signature=hex_mac(SECRET, body)),
    "forgejo": lambda body: replace(forgejo(), body=body).but(X_Forgejo_Signature=hex_mac(SECRET, body)),
    "standard": lambda body: sign_standard(replace(standard(), body=body)),
    "hook": hook,
}


def deep(depth: int, inside: str = "1") -> str:
    return "[" * depth + inside + "]" * depth


# Every depth is parsed or refused by another C function's limit: around those, what was parsed is still to be shown.
DEPTHS = [50, *range(840, 1000, 10), 5000, 200_000]


def bodies(chance: random.Random) -> list[bytes]:
    """What parsers raise on, and what they take although nobody sends it."""
    texts = [
        "",
        "[]",
        "\ufeff{}",
        '{"ref": "\\ud800", "after": "\\udfff"}',
        '{"type": "\\ud800", "data": {"commit": "\\ud800"}}',
        '{"n": 1e999}',
        '{"n": ' + "9" * 4301 + "}",
        '{"ref": "a", "ref": 2, "": {"": null}}',
    ]
    members = ["ref", "after", "repository", "project", "commits", "total_commits", "push", "changes", "type", "data"]
    members += ["action", "deployment", "reason", "steps", "publish", "commit", "branch", "forced"]
    known = json.dumps(push())[1:-1]
    for depth in DEPTHS:
        member = chance.choice(members)
        nested = deep(depth)
        texts += [nested, f'{{{known}, "{member}": {nested}}}', f'{{"data": {{"{member}": {nested}}}}}']
        texts += [f'{{{known}, "commits": [{{"added": [{nested}], "modified": [], "removed": []}}]}}']
        texts += [f'{{"push": {{"changes": [{nested}, {{"new": {nested}}}]}}}}', '{"a":' * depth + "1" + "}" * depth]
    encoded = [text.encode() for text in texts]
    return [*encoded, b"\xff\xfe{\x00}\x00", b"\x00", '{"ref": "ü"}'.encode("latin-1"), '{"ref":1}'.encode("utf-32")]


def forms(chance: random.Random) -> list[bytes]:
    fields = [f"a{number}={number}" for number in range(5000)]
    texts = ["&".join(fields[:count]) for count in (1, 99, 100, 101, 5000)]
    texts += ["&" * 5000, "%" * 500, "%ff%fe=%00", "=", "payload", "payload=%7B", "payload=[]", "a=b;c=d", "\udcff"]
    texts += [urlencode({"payload": deep(chance.choice(DEPTHS))}), urlencode({"action": "hold", "reason": "\ud7ff"})]
    return [text.encode(errors="surrogateescape") for text in texts]


@pytest.mark.parametrize("name", SIGNED)
def test_no_body_of_a_verified_sender_is_our_failure(door: Door, name: str) -> None:
    door.configure({**ROUTES, name: {**ROUTES[name], **({"paths": ["x/**"]} if "git" in name else {})}})
    chance = random.Random(name)
    for kind, body in [(k, b) for k, made in ((JSON, bodies), (FORM, forms)) for b in made(chance)]:
        answer = door.send(SIGNED[name](body).but(Content_Type=kind), base64_encoded=True)
        assert answer.status < 500, (kind, body[:200])


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize(("fields", "refused"), [(100, False), (101, True), (5000, True)])
def test_a_form_of_more_than_a_hundred_fields_is_400(door: Door, name: str, fields: int, refused: bool) -> None:
    body = "&".join(f"field{number}=x" for number in range(fields)).encode()
    answer = door.send(SIGNED[name](body).but(Content_Type=FORM))
    assert ("more than 100 fields" in answer.reason if answer.status == 400 else False) == refused
    assert answer.status in {200, 202, 400}


WISHES: list[dict[str, Any]] = [
    {"action": "promote", "deployment": ["x"]},
    {"action": "hold", "reason": "\ud800"},
    {"action": "hold", "reason": {"a": []}},
    {"action": "rollback", "steps": [1]},
    {"action": "rollback", "steps": 10**400},
    {"action": "release", "publish": {}},
    {"action": {}},
    {"action": "release", "\ud800": 1},
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_a_wish_of_any_type_is_refused_before_a_publisher_is_asked(door: Door, wish: dict[str, Any]) -> None:
    actions = ["hold", "release", "promote", "rollback"]
    door.configure({"hook": {"sender": "hook", "publisher": "publisher", "actions": actions}})
    answer = door.send(hook(json.dumps(wish).encode(), Content_Type=JSON))
    assert (answer.status, answer.outcome) == (400, "refused")


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_wish_is_never_too_deep_to_be_refused(door: Door, depth: int) -> None:
    door.configure({"hook": {"sender": "hook", "publisher": "p", "actions": ["promote", "rollback", "release"]}})
    for action, member in (("promote", "deployment"), ("rollback", "steps"), ("release", "publish")):
        body = f'{{"action": "{action}", "{member}": {deep(depth)}}}'.encode()
        answer = door.send(hook(body, Content_Type=JSON))
        assert (answer.status, answer.outcome) == (400, "refused"), (depth, member)


HEADERS = ["\ud800", "\x00", "漢🚀", "", "a" * 9000, "x, y", "0" * 17, "1e9", "١٢٣"]


@pytest.mark.parametrize("name", SENDERS)
def test_no_header_is_our_failure_whoever_signed(door: Door, name: str) -> None:
    sent = SENDERS[name]()
    for header in [*sent.headers, "Idempotency-Key", "X-Gitlab-Event-UUID", "X-Contentful-Idempotency-Key"]:
        for value in HEADERS:
            answer = door.send(replace(SENDERS[name](), headers={**SENDERS[name]().headers, header: value}))
            assert answer.status < 500, (header, value)


def test_no_shape_of_the_urls_event_is_our_failure(door: Door) -> None:
    event = github().event()
    shapes: list[dict[str, Any]] = [
        {"headers": None},
        {"headers": {}},
        {"headers": {"X-Hub-Signature-256": "a", "x-hub-signature-256": "b"}},
        {"body": None},
        {"rawPath": "/\ud800"},
        {"rawPath": "/hook/\ud800"},
        {"body": "A" * 4, "isBase64Encoded": True},
        {"body": "A" * 5, "isBase64Encoded": True},
        {"body": "=", "isBase64Encoded": True},
        {"body": "\ud800", "isBase64Encoded": True},
    ]
    for shape in shapes:
        assert Answer(handler(event | shape, Context())).status < 500, shape  # type: ignore[arg-type]


def test_a_log_line_is_written_whatever_the_answer_repeats(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda's standard output is UTF-8, which has no lone surrogates: Python's logging would print a trace there."""
    (output,) = [h for h in logging.getLogger("webhook").handlers if isinstance(h, logging.StreamHandler)]
    written = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    before = output.setStream(written)
    try:
        monkeypatch.setattr(logging, "raiseExceptions", False)
        answer = door.send(github(push("\ud800ö")))
    finally:
        output.setStream(before)
    assert (answer.status, answer.outcome) == (200, "ignored")
    (line,) = written.buffer.getvalue().decode().splitlines()
    assert "is not one of main" in json.loads(line)["answer"]["reason"]


def test_routes_too_deep_for_a_parser_are_a_mistake_that_is_named() -> None:
    for depth in DEPTHS:
        for text in (deep(depth), '{"site": ' + deep(depth) + "}", '{"site": {"sender": ' + deep(depth) + "}}"):
            with pytest.raises(ConfigurationError):
                parse(text)


def test_a_path_that_is_no_text_leaves_the_changed_files_unknown(door: Door) -> None:
    door.configure({"github": {**ROUTES["github"], "paths": ["apps/**"]}})
    commits = [{"added": [["apps/x"]], "modified": [], "removed": []}]
    assert door.send(github(push("main", COMMIT, commits=commits))).status == 202
