"""The port for signatures of the platform itself: who signs has a key id, who verifies knows it."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


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
    """An Ed25519 public key (RFC 8032)."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.key_id = fingerprint(key)

    @classmethod
    def from_pem(cls, pem: bytes) -> VerifyingKey:
        """From a public key in PEM, or from the private one it belongs to."""
        if b"PRIVATE KEY" in pem:
            return SigningKey.from_pem(pem).verifying_key
        key = load_pem_public_key(pem)
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError("the key in this PEM is not an Ed25519 key")
        return cls(key)

    def to_pem(self) -> bytes:
        """The public key, to be handed out."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Is this the signature of this key over exactly these bytes?"""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """An Ed25519 private key (RFC 8032)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifying_key = VerifyingKey(key.public_key())

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes | None = None) -> SigningKey:
        """From PKCS#8 in PEM, as ``openssl genpkey -algorithm ed25519`` writes it."""
        key = load_pem_private_key(pem, password)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("the key in this PEM is not an Ed25519 key")
        return cls(key)

    def to_pem(self) -> bytes:
        """PKCS#8 in PEM, unencrypted: the file's mode must protect it."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""
        return self.verifying_key.key_id

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(data)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the SubjectPublicKeyInfo in DER (RFC 5280 section 4.1), in hexadecimal."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def keyring(keys: Iterable[VerifyingKey]) -> dict[str, VerifyingKey]:
    """Keys by their id."""
    return {key.key_id: key for key in keys}
