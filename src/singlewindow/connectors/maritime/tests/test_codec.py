"""Declarations of dangerous goods as IFTDGN: released characters, containers, references, bounds."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.connectors.maritime import codec
from singlewindow.connectors.maritime.references import message_reference, reference_of
from singlewindow.connectors.maritime.tests.example import (
    AT,
    SAMPLE,
    declared,
    envelope,
    file_of,
    lines,
    reference,
)
from singlewindow.kernel.edifact import segments
from singlewindow.kernel.interchange import read
from singlewindow.kernel.messages import Document, Unreadable

AWKWARD = "Müller + Söhne: 'Åse*'? 海事"


def test_what_is_written_is_what_any_reader_reads() -> None:
    found = read(file_of(declared(1), declared(2)))
    assert (found.charset, found.sender, found.receiver) == ("UNOY", "SWCQ0001", "MSACJ0001")
    assert found.reference == "0000000000ABCD"[-14:]
    assert [(one.kind, one.directory, one.problems) for one in found.messages] == [
        ("IFTDGN", "D.00B", ())
    ] * 2
    said = {one.tag: one for one in reversed(found.messages[0].segments)}
    assert [said["TDT"].at(2), said["TDT"].at(8), said["TDT"].at(8, 4)] == [
        "2511E",
        "9999993",
        "DEMO YANGTZE 08",
    ]
    assert [said["DGS"].at(n) for n in (1, 2, 3, 4, 5, 6)] == ["IMD", "3", "1133", "26", "3", "F-E,S-D"]
    assert said["DGS"].at(4, 2) == "CEL"


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of the machine, whatever its zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("arrival", "written"),
    [
        ("2026-11-15T06:00", "202611150600"),
        ("2026-11-15T06:00:59", "202611150600"),
        ("2026-11-15T06:00+08:00", "202611150600"),
        ("2026-11-14T22:00Z", "202611150600"),
    ],
)
def test_a_time_without_a_zone_is_beijings(arrival: str, written: str) -> None:
    assert f"DTM+132:{written}:203" in lines(declared(EstimatedArrival=arrival))


def test_a_flash_point_below_zero_is_written() -> None:
    assert "DGS+IMD+3+1090+-18:CEL+2+F-E,S-D" in lines(
        declared(1, {"UNNumber": "1090", "FlashPoint": "-18", "PackingGroup": "2"})
    )


@pytest.mark.parametrize("value", [AWKWARD, "'", "??", "+", "ends with ?", "*", "重庆"])
def test_service_characters_come_through(value: str) -> None:
    one = declared(1, {"ProperShippingName": value}, VesselName=value, ConsigneeName=value, BillNumber=value)
    found = read(file_of(one)).messages[0].segments
    assert next(each for each in found if each.tag == "FTX" and each.at(1) == "AAD").at(4) == value
    assert next(each for each in found if each.tag == "TDT").at(8, 4) == value
    assert next(each for each in found if each.tag == "NAD" and each.at(1) == "CN").at(4) == value
    assert not read(file_of(one)).messages[0].problems


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=150))
def test_a_name_is_cut_into_lines_without_loss(name: str) -> None:
    found = segments(file_of(declared(ConsigneeName=name)))[1]
    party = next(each for each in found if each.tag == "NAD" and each.at(1) == "CN").elements[3]
    assert "".join(party) == name
    assert all(len(part) <= 35 for part in party)


@pytest.mark.parametrize("value", ["A\x1fB", "A\0B", "A\nB"])
def test_a_control_character_is_refused_and_moves_no_box(value: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        declared(ConsigneeName=value)
    assert refusal.value.problems[0].code == "edifact.control"


def test_only_containers_with_dangerous_goods_are_named() -> None:
    sent = lines(declared())
    assert [one for one in sent if one.startswith("EQD")] == ["EQD+CN+CQXU2045171+22G1:102:5+++5"]
    assert "SGP+CQXU2045171" in sent
    assert sent[-3:-1] == ["CNT+2:1", "CNT+16:1"]


def test_each_line_names_its_own_containers() -> None:
    first = SAMPLE.values["DangerousGoods"][0]
    values: dict[str, Any] = {
        "DangerousGoods": [first, first | {"Item": "2", "UNNumber": "1263"}],
        "DeclaredLines": [
            {"LineNumber": "1", "DeclaredUNNumber": "1133"},
            {"LineNumber": "2"},
            {"LineNumber": "3", "DeclaredUNNumber": "1263"},
        ],
        "Containers": [
            {"ContainerNumber": "CQXU2045171", "GoodsLines": "1,3"},
            {"ContainerNumber": "CQXU3188623", "GoodsLines": "2,3"},
            {"ContainerNumber": "CSQU3054383", "GoodsLines": "2"},
        ],
    }
    sent = [one for one in lines(declared(**values)) if re.match("GID|SGP|CNT", one)]
    assert sent == [
        "GID+1+8:93:PACK:ZZZ", "SGP+CQXU2045171",
        "GID+2+8:93:PACK:ZZZ", "SGP+CQXU2045171", "SGP+CQXU3188623",
        "CNT+2:2", "CNT+16:2",
    ]  # fmt: skip


def test_what_is_absent_leaves_no_empty_ends() -> None:
    values = {"VesselName": "A", "VoyageNumber": "1", "DangerousGoods": [{"Item": "1", "UNNumber": "1133"}]}
    sent = lines(codec.encode(Document("dangerous_goods_declaration", "1", values), envelope()))
    assert "DGS+IMD++1133" in sent
    assert "GID+1" in sent
    assert "TDT+20+1+1+++++:::A" in sent
    assert not [one for one in sent if one.startswith(("FTX", "RFF+VM", "COM", "EQD", "NAD+CA"))]


@given(st.integers(0, 10**18 - 1), st.sampled_from("SW"), st.text(max_size=40))
def test_references_go_there_and_back(number: int, letter: str, message: str) -> None:
    short = message_reference(f"{letter}{number:018d}", message)
    assert len(short) <= 14
    assert reference_of(short) == f"{letter}{number:018d}"


def test_versions_of_one_declaration_may_share_an_interchange() -> None:
    assert message_reference(reference(1), "0199a000-1") != message_reference(reference(1), "0199a000-2")


@pytest.mark.parametrize("text", ["", "BATCH1", "WZZZZZZZZZZZZZ", "S1JEZO34QCT1TZ0"])
def test_other_references_stand_for_themselves(text: str) -> None:
    assert reference_of(text) == text


def test_a_reference_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="18 digits"):
        message_reference("W17", "m")


@pytest.mark.parametrize("count", [0, 101])
def test_an_interchange_has_bounds(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        codec.pack([declared()] * count, "b", AT)


def test_the_manifest_speaks_for_both_ends() -> None:
    assert file_of(declared()).startswith(b"UNB+UNOY:4+SWCQ0001+MSACJ0001+20261118:0930+")
    assert msgspec.structs.replace(envelope(), sender="X+Y").sender == "X+Y"
    other = codec.encode(SAMPLE, msgspec.structs.replace(envelope(), sender="X+Y"))
    assert b"NAD+MS+X?+Y'" in other


def test_the_time_of_encoding_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    one = envelope()
    spent = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(200):
            codec.encode(SAMPLE, one)
        spent.append((time.process_time() - began) / 200 * 1e6)
    with capsys.disabled():
        print(f"\nmaritime encode: {min(spent):.0f} µs (aim 50)")
    assert min(spent) > 0
