"""The HTTP transport against a server that fails in every way it can be told to."""

from __future__ import annotations

import asyncio

import pytest

from singlewindow.hub.exchange.transports.http import MOST_REASON, Busy, HttpTransport
from singlewindow.hub.exchange.transports.port import Inbound, Rejected, Unanswered, Unreachable
from singlewindow.rehearsal.http import Answer, Fault
from unit.hub.exchange.transports.partner import Partner, at, transport

PATIENCE_S = 15.0  # half of what an answer is waited for where an endpoint says nothing


async def test_a_batch_is_posted_under_its_name_and_answered_in_the_same_breath(
    wire: HttpTransport, partner: Partner
) -> None:
    assert await wire.send("batch-1", b"<Messages/>") == [Inbound("batch-1", b"<Receipts/>")]
    (asked,) = partner.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/messages", b"<Messages/>")
    assert asked.headers["idempotency-key"] == "batch-1"
    assert asked.headers["content-type"] == "application/xml"
    assert asked.headers["accept-encoding"] == "identity"


async def test_an_empty_success_is_no_answer(wire: HttpTransport, partner: Partner) -> None:
    partner.answer = Answer(202)
    assert await wire.send("batch-1", b"x") == []


async def test_the_connection_is_kept(wire: HttpTransport, partner: Partner) -> None:
    for number in range(5):
        await wire.send(f"batch-{number}", b"x")
        assert len(partner.server.connections) == 1


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.SILENT, Fault.DROP, Fault.BUSY, Fault.SLOW])
async def test_every_fault_is_bounded_in_time_and_may_be_tried_again(
    wire: HttpTransport, partner: Partner, fault: Fault
) -> None:
    partner.fault = fault
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unreachable):
            await wire.send("batch-1", b"x")
    partner.fault = Fault.NONE
    assert await wire.send("batch-1", b"x") == [Inbound("batch-1", b"<Receipts/>")]


async def test_an_answer_dropped_in_its_body_had_its_effect(wire: HttpTransport, partner: Partner) -> None:
    partner.fault = Fault.DROP
    with pytest.raises(Unreachable, match="RemoteProtocolError"):
        await wire.send("batch-1", b"x")
    assert len(partner.asked) == 1


async def test_nobody_listening_is_unreachable(partner: Partner) -> None:
    await partner.server.close()
    wire = transport(partner)
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        await wire.send("batch-1", b"x")
    await wire.close()


async def test_an_answer_that_drips_is_bounded_as_a_whole() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    endpoint = {"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", "token": "secret"}
    wire = HttpTransport(endpoint | {"connect_timeout_s": 0.1, "read_timeout_s": 0.2})
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unreachable, match="no complete answer"):
            await wire.send("batch-1", b"x")
    await wire.close()
    server.close()


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
async def test_a_refusal_of_these_bytes_is_final_and_says_why(
    wire: HttpTransport, partner: Partner, status: int
) -> None:
    partner.answer = Answer(status, '{"title": "no", "detail": "批次号重复"}'.encode())
    with pytest.raises(Rejected) as refused:
        await wire.send("batch-1", b"x")
    assert f"HTTP {status}" in refused.value.text.zh
    assert "批次号重复" in refused.value.text.zh
    assert "批次号重复" in refused.value.text.en


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('{"detail": "件数不符"}'.encode("gb18030"), "件数不符"),
        ("件数不符".encode("gb18030"), "件数不符"),
        (b"\xef\xbb\xbf" + '{"detail": "件数不符"}'.encode(), "件数不符"),
        (b'{"detail": "caf\xe9 "}', "caf\ufffd"),
        (b'{"detail": ' * 5_000, '{"detail":'),
        (b"x" + "件".encode() * 700, "件件"),
        ("件".encode("gb18030") * 1_001, "件件"),
    ],
    ids=["gbk-json", "gbk", "bom", "latin", "deep", "cut", "cut-gbk"],
)
async def test_a_refusal_is_one_however_it_is_written(partner: Partner, said: bytes, told: str) -> None:
    wire = transport(partner, max_body=100_000)
    partner.answer = Answer(400, said)
    with pytest.raises(Rejected) as refused:
        await wire.send("batch-1", b"x")
    await wire.close()
    assert told in refused.value.text.zh
    assert told in refused.value.text.en
    assert len(refused.value.text.en) < MOST_REASON + 60


