"""A list is of everything the viewer may see: filtered, in order, page by page, honest where it stops."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from msgspec import structs

from database import Database
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import listing, queries, standing, walking
from singlewindow.hub.portal.walking import CHANGED, DUE, NEWEST, OLDEST, Asked

from .declared import BILL, BROKER, CUSTOMS, START, STRANGER, Story

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
IMPORTER, MANY, SEED = 11, 75, 20261121
SENT = queries.Received("customs", START)
STATES = (-10, 0, 5, 10, 12, 15, 18, 20, 30, 40, 50, 60, 70, 80)


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


@pytest.fixture
def many(story: Story) -> list[UUID]:
    return [story.declared(number) for number in range(MANY)]


def pages(asked: Asked) -> list[UUID]:
    """Every page of a list, one after the other."""
    found: list[UUID] = []
    while True:
        page = walking.walk(asked)
        found += page.ids
        if page.following is None:
            return found
        asked = structs.replace(asked, place=page.following)


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a few declarations reach."""
    monkeypatch.setattr(walking, "STEPS", (4, 8))
    monkeypatch.setattr(walking, "STEPS_OF_SENT", (4, 8))
    monkeypatch.setattr(walking, "LOOK_S", 0)


@pytest.mark.parametrize("of", [None, SENT], ids=["firm", "partner"])
def test_pages_follow_one_another_either_way(many: list[UUID], reading: Reading, of: Any) -> None:
    with reading(CUSTOMS if of else BROKER):
        assert pages(Asked(of=of)) == many[::-1]
        assert pages(Asked(of=of, sort=OLDEST)) == many
        assert len(walking.walk(Asked(of=of)).ids) == walking.PAGE


@pytest.mark.parametrize("of", [None, SENT], ids=["firm", "partner"])
def test_a_filter_looks_at_everything_and_says_how_far(
    many: list[UUID], story: Story, reading: Reading, monkeypatch: pytest.MonkeyPatch, of: Any
) -> None:
    for submission in many[::20]:
        story.database.execute(
            "postgres", "update sw.document set state = 60 where submission_id = %s", submission
        )
    hurried(monkeypatch)
    asked = Asked(states=listing.wanted("act"), of=of)
    with reading(CUSTOMS if of else BROKER):
        first = walking.walk(asked)
        assert (first.cut, first.looked) == (True, 12)
        assert first.following == walking.Place(START + timedelta(minutes=MANY - 12), many[MANY - 12])
        assert pages(asked) == many[::20][::-1]
        assert pages(structs.replace(asked, sort=OLDEST)) == many[::20]


def test_one_request_goes_on_looking_for_as_long_as_it_may(
    many: list[UUID], story: Story, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "STEPS", (4, 8))
    ticks = iter([0.0, 0.4, 0.8, 1.2])
    with reading(BROKER):
        page = walking.walk(Asked(words="nowhere"), lambda: next(ticks))
        assert (page.cut, page.looked) == (True, 4 + 8 + 8 + 8)
        assert page.following == walking.Place(START + timedelta(minutes=MANY - 28), many[MANY - 28])
        assert walking.deep(Asked(words="nowhere"), page)
        oldest = walking.walk(Asked(words=f"{BILL}-0"), lambda: 0.0)
        assert not walking.deep(Asked(), walking.walk(Asked()))
    assert (oldest.ids, oldest.following) == ((many[0],), None)


def changes(story: Story, submission: UUID, hours: float, partner: str | None = "customs") -> None:
    story.database.execute(
        "postgres",
        "update sw.document set changed_at = %s where submission_id = %s and id = %s",
        START + timedelta(days=3, hours=hours), submission, story.id_of(submission, partner),
    )  # fmt: skip


