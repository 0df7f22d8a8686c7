"""The operator announces and withdraws, nobody else does; everybody reads what is shown, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from msgspec.structs import replace

from database import Database
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS
from singlewindow.hub.notice import announced, announcing
from singlewindow.hub.notice.announced import MOST_STANDING, Place
from singlewindow.hub.notice.drafting import Typed
from singlewindow.kernel.messages import Actor

pytestmark = pytest.mark.database
AT = datetime.now(UTC)
DAY = timedelta(days=1)
RULES = Typed("rules", "规则", "Rules", "正文", "A text")
PARTY = "insert into sw.party (kind, code, name_zh, name_en) values (%s, %s, '某', 'Mou') returning id"
ENTRIES = "select verb, viewers, content, actor_name from sw.journal_entry order by id"


class Desk:
    """Parties of a data base, and requests in their name."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.operator, self.firm = (self._party(*of) for of in (("platform", "P1"), ("firm", "F1")))

    def _party(self, kind: str, code: str) -> int:
        return int(str(self.database.execute("postgres", PARTY, kind, code)[0][0]))

    @contextmanager
    def asked_by(self, *viewers: int) -> Iterator[Any]:
        """A request of somebody who acts for the first; of nobody's without any."""
        with psycopg.connect(self.database.dsn("sw_web")) as connection, connection.cursor() as cursor:
            cursor.execute(VIEWERS, [array(viewers), str(viewers[0]) if viewers else ""])
            yield cursor

    def publish(self, number: int, typed: Typed = RULES, by: int = 0, at: datetime = AT) -> UUID:
        party = by or self.operator
        with self.asked_by(party) as cursor:
            actor = Actor("person", "9", "管理员 01", party)
            return announcing.publish(actor, cursor, typed=typed, id_=UUID(int=number), at=at).id

    def withdraw(self, id_: UUID, by: int = 0, reason: str = " 写错了 ") -> bool:
        party = by or self.operator
        with self.asked_by(party) as cursor:
            actor = Actor("person", "9", "管理员 01", party)
            return announcing.withdraw(actor, cursor, id_=id_, reason=reason, at=AT + timedelta(minutes=1))

    def standing(self, *viewers: int, at: datetime = AT + timedelta(minutes=2)) -> list[int]:
        with self.asked_by(*viewers) as cursor:
            return [one.id.int for one in announced.standing(cursor, at)]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def typed_at(at: datetime) -> str:
    return f"{at + timedelta(hours=8):%Y-%m-%dT%H:%M}"


def test_everybody_reads_what_the_operator_announces(desk: Desk) -> None:
    desk.publish(1)
    assert desk.standing() == desk.standing(desk.firm) == desk.standing(desk.operator) == [1]
    with desk.asked_by() as cursor:
        one = announced.one(cursor, UUID(int=1))
    assert one is not None
    assert (one.title.zh, one.text.en, one.published_by) == ("规则", "A text", "管理员 01")


def test_nobody_else_announces_or_withdraws(desk: Desk) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        desk.publish(1, by=desk.firm)
    desk.publish(2)
    assert not desk.withdraw(UUID(int=2), by=desk.firm)
    assert desk.standing() == [2]


@pytest.mark.parametrize(
    "statement",
    [
        "update announcement set title_zh = '改'",
        "update announcement set party = party",
        "delete from announcement",
    ],
)
def test_nothing_is_edited_by_the_operator_either(desk: Desk, statement: str) -> None:
    desk.publish(1)
    with desk.asked_by(desk.operator) as cursor, pytest.raises(psycopg.errors.InsufficientPrivilege):
        cursor.execute(statement)


def test_withdrawn_it_is_gone_but_for_the_operator_who_reads_why(desk: Desk) -> None:
    id_ = desk.publish(1)
    assert desk.withdraw(id_)
    assert not desk.withdraw(id_, reason="again")
    assert desk.standing(desk.operator) == []
    for viewers in ((), (desk.firm,)):
        with desk.asked_by(*viewers) as cursor:
            assert announced.one(cursor, id_) is None
            assert announced.past(cursor, AT + DAY) == []
    with desk.asked_by(desk.operator) as cursor:
        [one] = announced.past(cursor, AT + DAY)
        assert announced.listed(cursor, AT + DAY, None, 9, False) == []
    assert (one.withdrawn_for, one.withdrawn_by) == ("写错了", "管理员 01")


def test_what_is_to_be_shown_later_is_nobodys_until_then(desk: Desk) -> None:
    later = desk.publish(1, replace(RULES, shown_from=typed_at(AT + DAY)))
    with desk.asked_by(desk.firm) as cursor:
        assert announced.one(cursor, later) is None
        assert announced.ahead(cursor, AT) == []
    with desk.asked_by(desk.operator) as cursor:
        assert [one.id for one in announced.ahead(cursor, AT)] == [later]
        assert announced.listed(cursor, AT, None, 9, False) == []


def test_both_are_in_the_journal_for_the_operators_people_with_all_that_was_said(desk: Desk) -> None:
    desk.withdraw(desk.publish(1))
    (published, *of), (withdrawn, viewers, content, name) = desk.database.execute("postgres", ENTRIES)
    assert (published, withdrawn, name) == ("announcement.published", "announcement.withdrawn", "管理员 01")
    assert of[0] == viewers == [desk.operator]
    said = json.loads(bytes(of[1]))
    assert (said["title"], said["text"]) == ({"zh": "规则", "en": "Rules"}, {"zh": "正文", "en": "A text"})
    assert json.loads(bytes(content)) == {"title": {"zh": "规则", "en": "Rules"}, "reason": "写错了"}


def test_as_many_are_in_force_or_ahead_as_anybody_reads(desk: Desk) -> None:
    for number in range(1, MOST_STANDING):
        desk.publish(number)
    last = desk.publish(MOST_STANDING, replace(RULES, shown_from=typed_at(AT + DAY)))
    with pytest.raises(Declined) as declined:
        desk.publish(99, replace(RULES, kind=""))
    assert [problem.code for problem in declined.value.problems] == ["announcement.kind", "announcement.full"]
    assert len(desk.standing()) == MOST_STANDING - 1
    desk.withdraw(last)
    assert desk.publish(99)


def test_past_ones_are_read_page_by_page_each_once(desk: Desk) -> None:
    for number in range(1, 6):  # two and two of one moment
        at = AT - (10 - number // 2) * DAY
        desk.publish(number, replace(RULES, shown_until=typed_at(at + DAY)), at=at)
    desk.publish(9)
    with desk.asked_by() as cursor:
        found, place = [], None
        while page := announced.past(cursor, AT, place, 2):
            found += [one.id.int for one in page]
            place = Place(page[-1].shown_from, page[-1].id)
        assert found == [5, 4, 3, 2, 1]
        every = announced.listed(cursor, AT + timedelta(minutes=2), None, 9, False)
        standing = announced.listed(cursor, AT + timedelta(minutes=2), None, 9, True)
    assert [one.id.int for one in every] == [9, 5, 4, 3, 2, 1]
    assert [one.id.int for one in standing] == [9]