async def test_a_long_reason_is_cut(wire: HttpTransport, partner: Partner) -> None:
    partner.answer = Answer(422, b"word " * 180)
    with pytest.raises(Rejected) as refused:
        await wire.send("batch-1", b"x")
    assert len(refused.value.text.en) < MOST_REASON + 60


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 408, 429, 500, 502, 503, 504])
async def test_what_is_not_about_these_bytes_may_be_tried_again(
    wire: HttpTransport, partner: Partner, status: int
) -> None:
    partner.answer = Answer(status, headers={"location": "/elsewhere"})
    with pytest.raises(Unreachable, match=str(status)):
        await wire.send("batch-1", b"x")
    assert len(partner.asked) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("999999999999", 3600),
        ("Sat, 21 Nov 2026 08:01:00 GMT", 60),
        ("Fri, 20 Nov 2026 08:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 08:01:00 -0000", 60),
        ("Fri, 31 Dec 9999 23:59:59 -1200", 3600),
        ("Mon, 01 Jan 0001 00:00:00 +0800", 0),
    ],
)
async def test_retry_after_is_honoured_within_bounds(
    wire: HttpTransport, partner: Partner, value: str, seconds: int
) -> None:
    partner.answer = Answer(429, headers={"retry-after": value})
    with pytest.raises(Busy) as busy:
        await wire.send("batch-1", b"x")
    assert busy.value.retry_after_s == seconds


@pytest.mark.parametrize(
    "value",
    [
        "later",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Sat, 21 Nov 2026 99999999999999999999:01:00 GMT",
        "Sat, 21 Nov 2026 08:01:00 +99999999999999",
        "Sat, 21 Nov 2026 08:01:00 -99999999999999",
    ],
)
async def test_a_retry_after_that_is_no_time_is_none(
    wire: HttpTransport, partner: Partner, value: str
) -> None:
    partner.answer = Answer(503, headers={"retry-after": value})
    with pytest.raises(Unreachable, match="HTTP 503") as unreachable:
        await wire.send("batch-1", b"x")
    assert unreachable.value.retry_after_s == 0


async def test_a_wrong_token_is_told_from_a_refusal(partner: Partner) -> None:
    wire = transport(partner, token="other")
    with pytest.raises(Unreachable, match="401"):
        await wire.send("batch-1", b"x")
    assert partner.asked == []
    await wire.close()


async def test_receipts_repeat_until_they_are_settled(wire: HttpTransport, partner: Partner) -> None:
    partner.answer = Answer(200, b"<Receipts/>", {"receipts-cursor": "17"})
    assert await wire.fetch() == await wire.fetch() == [Inbound("receipts@17", b"<Receipts/>", lasting=True)]
    assert [(asked.path, asked.query) for asked in partner.asked] == [("/receipts", {"wait": "10"})] * 2
    await wire.settle(Inbound("receipts@17", b""))
    await wire.fetch()
    ack, fetch = partner.asked[2:]
    assert (ack.method, ack.path, ack.query) == ("POST", "/receipts/ack", {"cursor": "17"})
    assert fetch.query == {"wait": "10", "after": "17"}


async def test_a_settlement_that_failed_is_not_believed(wire: HttpTransport, partner: Partner) -> None:
    partner.answer = at("17")
    (inbound,) = await wire.fetch()
    partner.fault = Fault.BUSY
    with pytest.raises(Unreachable):
        await wire.settle(inbound)
    partner.fault, partner.answer = Fault.NONE, Answer(204)
    assert await wire.fetch() == []
    assert "after" not in partner.asked[-1].query


