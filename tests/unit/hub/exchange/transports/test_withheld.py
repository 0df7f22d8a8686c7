"""What is too large to read stops neither later answers nor their acknowledgement."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from singlewindow.hub.exchange.transports.http import HttpTransport
from singlewindow.hub.exchange.transports.port import Unreachable
from singlewindow.hub.exchange.transports.withheld import AGAIN_S, MOST_WITHHELD, Withheld
from singlewindow.rehearsal.http import Answer, Request
from singlewindow.rehearsal.http_agency import HttpAgency, HttpDesk
from singlewindow.rehearsal.ledger import Ledger, Owed
from singlewindow.rehearsal.script import Codes, Script
from unit.hub.exchange.transports.partner import AT, TOO_LARGE, Partner, at, transport


def receipts(partner: Partner, answers: dict[str, Answer]) -> None:
    """Let the partner answer by the cursor after which it is asked, and have nothing else."""

    async def handle(request: Request) -> Answer:
        partner.asked.append(request)
        return answers.get(request.query.get("after", ""), Answer(204))

    partner.server.handle = handle


async def taken(wire: HttpTransport) -> list[tuple[str, bool]]:
    """The cursors of one round, and whether each was read."""
    found = await wire.fetch()
    for inbound in found:
        await wire.settle(inbound)
    return [(inbound.source.removeprefix("receipts@"), not inbound.problems) for inbound in found]


def acknowledged(partner: Partner) -> list[tuple[str | None, str]]:
    """The stretches: after which cursor, up to which."""
    told = (asked.query for asked in partner.asked if asked.path.endswith("/ack"))
    return [(query.get("after"), query["cursor"]) for query in told]


async def test_one_answer_too_large_stops_neither_later_ones_nor_their_acknowledgement(
    wire: HttpTransport, partner: Partner
) -> None:
    receipts(partner, {"": at("2"), "2": at("3", TOO_LARGE), "3": at("9"), "9": at("12")})
    assert [await taken(wire) for _ in range(4)] == [
        [("2", True)],
        [("3", False)],
        [("9", True)],
        [("12", True)],
    ]
    assert acknowledged(partner) == [(None, "2"), ("3", "9"), ("9", "12")]


async def test_what_is_too_large_is_asked_for_with_ever_fewer_receipts(
    wire: HttpTransport, partner: Partner
) -> None:
    receipts(partner, {"": at("3", TOO_LARGE), "3": at("4"), "4": at("5"), "5": at("6"), "6": at("7")})
    for _ in range(5):
        await taken(wire)
    asked = [(one.query.get("after"), one.query.get("most")) for one in partner.asked if one.method == "GET"]
    assert asked[:4] == [(None, None), (None, "100"), (None, "10"), (None, "1")]
    assert asked[4:] == [("3", "10"), ("4", "100"), ("5", None), ("6", None)]


async def withheld(wire: HttpTransport, partner: Partner, then: dict[str, Answer]) -> None:
    """Cursor 3 was too large to read, 9 was read after it; then the time has come to ask again."""
    receipts(partner, {"": at("2"), "2": at("3", TOO_LARGE), "3": at("9")})
    for _ in range(3):
        await taken(wire)
    partner.asked.clear()
    partner.now += timedelta(seconds=AGAIN_S)
    receipts(partner, then)


async def test_what_was_too_large_is_asked_for_again_and_acknowledged_once_it_is_read(
    wire: HttpTransport, partner: Partner
) -> None:
    await withheld(wire, partner, {"2": at("3"), "9": at("10")})
    assert [await taken(wire) for _ in range(3)] == [[("3", True)], [("10", True)], []]
    assert acknowledged(partner) == [("2", "3"), ("9", "10")]
    assert partner.asked[0].query["most"] == "1"
    assert partner.asked[-1].query["after"] == "10"


async def test_what_stands_at_a_cursor_is_the_same_answer_whenever_it_is_asked_for(
    wire: HttpTransport, partner: Partner
) -> None:
    receipts(partner, {"": at("3", TOO_LARGE)})
    (inbound,) = await wire.fetch()
    assert (inbound.source, inbound.lasting) == ("receipts@3", True)


async def test_what_the_partner_now_gives_in_pieces_is_read_to_its_end(
    wire: HttpTransport, partner: Partner
) -> None:
    await withheld(wire, partner, {"2": at("2a"), "2a": at("3")})
    assert [await taken(wire) for _ in range(4)] == [[("2a", True)], [], [("3", True)], []]
    assert acknowledged(partner) == [("2", "2a"), ("2a", "3")]


async def test_what_is_still_too_large_is_passed_over_again(wire: HttpTransport, partner: Partner) -> None:
    await withheld(wire, partner, {"2": at("3", TOO_LARGE), "9": at("10")})
    assert [await taken(wire) for _ in range(3)] == [[("3", False)], [("10", True)], []]
    partner.now += timedelta(seconds=AGAIN_S)
    assert await taken(wire) == [("3", False)]
    assert acknowledged(partner) == [("9", "10")]


async def test_looking_back_in_vain_holds_up_nothing_new(wire: HttpTransport, partner: Partner) -> None:
    await withheld(wire, partner, {"2": Answer(500), "9": at("10"), "10": at("11")})
    for expected in ("10", "11"):
        with pytest.raises(Unreachable):
            await wire.fetch()
        assert await taken(wire) == [(expected, True)]


async def test_what_the_partner_has_taken_back_is_asked_for_no_more(
    wire: HttpTransport, partner: Partner
) -> None:
    await withheld(wire, partner, {"9": at("11")})
    assert [await taken(wire) for _ in range(2)] == [[], [("11", True)]]
    partner.now += timedelta(seconds=AGAIN_S)
    await taken(wire)
    assert [one.query["after"] for one in partner.asked if one.method == "GET"] == ["2", "9", "11"]


async def test_an_agency_keeps_the_one_receipt_that_was_too_large_and_forgets_the_others(
    partner: Partner, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.owe([Owed(0, body) for body in (b"a", b"b" * TOO_LARGE, *(b"c%d" % n for n in range(30)))])
    desk = HttpDesk(
        path="/messages", called="报文", media="text/plain", read=lambda body: [], join=b",".join,
        decide=lambda script, one: script.decide("", Codes()), tell=lambda one, step, turn: [],
    )  # fmt: skip
    partner.server.handle = HttpAgency(desk, ledger, Script()).handle
    wire = transport(partner)
    found = [await taken(wire) for _ in range(6)]
    await wire.close()
    read = [receipt for round_ in found for receipt in round_]
    assert [cursor for cursor, whole in read if not whole] == ["2"]
    assert [ready.position for ready in ledger.ready()] == [2]
    again = transport(partner, max_body=2_000)
    assert await taken(again) == [("2", True)]
    assert ledger.outstanding == 0
    await again.close()
    ledger.close()


def test_what_is_withheld_is_bounded() -> None:
    kept = Withheld()
    for number in range(MOST_WITHHELD + 1):
        kept.add(str(number), str(number - 1), AT)
    assert len(kept) == MOST_WITHHELD
    assert kept.due(AT) is None
    assert kept.due(AT + timedelta(seconds=AGAIN_S)) == "0"
