"""What every agency behind HTTP does alike: bounds, refusals, receipts kept until they are settled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import Struct

from singlewindow.rehearsal import json_wire
from singlewindow.rehearsal.agency import MESSAGES_MOST, Turn
from singlewindow.rehearsal.http import Answer, Request
from singlewindow.rehearsal.http_agency import HttpAgency, HttpDesk, prepare_endpoint
from singlewindow.rehearsal.ledger import Ledger
from singlewindow.rehearsal.script import Case, Codes, Script, Step

CODES = Codes(received=("L",), inspected=("C",), released=("P",), refused=("Z",))


class Notice(Struct, rename="camel"):
    """As little as a message can be."""

    message_id: str
    reference: str
    amiss: str = ""


def _tell(notice: Notice, step: Step, turn: Turn) -> list[bytes]:
    return [json_wire.receipt(notice, step, turn, ordinal=turn.number)]


DESK = HttpDesk(
    path="/notices",
    called="通知",
    media=json_wire.MEDIA,
    read=json_wire.reader(Notice),
    decide=lambda script, notice: script.decide(notice.reference, CODES),
    fault=lambda notice: notice.amiss,
    tell=_tell,
    join=json_wire.receipts,
)
STEPS = (Step("P", 20), Step("L", 10, reason="缺件", twice=True))


class Clock:
    """Milliseconds that pass when told."""

    now = 1_763_712_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def agency(tmp_path: Path, clock: Clock) -> HttpAgency[Notice]:
    cases = [Case("R-*", steps=STEPS), Case("CLOSED", failed="已关闭")]
    return HttpAgency(DESK, Ledger(tmp_path / "ledger.db", clock), Script(cases=cases))


def body(*names: str, **more: str) -> bytes:
    one = [{"messageId": f"m-{name}", "reference": name, **more} for name in names]
    return json.dumps({"messages": one}).encode()


async def post(agency: HttpAgency[Notice], data: bytes) -> Answer:
    return await agency.handle(Request("POST", "/notices", {}, {}, data))


async def fetch(agency: HttpAgency[Notice], **query: str) -> Answer:
    return await agency.handle(Request("GET", "/receipts", query, {}, b""))


def said(answer: Answer) -> list[tuple[str, str]]:
    return [(one["number"], one["code"]) for one in json.loads(answer.body)["receipts"]]


async def test_each_step_is_told_at_its_time_twice_where_the_script_says_so(
    agency: HttpAgency[Notice], clock: Clock
) -> None:
    assert said(await post(agency, body("R-1"))) == [("m-R-1-0", "ACK")]
    assert (await fetch(agency)).status == 204
    clock.now += 10
    assert said(await fetch(agency)) == [("m-R-1-2", "L")] * 2
    clock.now += 10
    found = await fetch(agency)
    assert said(found) == [("m-R-1-2", "L"), ("m-R-1-2", "L"), ("m-R-1-1", "P")]
    last = json.loads(found.body)["receipts"][-1]
    assert (last["stage"], last["time"], last["ordinal"]) == ("business", "2025-11-21T08:00:00.020+00:00", 1)


async def test_receipts_stay_until_they_are_settled(agency: HttpAgency[Notice], clock: Clock) -> None:
    await post(agency, body("R-1"))
    clock.now += 20
    first = await fetch(agency)
    assert (await fetch(agency)).body == first.body
    cursor = {"cursor": first.headers["receipts-cursor"]}
    assert (await agency.handle(Request("POST", "/receipts/ack", cursor, {}, b""))).status == 204
    assert (await fetch(agency)).status == 204


async def test_as_few_receipts_are_given_as_are_asked_for_and_a_stretch_is_settled_alone(
    agency: HttpAgency[Notice], clock: Clock
) -> None:
    await post(agency, body("R-1"))
    clock.now += 20
    assert len(said(await fetch(agency, most="2"))) == 2
    stretch = {"after": "1", "cursor": "2"}
    assert (await agency.handle(Request("POST", "/receipts/ack", stretch, {}, b""))).status == 204
    assert (await fetch(agency)).headers["receipts-cursor"] == "3"
    assert len(said(await fetch(agency))) == 2


async def test_a_repeated_message_takes_effect_once_and_gets_the_original_answer(
    agency: HttpAgency[Notice], clock: Clock
) -> None:
    first = await post(agency, body("R-1"))
    clock.now += 1_000
    assert (await post(agency, body("R-1"))).body == first.body
    assert agency.ledger.received == 1
    assert len(said(await fetch(agency))) == 3


@pytest.mark.parametrize(
    ("data", "text"), [(body("CLOSED"), "已关闭"), (body("R-1", amiss="缺提单"), "缺提单")]
)
async def test_what_is_refused_technically_is_answered_and_owed_nothing(
    agency: HttpAgency[Notice], data: bytes, text: str
) -> None:
    (refused,) = json.loads((await post(agency, data)).body)["receipts"]
    assert (refused["code"], refused["stage"], refused["text"]) == ("NAK", "technical", text)
    assert agency.ledger.outstanding == 0


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"[" * 9_999, 400),
        (b'{"messages":[{"messageId":"\xff"}]}', 400),
        (body(), 422),
        (body(*(f"R-{number}" for number in range(MESSAGES_MOST + 1))), 422),
        (body(""), 422),
        (body("R-1", messageId=""), 422),
    ],
)
async def test_a_body_is_taken_whole_or_refused_whole(
    agency: HttpAgency[Notice], data: bytes, status: int
) -> None:
    answer = await post(agency, data)
    assert (answer.status, answer.headers) == (status, {"content-type": "application/problem+json"})
    assert json.loads(answer.body)["title"] == "通知未被接收"
    assert agency.ledger.received == 0


async def test_as_many_as_are_allowed_are_taken(agency: HttpAgency[Notice]) -> None:
    answer = await post(agency, body(*(f"R-{number}" for number in range(MESSAGES_MOST))))
    assert len(said(answer)) == agency.ledger.received == MESSAGES_MOST


@pytest.mark.parametrize("query", [{"after": "x"}, {"wait": "-1"}, {"wait": "1s"}, {"most": "x"}])
async def test_what_is_asked_for_must_be_numbers(agency: HttpAgency[Notice], query: dict[str, str]) -> None:
    assert (await fetch(agency, **query)).status == 400


@pytest.mark.parametrize("cursor", ["", "x", "9" * 19])
async def test_a_cursor_must_be_a_position(agency: HttpAgency[Notice], cursor: str) -> None:
    asked = Request("POST", "/receipts/ack", {"cursor": cursor}, {}, b"")
    assert (await agency.handle(asked)).status == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "/notices"), ("POST", "/receipts"), ("GET", "/")])
async def test_there_is_nothing_else(agency: HttpAgency[Notice], method: str, path: str) -> None:
    assert (await agency.handle(Request(method, path, {}, {}, b""))).status == 404


def test_the_endpoint_is_the_same_at_every_start(tmp_path: Path) -> None:
    endpoint = prepare_endpoint(tmp_path, 8_080, "/notices")
    assert endpoint == prepare_endpoint(tmp_path, 8_080, "/notices")
    assert endpoint["url"] == "http://127.0.0.1:8080/notices"
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
