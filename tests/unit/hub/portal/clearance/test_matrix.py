"""Object × agency: what reaches a cell, what is written where nothing does, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.portal.clearance.matrix import Cell, Line, matrix
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 21, 9, 53, tzinfo=UTC)
DOSSIER = UUID(int=7)
CALL = "2/9999993/2511E"
ONE, TWO = f"CQXU2045171@{CALL}", f"CQXU3188623@{CALL}"
AGENCIES = ("customs", "quarantine", "border", "maritime")


def agency(id_: str) -> dict[str, Any]:
    return {"partner": id_, "seal": id_[0], "name_zh": f"{id_}署", "name_en": id_}


def box(key: str, lines: str) -> dict[str, Any]:
    number = key.partition("@")[0]
    row = {"dossier": DOSSIER, "key": key, "number": number, "seal": "S", "lot": False, "lines": lines}
    return row | {"standing": "counts"}


def said(who: str, order: int, kind: str, key: str, version: int = 1, **more: Any) -> dict[str, Any]:
    row = {
        "agency": who,
        "channel": "instruction",
        "id": f"{who}-{key[:11]}",
        "version": version,
        "dossier": DOSSIER,
        "origin": None,
        "order": order,
        "subject_kind": kind,
        "subject_key": key,
        "method": "",
        "items": [],
        "basis": "",
        "text": "随机布控",
        "withdrawn": False,
        "at": AT,
        "executed": [],
    }
    return row | more


def decided(key: str, kind: str, agencies: Any = (), missing: Any = (), **more: Any) -> dict[str, Any]:
    row = {
        "dossier": DOSSIER,
        "subject_kind": "container",
        "subject_key": key,
        "kind": kind,
        "agencies": agencies,
        "missing": missing,
        "used": (),
        "changed_at": AT,
    }
    return row | more


def kept(instructions: Any, dispositions: Any, **more: Any) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {
        "dossiers": [{"id": DOSSIER, "goods": "bill", "name": "CQX2511070386", "call": CALL}],
        "containers": [box(ONE, "1,3"), box(TWO, "2")],
        "conveyances": [{"key": CALL, "number": "DEMO YANGTZE 08"}],
        "addressed": [{"dossier": DOSSIER, "partner": one} for one in (*AGENCIES, "terminal")],
        "agencies": [agency(one) for one in AGENCIES],
        "instructions": list(instructions),
        "sent": [],
        "dispositions": list(dispositions),
        "passes": [],
        "waiting": [],
        "releases": [],
        "orders": [],
        "parts": [],
    }
    return rows | more


def lines(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Line]:
    found = matrix(rows, AT)
    assert found is not None
    return {line.number: line for line in found.lines}


def cell(line: Line, who: str) -> Cell:
    return next(one for one in line.cells if one.agency.id == who)


def test_two_agencies_that_inspect_one_container_leave_the_other_alone() -> None:
    orders = [
        said("customs", 2, "container", ONE, method="opened"),
        said("quarantine", 2, "container", ONE, version=2),
        said("customs", 1, "bill", str(DOSSIER)),
    ]
    found = lines(
        kept(
            orders,
            [
                decided(ONE, "joint_inspection", ("customs", "quarantine")),
                decided(TWO, "pending", (), ("quarantine",)),
            ],
        )
    )
    one, two = found["CQXU2045171"], found["CQXU3188623"]
    assert one.kind is not None
    assert one.kind.id == "joint_inspection"
    assert "customs署、quarantine署 2 家" in one.why[0].zh
    customs = cell(one, "customs")
    assert customs.word is not None
    assert (customs.word.shape, customs.at) == ("ins", AT)
    assert customs.method is not None
    assert customs.reference is not None
    assert customs.reference.zh == "customs-CQXU2045171 · v1"
    released, awaited = cell(two, "customs").word, cell(two, "quarantine").word
    assert released is not None
    assert awaited is not None
    assert (released.shape, awaited.id) == ("ok", "awaited")
    assert one.strong
    assert not two.strong


def test_who_is_not_concerned_is_written_so_and_partners_that_are_no_agencies_have_no_column() -> None:
    found = matrix(kept([said("border", 1, "conveyance", CALL)], []), AT)
    assert found is not None
    assert [one.id for one in found.agencies] == list(AGENCIES)
    conveyance = found.lines[0]
    assert conveyance.number == "DEMO YANGTZE 08 / 2511E"
    assert cell(conveyance, "customs").word is None
    border = cell(conveyance, "border").word
    assert border is not None
    assert border.id == "1"
    # A release of the conveyance frees the conveyance, not its cargo.
    assert all(cell(line, "border").word is None for line in found.lines[1:])


def test_a_withdrawn_instruction_counts_as_none_and_is_still_told() -> None:
    orders = [
        said("customs", 3, "container", ONE),
        said("customs", 3, "container", ONE, version=2, withdrawn=True, text="误布控"),
    ]
    shown = cell(lines(kept(orders, []))["CQXU2045171"], "customs")
    assert shown.word is not None
    assert (shown.word.id, shown.text and shown.text.zh) == ("withdrawn", "误布控")


def test_what_rests_on_a_replaced_document_is_shown_as_past_and_counts_as_none(pages: None) -> None:
    first, second = UUID(int=71), UUID(int=72)
    orders = [said("quarantine", 4, "bill", str(DOSSIER), origin=first)]
    sent = [
        {
            "dossier": DOSSIER,
            "agency": "quarantine",
            "id": id_,
            "load": "",
            "ended": AT if id_ == first else None,
            "at": at,
        }
        for id_, at in ((first, AT), (second, AT + timedelta(hours=1)))
    ]
    awaited = kept(orders, [decided(ONE, "pending", (), ("quarantine",))], sent=sent)
    shown = cell(lines(awaited)["CQXU2045171"], "quarantine")
    assert shown.word is not None
    assert shown.word.id == "awaited"
    past = matrix(kept(orders, [decided(ONE, "released")], sent=sent), AT)
    assert past is not None
    assert past.given == 0
    shown = cell(next(line for line in past.lines if line.number == "CQXU2045171"), "quarantine")
    assert shown.word is not None
    assert shown.text is not None
    assert (shown.word.id, shown.word.shape) == ("replaced", "off")
    assert shown.text.zh == "原为“不予放行”，由 2026-11-21 18:53:00 的新单证取代"
    now = said("quarantine", 1, "bill", str(DOSSIER), origin=second, id="Q2")
    shown = cell(lines(kept([*orders, now], [], sent=sent))["CQXU2045171"], "quarantine")
    assert shown.word is not None
    assert shown.word.id == "1"


def test_an_executed_inspection_stands_in_nobodys_way() -> None:
    orders = [said("customs", 2, "container", ONE, executed=[ONE])]
    shown = cell(lines(kept(orders, []))["CQXU2045171"], "customs")
    assert shown.word is not None
    assert shown.word.id == "executed"


def test_a_bill_is_what_its_containers_are() -> None:
    found = lines(
        kept([], [decided(ONE, "released"), decided(TWO, "joint_inspection", ("customs", "quarantine"))])
    )
    bill = found["CQX2511070386"]
    assert bill.kind is not None
    assert bill.kind.id == "joint_inspection"
    assert [one.zh for one in bill.why] == ["含箱 CQXU3188623 的未结处置（联合查验）；其余 1 箱不受牵连"]


def test_a_bill_names_the_container_whose_release_is_missing() -> None:
    found = lines(kept([], [decided(ONE, "released"), decided(TWO, "pending", (), ("quarantine",))]))
    bill = found["CQX2511070386"]
    assert bill.kind is not None
    assert bill.kind.id == "pending"
    assert [one.en for one in bill.why] == [
        "CQXU3188623: release of quarantine is missing; the other 1 not affected"
    ]


def test_a_call_stands_as_it_was_decided_and_of_one_that_nobody_tells_there_is_no_line() -> None:
    decision = decided(CALL, "held", ("border",)) | {"dossier": NOBODYS, "subject_kind": "conveyance"}
    call = lines(kept([], [decision]))["DEMO YANGTZE 08 / 2511E"]
    assert call.kind is not None
    assert (call.kind.id, call.why[0].zh) == ("held", "border署挂起，未结")
    assert "DEMO YANGTZE 08 / 2511E" not in lines(kept([], []))


def test_a_release_says_its_number_and_what_became_of_it(pages: None) -> None:
    good = {"key": ONE, "releases": ["FX1"], "valid_until": AT + timedelta(days=1)}
    states = []
    for change in ({}, {"used_at": AT}, {"revoked_at": AT}, {"valid_until": AT}):
        row = {"used_at": None, "revoked_at": None, "suspended": ""} | good | change
        stands = (
            decided(ONE, "held", ("customs",))
            if change.keys() == {"revoked_at"}
            else decided(ONE, "released")
        )
        release = lines(kept([], [stands], passes=[row]))["CQXU2045171"].release
        assert release is not None
        assert release.numbers == "FX1"
        states.append(release.kind)
    assert states == ["ok", "off", "deny", "warn"]


@pytest.mark.parametrize(
    ("why", "zh", "en"),
    [
        ("claimed", "运行中心或海关核定", "decides"),
        ("shared", "其他货物放行", "waits for"),
        ("", "其他货物放行", "waits for"),  # an order on other goods in it took the pass away
    ],
)
def test_a_suspended_pass_is_not_called_revoked(pages: None, why: str, zh: str, en: str) -> None:
    row = {"key": ONE, "releases": ["FX1"], "valid_until": AT + timedelta(days=1)}
    row |= {"used_at": None, "revoked_at": AT, "suspended": why}
    release = lines(kept([], [decided(ONE, "released")], passes=[row]))["CQXU2045171"].release
    assert release is not None
    assert release.kind == "hold"
    assert "暂停" in release.state.zh
    assert "suspended" in release.state.en
    assert zh in release.state.zh
    assert en in release.state.en
    assert "revoked" not in release.state.en


@pytest.mark.parametrize("why", ["claimed", "shared"])
def test_released_goods_without_a_pass_say_what_they_wait_for(pages: None, why: str) -> None:
    waiting = [{"key": ONE, "why": why}, {"key": TWO, "why": why}]
    found = lines(kept([], [decided(ONE, "released"), decided(TWO, "pending")], waiting=waiting))
    release = found["CQXU2045171"].release
    assert release is not None
    assert (release.kind, release.numbers) == ("hold", "")
    assert found["CQXU3188623"].release is None, "what is not released waits for that first"


def test_a_pass_that_waits_for_anothers_renewal_is_not_called_expired(pages: None) -> None:
    row = {
        "key": ONE,
        "releases": ["FX1"],
        "valid_until": AT,
        "used_at": None,
        "revoked_at": None,
        "suspended": "",
    }
    own = {"dossier": DOSSIER, "number": "FX1", "revoked_at": None, "valid_until": AT + timedelta(days=1)}
    found = lines(kept([], [decided(ONE, "released")], passes=[row], releases=[own]))["CQXU2045171"].release
    assert found is not None
    assert found.kind == "hold"
    assert "其他货物的放行单已过期" in found.state.zh
    ended = own | {"valid_until": AT}
    mine = lines(kept([], [decided(ONE, "released")], passes=[row], releases=[ended]))["CQXU2045171"].release
    assert mine is not None
    assert mine.kind == "warn"


def test_a_claim_that_ended_is_said_so_and_tells_nothing_of_the_container(pages: None) -> None:
    passed = {"key": TWO, "releases": ["FX1"], "used_at": None, "revoked_at": None, "suspended": ""}
    row = passed | {"valid_until": AT + timedelta(days=1)}
    boxes = [box(ONE, "1"), box(TWO, "2") | {"standing": "ended"}]
    spoken = [said("customs", 2, "container", TWO), said("border", 4, "bill", str(DOSSIER))]
    found = lines(kept(spoken, [decided(ONE, "not_released", ("border",))], passes=[row], containers=boxes))
    ended = found["CQXU3188623"]
    assert ended.release is not None
    assert (ended.release.kind, ended.release.state.zh) == ("off", "已核定不属本票货物")
    assert (ended.kind, ended.release.numbers) == (None, "")
    assert all(cell.word is None for cell in ended.cells)
    assert found["CQX2511070386"].note == Text("1 箱", "1 container")


def test_a_claim_that_does_not_count_yet_says_who_decides(pages: None) -> None:
    boxes = [box(ONE, "1") | {"standing": "waits"}]
    release = lines(kept([], [decided(ONE, "released")], containers=boxes))["CQXU2045171"].release
    assert release is not None
    assert release.kind == "wait"
    assert "由运行中心或海关核定" in release.state.zh
    assert "the operator or customs decides" in release.state.en


def test_orders_stand_where_the_subject_is() -> None:
    order = {"id": UUID(int=9), "number": "CY1", "dossier": DOSSIER, "subject_kind": "container"}
    order["state"] = "issued"
    call = {"id": UUID(int=8), "number": "CY2", "dossier": NOBODYS, "subject_kind": "conveyance"}
    rows = [order | {"subject_key": ONE}, call | {"subject_key": CALL}]
    spoken = [said("border", 2, "conveyance", CALL)]
    found = lines(kept(spoken, [decided(ONE, "joint_inspection", ("customs", "quarantine"))], orders=rows))
    numbers = {number: line.order and line.order["number"] for number, line in found.items()}
    assert numbers == {
        "DEMO YANGTZE 08 / 2511E": "CY2",
        "CQX2511070386": None,
        "CQXU2045171": "CY1",
        "CQXU3188623": None,
    }


def test_where_nothing_may_be_seen_there_is_no_matrix() -> None:
    assert matrix({"dossiers": []}, AT) is None
