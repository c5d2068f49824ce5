"""Signs requests with SigV4A where botocore cannot.

The KeyValueStore's API accepts SigV4A only, botocore leaves that to awscrt, and the managed Lambda runtime
must be assumed not to have it. botocore does everything else by itself: it reads the scheme from the
service's endpoint rules, looks the signer up in `AUTH_TYPE_MAPS`, and its SigV4 signer builds the same
canonical request that SigV4A wants. So only what differs is here: the key, the signature, the region set.

Source of the algorithm: awslabs/aws-c-auth (key_derivation.c and its v4a test vectors). The nonces are those
of RFC 6979: there is no random generator whose failure would give the key away.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from botocore.auth import AUTH_TYPE_MAPS, SigV4Auth

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
# NIST P-256 (SEC 2, secp256r1): the field's prime, the group's order, the base point
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE_X = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
BASE_Y = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5


def mac(key: bytes, text: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(key, text, "sha256")


def private_key(access_key: str, secret_key: str) -> int:
    """The P-256 key of these credentials; NIST SP 800-108, counter mode. One HMAC, so nothing is cached."""
    for counter in range(1, 255):
        fixed = f"\0\0\0\1{ALGORITHM}\0{access_key}".encode() + bytes([counter, 0, 0, 1, 0])
        candidate = int.from_bytes(mac(f"AWS4A{secret_key}".encode(), fixed))
        if candidate <= ORDER - 2:
            break
    return candidate + 1


def nonce(key: int, digest: bytes) -> int:
    """The nonce for signing `digest` (SHA-256) with `key`, as RFC 6979, section 3.2, has it."""
    reduced = int.from_bytes(digest) % ORDER
    seed = key.to_bytes(32) + reduced.to_bytes(32)
    k, v = bytes(32), b"\1" * 32
    for step in b"\0" + seed, b"\1" + seed:
        k = mac(k, v + step)
        v = mac(k, v)
    while True:
        v = mac(k, v)
        candidate = int.from_bytes(v)
        if 0 < candidate < ORDER:
            return candidate
        k = mac(k, v + b"\0")
        v = mac(k, v)


def multiple_x(scalar: int) -> int:
    """The x coordinate of `scalar` (1 to ORDER - 1) times the base point, in Jacobian coordinates."""
    x, y, z = BASE_X, BASE_Y, 1
    for bit in f"{scalar:b}"[1:]:
        square, zz = y * y % PRIME, z * z % PRIME
        beta, alpha = x * square, 3 * (x - zz) * (x + zz)
        x, z = (alpha * alpha - 8 * beta) % PRIME, 2 * y * z % PRIME
        y = (alpha * (4 * beta - x) - 8 * square * square) % PRIME
        if bit == "1":
            # never the same point twice nor its negative: every prefix of the scalar is below ORDER / 2
            zz = z * z % PRIME
            h, r = (BASE_X * zz - x) % PRIME, (BASE_Y * zz * z - y) % PRIME
            hh = h * h % PRIME
            hhh, xhh = h * hh % PRIME, x * hh % PRIME
            x, z = (r * r - hhh - 2 * xhh) % PRIME, z * h % PRIME
            y = (r * (xhh - x) - y * hhh) % PRIME
    return x * pow(z, -2, PRIME) % PRIME


def sign(key: int, message: bytes) -> str:
    """The ECDSA signature of `message` (SHA-256), DER in hexadecimal digits."""
    digest = hashlib.sha256(message).digest()
    k = nonce(key, digest)
    r = multiple_x(k) % ORDER
    s = pow(k, -1, ORDER) * (int.from_bytes(digest) + r * key) % ORDER
    body = b""
    for number in r, s:
        octets = number.to_bytes(number.bit_length() // 8 + 1)
        body += bytes([2, len(octets)]) + octets
    return (bytes([0x30, len(body)]) + body).hex()


class SigV4AAuth(SigV4Auth):
    """botocore's SigV4 signer, with SigV4A's signature, scope (it has no Region) and region set."""

    def add_auth(self: Any, request: Any) -> None:  # Any: half of what it uses is not in botocore's stubs
        """Sign `request`, again if it is a retry."""
        headers, now = request.headers, datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        request.context["timestamp"] = now
        del headers["X-Amz-Region-Set"]
        headers["X-Amz-Region-Set"] = self._region_name
        self._modify_request_before_signing(request)
        canonical = hashlib.sha256(self.canonical_request(request).encode()).hexdigest()
        access_key, scope = self.credentials.access_key, f"{now[:8]}/{self._service_name}/aws4_request"
        key = private_key(access_key, self.credentials.secret_key)
        signature = sign(key, f"{ALGORITHM}\n{now}\n{scope}\n{canonical}".encode())
        signed = f"SignedHeaders={self.signed_headers(self.headers_to_sign(request))}"
        headers["Authorization"] = f"{ALGORITHM} Credential={access_key}/{scope}, {signed}, Signature={signature}"


def register_signer() -> None:
    """Give botocore this signer where it has none; with awscrt botocore's own stays."""
    AUTH_TYPE_MAPS.setdefault("v4a", SigV4AAuth)
