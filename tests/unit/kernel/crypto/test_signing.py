"""Signing and verifying, and keys that are none of ours."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from singlewindow.kernel.crypto.signing import SigningKey, VerifyingKey, keyring

# RFC 8032 section 7.1, test 2.
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
SIGNED = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_signature_is_that_of_rfc_8032() -> None:
    key = SigningKey(ed25519.Ed25519PrivateKey.from_private_bytes(SECRET))
    assert key.sign(b"\x72").hex() == SIGNED
    assert key.verifying_key.verify(bytes.fromhex(SIGNED), b"\x72")


@pytest.mark.parametrize(
    "key", [SigningKey.generate(), SigningKey(ec.generate_private_key(ec.SECP256R1()))], ids=["ed", "p256"]
)
def test_a_key_survives_its_pem_and_knows_its_own_signatures_only(key: SigningKey) -> None:
    again = SigningKey.from_pem(key.to_pem())
    public = VerifyingKey.from_pem(key.verifying_key.to_pem())
    assert again.key_id == public.key_id == VerifyingKey.from_pem(key.to_pem()).key_id
    assert len(again.key_id) == 64
    signature = again.sign(b"note")
    assert public.verify(signature, b"note")
    assert not public.verify(signature, b"another note")
    assert not public.verify(signature[:-1], b"note")
    assert not SigningKey.generate().verifying_key.verify(signature, b"note")
    assert keyring([public])[again.key_id] is public


@pytest.mark.parametrize("curve", [ec.SECP384R1(), None], ids=["p384", "rsa"])
def test_other_kinds_of_key_are_refused(curve: ec.EllipticCurve | None) -> None:
    key = ec.generate_private_key(curve) if curve else rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(TypeError, match="neither Ed25519 nor ECDSA"):
        SigningKey.from_pem(pem(key))
    with pytest.raises(TypeError, match="neither Ed25519 nor ECDSA"):
        VerifyingKey.from_pem(public)
