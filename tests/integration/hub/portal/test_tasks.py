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
from singlewindow.hub.portal.tasks import listing

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]


def test_each_reads_its_own_and_the_operator_all(database: Database, reading: Reading) -> None:
    yard = Yard(database)
    ((platform,),) = database.execute(
        "sw_engine",
        "insert into party (kind, code, name_zh, name_en) values ('platform', 'P', 'P', 'P') returning id",
    )
    mine, theirs = (
        yard.declare(viewers=(viewer,), bill_number=bill, containers=[container(ONE)])
        for viewer, bill in ((201, "MINE"), (202, "THEIRS"))
    )
    asyncio.run(joined(database, [mine], [theirs]))
    seen = {}
    for viewer in (201, 202, int(str(platform)), 999):
        with reading(viewer):
            rows = listing.ask("open", most=9)
            seen[viewer] = [(row["dossier"], row["submission"]) for row in rows]
            assert all(listing.claim(row["id"]) == {"dossier": row["dossier"], "about": ONE} for row in rows)
            assert listing.claim(uuid4()) is None
    assert seen[201] == [(mine, mine)]
    assert seen[202] == [(theirs, theirs)]
    assert sorted(seen[int(str(platform))]) == sorted([(mine, None), (theirs, None)])
    assert seen[999] == []
    with reading(201):
        (own,) = listing.ask("open", most=9)
        assert "MINE" in own["text_zh"]
        assert "THEIRS" not in own["text_zh"] + own["text_en"]
    with reading(202):
        assert listing.claim(own["id"]) is None
