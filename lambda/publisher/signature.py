"""Signs requests with SigV4A where botocore cannot.

The KeyValueStore's API accepts SigV4A only, botocore leaves that to awscrt, and the managed Lambda runtime
must be assumed not to have it. botocore does everything else by itself: it reads the scheme from the
service's endpoint rules, looks the signer up in `AUTH_TYPE_MAPS`, and its SigV4 signer builds the same
canonical request that SigV4A wants. So only what differs is here: the key, the signature, the region set.

Source of the algorithm: awslabs/aws-c-auth (key_derivation.c and its v4a test vectors). A nonce is made of the key and
of what is signed: there is no random generator whose failure would give the key away.
"""

import hashlib
import hmac
from typing import TYPE_CHECKING

from botocore.auth import AUTH_TYPE_MAPS, SigV4Auth

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
# NIST P-256 (SEC 2, secp256r1): y^2 = x^3 - 3x + B, the field's prime, the group's order, the base point
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = PRIME + 1 - 0x4319055358E8617B0C46353D039CDAAF
BASE_X = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def private_key(access_key: str, secret_key: str) -> int:
    """The P-256 key of these credentials; NIST SP 800-108, counter mode. One HMAC, so nothing is cached."""
    key, name = f"AWS4A{secret_key}".encode(), f"\0\0\0\1{ALGORITHM}\0{access_key}".encode()
    candidates = (int.from_bytes(hmac.digest(key, name + bytes([n, 0, 0, 1, 0]), "sha256")) for n in range(1, 255))
    return next(candidate for candidate in candidates if candidate < ORDER - 1) + 1


def nonce(key: int, digest: bytes) -> int:
    """The nonce for signing `digest` (SHA-256) with `key`: nobody can tell it, and no two digests have the same.

    HMAC is a pseudorandom function, and of 512 bits the remainder is as good as even (as Ed25519 has it, RFC 8032).
    """
    return int.from_bytes(hmac.digest(key.to_bytes(32), digest, "sha512")) % (ORDER - 1) + 1


def multiple_x(scalar: int) -> int:
    """The x coordinate of `scalar` (1 to ORDER - 1) times the base point.

    Montgomery's ladder on x alone, as x/z: the second point is always one base point further. Formulas: Brier and
    Joye (Weierstrass Elliptic Curves and Side-Channel Attacks, 2002).
    """
    points = [(1, 0), (BASE_X, 1)]
    for bit in map(int, f"{scalar:b}"):
        (x, z), (u, w) = points[bit], points[1 - bit]
        xw, uz, zz = x * w, u * z, z * z
        apart = (xw - uz) ** 2 % PRIME
        both = 2 * (xw + uz) * (x * u - 3 * z * w) + 4 * B * zz * w * w - BASE_X * apart
        points[1 - bit] = both % PRIME, apart
        x, z = (x * x + 3 * zz) ** 2 - 8 * B * x * z * zz, 4 * z * (x * (x * x - 3 * zz) + B * z * zz)
        points[bit] = x % PRIME, z % PRIME
    x, z = points[0]
    return x * pow(z, -1, PRIME) % PRIME


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

    def add_auth(self, request: "AWSRequest") -> None:
        """Sign `request`, again if it is a retry."""
        headers = request.headers
        del headers["X-Amz-Region-Set"]
        headers["X-Amz-Region-Set"] = self._region_name
        super().add_auth(request)  # type: ignore[no-untyped-call]  # botocore has no annotations
        headers.replace_header("Authorization", self.as_v4a(headers["Authorization"]))

    def signature(self, string_to_sign: str, request: "AWSRequest") -> str:  # noqa: ARG002  # as botocore calls it
        """The signature of what botocore would sign."""
        credentials = self.credentials
        key = private_key(credentials.access_key, credentials.secret_key)
        return sign(key, self.as_v4a(string_to_sign).encode())

    def as_v4a(self, text: str) -> str:
        """The same with SigV4A's name and scope."""
        return text.replace("AWS4-HMAC-SHA256", ALGORITHM).replace(f"/{self._region_name}/", "/")


def register_signer() -> None:
    """Give botocore this signer where it has none; with awscrt botocore's own stays."""
    AUTH_TYPE_MAPS.setdefault("v4a", SigV4AAuth)
