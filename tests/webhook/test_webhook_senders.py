"""Each sender's request starts the pipeline, and nothing that only looks like one does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from door import signatures
from door.entry import handler
from door.request import Request

from tests.webhook.calling import Context, Door
from tests.webhook.sending import (
    COMMIT,
    SECRET,
    SENDERS,
    SIGNATURES,
    STANDARD_SECRET,
    TIMED,
    Sent,
    github,
    gitlab_signed,
    hex_mac,
    hook,
    sanity,
    sign_standard,
    standard,
)

Send = Callable[..., Sent]
EVERY_SENDER = pytest.mark.parametrize("send", SENDERS.values(), ids=SENDERS)
SIGNED = pytest.mark.parametrize("name", [name for name in SENDERS if name not in {"gitlab", "hook"}])
EVERY_TIMED = pytest.mark.parametrize("send", TIMED.values(), ids=TIMED)

CONTENTFUL_HEADERS = "content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic"
# What the senders, or their libraries, publish to try an implementation with: check, secret, request, time.
VECTORS = {
    "GitHub's documentation": (
        signatures.hub("x-hub-signature-256", "sha256="),
        "It's a Secret to Everybody",
        {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
        b"Hello, World!",
        0.0,
    ),
    "Atlassian's documentation": (
        signatures.hub("x-hub-signature", "sha256="),
        "It's a Secret to Everybody",
        {"x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
        b"Hello World!",
        0.0,
    ),
    "the Standard Webhooks libraries": (
        signatures.standard,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        b'{"test": 2432232314}',
        1614265330.0,
    ),
    "Sanity's toolkit": (
        signatures.sanity,
        "test",
        {"sanity-webhook-signature": "t=1633519811129,v1=tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0"},
        b'{"_id":"resume"}',
        1633519811.0,
    ),
    "Contentful's toolkit": (
        signatures.contentful,
        "a" * 32 + "b" * 32,
        {
            "content-type": "application/vnd.contentful.management.v1+json",
            "x-contentful-topic": "ContentManagement.Entry.publish",
            "x-contentful-timestamp": "1767225600000",
            "x-contentful-signed-headers": CONTENTFUL_HEADERS,
            "x-contentful-signature": "8dec81505760a10b542fbc36d3aa0a772b11f759eca7b2351daaf5bba8c7c6f1",
        },
        b'{"sys":{"id":"5KsDBWseXY6QegucYAoacS","type":"Entry"},"fields":{"title":{"en-US":"Hello, World!"}}}',
        1767225600.0,
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_a_published_vector_is_verified_and_one_changed_byte_is_not(vector: Any) -> None:
    check, secret, headers, body, now = vector
    sent = Request("POST", "/trigger/SW5zdGFuY2VGbG93Q29uZmlnOjE=", headers, body)
    assert check(sent, [secret], now)
    assert check(sent, [secret[:-4] + "xxxx", secret], now), "during a rotation"
    assert not check(sent, [secret + "B" * 4], now)
    assert not check(sent, [], now)
    for position in range(len(body)):
        changed = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
        assert not check(sent._replace(body=changed), [secret], now)
    assert not check(sent._replace(body=b""), [secret], now)


@EVERY_SENDER
def test_a_senders_request_starts_the_pipeline_and_is_answered_202_with_the_execution(door: Door, send: Send) -> None:
    answer = door.send(send())
    (started,) = door.started
    assert (answer.status, answer.outcome) == (202, "started")
    assert answer.content["execution"] == started["execution"]
    assert started["name"] == "site-pipeline"


@EVERY_SENDER
def test_the_body_may_come_as_base64_and_header_names_in_any_case(door: Door, send: Send) -> None:
    assert door.send(send(), base64_encoded=True).status == 202
    event = send().event()
    event["headers"] = {name.upper(): value for name, value in event["headers"].items()}
    assert handler(event, Context())["statusCode"] == 202  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["github", "gitlab", "gitlab-signed", "gitea", "forgejo"])
def test_a_git_hosts_commit_becomes_the_source_revision(door: Door, name: str) -> None:
    assert door.send(SENDERS[name]()).content["commit"] == COMMIT
    revision = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": COMMIT}
    assert door.started[0]["sourceRevisions"] == [revision]


@pytest.mark.parametrize("name", ["contentful", "sanity", "standard", "hook"])
def test_a_sender_without_commits_has_the_newest_built(door: Door, name: str) -> None:
    assert door.send(SENDERS[name]()).status == 202
    assert "sourceRevisions" not in door.started[0]


# --- ways to cheat


@EVERY_SENDER
def test_a_wrong_secret_is_401_without_a_word(door: Door, send: Send) -> None:
    wrong = "whsec_" + base64.b64encode(b"b" * 32).decode() if send in (standard, gitlab_signed) else SECRET + "x"
    answer = door.send(send(secret=wrong))
    assert (answer.status, answer.content) == (401, {"outcome": "refused", "reason": ""})
    assert door.started == []


@pytest.mark.parametrize("name", SENDERS)
def test_a_missing_empty_or_doubled_signature_is_401(door: Door, name: str) -> None:
    sent = SENDERS[name]()
    header = SIGNATURES[name]
    right = sent.headers[header]
    cheats = [
        sent.without(header),
        *(replace(sent, headers={**sent.headers, header: value}) for value in ("", " ", ",", "null", "é", "\ud800")),
        replace(sent, headers={**sent.headers, header: f"{right},{right}"}),
        replace(sent, headers={**sent.headers, header: right + "\n"}),
        replace(sent, headers={**sent.headers, header: right[:-1]}),
    ]
    assert [door.send(cheat).status for cheat in cheats] == [401] * len(cheats)
    assert door.started == []


def test_two_spellings_of_one_header_are_a_doubled_header(door: Door) -> None:
    event = github().event()
    event["headers"]["X-HUB-SIGNATURE-256"] = event["headers"]["x-hub-signature-256"]
    assert handler(event, Context())["statusCode"] == 401  # type: ignore[arg-type]


@SIGNED
def test_a_changed_a_truncated_and_an_empty_body_are_401(door: Door, name: str) -> None:
    sent = SENDERS[name]()
    bodies = [sent.body + b" ", sent.body[:-1], b"", sent.body.replace(b":", b" :", 1), "ü".encode() + sent.body]
    assert [door.send(replace(sent, body=body)).status for body in bodies] == [401] * len(bodies)
    assert door.started == []


def test_the_signature_of_another_algorithm_or_of_the_empty_body_is_401(door: Door) -> None:
    sent = github()
    sha1 = hmac.new(SECRET.encode(), sent.body, hashlib.sha1).hexdigest()
    sha512 = hmac.new(SECRET.encode(), sent.body, hashlib.sha512).hexdigest()
    plain = hashlib.sha256(SECRET.encode() + sent.body).hexdigest()
    right = hex_mac(SECRET, sent.body)
    cheats = [f"sha1={sha1}", f"sha512={sha512}", f"sha256={plain}", f"sha256={hex_mac(SECRET, b'')}", right]
    cheats += [f"SHA256={right}", f"sha256={right.upper()}", f"sha256={right}00", f" sha256={right}", "none="]
    assert {door.send(sent.but(X_Hub_Signature_256=cheat)).status for cheat in cheats} == {401}
    assert door.send(sent.without("X-Hub-Signature-256")).status == 401, "the old SHA-1 header alone"
    assert door.started == []


def test_one_senders_signature_does_not_open_another_senders_route(door: Door) -> None:
    for name, send in SENDERS.items():
        if name not in {"gitlab-signed", "standard"}:
            others = [other for other in SENDERS if other != name]
            statuses = {door.send(replace(send(), path=f"/{other}")).status for other in others}
            assert statuses == {401}, name
    assert door.started == []


@EVERY_TIMED
def test_a_timestamp_older_or_newer_than_five_minutes_is_401(door: Door, send: Send) -> None:
    now = time.time()
    assert [door.send(send(at=now + seconds)).status for seconds in (-302, 302, -86400, 10**10)] == [401] * 4
    assert door.send(send(at=now - 290)).status == 202
    assert len(door.started) == 1


@EVERY_TIMED
def test_a_fresh_timestamp_put_in_front_of_an_old_signature_is_401(door: Door, send: Send) -> None:
    old, new = send(at=time.time() - 3600), send()
    stamps = {"webhook-timestamp", "X-Contentful-Timestamp"}
    forged = replace(old, headers={**old.headers, **{k: v for k, v in new.headers.items() if k in stamps}})
    if "Sanity-Webhook-Signature" in old.headers:
        fresh = new.headers["Sanity-Webhook-Signature"].split(",")[0]
        mac = old.headers["Sanity-Webhook-Signature"].split(",")[1]
        forged = old.but(Sanity_Webhook_Signature=f"{fresh},{mac}")
    assert door.send(forged).status == 401


def test_what_is_no_timestamp_is_401(door: Door) -> None:
    for stamp in ("", "now", "-1", "1e9", "١٦١٤٢٦٥٣٣٠", " 1614265330", "9" * 40):
        assert door.send(standard().but(webhook_timestamp=stamp)).status == 401
    for stamp in ("", "t=,v1=x", "t=1,v2=x", "v1=x,t=1"):
        assert door.send(sanity().but(Sanity_Webhook_Signature=stamp)).status == 401


def test_of_several_standard_signatures_one_must_be_right_and_other_versions_do_not_count(door: Door) -> None:
    sent = standard()
    right = sent.headers["webhook-signature"]
    wrong = "v1," + base64.b64encode(b"x" * 32).decode()
    assert door.send(sent.but(webhook_signature=f"{wrong} v1a,AAAA {right}")).status == 202
    assert door.send(standard().but(webhook_signature=wrong)).status == 401
    assert door.send(sent.but(webhook_signature=right.replace("v1,", "v1a,"))).status == 401
    assert door.send(sent.but(webhook_signature=right.removeprefix("v1,"))).status == 401


def test_an_id_with_a_full_stop_could_pass_off_a_part_of_the_body_and_is_401(door: Door) -> None:
    assert door.send(sign_standard(Sent("/standard", b'{"type":"x"}'), name="msg.1")).status == 401
    assert door.send(sign_standard(Sent("/standard", b'{"type":"x"}'), name="m" * 257)).status == 401


def test_contentfuls_timestamp_and_topic_count_only_if_they_are_signed(door: Door) -> None:
    body = b"{}"
    stamp = str(int(time.time() * 1000))

    def sent(listed: str, **headers: str) -> Sent:
        given = {"x-contentful-signed-headers": listed, "x-contentful-timestamp": stamp}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = ";".join(f"{name}:{given[name]}" for name in sorted(listed.split(",")))
        signature = hex_mac(SECRET, f"POST\n/contentful\n{text}\n".encode() + body)
        return Sent("/contentful", body, {**given, "x-contentful-signature": signature})

    both = "x-contentful-signed-headers,x-contentful-timestamp"
    assert door.send(sent("x-contentful-signed-headers")).status == 401
    topic = "ContentManagement.Entry.publish"
    assert door.send(sent(both, x_contentful_topic=topic)).status == 401
    assert door.send(sent(f"{both},x-contentful-topic", x_contentful_topic=topic)).status == 202


def test_a_plain_hooks_secret_may_stand_in_the_path_and_nowhere_else(door: Door) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    door.store_secret("hook", secret)
    assert door.send(Sent(f"/hook/{secret}")).status == 202
    assert door.send(hook(secret=secret)).status == 202
    cheats = [
        Sent("/hook"),
        Sent("/hook/"),
        Sent(f"/hook/{secret}/"),
        Sent(f"/hook/x/{secret}"),
        Sent(f"/hook?token={secret}"),
        Sent("/hook", secret.encode()),
        Sent("/hook", headers={"Authorization": secret}),
        Sent("/hook", headers={"Authorization": f"Basic {secret}"}),
        Sent("/hook", headers={"Authorization": f"Bearer  {secret}"}),
        Sent("/hook/wrong", headers={"Authorization": f"Bearer {secret}"}),
    ]
    assert [door.send(cheat).status for cheat in cheats] == [401] * len(cheats)
    assert len(door.started) == 2


def test_gitlabs_token_does_not_open_a_route_that_demands_signatures(door: Door) -> None:
    sent = gitlab_signed()
    assert door.send(sent.without("webhook-signature").but(X_Gitlab_Token=STANDARD_SECRET)).status == 401
