"""Whatever is changed behind the platform's back is found, and named."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from database import Database
from integration.hub.journal import journal
from singlewindow.hub.journal.checkpoint import Checkpoint
from singlewindow.hub.journal.proof import consistency, inclusion
from singlewindow.hub.journal.verify import UNSIGNED_AFTER, Report, verify
from singlewindow.hub.portal.api_queries import signed
from singlewindow.kernel.crypto.signing import SigningKey
from singlewindow.server.commands import journal as command
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

pytestmark = pytest.mark.database
COUNT = 600  # two whole tiles of level 1 and a rest


async def prepared(database: Database) -> None:
    clock = journal.Clock()
    await journal.committed(database, journal.entries(range(300)))
    await journal.signed(database, clock)
    clock.pass_(60)
    await journal.committed(database, journal.entries(range(300, COUNT)))
    await journal.signed(database, clock)


async def report(database: Database) -> Report:
    async with await database.connect("sw_engine") as connection:
        return await verify(connection, keys=journal.KEYS)


async def test_an_untouched_journal_is_sound(database: Database) -> None:
    await prepared(database)
    found = await report(database)
    assert found.sound
    assert (found.size, found.checkpoints, found.signed_size) == (COUNT, 2, COUNT)
    await journal.committed(database, journal.entries([1]))
    assert (await report(database)).unnumbered == 1


async def test_an_empty_journal_is_sound(database: Database) -> None:
    found = await report(database)
    assert (found.sound, found.size, found.checkpoints) == (True, 0, 0)


async def test_erased_content_stays_provable(database: Database) -> None:
    await prepared(database)
    assert await journal.erased(database, [5, 6]) == [5, 6]
    found = await report(database)
    assert (found.sound, found.erased, found.unnumbered) == (True, 2, 2)
    await journal.signed(database, journal.Clock())
    assert (await report(database)).sound, "with the record of the erasure"


TAMPERING = [
    ("content", "update journal_entry set content = '{\"n\":1}' where id = 301", "entry_changed", 301),
    ("metadata", "update journal_entry set actor_name = 'X' where id = 301", "entry_changed", 301),
    ("moment", "update journal_entry set at = at + interval '1 us' where id = 2", "entry_changed", 2),
    ("viewers", "update journal_entry set viewers = '{1,666}' where id = 301", "entry_changed", 301),
    ("leaf", "update journal_entry set leaf = sha256('') where id = 301", "entry_changed", 301),
    ("deleted entry", "delete from journal_entry where id = 301", "entry_missing", 301),
    ("deleted position", "delete from journal_position where position = 300", "position_missing", None),
    (
        "swapped entries",
        """update journal_position set entry_id = -1 where position = 300;
        update journal_position set entry_id = 301 where position = 301;
        update journal_position set entry_id = 302 where position = 300""",
        "entry_changed",
        302,
    ),
    (
        "swapped leaves and entries",
        """update journal_position set entry_id = -entry_id where position in (300, 301);
        update journal_position p set entry_id = case p.position when 300 then 302 else 301 end,
        leaf = (select leaf from journal_entry where id = case p.position when 300 then 302 else 301 end)
        where position in (300, 301)""",
        "tile_differs",
        None,
    ),
    ("changed tile", "update journal_tile set root = sha256('') where index = 1", "tile_differs", None),
    ("deleted tile", "delete from journal_tile where index = 0", "tile_differs", None),
    ("added tile", "insert into journal_tile values (1, 2, sha256(''))", "tiles_left_over", None),
    ("forged root", "update journal_checkpoint set root = sha256('') where size = 300", "root_differs", None),
    (
        "forged time",
        "update journal_checkpoint set at = at + interval '1 us' where size = 300",
        "signature_false",
        None,
    ),
    ("foreign key", "update journal_checkpoint set key_id = 'x' where size = 300", "key_unknown", None),
    (
        "cut off",
        "delete from journal_position where position > 400; delete from journal_entry where id > 401",
        "truncated",
        None,
    ),
]


@pytest.mark.parametrize(
    ("statement", "code", "entry_id"), [each[1:] for each in TAMPERING], ids=[each[0] for each in TAMPERING]
)
async def test_tampering_is_found_and_named(
    database: Database, statement: str, code: str, entry_id: int | None
) -> None:
    await prepared(database)
    journal.tamper(database, statement)
    found = await report(database)
    assert not found.sound
    assert f"journal.{code}" in {problem.code for problem in found.problems}
    assert found.first_wrong_entry == entry_id


CHANGED = {
    "at": "at + interval '1 us'",
    "verb": "verb || 'x'",
    "actor_kind": "'component'",
    "actor_id": "actor_id || 'x'",
    "actor_name": "actor_name || 'x'",
    "actor_party": "actor_party + 1",
    "subject_kind": "subject_kind || 'x'",
    "subject_id": "gen_random_uuid()",
    "submission_id": "gen_random_uuid()",
    "content": "set_byte(content, 3, get_byte(content, 3) # 1)",
    "salt": "set_byte(salt, 15, get_byte(salt, 15) # 128)",
    "leaf": "set_byte(leaf, 31, get_byte(leaf, 31) # 1)",
    "viewers": "viewers || 1",
}


async def test_one_bit_of_any_column_is_found(database: Database) -> None:
    await prepared(database)
    journal.tamper(
        database,
        ";".join(
            f"update journal_entry set {column} = {to} where id = {number}"
            for number, (column, to) in enumerate(CHANGED.items(), 10)
        ),
    )
    found = await report(database)
    assert [problem.field for problem in found.problems] == [f"entry[{n + 10}]" for n in range(len(CHANGED))]
    told = await database_columns(database)
    assert told - CHANGED.keys() == {"id", "commitment"}, "the order of positions, and what an erasure leaves"


async def database_columns(database: Database) -> set[str]:
    async with await database.connect("postgres") as connection:
        found = await connection.execute(
            "select attname from pg_attribute where attrelid = 'sw.journal_entry'::regclass and attnum > 0"
        )
        return {str(row[0]) for row in await found.fetchall()}


async def test_a_consistent_rewriting_is_found_by_the_signed_root(database: Database) -> None:
    await prepared(database)
    forged = journal.entries([12345])[0]
    journal.tamper(
        database,
        f"""update journal_entry set content = '{{"n":12345}}', salt = '\\x{forged.salt.hex()}',
        subject_id = '{forged.subject_id}', submission_id = '{forged.submission_id}',
        leaf = '\\x{forged.leaf.hex()}' where id = 600;
        update journal_position set leaf = '\\x{forged.leaf.hex()}' where entry_id = 600""",
    )
    found = await report(database)
    assert [problem.code for problem in found.problems] == ["journal.root_differs"]


async def kept_elsewhere(database: Database) -> list[Checkpoint]:
    async with await database.connect("sw_engine") as connection:
        found = await connection.execute("select size, root, at, key_id, signature from journal_checkpoint")
        return [Checkpoint(*row) for row in await found.fetchall()]


async def held_against(database: Database, kept: list[Checkpoint]) -> Report:
    async with await database.connect("sw_engine") as connection:
        return await verify(connection, keys=journal.KEYS, kept=kept)


ROLLED_BACK = """delete from journal_entry where id > 300; delete from journal_position where position >= 300;
                 delete from journal_checkpoint where size > 300; delete from journal_tile where index > 0"""


async def test_what_was_rolled_back_whole_is_found_by_a_checkpoint_kept_elsewhere(database: Database) -> None:
    await prepared(database)
    kept = await kept_elsewhere(database)
    assert (await held_against(database, kept)).sound
    journal.tamper(database, ROLLED_BACK)
    assert (await report(database)).sound, "nothing that is left here can tell"
    found = await held_against(database, kept)
    assert [problem.code for problem in found.problems] == ["journal.truncated"]


async def test_what_was_written_and_signed_anew_is_found_by_a_checkpoint_kept_elsewhere(
    database: Database,
) -> None:
    await prepared(database)
    kept = await kept_elsewhere(database)
    journal.tamper(database, ROLLED_BACK)
    clock = journal.Clock()
    clock.pass_(120)
    await journal.committed(database, journal.entries(range(5000, 5000 + COUNT)))
    await journal.signed(database, clock)
    assert (await report(database)).sound
    found = await held_against(database, kept)
    assert [problem.code for problem in found.problems] == ["journal.root_differs"]


async def held_at(database: Database, at: datetime) -> list[str]:
    async with await database.connect("sw_engine") as connection:
        found = await verify(connection, keys=journal.KEYS, at=at)
        return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("statement", "where"),
    [("delete from journal_checkpoint", 0), ("delete from journal_checkpoint where size > 300", 300)],
)
async def test_who_takes_checkpoints_away_to_rewrite_what_they_covered_is_named(
    database: Database, statement: str, where: int
) -> None:
    await prepared(database)
    late = journal.START + UNSIGNED_AFTER + timedelta(seconds=1)
    assert await held_at(database, late) == []
    journal.tamper(database, statement)
    assert await held_at(database, journal.START + timedelta(minutes=5)) == [], "a worker may be catching up"
    assert await held_at(database, late) == ["journal.unsigned"]
    async with await database.connect("sw_engine") as connection:
        (problem,) = (await verify(connection, keys=journal.KEYS, at=late)).problems
    assert (problem.field, "minute" in str(problem.remedy)) == (f"position[{where}]", True)


ERASE = (
    "update journal_entry set content = null, salt = null, commitment = sha256(salt || content) where id = %s"
)


async def test_what_was_erased_without_saying_who_and_why_is_named(database: Database) -> None:
    """The worker's role may erase; that an entry tells of it is asked of the record, not of the role."""
    await prepared(database)
    database.execute("sw_engine", ERASE, 301)
    found = await report(database)
    assert [problem.code for problem in found.problems] == ["journal.erased_untold"]
    assert (found.first_wrong_position, found.erased) == (300, 1)


