"""What bars goods is counted for a whole list as it is when each declaration is asked about by itself."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from database import Database
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.portal import queries, standing, walking
from singlewindow.hub.portal.walking import NEWEST, OLDEST, Asked

from .declared import BROKER, CUSTOMS, START, STRANGER, Story

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
IMPORTER, SEED, MANY = 11, 20261122, 140
NOBODYS = UUID(int=0)
SENT = queries.Received("customs", START - timedelta(days=1))
STATES = (0, 10, 20, 40, 60)
READERS = ([BROKER], [BROKER, CUSTOMS], [BROKER, IMPORTER, CUSTOMS], [IMPORTER], [CUSTOMS], [])
VIEWERS: dict[str, tuple[tuple[int, ...], queries.Received | None]] = {
    "broker": ((BROKER,), None),
    "importer": ((IMPORTER,), None),
    "both": ((BROKER, IMPORTER), None),
    "stranger": ((STRANGER,), None),
    "nobody": ((), None),
    "customs": ((CUSTOMS,), SENT),
}
# The naive way: of one declaration, every disposition of every dossier that it is in.
EACH = """select ((d.state + 128) * 5 + coalesce(
    (select max(array_position(%s::text[], p.kind))
       from dossier_document j join disposition p on p.dossier = j.dossier
      where j.submission_id = d.submission_id), 0)) * 6
  from document d where d.submission_id = %s and d.partner is not distinct from %s"""


@pytest.fixture
def world(database: Database) -> Story:
    """Declarations in dossiers of their own, of others and of several; decisions that few may read."""
    story, chance, dossiers = Story(database), random.Random(SEED), [NOBODYS]
    story.party(CUSTOMS, "某海关", "Some Customs", partner="customs", kind="agency")
    for number in range(MANY):
        submission = story.declared(number)
        story.kept(submission, chance.choice(STATES))
        if chance.random() < 0.4:
            database.execute(
                "postgres",
                "update sw.document set viewers = %s where id = %s",
                [BROKER, IMPORTER],
                submission,
            )
        for document in (submission, story.id_of(submission, "customs"))[: chance.randint(0, 2)]:
            another = UUID(int=chance.getrandbits(128))
            dossiers.append(chance.choice([submission, submission, another, *dossiers[-3:]]))
            joined(story, submission, document, dossiers[-1], chance.choice(READERS))
    for dossier in dict.fromkeys(dossiers):
        for box in range(chance.randint(0, 3)):
            decided(story, dossier, box, chance.choice([*Kind]), chance.choice(READERS))
    return story


def joined(story: Story, submission: UUID, document: UUID, dossier: UUID, readers: list[int]) -> None:
    story.insert(
        "dossier_document",
        submission_id=submission, document_id=document, dossier=dossier, kind="k", party=7,
        viewers=readers,
    )  # fmt: skip


def decided(story: Story, dossier: UUID, box: int, kind: str, readers: list[int]) -> None:
    story.insert(
        "disposition",
        dossier=dossier, subject_kind="conveyance" if dossier == NOBODYS else "container",
        subject_key=f"{box}", number="C", lot=False, version=1, kind=str(kind), agencies=[], missing=[],
        used=[], changed_at=START, viewers=readers,
    )  # fmt: skip


def each_by_itself(asked: Asked) -> Counter[int]:
    """How many stand how, one question a declaration."""
    found: Counter[int] = Counter()
    partner = asked.of.partner if asked.of else None
    with connection.cursor() as cursor:
        for submission in everything(asked):
            cursor.execute(EACH, [list(standing.BARS), submission, partner])
            found.update(row[0] for row in cursor.fetchall())
    return found


def everything(asked: Asked) -> list[UUID]:
    found: list[UUID] = []
    while True:
        page = walking.walk(asked)
        found += page.ids
        if page.following is None:
            return found
        asked = Asked(asked.states, sort=asked.sort, place=page.following, of=asked.of)


def test_every_viewer_counts_what_it_may_read_and_nothing_else(world: Story, reading: Reading) -> None:
    seen: set[str] = set()
    for who, (parties, of) in VIEWERS.items():
        with reading(*parties):
            expected = each_by_itself(Asked(of=of))
            assert walking.counted(Asked(of=of)).numbers == expected, f"{who}, seed {SEED}"
            states = {standing.of(number).id for number in expected}
            for state in sorted(states & {"hold", "inspect", "joint", "denied"}):
                fitting = set(standing.numbers((state,)))
                many = sum(number for each, number in expected.items() if each in fitting)
                for sort in (NEWEST, OLDEST):
                    found = everything(Asked((state,), sort=sort, of=of))
                    assert len(found) == many, f"{who}, {state}, seed {SEED}"
                seen.add(f"{who} {state}")
    assert {"broker hold", "both joint", "customs denied"} <= seen
    assert not any(one.startswith(("stranger", "nobody")) for one in seen)


def test_what_bars_goods_is_every_kind_that_neither_waits_nor_frees() -> None:
    assert set(standing.BARS) == {str(kind) for kind in Kind} - {"pending", "released"}
