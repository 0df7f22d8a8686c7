"""An entry's leaf can be recomputed from its description alone."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from singlewindow.hub.journal.entry import Entry, commit, entry, fresh_salt
from singlewindow.kernel.messages import Actor

AT = datetime(2026, 11, 21, 2, 30, 0, 1, tzinfo=UTC)
SUBJECT = UUID("019f0000-0000-7000-8000-000000000001")
SUBMISSION = UUID("019f0000-0000-7000-8000-000000000002")
SALT = bytes(range(16))


def made(**changes: Any) -> Entry:
    given = {
        "at": AT,
        "actor": Actor("component", "customs", '海关 "A"\x07', 7),
        "verb": "receipt.received",
        "subject_kind": "document",
        "subject_id": SUBJECT,
        "submission_id": SUBMISSION,
        "content": {"code": "K", "a": "重庆"},
        "viewers": (1, 7),
        "salt": SALT,
    }
    return entry(**(given | changes))


def test_a_third_party_recomputes_the_leaf_with_nothing_but_the_docstring() -> None:
    commitment = hashlib.sha256(SALT + '{"a":"重庆","code":"K"}'.encode()).digest()
    record = [
        "singlewindow/entry/1",
        "2026-11-21T02:30:00.000001Z",
        "receipt.received",
        "component",
        "customs",
        '海关 "A"\x07',
        7,
        "document",
        str(SUBJECT),
        str(SUBMISSION),
        [1, 7],
        base64.b64encode(commitment).decode(),
    ]
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    assert made().leaf == hashlib.sha256(b"\x00" + text.encode()).digest()


def test_the_leaf_does_not_depend_on_order_of_content_or_zone_of_time() -> None:
    zoned = AT.astimezone(timezone(timedelta(hours=8)))
    assert made(at=zoned, content={"a": "重庆", "code": "K"}, viewers=[1, 7]).leaf == made().leaf


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"actor": Actor("component", "border", '海关 "A"\x07', 7)},
        {"verb": "receipt.refused"},
        {"subject_id": SUBMISSION},
        {"submission_id": None},
        {"content": {"code": "L", "a": "重庆"}},
        {"viewers": (1, 7, 9)},
        {"salt": bytes(16)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_is_under_the_leaf(change: dict[str, Any]) -> None:
    assert made(**change).leaf != made().leaf


def test_salts_are_fresh_also_in_a_forked_process() -> None:
    drawn = {fresh_salt() for _ in range(1000)}
    assert {len(salt) for salt in drawn} == {16}
    assert len(drawn) == 1000
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, fresh_salt())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 16)
    os.close(reader)
    os.close(writer)
    assert theirs not in {fresh_salt() for _ in range(600)}


def test_a_commitment_binds_salt_and_content() -> None:
    assert commit(SALT, b"{}") == hashlib.sha256(SALT + b"{}").digest()
