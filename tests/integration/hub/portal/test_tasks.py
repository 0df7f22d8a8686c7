"""Each reads its own tasks, the operator all; only who is asked learns which container it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest

from database import Database
from integration.hub.coordination.story import ONE, Yard
from integration.hub.dossier.declared import container, joined
from singlewindow.hub.coordination import tasks
from singlewindow.hub.dossier.claiming import NOBODYS, WHOSE
from singlewindow.hub.portal.tasks import listing

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]


def test_each_reads_its_own_and_the_operator_all(database: Database, reading: Reading) -> None:
    yard = Yard(database).operated()
    mine, theirs = (
        yard.declare(viewers=(viewer,), bill_number=bill, containers=[container(ONE)])
        for viewer, bill in ((201, "MINE"), (202, "THEIRS"))
    )
    asyncio.run(joined(database, [mine], [theirs]))
    seen = {}
    offices = (yard.party["customs"], yard.party["quarantine"])
    for viewer in (201, 202, yard.party["platform"], *offices, 999):
        with reading(viewer):
            rows = tasks.listed(9)
            seen[viewer] = [(row["dossier"], row["submission"]) for row in rows]
            decides = viewer in (yard.party["platform"], yard.party["customs"])
            assert all(tasks.container(row["id"]).startswith(f"{ONE}@") is decides for row in rows)
            assert tasks.container(uuid4()) == ""
    assert seen[201] == [(mine, mine)]
    assert seen[202] == [(theirs, theirs)]
    for decider in (yard.party["platform"], yard.party["customs"]):
        assert seen[decider] == [(NOBODYS, None)], "both sides are one matter of who decides"
    assert seen[yard.party["quarantine"]] == []
    assert seen[999] == []
    with reading(201):
        (own,) = tasks.listed(9)
        assert "MINE" in own["text_zh"]
        assert "THEIRS" not in own["text_zh"] + own["text_en"]
    with reading(202):
        assert own["id"] not in {row["id"] for row in tasks.listed(9)}


def test_who_settles_a_claim_reads_of_all_claims_what_it_needs(database: Database, reading: Reading) -> None:
    yard = Yard(database).operated()
    database.execute(
        "postgres",
        "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
        " values (7, 'firm', 'B', '报关行', 'Broker')",
    )
    boxes = {"MINE": container(ONE), "LOT": container(ONE, lot=True)}
    mine, lot = (
        yard.declare(viewers=(200 + n,), bill_number=bill, containers=[box])
        for n, (bill, box) in enumerate(boxes.items(), 1)
    )
    asyncio.run(joined(database, [mine], [lot]))
    sent = "update sw.document set viewers = viewers || %s where partner = 'customs'"
    database.execute("postgres", sent, yard.party["customs"])
    for party, settles in (("platform", True), ("customs", True), ("quarantine", False)):
        with reading(yard.party[party]):
            rows = tasks.listed(9)
            claims = listing.claims_of(rows)
            assert tasks.settles(yard.party[party]) is settles
            assert len(rows) == len(claims) == (1 if settles else 0)
            for row in rows:
                shown = {one.name: one for one in claims[row["id"]]}
                assert {one.name: one.load.en for one in claims[row["id"]]} == {
                    "MINE": "Full load",
                    "LOT": "Shared load",
                }
                assert {one.declarant.zh for one in shown.values()} == {"报关行"}
                assert not any(one.ticked for one in shown.values()), "what contradicts is for a person"
                opens = {"MINE": mine, "LOT": lot} if party == "customs" else {"MINE": None, "LOT": None}
                assert {name: one.submission for name, one in shown.items()} == opens
    for firm in (201, 202):
        with reading(firm):
            (own,) = tasks.listed(9)
            assert listing.claims_of([own]) == {}, "a firm reads nothing of a stranger's claim"
            assert not tasks.settles(firm)
    with reading(999):
        assert tasks.claims([{"id": own["id"], "kind": WHOSE}]) == {}


def test_a_long_list_goes_on_and_says_whose_word_ends_what(database: Database, reading: Reading) -> None:
    yard = Yard(database)
    agency = yard.party["customs"]
    database.execute(
        "postgres",
        "insert into sw.task (kind, dossier, about, text_zh, text_en, made_at, viewers)"
        " select 'unknown_subject', gen_random_uuid(), n::text, '甲', 'A',"
        " now() + n * interval '1 second', %s"
        " from generate_series(1, 5) n",
        [agency],
    )
    with reading(agency):
        first = tasks.listed(3)
        rest = tasks.listed(3, (first[-1]["made_at"], first[-1]["id"]))
        assert [row["about"] for row in (*first, *rest)] == ["1", "2", "3", "4", "5"]
        assert tasks.checks(agency) == {
            "ties_dossiers",
            "contradicts_dossier",
            "unknown_subject",
            "recall",
        }
        assert tasks.checks(yard.party["terminal"]) == frozenset()
