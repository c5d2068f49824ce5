"""What the door answers: unknown routes, methods, sizes, encodings, and 20,000 requests of all kinds."""

from __future__ import annotations

import json
import logging
import random
import time
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from door.entry import handler
from door.request import BODY_LIMIT

from tests.webhook.calling import ROUTES, Context, Door
from tests.webhook.sending import COMMIT, SECRET, SENDERS, SIGNATURES, Sent, compact, github, hex_mac, hook, push


def test_an_unknown_route_is_404_whatever_is_sent(door: Door) -> None:
    for path in (
        "/",
        "",
        "//",
        "/nothing",
        "/GitHub",
        "/github/",
        "/github/x",
        "/github%2F",
        "/../github",
        "/g\u0456thub",
    ):
        sent = replace(github(), path=path)
        assert door.send(sent).status == (202 if path == "/github/" else 404), path


def test_another_method_is_405(door: Door) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"):
        assert door.send(replace(github(), method=method)).status == 405
    assert door.started == []


def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_413(door: Door) -> None:
    rest = len(compact(push(padding="")))
    fits = compact(push(padding="x" * (BODY_LIMIT - rest)))
    fits = fits + b" " * (BODY_LIMIT - len(fits))
    assert len(fits) == BODY_LIMIT
    for base64_encoded in (False, True):
        assert door.send(github(fits), base64_encoded=base64_encoded).status in {202, 200}
        assert door.send(github(fits + b" "), base64_encoded=base64_encoded).status == 413
        assert door.send(github(fits * 5), base64_encoded=base64_encoded).status == 413
    assert len(door.started) == 1


def test_a_body_that_is_not_what_the_event_says_is_400(door: Door) -> None:
    event = github().event()
    for body in ("no base64!", "QUJD=QUJD", "é"):
        event |= {"body": body, "isBase64Encoded": True}
        assert handler(event, Context())["statusCode"] == 400  # type: ignore[arg-type]
    event |= {"body": "\ud800", "isBase64Encoded": False}
    assert handler(event, Context())["statusCode"] == 400  # type: ignore[arg-type]


