"""Standard Webhooks with a public key: Ed25519 signatures (`v1a`), made here by another library than verifies them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from door import signatures
from door.request import Request

from tests.webhook.calling import Door
from tests.webhook.public_key import AT, BODY, KEY, SIGNATURE
from tests.webhook.sending import STANDARD_SECRET, Sent, sign_standard, standard

OURS = Ed25519PrivateKey.from_private_bytes(b"a private key of 32 bytes, ours.")


def public(key: Ed25519PrivateKey) -> str:
    return "whpk_" + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def vector(signature: str = SIGNATURE, body: bytes = BODY, name: str = "msg_p5jXN8AQM9LWM0D4loKWxJek") -> Request:
    headers = {"webhook-id": name, "webhook-timestamp": str(AT), "webhook-signature": signature}
    return Request("POST", "/standard", headers, body)


def signed(key: Ed25519PrivateKey = OURS, at: float | None = None) -> Sent:
    """A request with a signature of the key's, and no other."""
    sent = standard(at=at)
    text = f"{sent.headers['webhook-id']}.{sent.headers['webhook-timestamp']}.".encode() + sent.body
    return sent.but(webhook_signature="v1a," + base64.b64encode(key.sign(text)).decode())


def test_the_published_vector_is_verified_and_nothing_that_differs_from_it() -> None:
    assert signatures.standard(vector(), [KEY], AT)
    assert signatures.standard(vector(f"v1,AAAA v1a,AAAA {SIGNATURE}"), [KEY], AT)
    for position in range(len(BODY)):
        changed = BODY[:position] + bytes([BODY[position] ^ 1]) + BODY[position + 1 :]
        assert not signatures.standard(vector(body=changed), [KEY], AT)
    text = SIGNATURE.removeprefix("v1a,")
    cheats = [text, f"v1,{text}", f"v1b,{text}", "v1a,", "v1a", f"v1a,{text[:-4]}", f"v1a,{text}AAAA", f"v1a, {text}"]
    cheats += ["v1a," + base64.b64encode(bytes(64)).decode(), "v1a,ümlaut", "v1a,\udcff"]
    assert not [cheat for cheat in cheats if signatures.standard(vector(cheat), [KEY], AT)]
    assert not signatures.standard(vector(), [public(OURS)], AT)
    assert not signatures.standard(vector(name="msg_another"), [KEY], AT)
    assert not signatures.standard(vector(), [KEY], AT + 301)


def test_a_public_key_is_no_shared_secret_and_a_shared_secret_no_public_key() -> None:
    """Everybody knows a public key, and so could make a `v1` signature with it."""
    message = f"msg_p5jXN8AQM9LWM0D4loKWxJek.{AT}.".encode() + BODY
    for secret in (KEY.encode(), KEY.removeprefix("whpk_").encode(), base64.b64decode(KEY.removeprefix("whpk_"))):
        forged = "v1," + base64.b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()
        assert not signatures.standard(vector(forged), [KEY], AT)
        assert not signatures.standard(vector(forged.replace("v1,", "v1a,")), [KEY], AT)
    assert not signatures.standard(vector(), [KEY.replace("whpk_", "whsec_")], AT)


def test_a_request_with_a_public_keys_signature_starts_the_pipeline_once(door: Door) -> None:
    for _ in range(2):  # so that the shared secret is none of the last two
        door.store_secret("standard", public(OURS))
    sent = signed()
    assert [door.send(sent).status, door.send(sent).outcome] == [202, "duplicate"]
    assert door.send(signed(Ed25519PrivateKey.generate())).status == 401
    assert door.send(standard()).status == 401
    assert door.send(signed(at=time.time() - 302)).status == 401
    assert len(door.started) == 1


def test_a_sender_may_change_from_a_shared_to_a_public_key(door: Door) -> None:
    door.store_secret("standard", public(OURS))
    assert [door.send(signed()).status, door.send(standard()).status] == [202, 202]


@pytest.mark.parametrize(
    "secret", ["whpk_AAAA", KEY.replace("whpk_", "whsk_"), KEY[:-4] + "xxxx", "whpk_no base64 at all"]
)
def test_a_key_that_is_none_is_500_and_named_in_the_log_without_it(door: Door, log: StringIO, secret: str) -> None:
    door.store_secret("standard", secret + " " * 16)
    assert door.send(sign_standard(Sent("/standard", b"{}"), STANDARD_SECRET)).status == 500
    assert "whpk_ and the base64 of 32 bytes" in log.getvalue()
    assert secret not in log.getvalue()