@pytest.mark.parametrize("of", [None, SENT], ids=["firm", "partner"])
def test_what_changed_last_comes_first(many: list[UUID], story: Story, reading: Reading, of: Any) -> None:
    for number, hours in ((3, 1), (40, 2), (0, 3)):
        changes(story, many[number], hours)
    story.barred(many[7], "single_inspection")
    moved = "update sw.disposition set changed_at = %s, viewers = %s"
    at = START + timedelta(days=3, hours=2.5)
    story.database.execute("postgres", moved, at, [BROKER, CUSTOMS])
    story.database.execute("postgres", "update sw.dossier_document set viewers = %s", [BROKER, CUSTOMS])
    first = [many[0], many[7], many[40], many[3]]
    asked = Asked(sort=CHANGED, of=of)
    with reading(CUSTOMS if of else BROKER):
        rest = [each for each in many[::-1] if each not in first]
        assert pages(asked) == first + rest
        page = walking.walk(asked)
        assert page.stands[:2] == (START + timedelta(days=3, hours=3), at)
        assert pages(structs.replace(asked, words="-40")) == [many[40]]
        assert pages(structs.replace(asked, states=listing.wanted("inspect"))) == [many[7]]
        assert walking.counted(asked) == walking.counted(structs.replace(asked, sort=NEWEST))
        assert pages(structs.replace(asked, until=date(2025, 11, 17))) == []
    with reading(STRANGER):
        assert pages(asked) == []


def test_what_only_others_are_told_changes_nobodys_order(
    many: list[UUID], story: Story, reading: Reading
) -> None:
    changes(story, many[5], 1)
    story.database.execute(
        "postgres", "update sw.document set viewers = %s where partner is not null", [CUSTOMS]
    )
    with reading(BROKER):
        assert pages(Asked(sort=CHANGED)) == many[::-1]