async def test_nor_is_the_entry_that_tells_of_an_erasure_erased_unseen(database: Database) -> None:
    await prepared(database)
    await journal.erased(database, [5])
    await journal.signed(database, journal.Clock())
    assert (await report(database)).sound
    database.execute("sw_engine", ERASE, COUNT + 1)
    found = await report(database)
    assert [problem.field for problem in found.problems] == ["position[5]", f"position[{COUNT}]"]


async def test_a_checkpoint_that_nobody_signed_is_no_witness(database: Database) -> None:
    await prepared(database)
    forged = [msgspec.structs.replace(each, signature=bytes(64)) for each in await kept_elsewhere(database)]
    found = await held_against(database, forged)
    assert {problem.code for problem in found.problems} == {"journal.signature_false"}


async def test_problems_are_counted_beyond_those_listed(database: Database) -> None:
    await prepared(database)
    journal.tamper(database, "update journal_entry set verb = 'x'")
    found = await report(database)
    assert (len(found.problems), found.problem_count, found.first_wrong_entry) == (20, COUNT, 1)


async def test_every_kind_of_place_has_an_inclusion_proof(database: Database) -> None:
    await prepared(database)
    async with await database.connect("sw_engine") as connection:
        for entry_id in (1, 256, 257, 300, 301, 512, 513, COUNT):
            proof = await inclusion(connection, entry_id)
            assert proof is not None
            assert proof.holds()
            assert proof.checkpoint.size == (300 if entry_id <= 300 else COUNT)
            assert journal.KEYS[proof.checkpoint.key_id].verify(
                proof.checkpoint.signature, proof.checkpoint.note
            )
        assert await inclusion(connection, COUNT + 1) is None


