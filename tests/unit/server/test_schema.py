"""A database that another program made is told from one that only lacks what is new."""

from __future__ import annotations

from django.db import migrations

from singlewindow.server.schema import digest, unknown

OURS = {("journal", "0001_initial"): b"1", ("exchange", "0001_initial"): b"2"}


def made(sql: str) -> migrations.Migration:
    migration = migrations.Migration("0001", "room")
    migration.operations = [migrations.RunSQL(sql)]
    return migration


def test_remarks_and_spacing_are_no_other_schema() -> None:
    written = digest(made("create table a (b int);"))
    assert digest(made("-- why\ncreate table a (b  int);  -- so\n")) == written
    assert digest(made("create table a (b bigint);")) != written


def test_a_database_that_lacks_migrations_is_ours() -> None:
    assert list(unknown({}, OURS)) == []
    assert list(unknown({("journal", "0001_initial"): b"1"}, OURS)) == []
    assert list(unknown(OURS, OURS)) == []


def test_one_with_migrations_of_the_future_is_not() -> None:
    (newer,) = unknown(OURS | {("journal", "0002_more"): b"3"}, OURS)
    assert newer.code == "schema-newer"
    assert "journal.0002_more" in newer.text.en
    assert newer.remedy


def test_one_whose_migrations_read_otherwise_is_not() -> None:
    for noted in (b"other", None):
        (differs,) = unknown(OURS | {("exchange", "0001_initial"): noted}, OURS)
        assert differs.code == "schema-differs"
        assert differs.text.en.endswith("exchange.0001_initial")


def test_many_are_named_in_part() -> None:
    (newer,) = unknown({("room", f"{number:04}"): b"" for number in range(9)}, {})
    assert newer.text.zh.endswith("room.0004 … (9)")
