"""The keys in the secrets of Standard Webhooks: a shared one for HMAC-SHA256 (`v1`), a public one for Ed25519 (`v1a`).

A key is good for its own scheme only. If a public key were taken for a shared one, anybody could sign with it.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence

Verify = Callable[[bytes, str], bool]
"""Whether what is signed has this signature, which is written with its scheme in front."""

_PUBLIC, _SIZE = "whpk_", 32  # bytes of a key of Ed25519: RFC 8032, 5.1.5


class UnusableSecretError(ValueError):
    """A secret that does not fit its scheme. The text names the scheme, never the secret."""


def standard_keys(secrets: Sequence[str]) -> list[Verify]:
    """The checks that the secrets stand for. The first one is current and must be usable; an older one may be wrong."""
    keys = []
    for number, secret in enumerate(secrets):
        try:
            keys.append(_public(secret) if secret.startswith(_PUBLIC) else _shared(secret))
        except (binascii.Error, ValueError):
            if number == 0:
                raise UnusableSecretError(
                    "the secret is not one of Standard Webhooks: store whsec_ and base64, or whpk_ and the base64 of 32"
                    " bytes"
                ) from None
    return keys


def _shared(secret: str) -> Verify:
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)

    def verify(signed: bytes, given: str) -> bool:
        wanted = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
        return hmac.compare_digest(given.encode(errors="surrogatepass"), wanted)

    return verify


def _public(secret: str) -> Verify:
    key = base64.b64decode(secret.removeprefix(_PUBLIC), validate=True)
    if len(key) != _SIZE:
        raise ValueError(f"{len(key)} bytes")

    def verify(signed: bytes, given: str) -> bool:
        # loaded here: only routes with such a key wait for it at a cold start
        from nacl.exceptions import CryptoError
        from nacl.signing import VerifyKey

        scheme, _, text = given.partition(",")
        if scheme != "v1a":
            return False
        try:
            VerifyKey(key).verify(signed, base64.b64decode(text, validate=True))
        except (CryptoError, ValueError):  # not its signature; no base64, another length
            return False
        return True

    return verify
