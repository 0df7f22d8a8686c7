"""What a wire cannot carry is a dead letter of its lane, on record, told of again when somebody says so."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import zstandard
from msgspec import structs

from integration.hub.coordination.story import AT, Port
from integration.hub.exchange.telling import inspected, lines, notifying, released, told
from singlewindow.hub.coordination.acting import tick
from singlewindow.hub.exchange import burying, lanes
from singlewindow.hub.exchange.notifying import Notifying
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable, Viewer
from singlewindow.server.commands import replay
from singlewindow.server.refusal import Refusal

pytestmark = pytest.mark.database
PLACE = "B-07"
WHY = "已电话告知检验检疫 · told by telephone"
REFUSED = Problem(
    "format.character",
    Text("字符 U+FFFE 不能写入", "The character U+FFFE cannot stand there"),
    "place",
    remedy=Text("请删除", "Remove it"),
)
Encode = Callable[[Document, Envelope], bytes]


@pytest.fixture
def port(database: Any) -> Port:
    return Port(database)


async def appointed(port: Port) -> None:
    """A joint inspection with an appointment at that place, told of to everybody who can be told."""
    await inspected(port, port.declare())
    await told(port)
    ((order,),) = port.rows("select id from sw.inspection_order")
    arguments = {"order": str(order), "when": "2026-11-23T06:00:00Z", "place": PLACE}
    port.rows(
        "insert into sw.coordination_request (id, verb, actor_kind, actor_id, actor_name, actor_party,"
        " arguments, asked_at, viewers) values (%s, 'appoint', 'person', '1', '调度', %s, %s, %s, %s)",
        uuid4(), port.party["terminal"], json.dumps(arguments), AT, [port.party["terminal"]],
    )  # fmt: skip
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await tick(cursor, port.means)
    await told(port, writing(port, quarantine=refusing))


def refusing(document: Document, envelope: Envelope) -> bytes:
    """A format that knows the place of no appointment."""
    raise Unreadable(REFUSED)


def writing(port: Port, **codecs: Encode) -> Notifying:
    """The subscriber with other codecs for some partners."""
    made = notifying(port)

    def changed(partner: str, wire: Any) -> Any:
        if partner not in codecs:
            return wire
        codec = argparse.Namespace(encode=codecs[partner])
        return structs.replace(wire, connector=structs.replace(wire.connector, codec=codec))

    made.wires = {key: changed(key[0], wire) for key, wire in made.wires.items()}
    return made


def commanded(port: Port, *send: str, **more: Any) -> Mapping[str, Any]:
    """What ``replay`` answers on the machine."""
    plain = {"partner": None, "after": None, "lay_aside": None, "aside": False, "reason": ""}
    given = argparse.Namespace(send=list(send), **(plain | more))
    values: Mapping[str, Any] = replay.run(given, port.database.configuration).values
    return values


def sent(port: Port, partner: str) -> list[tuple[UUID, bytes]]:
    """What waits for a partner, in its order."""
    rows = port.rows(
        "select m.id, m.payload from sw.outbox o join sw.message m on m.submission_id = o.submission_id"
        " and m.id = o.message where o.partner = %s and o.state = 0 order by o.seq",
        partner,
    )
    return [(id_, zstandard.decompress(payload)) for id_, payload in rows]


async def bury(port: Port) -> int:
    connection = await psycopg.AsyncConnection.connect(port.database.dsn("sw_engine"), autocommit=True)
    async with connection:
        return await burying.once(connection, lambda: AT)


async def test_what_cannot_be_carried_is_a_dead_letter_and_stops_nobody(port: Port) -> None:
    await appointed(port)
    assert (lines(port)[-1]["state"], lines(port)[-1]["place"]) == ("appointed", PLACE)
    (dead,) = commanded(port)["items"]
    assert dead["partner"] == "quarantine"
    for words in (
        "写不成对方的报文",
        "cannot be written for the partner",
        "place: ",
        "U+FFFE",
        "请删除",
        "Remove it",
    ):
        assert words in dead["problem"]
    with port.web(port.party["quarantine"]) as connection, connection.cursor() as cursor:
        minding = Viewer((port.party["quarantine"],), frozenset({lanes.READ}))
        (letter,) = lanes.letters(minding, cursor, None, dead=True, most=10)
        (lane,) = lanes.lanes(minding, cursor, AT, 15)
    assert (letter.seq, letter.kind, letter.problem) == (dead["seq"], "joint_inspection_notice", None)
    assert lane.dead == 1
    assert await bury(port) == 1
    (told_of,) = port.rows(
        "select subject_id::text, viewers from sw.journal_entry where verb = 'message.buried'"
    )
    assert told_of == (dead["message"], [port.party["quarantine"]])
    answers = port.rows("select partner, answer from sw.notification order by position, partner")
    assert answers[-2:] == [("quarantine", -1), ("terminal", None)]
    assert port.rows("select count(*) from sw.outbox where state = 0") == [(3,)], "all others go out"


async def test_sent_again_it_is_written_anew_and_stays_dead_until_it_can_be(port: Port) -> None:
    await appointed(port)
    (dead,) = commanded(port)["items"]
    assert commanded(port, "all")["sent"] == [dead["seq"]]
    assert port.rows("select state from sw.outbox where seq = %s", dead["seq"]) == [(1,)], "nothing to send"
    await told(port, writing(port, quarantine=refusing))
    assert [one["problem"] for one in commanded(port)["items"]] == [dead["problem"]]
    assert commanded(port, str(dead["seq"]))["sent"] == [dead["seq"]]
    await told(port)
    assert commanded(port)["items"] == []
    [*_, (last, written)] = sent(port, "quarantine")
    assert PLACE.encode() in written
    assert port.rows(
        "select message, answer from sw.notification order by position desc, partner limit 1"
    ) == [(last, None)]
    issued = port.rows(
        "select count(*) from sw.journal_entry where verb = 'notice.issued' and subject_id = %s", last
    )
    assert issued == [(1,)]
    before = sent(port, "quarantine")
    await told(port)
    assert sent(port, "quarantine") == before


async def test_a_codecs_own_fault_costs_one_line_and_no_other(port: Port) -> None:
    box = {"seal_number": "S1", "less_than_container_load": "0"}
    bills = [
        port.declare(bill_number=f"B{n}", containers=[box | {"container_number": f"CQXU{n:07d}"}])
        for n in range(3)
    ]
    await released(port, bills)
    shipped = notifying(port).wires["terminal", "composite_releases"].connector.codec

    def failing(document: Document, envelope: Envelope) -> bytes:
        if "B1" in str(document.values):
            raise KeyError("B1")
        return shipped.encode(document, envelope)

    await told(port, writing(port, terminal=failing))
    assert sorted(line["billNumber"] for line in lines(port) if "releaseNumber" in line) == ["B0", "B2"]
    (dead,) = commanded(port)["items"]
    assert dead["problem"].endswith("KeyError")
    commanded(port, "all")
    await told(port)
    assert [line["billNumber"] for line in lines(port) if "releaseNumber" in line][-1] == "B1"


async def test_what_cannot_be_written_is_laid_aside_for_a_reason_and_may_be_sent_after_all(
    port: Port,
) -> None:
    await appointed(port)
    (dead,) = commanded(port)["items"]
    with pytest.raises(Refusal, match="--reason"):
        commanded(port, lay_aside=[dead["seq"]])
    assert commanded(port, lay_aside=[dead["seq"], 0], reason=f" {WHY} ")["unknown"] == [0]
    assert commanded(port)["items"] == []
    (aside,) = commanded(port, aside=True)["items"]
    assert (aside["seq"], aside["aside_for"]) == (dead["seq"], WHY)
    assert commanded(port, lay_aside=[dead["seq"]], reason="again")["laid_aside"] == [], "it is settled"
    ((subject, viewers, said),) = port.rows(
        "select subject_id::text, viewers, convert_from(content, 'UTF8')::json from sw.journal_entry"
        " where verb = 'message.laid_aside'"
    )
    assert (subject, viewers) == (dead["message"], [port.party["quarantine"]])
    assert said == {"partner": "quarantine", "seq": str(dead["seq"]), "reason": WHY}
    assert await bury(port) == 0, "nobody is told of it any more"
    assert commanded(port, "all")["sent"] == [], "all are those that wait for somebody"
    assert commanded(port, str(dead["seq"]))["sent"] == [dead["seq"]]
    assert commanded(port, aside=True)["items"] == []
    await told(port)
    assert commanded(port)["items"] == []
    assert PLACE.encode() in sent(port, "quarantine")[-1][1]