def test_a_verified_request_that_makes_no_sense_is_400_with_the_reason(door: Door) -> None:
    deep = b"[" * 200_000
    nonsense: list[tuple[Any, str]] = [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (deep, "not JSON"),
        (b'{"a":' + deep, "not JSON"),
        (b'{"ref": NaN}', "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b'{"n":' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "list"),
        (b"null", "NoneType"),
        (b'"text"', "str"),
        ({}, "'ref' or 'after'"),
        ({"ref": 7, "after": {}}, "'ref' or 'after'"),
        (push(commit="main; rm -rf /"), "hexadecimal"),
        (push(commit=COMMIT + "\n"), "hexadecimal"),
        (push(commit=COMMIT.upper()), "hexadecimal"),
    ]
    for content, reason in nonsense:
        answer = door.send(github(content), base64_encoded=True)
        assert (answer.status, answer.outcome) == (400, "refused"), content
        assert reason in answer.reason
        assert SECRET not in answer.reason
    nameless = door.send(github().without("X-GitHub-Event"))
    assert nameless.reason == "the header x-github-event is missing: send it, or name your sender in the route"
    assert door.started == []


def test_a_form_is_read_as_github_and_gitea_send_it(door: Door) -> None:
    from urllib.parse import urlencode

    body = urlencode({"payload": json.dumps(push(commit=COMMIT, message="ü"))}).encode()
    sent = github(body).but(Content_Type="application/x-www-form-urlencoded; charset=utf-8")
    assert door.send(sent).content["commit"] == COMMIT
    assert door.send(github(b"payload=%7B").but(Content_Type="application/x-www-form-urlencoded")).status == 400


def test_unicode_in_branch_names_and_messages_is_no_hindrance(door: Door) -> None:
    door.configure({"github": {**ROUTES["github"], "branches": ["функция/*"]}})
    assert door.send(github(push("функция/ü", head_commit={"message": "🚀\u2028"}))).status == 202
    answer = door.send(github(push("\ud800" * 300)))
    assert (answer.status, answer.outcome) == (200, "ignored")
    assert len(answer.reason) < 500


def test_a_plain_hooks_body_may_be_anything_or_nothing(door: Door) -> None:
    bodies = [b"", b"deploy, please", b"\x00\x01", b"{", "ü".encode()]
    kinds = ["", "text/plain", "application/octet-stream", "x" * 1000]
    statuses = {door.send(hook(b, Content_Type=k), base64_encoded=True).status for b in bodies for k in kinds}
    assert statuses == {202}
    assert door.send(hook(b"{", Content_Type="application/json")).status == 400


def test_an_answer_is_json_that_nobody_may_keep(door: Door) -> None:
    answer = door.send(github())
    assert answer.headers == {"content-type": "application/json", "cache-control": "no-store"}


BROKEN: list[tuple[object, str]] = [("{", "not JSON"), ("[]", "list"), ({"github": {"sender": "svn"}}, "'svn'")]


@pytest.mark.parametrize(("routes", "said"), BROKEN)
def test_unusable_routes_are_500_for_the_sender_and_one_line_for_the_operator(
    door: Door, log: StringIO, routes: object, said: str
) -> None:
    door.configure(routes)
    answer = door.send(github())
    assert (answer.status, answer.reason) == (500, "the webhook's log says why")
    assert said in log.getvalue()


def test_a_missing_secret_or_pipeline_is_500_and_named_in_the_log(door: Door, log: StringIO) -> None:
    door.configure({"other": ROUTES["github"], "github": {**ROUTES["github"], "pipeline": "gone"}})
    assert door.send(replace(github(), path="/other")).status == 500
    assert door.send(github()).status == 500
    assert "ResourceNotFoundException" in log.getvalue()
    assert "PipelineNotFoundException" in log.getvalue()


def test_neither_log_nor_answer_nor_memory_holds_a_secret(door: Door, log: StringIO) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    for name in SENDERS:
        if name not in {"standard", "gitlab-signed"}:
            door.store_secret(name, secret)
    door.configure({**ROUTES, "hook": {**ROUTES["hook"], "pipeline": "gone"}})
    sents = [send(secret=secret) for name, send in SENDERS.items() if name not in {"standard", "gitlab-signed"}]
    sents += [send() for send in SENDERS.values()] + [Sent(f"/hook/{secret}"), Sent(f"/github/{secret}")]
    answers = [door.send(sent).content for sent in sents]
    assert "PipelineNotFoundException" in log.getvalue(), "with the trace of an exception in it"
    seen = log.getvalue() + str(answers) + str(door.items())
    assert secret not in seen
    assert SECRET not in seen


# --- 20,000 requests


def mutated(chance: random.Random, name: str) -> Sent:
    """A request of the sender's with something wrong: it must not start anything."""
    sent = SENDERS[name]()
    header = SIGNATURES[name]
    signature = sent.headers[header]
    kind = chance.randrange(9)
    if kind == 0:
        return sent.without(header)
    if kind == 1:
        position = chance.randrange(len(signature))
        other = chr(ord(signature[position]) ^ (1 << chance.randrange(5)))
        # bits beyond the last byte of a base64 text carry nothing: the last character is not one to change
        return replace(sent, headers={**sent.headers, header: other + signature[1:] if position == 0 else other * 20})
    if kind == 2:
        return replace(sent, headers={**sent.headers, header: noise(chance)})
    if kind == 3:
        return replace(sent, path=chance.choice(["/", "/x", "/github/..", f"/{noise(chance)}", sent.path + "/x"]))
    if kind == 4:
        return replace(sent, method=chance.choice(["GET", "PUT", "", "POST "]))
    if kind == 5:
        other = chance.choice([n for n in SENDERS if n != name])
        cheat = replace(sent, path=f"/{other}")
        return cheat if {name, other} != {"gitlab-signed", "standard"} else sent.without(header)
    if kind == 6 and name not in {"gitlab", "hook"}:
        body = bytearray(sent.body)
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(7)
        return replace(sent, body=bytes(body))
    if kind == 7 and name not in {"gitlab", "hook"}:
        return replace(sent, body=sent.body[: chance.randrange(len(sent.body))])
    return Sent(f"/{name}", noise(chance).encode(), {noise(chance): noise(chance) for _ in range(chance.randrange(6))})


def nonsense(chance: random.Random) -> Sent:
    """A correctly signed request whose content is noise, or whose event starts nothing."""
    content: Any = chance.choice(
        [
            noise(chance).encode(),
            {"ref": chance.choice([None, 7, [], noise(chance)]), "after": noise(chance)},
            {"ref": "refs/heads/main", "after": chance.choice(["0" * 40, noise(chance), None, {}])},
            {"push": noise(chance), "changes": [noise(chance)]},
            push(chance.choice(["feature", noise(chance)])),
            push() | {"ref": chance.choice(["refs/tags/v1", "refs/notes/x", "refs/heads/"])},
            {noise(chance): {noise(chance): [noise(chance)]}},
        ]
    )
    if chance.random() < 0.3:
        kind = chance.choice(["application/x-www-form-urlencoded", "application/xml", noise(chance)])
        return github(content).but(Content_Type=kind)
    return github(content, event=chance.choice(["push", "push", "ping", "fork", noise(chance)]))


def noise(chance: random.Random) -> str:
    alphabets = ["abc/.-=, 0123", "\x00\x07\r\n\t", "üéß漢🚀\u2028\u202e", '{}[]":,null', "%2F%00..", "sha256=v1,t="]
    return "".join(chance.choices(chance.choice(alphabets), k=chance.randrange(1, 40)))


def test_twenty_thousand_requests_give_no_5xx_no_exception_and_start_nothing(
    door: Door, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("webhook"), "propagate", False)  # pytest would keep each line three times
    chance = random.Random(5)
    names = list(SENDERS)
    counts: dict[int, int] = {}
    begin = time.monotonic()
    for number in range(20_000):
        sent = nonsense(chance) if number % 4 == 0 else mutated(chance, names[number % len(names)])
        status = door.send(sent, base64_encoded=chance.random() < 0.5).status
        counts[status] = counts.get(status, 0) + 1
    print(f"20,000 requests in {time.monotonic() - begin:.1f} s: {dict(sorted(counts.items()))}")
    assert door.started == []
    assert door.pipelines.asked == 0
    assert set(counts) == {200, 400, 401, 404, 405}
    assert min(counts.values()) > 100, "each way out was taken"
    assert log.getvalue().count("\n") == 20_000, "one line a request, and no trace of an exception"
    assert "Traceback" not in log.getvalue()
    assert door.send(github()).status == 202, "and the door still works"
    assert hex_mac(SECRET, b"") not in str(door.items())