async def test_an_entry_has_no_proof_before_the_next_checkpoint(database: Database) -> None:
    await prepared(database)
    await journal.committed(database, journal.entries([1]))
    await journal.sequenced(database, journal.Clock())
    async with await database.connect("sw_engine") as connection:
        assert await inclusion(connection, COUNT + 1) is None


async def test_checkpoints_are_consistent(database: Database) -> None:
    await prepared(database)
    async with await database.connect("sw_engine") as connection:
        proof = await consistency(connection, 300, COUNT)
        assert proof is not None
        assert proof.holds()
        assert await consistency(connection, 299, COUNT) is None


async def commanded(database: Database, *arguments: str) -> Reply:
    """The command, which has a loop of its own."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return await asyncio.to_thread(command.run, parser.parse_args(arguments), database.configuration)


async def test_the_command_reports_and_exits_accordingly(database: Database, tmp_path: Path) -> None:
    await prepared(database)
    public = tmp_path / "public.pem"
    public.write_bytes(journal.SIGNER.verifying_key.to_pem())
    found = await commanded(database, "verify", "--key", str(public))
    assert (found.code, found.values["sound"], found.values["size"]) == (0, True, COUNT)
    assert found.values["checkpoints"] == 2
    assert "sound" in found.text
    assert str(found.values["root"]) in found.text
    other = tmp_path / "other.pem"
    other.write_bytes(SigningKey.generate().to_pem())
    found = await commanded(database, "verify", "--key", str(other))
    assert (found.code, found.values["sound"], found.values["problem_count"]) == (1, False, 2)
    assert "unknown key" in found.text


async def test_a_record_that_cannot_be_read_is_not_away(database: Database) -> None:
    await prepared(database)
    database.execute("postgres", "revoke select on sw.journal_entry from sw_engine")
    found = await commanded(database, "verify")
    assert (found.code, found.values["sound"]) == (1, False)
    assert "permission denied for table journal_entry" in found.text
    database.execute("postgres", "alter table sw.journal_entry rename to lost")
    assert (await commanded(database, "verify")).code == 1


async def test_the_command_erases_for_a_reason_that_stays(database: Database) -> None:
    await prepared(database)
    with pytest.raises(Refusal, match="give a reason"):
        await commanded(database, "erase", "5")
    with pytest.raises(Refusal, match="positions"):
        await commanded(database, "erase", "--reason", "本人要求删除")
    with pytest.raises(Refusal, match="verified whole"):
        await commanded(database, "verify", "5")
    done = await commanded(database, "erase", "6", "5", "5", "999999", "--reason", " 本人要求删除 ")
    assert (done.code, done.values) == (1, {"erased": [5, 6], "left": [999999]})
    assert "nothing at 999999" in done.text
    said = """select convert_from(content, 'UTF8')::json ->> 'reason'
                from journal_entry where verb = 'entry.erased'"""
    assert database.execute("sw_engine", said) == [("本人要求删除",)] * 2
    assert (await commanded(database, "erase", "7", "--reason", "本人要求删除")).code == 0


async def test_the_command_takes_checkpoints_as_the_api_tells_them(
    database: Database, tmp_path: Path
) -> None:
    await prepared(database)
    told = [signed(each) for each in await kept_elsewhere(database)]
    files = [tmp_path / name for name in ("page.json", "one.json", "broken.json")]
    files[0].write_bytes(msgspec.json.encode({"items": told, "next": None}))
    files[1].write_bytes(msgspec.json.encode(told[1]))
    files[2].write_bytes(msgspec.json.encode({"items": [{"size": 1, "root": "xyz"}]}))
    assert [len(command._checkpoints(path)) for path in files[:2]] == [2, 1]
    assert (await held_against(database, command._checkpoints(files[0]))).sound
    with pytest.raises(Refusal, match=r"broken\.json cannot be read"):
        command._checkpoints(files[2])
