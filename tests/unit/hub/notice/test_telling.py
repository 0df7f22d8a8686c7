"""From entries to notices: who is told as what, and of nothing that is another's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.journal.subscriber import Numbered
from singlewindow.hub.notice.following import LIVE, announcement
from singlewindow.hub.notice.live import Client
from singlewindow.hub.notice.live import _read as heard
from singlewindow.hub.notice.rules import book
from singlewindow.hub.notice.telling import Circumstances, Notice, Parties, Party, notices
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SUBMISSION, SUBJECT = UUID(int=1), UUID(int=2)
PLATFORM, CUSTOMS, QUARANTINE, TERMINAL, BROKER, IMPORTER, FORWARDER = range(1, 8)
PARTIES = Parties(
    Party(id_, kind, partner, Text(zh, en))
    for id_, kind, partner, zh, en in (
        (PLATFORM, "platform", None, "中心", "Centre"),
        (CUSTOMS, "agency", "customs", "海关", "Customs"),
        (QUARANTINE, "agency", "quarantine", "检验检疫", "Inspection and quarantine"),
        (TERMINAL, "operator", "terminal", "码头", "Terminal"),
        (BROKER, "firm", None, "乙", "B"),
        (IMPORTER, "firm", None, "甲", "A"),
        (FORWARDER, "firm", None, "丙", "C"),
    )
)
KNOWN = {SUBMISSION: Circumstances("CQX1", BROKER, FORWARDER)}
EVERYBODY = [PLATFORM, CUSTOMS, QUARANTINE, TERMINAL, BROKER, IMPORTER, FORWARDER]
ORDERED = {"number": "CY1", "name": "CQXU2045171", "agencies": ["customs"], "items": ["核对品名：锂电池"]}


def entry(
    verb: str, content: dict[str, Any] | None, viewers: list[int], submission: UUID | None = SUBMISSION
) -> Numbered:
    body = None if content is None else msgspec.json.encode(content)
    return Numbered(
        7, 7, AT, verb, "component", "customs", "海关", 0, "inspection", SUBJECT, submission, body, viewers
    )


def told(*entries: Numbered) -> list[Notice]:
    return list(notices(entries, KNOWN, PARTIES, book()))


def test_everybody_is_told_as_what_they_are() -> None:
    found = told(entry("inspection.ordered", ORDERED, EVERYBODY))
    assert {one.party: one.role for one in found} == {
        CUSTOMS: "agency",
        TERMINAL: "terminal",
        BROKER: "declarant",
        IMPORTER: "importer",
        FORWARDER: "forwarder",
    }, "quarantine takes no part, and the platform is not told of inspections"


def test_what_an_agency_looks_for_is_in_no_notice() -> None:
    (one,) = {(one.title.zh, one.detail.zh) for one in told(entry("inspection.ordered", ORDERED, EVERYBODY))}
    assert one == ("CQXU2045171 须查验", "海关，查验单 CY1")


def test_words_stand_in_both_languages_with_the_ports_clock() -> None:
    appointed = ORDERED | {"appointed_at": "2026-11-23T06:00:00Z", "place": "B-07"}
    one = told(entry("inspection.scheduled", appointed, [BROKER]))[0]
    assert one.title == Text(
        "CQXU2045171 查验已预约 11-23 14:00", "CQXU2045171: inspection appointed for 11-23 14:00"
    )
    assert one.detail == Text("B-07，海关，查验单 CY1", "B-07, Customs, order CY1")


def test_many_containers_are_counted() -> None:
    boxes = [[f"CQXU{n:07d}", ""] for n in range(5)]
    one = told(entry("release.issued", {"number": "FX1", "name": "B", "containers": boxes}, [BROKER]))[0]
    assert one.title.zh == "综合放行：CQXU0000000 CQXU0000001 CQXU0000002 +2"


BARRED = {"number": "CQXU2045171", "why": "held", "agencies": ["quarantine"]}
ELSE = "Inspection and quarantine ordered otherwise since, you are told when it may leave"
CALL = {"conveyance": "DEMO YANGTZE 08", "voyage": "2611W"}


@pytest.mark.parametrize(
    ("known", "zh", "en"),
    [
        (
            {"name": "CQX1", **CALL},
            "提运单 CQX1，DEMO YANGTZE 08 / 2611W；检验检疫另有指令，恢复时另行通知",
            f"bill CQX1, DEMO YANGTZE 08 / 2611W; {ELSE}",
        ),
        (
            CALL,
            "DEMO YANGTZE 08 / 2611W；检验检疫另有指令，恢复时另行通知",
            f"DEMO YANGTZE 08 / 2611W; {ELSE}",
        ),
        (
            {},
            "检验检疫另有指令，恢复时另行通知",
            ELSE,
        ),
    ],
    ids=["alone in its box", "shared", "of no call"],
)
def test_a_terminal_is_told_which_box_of_which_call(known: dict[str, str], zh: str, en: str) -> None:
    (one,) = told(entry("gate.barred", BARRED | known, [TERMINAL]))
    assert one.title.zh == "CQXU2045171 暂停出闸"
    assert one.detail == Text(zh, en)


@pytest.mark.parametrize("verb", ["gate.barred", "gate.cleared"])
@pytest.mark.parametrize("why", ["claimed", "shared", "held"])
def test_whatever_is_told_of_a_pass_names_its_call(verb: str, why: str) -> None:
    (one,) = told(entry(verb, BARRED | {"why": why} | CALL, [TERMINAL]))
    assert one.detail.zh.startswith("DEMO YANGTZE 08 / 2611W；")
    assert one.detail.en.startswith("DEMO YANGTZE 08 / 2611W; ")


def test_an_erased_entry_is_told_without_words_and_does_no_harm() -> None:
    assert [one.topic for one in told(entry("inspection.ordered", None, [BROKER]))] == ["inspection_ordered"]


def test_a_shared_thing_leads_to_no_consignment() -> None:
    assert {one.submission_id for one in told(entry("inspection.ordered", ORDERED, EVERYBODY, None))} == {
        None
    }


@given(st.lists(st.sampled_from([*EVERYBODY, 99]), max_size=12), st.sampled_from(sorted(book().verbs)))
def test_nobody_is_told_twice_or_of_what_they_may_not_read(viewers: list[int], verb: str) -> None:
    content = ORDERED | {"outcome": "refused", "conclusion": "normal", "duty": "pay_tax"}
    parties = [one.party for one in told(entry(verb, content, viewers))]
    assert len(parties) == len(set(parties))
    assert set(parties) <= {*viewers, PLATFORM}
    # the operator's own to know, whoever else reads them
    operators = ("message.buried", "party.merged", "platform.restored")
    assert verb in operators or verb.startswith("lane.") or PLATFORM not in parties or PLATFORM in viewers


def test_a_browser_hears_of_its_own_box_alone() -> None:
    mine, other = Client((BROKER,), most=10), Client((99,), most=10)
    for client in (mine, other):
        client.tell(heard(announcement([BROKER, IMPORTER])))
    assert msgspec.json.decode(mine.take()) == [LIVE]
    assert not other.news.is_set()


def test_an_announcement_to_very_many_stays_short() -> None:
    assert heard(announcement([*range(5_000)])).many
    assert len(announcement([*range(1_000_000, 1_000_900)])) < 8_000


def test_who_came_late_is_named_as_such() -> None:
    late = ORDERED | {"change": "order", "offered": ["quarantine"]}
    found = {one.party: one for one in told(entry("inspection.changed", late, EVERYBODY))}
    assert found[BROKER].detail.en == (
        "Taking part now: Customs, late and to be offered the result: Inspection and quarantine, order CY1"
    )
    plain = told(entry("inspection.changed", ORDERED | {"change": "order"}, [BROKER]))[0]
    assert plain.detail.zh == "现参加：海关，查验单 CY1"


def test_what_has_left_is_not_told_to_stay() -> None:
    gone = {"number": "FX1", "containers": ["CQXU2045171"], "goods": "gone"}
    assert "已出闸" in told(entry("release.revoked", gone, [BROKER]))[0].title.zh
    kept = told(entry("release.revoked", gone | {"goods": "boxed"}, [BROKER]))[0]
    assert kept.detail.zh == "放行单 FX1，不得提箱"
    held = told(entry("release.revoked", gone | {"goods": "boxed", "agencies": ["quarantine"]}, [BROKER]))[0]
    assert held.detail.zh == "放行单 FX1，不得提箱：检验检疫"
    assert held.detail.en == "release FX1, not to leave: Inspection and quarantine"


def test_traders_are_told_when_a_release_ends_and_of_the_new_one() -> None:
    ending = {"number": "FX1", "containers": ["CQXU2045171"], "name": "B1", "ends_at": "2026-12-05T09:30:00Z"}
    (said,) = told(entry("release.ending", ending, [BROKER]))
    assert said.title.zh == "放行单即将到期：CQXU2045171"
    assert said.detail.en.startswith("bill B1, release FX1 ends 12-05 17:30: collect before")
    renewed = {"number": "FX2", "containers": ["CQXU2045171"], "name": "B1", "change": "renewed"}
    (anew,) = told(entry("release.issued", renewed, [BROKER]))
    assert (anew.title.zh, anew.detail.zh) == ("放行单已换发：CQXU2045171", "提运单 B1，新放行单 FX2")


def test_agencies_are_told_that_a_container_is_called_back_no_more() -> None:
    ended = {"number": "CQXU2045171", "name": "B1", "agencies": ["quarantine"]}
    found = told(entry("recall.ended", ended, EVERYBODY))
    assert {one.party for one in found} == {QUARANTINE, TERMINAL, BROKER, IMPORTER, FORWARDER}
    assert {one.title.zh for one in found} == {"CQXU2045171 不再召回"}


ADMITTED = {"party": BROKER, "login": "b.second", "roles": ["party_administrator"]}
MERGED = {"party": QUARANTINE, "heir": CUSTOMS, "code": "quarantine", "into": "customs", "from": "2027-01-01"}


def test_a_party_and_the_platform_are_told_of_an_administrator_that_the_operator_gave() -> None:
    found = told(entry("person.admitted", ADMITTED | {"change": "another"}, [PLATFORM, BROKER], None))
    assert {one.party: one.role for one in found} == {BROKER: "party", PLATFORM: "platform"}
    assert {one.title for one in found} == {
        Text("乙新增管理员：b.second", "B has another administrator: b.second")
    }
    for more in ({}, {"change": "first"}):  # whom their own administrator admits, and whom they begin with
        assert told(entry("person.admitted", ADMITTED | more, [PLATFORM, BROKER], None)) == []


def test_both_agencies_and_the_platform_are_told_of_a_merger() -> None:
    found = told(entry("party.merged", MERGED, [PLATFORM, QUARANTINE, CUSTOMS], None))
    assert {one.party: one.role for one in found} == {
        QUARANTINE: "party",
        CUSTOMS: "party",
        PLATFORM: "platform",
    }
    assert {one.title for one in found} == {
        Text(
            "检验检疫自 2027-01-01 起并入海关",
            "Inspection and quarantine is merged into Customs from 2027-01-01",
        )
    }
    assert found[0].detail.en.startswith("from that day Customs is asked for what Inspection and quarantine")