async def test_only_bytes_of_ours_can_be_refused_for_good(wire: HttpTransport, partner: Partner) -> None:
    partner.answer = at("17")
    (inbound,) = await wire.fetch()
    partner.answer = Answer(400)
    with pytest.raises(Unreachable):
        await wire.settle(inbound)
    with pytest.raises(Unreachable):
        await wire.fetch()


async def test_answers_to_a_send_need_no_settlement(wire: HttpTransport, partner: Partner) -> None:
    await wire.settle(Inbound("batch-1", b"<Receipts/>"))
    assert partner.asked == []


@pytest.mark.parametrize("cursor", ["", "a b", "x" * 201, "../ack"])
async def test_a_cursor_that_cannot_be_given_back_is_not_taken(
    wire: HttpTransport, partner: Partner, cursor: str
) -> None:
    partner.answer = Answer(200, b"<Receipts/>", {"receipts-cursor": cursor})
    with pytest.raises(Unreachable, match="Cursor"):
        await wire.fetch()


async def test_an_answer_larger_than_agreed_is_a_problem_with_its_beginning(
    wire: HttpTransport, partner: Partner
) -> None:
    partner.answer = Answer(200, b"x" * 1_001, {"receipts-cursor": "3"})
    for (inbound,) in (await wire.send("batch-1", b"x"), await wire.fetch()):
        assert inbound.data == b"x" * 1_000
        (problem,) = inbound.problems
        assert (problem.code, problem.field) == ("transport.answer-too-large", inbound.source)
        assert "1001" in problem.text.zh
        assert "(1001 bytes) is larger than the 1000 bytes" in problem.text.en
        assert problem.remedy is not None
        assert "max_body" in problem.remedy.zh
        assert "max_body" in problem.remedy.en


async def test_a_component_with_a_greater_bound_gets_it_after_all(partner: Partner) -> None:
    partner.answer = Answer(200, b"x" * 1_001, {"receipts-cursor": "3"})
    wire = transport(partner, max_body=2_000)
    (read,) = await wire.fetch()
    assert (read.problems, len(read.data)) == ((), 1_001)
    await wire.settle(read)
    assert partner.asked[-1].query == {"cursor": "3"}
    await wire.close()


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_failure_after_the_bytes_were_taken_is_told_from_one_before(
    wire: HttpTransport, partner: Partner, status: int
) -> None:
    partner.answer = Answer(status)
    with pytest.raises(Unanswered):
        await wire.send("batch-1", b"x")
    partner.answer = Answer(503)
    with pytest.raises(Unreachable) as away:
        await wire.send("batch-1", b"x")
    assert not isinstance(away.value, Unanswered)


async def test_a_compressed_answer_is_not_unpacked(wire: HttpTransport, partner: Partner) -> None:
    partner.answer = Answer(200, b"\x1f\x8b", {"content-encoding": "gzip"})
    with pytest.raises(Unreachable, match="compressed"):
        await wire.send("batch-1", b"x")


async def test_a_closed_transport_opens_again(wire: HttpTransport) -> None:
    await wire.send("batch-1", b"x")
    await wire.close()
    assert await wire.send("batch-2", b"x") == [Inbound("batch-2", b"<Receipts/>")]


@pytest.mark.parametrize(
    "endpoint",
    [
        {"url": "http://example.net/"},
        {"url": "ftp://127.0.0.1/"},
        {"url": "https://a.example/", "receipts": "https://b.example/receipts"},
        {"url": "https://a.example/", "receipts": "//b.example/receipts"},
    ],
)
def test_an_endpoint_that_leads_astray_is_refused(endpoint: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        HttpTransport(endpoint | {"token": "secret"})


def test_plain_http_must_be_allowed_by_name() -> None:
    assert HttpTransport({"url": "http://10.0.0.7/", "token": "secret", "plain_http": True})
