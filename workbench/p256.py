"""Signatures of P-256, verified by an independent library."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def public(key: int) -> ec.EllipticCurvePublicKey:
    return ec.derive_private_key(key, ec.SECP256R1()).public_key()


def verifies(key: int, text: str, signature: str) -> bool:
    """Whether the holder of this private key has signed this text."""
    try:
        public(key).verify(bytes.fromhex(signature), text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