def test_the_order_by_change_is_of_the_newest_and_of_the_days_chosen(
    many: list[UUID], story: Story, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes(story, many[0], 9)
    changes(story, many[60], 1)
    monkeypatch.setattr(walking, "CHANGES", 40)
    with reading(BROKER):
        assert walking.among(Asked(sort=CHANGED)) == 40
        assert walking.left_out(Asked(sort=CHANGED))
        assert not walking.left_out(Asked(sort=NEWEST))
        assert pages(Asked(sort=CHANGED)) == [many[60], *(m for m in many[:34:-1] if m != many[60])]
        assert pages(Asked(sort=CHANGED, states=("accepted",))) == []


@pytest.mark.parametrize("of", [None, SENT], ids=["firm", "partner"])
@pytest.mark.parametrize(("most", "out"), [(MANY - 1, True), (MANY, False)])
def test_nothing_is_left_out_up_to_the_bound(
    many: list[UUID], reading: Reading, monkeypatch: pytest.MonkeyPatch, of: Any, most: int, out: bool
) -> None:
    monkeypatch.setattr(walking, "CHANGES_OF_SENT" if of else "CHANGES", most)
    with reading(CUSTOMS if of else BROKER):
        assert walking.left_out(Asked(sort=CHANGED, of=of)) is out


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        (f"{BILL}-17", [17]),
        ("386-7", [7, *range(70, 75)]),
        ("86-7 2045", [7, *range(70, 75)]),
        (f"{BILL.lower()}-17", [17]),
        ("甲岚", range(MANY)),
        ("JIALAN -17", [17]),
        ("乙岚", []),
        ("%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_words_are_parts_of_numbers_and_names(
    many: list[UUID], story: Story, reading: Reading, words: str, fit: Any
) -> None:
    story.party(BROKER, "甲岚报关", "Jialan Customs Broker")
    story.party(STRANGER, "乙岚报关", "Yilan Customs Broker")
    with reading(BROKER):
        assert pages(Asked(words=words)) == [many[number] for number in reversed(fit)]
        assert walking.counted(Asked(words=words)).looked == MANY
        assert sum(walking.counted(Asked(words=words)).numbers.values()) == len(fit)


def test_an_officer_finds_a_firm_by_its_name_where_its_own_document_bears_it(
    many: list[UUID], story: Story, reading: Reading
) -> None:
    story.party(BROKER, "甲岚报关", "Jialan Customs Broker")
    story.party(CUSTOMS, "某海关", "Some Customs", partner="customs", kind="agency")
    story.database.execute("postgres", "delete from sw.receives")
    with reading(CUSTOMS):
        assert pages(Asked(words="甲岚", of=SENT)) == []
    story.insert(
        "receives",
        partner="customs",
        document="customs",
        entry="declarant_name",
        only_dangerous=False,
    )
    with reading(CUSTOMS):
        assert pages(Asked(words="甲岚", of=SENT)) == many[::-1]
        assert pages(Asked(words="海关", of=SENT)) == []


def test_days_are_whole_days_of_the_platform(story: Story, reading: Reading) -> None:
    day = 24 * 60  # START is 09:52 in Chongqing, on the 18th
    before, last, after = (story.declared(minutes) for minutes in (-day, 14 * 60, 15 * 60))
    with reading(BROKER):
        assert pages(Asked(since=date(2025, 11, 18), until=date(2025, 11, 18))) == [last]
        assert pages(Asked(since=date(2025, 11, 18))) == [after, last]
        assert pages(Asked(until=date(2025, 11, 17))) == [before]
        assert pages(Asked(since=date(2025, 11, 19), until=date(2025, 11, 18))) == []
    with reading(CUSTOMS):
        assert pages(Asked(until=date(2025, 11, 17), of=SENT)) == [before], "older ones by their days"
        assert pages(Asked(of=SENT)) == [after, last]


def test_a_list_that_stops_by_itself_says_where_and_the_next_goes_on_there() -> None:
    whole = date(2025, 11, 17)
    assert walking.ends(Asked(of=SENT)) == START
    month = walking.ends(Asked(of=SENT, until=whole))
    assert month == walking.midnight(whole, 1) - queries.HORIZON
    assert walking.ends(Asked(of=SENT, since=whole)) is None
    assert walking.ends(Asked()) is None
    assert walking.ends(Asked(of=SENT, until=date(2000, 1, 5))) is None


def test_the_nearest_deadline_comes_first_and_none_last(
    many: list[UUID], story: Story, reading: Reading
) -> None:
    for number, hours in ((3, 5), (9, 2), (30, None), (31, 5)):
        story.duty(many[number], hours)
    story.duty(many[3], 8, code="again")
    story.duty(many[40], 1, done=True)
    with reading(BROKER):
        assert pages(Asked(sort=DUE)) == [many[number] for number in (9, 3, 31, 30)]
        assert pages(Asked(sort=DUE, words="-31")) == [many[31]]
        place = walking.Place(START + timedelta(hours=5), many[3])
        assert walking.walk(Asked(sort=DUE, place=place)).ids == (many[31], many[30])
    with reading(STRANGER):
        assert pages(Asked(sort=DUE)) == []


def test_what_the_number_says_is_what_the_line_says(story: Story, reading: Reading) -> None:
    """Declarations in every combination of what is kept, filtered and counted as they are shown."""
    chance = random.Random(SEED)
    for number in range(150):
        submission = story.declared(number)
        story.kept(submission, chance.choice(STATES))
        if chance.random() < 0.5:
            story.barred(submission, chance.choice([*standing.BARS, "pending", "released"]))
        if chance.random() < 0.4:
            story.waiting(submission, chance.choice([0, 3]), chance.choice([0, 1]))
        if chance.random() < 0.3:
            story.draft(submission, handed_in=chance.random() < 0.7)
    with reading(BROKER):
        every = listing.lines(queries.chosen(pages(Asked())), START)
        assert len(every) == 150, f"seed {SEED}"
        found = {each.id: each.number for each in listing.counts(walking.counted(Asked()), "all")}
        for question, _, _, several in listing.FILTERS:
            fit = [line.id for line in every if not several or line.state.id in several]
            assert pages(Asked(states=several)) == fit, f"{question}, seed {SEED}"
            assert found[question] == len(fit), f"{question}, seed {SEED}"


def test_counts_say_that_there_are_more(
    many: list[UUID], reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(BROKER):
        assert not walking.counted(Asked()).cut
        monkeypatch.setattr(walking, "COUNTED", 10)
        counted = walking.counted(Asked())
    assert (counted.looked, counted.cut, sum(counted.numbers.values())) == (10, True, 10)
    assert counted.until == START + timedelta(minutes=MANY - 10)


def test_whoever_had_it_declared_lists_it_too_and_several_parties_list_it_once(
    many: list[UUID], story: Story, reading: Reading
) -> None:
    for submission in many[:40]:
        story.database.execute(
            "postgres", "update sw.document set viewers = %s where submission_id = %s and partner is null",
            [BROKER, IMPORTER], submission,
        )  # fmt: skip
    with reading(IMPORTER):
        assert pages(Asked()) == many[:40][::-1]
        assert pages(Asked(sort=OLDEST)) == many[:40]
    with reading(BROKER, IMPORTER):
        assert pages(Asked()) == many[::-1]
        assert pages(Asked(sort=OLDEST)) == many
    with reading(STRANGER):
        assert pages(Asked()) == []
        assert walking.counted(Asked()).numbers == {}


def test_a_declaration_is_of_two_firms_at_most(story: Story) -> None:
    submission = story.declared(1)
    with pytest.raises(Exception, match="document_of_two_firms"):
        story.database.execute(
            "postgres", "update sw.document set viewers = '{1,2,3}' where submission_id = %s", submission
        )


@pytest.mark.parametrize("order", [NEWEST, OLDEST])
@pytest.mark.parametrize("viewer", [BROKER, IMPORTER, STRANGER])
def test_a_page_reads_no_more_than_it_looks_at(
    story: Story, reading: Reading, order: str, viewer: int
) -> None:
    """However many declarations a firm has, and others beside it: nothing is read to be sorted."""
    story.crowd(3_000, [BROKER, IMPORTER])
    story.database.execute("postgres", "analyze sw.document")
    asked = Asked(sort=order)
    text = statements_beside(walking.__file__, "walking.sql")
    given = walking._given(asked, None, order != NEWEST) | {"look": 31, "wanted": 31}
    with reading(viewer), connection.cursor() as cursor:
        statement = "explain (analyze, buffers, timing off, format json) " + "\n".join(
            text[part] for part in ("declared", "plain_page")
        )
        for _ in range(2):  # the first time also reads what the catalogue says
            cursor.execute(statement, given)
            plan = cursor.fetchone()[0]
    (found,) = queries.read_jsonb(plan)
    assert found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"] < 120


def test_the_order_by_change_reads_by_keys_however_many_others_there_are(
    story: Story, reading: Reading
) -> None:
    """5,000 of one's own among as many of others: each is looked up, nothing is walked."""
    story.crowd(5_000, [BROKER])
    story.crowd(5_000, [STRANGER])
    story.database.execute("postgres", "analyze sw.document")
    asked = Asked(sort=CHANGED)
    text = statements_beside(walking.__file__, "walking.sql")
    statement = "explain (analyze, buffers, timing off, format json) " + "\n".join(
        text[part] for part in (*walking._source(asked), "plain_page")
    )
    given = walking._given(asked, None, False) | {"look": 31, "wanted": 31}
    read = {}
    for viewer in (BROKER, IMPORTER):
        with reading(viewer), connection.cursor() as cursor:
            for _ in range(2):
                cursor.execute(statement, given)
                (found,) = queries.read_jsonb(cursor.fetchone()[0])
        read[viewer] = found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"]
        assert READ & set(walked(found["Plan"])) == set()
    assert read[BROKER] < 16 * 5_000
    assert read[IMPORTER] < 120


READ = {"document", "dossier_document", "disposition"}


def walked(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from walked(part)


def test_an_id_that_is_nobodys_is_no_line(story: Story, reading: Reading) -> None:
    with reading(BROKER):
        assert queries.chosen([uuid4()]) == []
        assert queries.chosen([]) == []
