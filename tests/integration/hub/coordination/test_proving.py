"""A release that somebody forged, revived or prolonged in the data base is named by ``journal verify``."""

from __future__ import annotations

from functools import partial

import pytest

from integration.hub.coordination.story import ONE, Yard
from integration.hub.coordination.test_claims import consignment, join, release
from integration.hub.journal import journal
from singlewindow.hub.coordination.proving import hold
from singlewindow.hub.coordination.release import Sealed, sign
from singlewindow.hub.journal.verify import Report, verify
from singlewindow.kernel.crypto.signing import Signer, SigningKey, keyring
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database


async def released(yard: Yard) -> None:
    """One consignment whose goods may leave."""
    mine = consignment(yard, "MINE", 201)
    await join(yard, mine)
    await release(yard, mine)
    assert yard.rows("select count(*) from sw.release where revoked_at is null") == [(1,)]


async def report(yard: Yard) -> Report:
    await journal.signed(yard.database, journal.Clock())
    keys = journal.KEYS | keyring([yard.key.verifying_key])
    async with await yard.database.connect("sw_engine") as connection:
        return await verify(connection, keys=keys, holdings=[partial(hold, keys=keys)])


async def codes(yard: Yard) -> list[str]:
    return [problem.code for problem in (await report(yard)).problems]


def forge(yard: Yard, signer: Signer) -> None:
    """Another container in the statement, signed as a release is."""
    ((number, dossier, version, at, until),) = yard.rows(
        "select number, dossier, version, issued_at, valid_until from sw.release"
    )
    made = sign(
        signer,
        number=number,
        dossier=dossier,
        goods="bill",
        name="MINE",
        containers=[Sealed("CQXU3188623", "S")],
        version=version,
        issued_at=at,
        valid_until=until,
    )
    written = [made.content, made.signature, signer.key_id]
    changed = "update sw.release set statement = %s, signature = %s, key_id = %s returning 1"
    assert yard.rows(changed, *written) == [(1,)]


async def test_a_release_is_as_it_was_issued_and_as_it_was_revoked(yard: Yard) -> None:
    await released(yard)
    found = await report(yard)
    assert (found.sound, found.held) == (True, 1), found.problems
    ((submission,),) = yard.rows("select dossier from sw.release")
    await yard.receive(yard.answer(submission, "customs", Outcome.HOLD, 9))
    assert yard.rows("select count(*) from sw.release where revoked_at is null") == [(0,)]
    assert await codes(yard) == []
    journal.tamper(yard.database, "update release set revoked_at = null, revoked_for = ''")
    assert await codes(yard) == ["journal.row_changed"]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("update release set statement = replace(statement::text, '\\x', '\\x20')::bytea", "row_changed"),
        ("update release set signature = set_byte(signature, 9, get_byte(signature, 9) # 1)", "row_changed"),
        ("update release set number = 'FX0'", "row_changed"),
        ("update release set valid_until = valid_until + interval '1 year'", "row_changed"),
        ("update release set key_id = 'x'", "key_unknown"),
        ("delete from release", "row_missing"),
        ("update release set id = gen_random_uuid()", "row_untold"),
    ],
)
async def test_a_release_that_was_altered_is_named(yard: Yard, statement: str, code: str) -> None:
    await released(yard)
    journal.tamper(yard.database, statement)
    assert f"journal.{code}" in await codes(yard)


async def test_a_release_signed_anew_with_the_platforms_own_key_is_named_too(yard: Yard) -> None:
    """Who holds the key file signs what they like; the journal keeps the digest of the signature that was."""
    await released(yard)
    forge(yard, yard.key)
    assert await codes(yard) == ["journal.row_changed"]
    forge(yard, SigningKey.generate())
    assert await codes(yard) == ["journal.key_unknown"]
    assert ONE not in str(yard.rows("select convert_from(statement, 'UTF8') from sw.release"))
