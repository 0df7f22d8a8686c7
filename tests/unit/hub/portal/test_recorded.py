"""Entries of the journal in people's words: no kinds or numbers of ours, one language at a time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone

import plain_django  # noqa: F401 - before what needs it
import singlewindow
from singlewindow.hub.portal import names, recorded
from singlewindow.hub.portal.names import Partner
from singlewindow.kernel.messages import Text

SOURCES = Path(singlewindow.__file__).parent
KIND = re.compile(r'subject_kind="([a-z_]+)"|told\(\s*"[a-z.]+", "([a-z_]+)"')
ACTOR = re.compile(r'Actor\("system", "([a-z.]+)"')


@pytest.fixture(autouse=True)
def known() -> None:
    terminal = Partner(
        "terminal", Text("码头", "Terminal"), "码", letters={"STP": Text("卸船", "Discharged")}
    )
    names.fill([terminal], {"delivery_notice": Text("提箱通知", "Delivery notice")})


def written(pattern: re.Pattern[str]) -> set[str]:
    return {
        next(filter(None, found.groups()))
        for path in SOURCES.rglob("*.py")
        if "tests" not in path.parts
        for found in pattern.finditer(path.read_text("utf-8"))
    }


def test_whatever_entries_are_about_has_a_name() -> None:
    kinds = written(KIND)
    assert {"document", "dossier", "gate"} <= kinds
    assert not [kind for kind in kinds if recorded.about(kind, {}).kind.zh == kind]


def test_parts_of_the_platform_have_one_name_a_language() -> None:
    actors = written(ACTOR)
    assert "coordination" in actors
    for each in actors:
        name = recorded.actor("system", each, "综合处置 Coordination")
        assert name.zh.isascii() is False
        assert name.en.isascii()


def test_a_thing_is_called_by_its_number() -> None:
    lane = recorded.about("lane", {"partner": "terminal", "reason": "r"})
    assert (lane.kind.zh, lane.kind.en, lane.number) == ("通道 码头", "Lane Terminal", "")
    order = recorded.about("inspection", {"number": "CY1", "name": "CQXU2045171"})
    assert (order.kind.zh, order.number) == ("查验单", "CY1")
    receipt = recorded.about("document", {"facts": {"container": "CQXU2045171"}})
    assert receipt.number == "CQXU2045171"
    assert recorded.about("document", {"facts": "none"}).number == ""


@pytest.mark.parametrize(
    ("verb", "kind", "content", "said"),
    [
        ("receipt.received", "document", {"stage": "business", "code": "STP", "outcome": "noted"}, "卸船"),
        ("receipt.received", "document", {"stage": "business", "code": "?", "outcome": "released"}, "放行"),
        ("receipt.received", "document", {"stage": "technical"}, "网关回执"),
        ("receipt.received", "document", {"stage": "business", "outcome": "of tomorrow"}, ""),
        (
            "document.issued",
            "document",
            {"document": "delivery_notice", "partner": "terminal"},
            "提箱通知 → 码头",
        ),
        ("duty.opened", "document", {"text_zh": "到场", "text_en": "Attend"}, "到场"),
        ("task.ended", "dossier", {"number": "A", "why": "declared"}, "A 已申报，不必再核"),
        ("task.ended", "dossier", {"number": "", "why": "said_anew"}, "机关已另行下达指令"),
        ("task.ended", "dossier", {"why": "of tomorrow"}, ""),
        (
            "inspection.closed",
            "inspection",
            {"name": "CQXU2045171", "conclusion": "normal"},
            "CQXU2045171 正常",
        ),
        (
            "release.issued",
            "release",
            {"containers": ["CQXU2045171", "CQXU3188623"]},
            "CQXU2045171 CQXU3188623",
        ),
        (
            "gate.barred",
            "gate",
            {"name": "CQX2511070386", "conveyance": "DEMO YANGTZE 08", "voyage": "2611W"},
            "提运单 CQX2511070386，DEMO YANGTZE 08 / 2611W",
        ),
        ("gate.cleared", "gate", {"voyage": "2611W"}, "2611W"),
        ("gate.refused", "gate", {"reasons": [["G-31", "封志不符", "The seal differs"]]}, "封志不符"),
        (
            "composite.changed",
            "dossier",
            {"objects": [{"number": "A", "disposition": "released"}, {"disposition": "of tomorrow"}]},
            "A 综合放行",
        ),
        ("person.admitted", "person", {"roles": ["auditor", "of tomorrow"]}, "审计员"),
        ("mandate.given", "mandate", {"scope": "goods_declaration"}, "货物申报"),
        ("message.sent", "batch", {"messages": ["1", "2"]}, "2 份"),
        (
            "message.laid_aside",
            "message",
            {"partner": "terminal", "reason": "已电话告知"},
            "码头：已电话告知",
        ),
        ("answer.laid_aside", "receipt", {"reason": "读不懂"}, "读不懂"),
        (
            "platform.restored",
            "platform",
            {"since": "2026-11-22T18:00:00+00:00", "dump": "3f9a"},
            "备份时间 2026-11-23 02:00:00；SHA-256 3f9a",
        ),
        (
            "gate.refused",
            "gate",
            {"reasons": [["G-21", "挂起：海关", "On hold"], ["G-21", "单独查验：边检", "Inspection"]]},
            "挂起：海关；单独查验：边检",
        ),
        ("of.tomorrow", "thing", {}, ""),
    ],
)
def test_an_entry_says_more_than_its_verb(
    verb: str, kind: str, content: dict[str, object], said: str
) -> None:
    assert recorded.detail(verb, kind, "terminal", content).zh == said


def test_what_was_done_to_an_inspection_is_said_in_both_languages() -> None:
    step = {"name": "CQXU2045171", "appointed": True, "appointed_at": "2026-11-24T02:00:00Z", "place": "B-07"}
    with timezone.override("Asia/Shanghai"):
        agreed = recorded.detail("inspection.scheduled", "inspection", "1", step)
    assert (agreed.zh, agreed.en) == ("CQXU2045171 11-24 周二 10:00 B-07", "CQXU2045171 Tue 11-24 10:00 B-07")
    found = {"found": [{"item": "核对件数", "result": "abnormal", "note": "少 2 件", "agency": "customs"}]}
    said = recorded.detail("inspection.recorded", "inspection", "1", {"name": "CQXU2045171"} | found)
    assert said.zh == "CQXU2045171 核对件数 异常（少 2 件）"
    assert said.en == "CQXU2045171 核对件数 abnormal (少 2 件)"


def test_what_was_decided_of_an_inspection_is_said_before_how_it_stands() -> None:
    box = {"name": "CQXU2045171", "conclusion": "normal"}
    off = {"name": "CQXU2045171", "called_off": "2026-11-24T02:00:00Z", "reason": "场桥故障"}
    with timezone.override("Asia/Shanghai"):
        gone = recorded.detail("inspection.called_off", "inspection", "1", off)
    assert gone.zh == "CQXU2045171 原约 11-24 周二 10:00：场桥故障"
    assert gone.en == "CQXU2045171 it was Tue 11-24 10:00: 场桥故障"
    taken = recorded.detail("inspection.changed", "inspection", "1", box | {"recognised": "maritime"})
    assert taken.en == "CQXU2045171 Earlier result recognised"
    looks = box | {"again": "未查人员", "second": "CY2"}
    assert recorded.done(looks) == Text("另开查验 CY2：未查人员", "inspected again, CY2: 未查人员")


def test_of_an_announcement_its_title_is_told_and_why_it_was_withdrawn() -> None:
    title = {"title": {"zh": "停机", "en": "A stop"}}
    published = recorded.detail("announcement.published", "announcement", "1", title)
    withdrawn = recorded.detail("announcement.withdrawn", "announcement", "1", title | {"reason": "改期"})
    assert (published, withdrawn) == (Text("停机", "A stop"), Text("停机；改期", "A stop; 改期"))
