"""A release is verified by anybody who has the platform's public key, and by openssl."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from singlewindow.hub.coordination.release import Sealed, Signed, number_of, sign, verified
from singlewindow.kernel.crypto.signing import SigningKey

AT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


def released(key: SigningKey) -> Signed:
    return sign(
        key,
        number="FX202611220000001",
        dossier=UUID(int=7),
        goods="bill",
        name="CQX2511070386",
        containers=[Sealed("CQXU3188623", "DM884121"), Sealed("CQXU2045171", "DM884120")],
        version=1,
        issued_at=AT,
        valid_until=AT + timedelta(days=14),
    )


def test_the_bytes_are_canonical() -> None:
    key = SigningKey.generate()
    assert released(key).content == released(key).content
    assert released(key).content.decode() == (
        '{"containers":[{"number":"CQXU2045171","seal":"DM884120"},{"number":"CQXU3188623","seal":"DM884121"}],'
        '"dossier":"00000000-0000-0000-0000-000000000007","goods":"bill","issued_at":"2026-11-21T17:30:00Z",'
        f'"name":"CQX2511070386","number":"FX202611220000001","platform_key":"{key.key_id}",'
        '"valid_until":"2026-12-05T17:30:00Z","version":1,"what":"singlewindow/release/1"}'
    )


def test_one_changed_byte_or_another_key_is_no_release() -> None:
    key = SigningKey.generate()
    made = released(key)
    assert verified(made.content, made.signature, key.verifying_key) == made.statement
    for place in range(0, len(made.content), 17):
        wrong = bytearray(made.content)
        wrong[place] ^= 1
        assert verified(bytes(wrong), made.signature, key.verifying_key) is None
    assert verified(made.content, made.signature, SigningKey.generate().verifying_key) is None


def test_what_is_signed_as_something_else_or_for_another_key_is_no_release() -> None:
    key = SigningKey.generate()
    content = released(key).content
    for wrong in (
        content.replace(b"singlewindow/release/1", b"singlewindow/notice/1"),
        content.replace(key.key_id.encode(), SigningKey.generate().key_id.encode()),
    ):
        assert wrong != content
        assert verified(wrong, key.sign(wrong), key.verifying_key) is None


def test_a_number_bears_the_day_it_is_where_the_platform_stands() -> None:
    assert number_of(12, AT) == "FX202611220000012"


def test_openssl_verifies_it(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine")
    key = SigningKey(generate_private_key(SECP256R1()))
    made = released(key)
    (tmp_path / "platform.pub").write_bytes(key.verifying_key.to_pem())
    (tmp_path / "release.sig").write_bytes(made.signature)
    (tmp_path / "release.json").write_bytes(made.content)
    said = subprocess.run(
        [openssl, "dgst", "-sha256", "-verify", "platform.pub", "-signature", "release.sig", "release.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.stdout.strip() == "Verified OK"
