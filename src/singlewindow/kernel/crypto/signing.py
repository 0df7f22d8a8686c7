"""The port for signatures of the platform itself: who signs has a key id, who verifies knows it."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


class Signer(Protocol):
    """What a room needs to sign: a file now, a hardware module later."""

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Signature over the bytes."""
        ...


class VerifyingKey:
    """A public key: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256 (FIPS 186-5)."""

    def __init__(self, key: PublicKey) -> None:
        self._key = key
        self.key_id = fingerprint(key)

    @classmethod
    def from_pem(cls, pem: bytes) -> VerifyingKey:
        """From a public key in PEM, or from the private one it belongs to."""
        if b"PRIVATE KEY" in pem:
            return SigningKey.from_pem(pem).verifying_key
        key = load_pem_public_key(pem)
        if isinstance(key, Ed25519PublicKey) or (
            isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
        ):
            return cls(key)
        raise TypeError("the key in this PEM is neither Ed25519 nor ECDSA on P-256")

    def to_pem(self) -> bytes:
        """The public key, to be handed out."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Is this the signature of this key over exactly these bytes?"""
        try:
            if isinstance(self._key, Ed25519PublicKey):
                self._key.verify(signature, data)
            else:
                self._key.verify(signature, data, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A private key: Ed25519, or ECDSA on P-256."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self.verifying_key = VerifyingKey(key.public_key())

    @classmethod
    def generate(cls) -> SigningKey:
        """A new Ed25519 key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes | None = None) -> SigningKey:
        """From PKCS#8 in PEM, as ``openssl genpkey -algorithm ed25519`` writes it."""
        key = load_pem_private_key(pem, password)
        if isinstance(key, Ed25519PrivateKey) or (
            isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
        ):
            return cls(key)
        raise TypeError("the key in this PEM is neither Ed25519 nor ECDSA on P-256")

    def to_pem(self) -> bytes:
        """PKCS#8 in PEM, unencrypted: the file's mode must protect it."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""
        return self.verifying_key.key_id

    def sign(self, data: bytes) -> bytes:
        """64 bytes under Ed25519, a DER sequence under ECDSA."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, ECDSA(SHA256()))


def fingerprint(key: PublicKey) -> str:
    """SHA-256 of the SubjectPublicKeyInfo in DER (RFC 5280 section 4.1), in hexadecimal."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def keyring(keys: Iterable[VerifyingKey]) -> dict[str, VerifyingKey]:
    """Keys by their id."""
    return {key.key_id: key for key in keys}
