"""The SFTP transport against a real server in this process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from singlewindow.hub.exchange.transports import sftp
from singlewindow.hub.exchange.transports.port import Inbound, Rejected, Transport, Unreachable
from singlewindow.hub.exchange.transports.sftp import Sftp
from singlewindow.rehearsal.sftp import (
    DROP,
    READ,
    REFUSE,
    REMOVE,
    SILENT,
    SLOW,
    Mishaps,
    listen,
    prepare_endpoint,
    root,
)

BODY = b"<DxpMsg/>" * 20_000
PATIENCE_S = 15.0  # less than what an operation may take where an endpoint says nothing


class Partner:
    """A server on a free port, its files, and the transport that knows it."""

    def __init__(self, folder: Path, endpoint: dict[str, Any], mishaps: Mishaps) -> None:
        self.endpoint, self.mishaps = endpoint, mishaps
        self.outbox, self.inbox = root(folder) / "OutBox", root(folder) / "InBox"
        self.wire = Sftp(endpoint)

    def visible(self) -> list[str]:
        return sorted(path.name for path in self.outbox.iterdir() if not path.name.endswith(".tmp"))


@pytest.fixture
async def partner(tmp_path: Path) -> AsyncIterator[Partner]:
    prepare_endpoint(tmp_path, 0)
    mishaps = Mishaps()
    server = await listen(tmp_path, 0, mishaps)
    endpoint = prepare_endpoint(tmp_path, server.get_port())
    endpoint |= {"connect_timeout_s": 3.0, "operation_timeout_s": 1.5}
    found = Partner(tmp_path, endpoint, mishaps)
    yield found
    await found.wire.close()
    server.close()
    await server.wait_closed()


async def test_a_file_arrives_whole_and_leaves_no_other(partner: Partner) -> None:
    wire: Transport = partner.wire
    assert await wire.send("one.xml", BODY) == []
    assert [path.name for path in partner.outbox.iterdir()] == ["one.xml"]
    assert (partner.outbox / "one.xml").read_bytes() == BODY


async def test_the_same_file_again_counts_as_sent_and_another_is_rejected(partner: Partner) -> None:
    await partner.wire.send("one.xml", BODY)
    before = (partner.outbox / "one.xml").stat().st_mtime_ns
    await partner.wire.send("one.xml", BODY)
    assert (partner.outbox / "one.xml").stat().st_mtime_ns == before
    with pytest.raises(Rejected) as refusal:
        await partner.wire.send("one.xml", BODY[::-1])
    assert "同名" in refusal.value.text.zh
    assert (partner.outbox / "one.xml").read_bytes() == BODY


async def test_a_line_dropped_in_the_file_shows_nothing_and_the_retry_arrives(partner: Partner) -> None:
    partner.mishaps.plan(DROP)
    with pytest.raises(Unreachable):
        await partner.wire.send("one.xml", BODY)
    assert partner.visible() == []
    await partner.wire.send("one.xml", BODY)
    assert (partner.outbox / "one.xml").read_bytes() == BODY
    assert [path.name for path in partner.outbox.iterdir()] == ["one.xml"]


class Slow(Sftp):
    """Writes half, and the rest when it may go on; or all, and waits before it goes on."""

    def __init__(self, endpoint: dict[str, Any], first: int) -> None:
        super().__init__(endpoint)
        self.first, self.waits, self.go = first, asyncio.Event(), asyncio.Event()

    async def _write(self, client: asyncssh.SFTPClient, path: str, body: bytes) -> None:
        async with client.open(path, "wb") as file:
            await file.write(body[: self.first])
            self.waits.set()
            await self.go.wait()
            await file.write(body[self.first :])


async def test_a_partner_whose_disk_is_full_and_who_says_nothing_is_shown_no_half_file(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: asyncssh.SFTPServer, file: Any, offset: int, data: bytes) -> int:
        file.seek(offset)
        kept: int = file.write(data[:4096])
        return kept

    with monkeypatch.context() as disk:
        disk.setattr(asyncssh.SFTPServer, "write", full)
        with pytest.raises(Unreachable, match="has kept"):
            await partner.wire.send("one.xml", BODY)
        assert partner.visible() == []
    await partner.wire.send("one.xml", BODY)
    assert (partner.outbox / "one.xml").read_bytes() == BODY
    assert [path.name for path in partner.outbox.iterdir()] == ["one.xml"]


@pytest.mark.parametrize("late", [0, 1])
async def test_two_who_send_the_same_file_never_show_half_of_it(partner: Partner, late: int) -> None:
    both = Slow(partner.endpoint, len(BODY)), Slow(partner.endpoint, len(BODY) // 2)
    lines = [asyncio.create_task(both[0].send("one.xml", BODY))]
    await both[0].waits.wait()
    lines.append(asyncio.create_task(both[1].send("one.xml", BODY)))
    await both[1].waits.wait()
    for turn in (late, 1 - late):
        both[turn].go.set()
        await asyncio.wait([lines[turn]])
        if "one.xml" in partner.visible():
            assert (partner.outbox / "one.xml").read_bytes() == BODY
            (partner.outbox / "one.xml").unlink()
    await partner.wire.send("one.xml", BODY)
    assert [path.name for path in partner.outbox.iterdir()] == ["one.xml"]
    for one in both:
        await one.close()
    assert any(line.exception() is None for line in lines)


async def test_what_a_line_left_half_written_is_swept_and_nothing_else(partner: Partner) -> None:
    (partner.outbox / "one.xml.sw-0123456789abcdef.tmp").write_bytes(b"half")
    (partner.outbox / "others.tmp").write_bytes(b"half")
    await partner.wire.send("two.xml", BODY)
    assert sorted(path.name for path in partner.outbox.iterdir()) == ["others.tmp", "two.xml"]


@pytest.mark.parametrize("fault", [asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure, None])
async def test_a_partner_whose_folder_is_not_shown_or_takes_long_to_list_is_still_sent_to(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, fault: Callable[[str], Exception] | None
) -> None:
    async def hidden(*_: object) -> AsyncIterator[object]:
        if fault:
            raise fault("no listing")
        await asyncio.sleep(60)
        yield

    monkeypatch.setattr(sftp, "_entries", hidden)
    monkeypatch.setattr(sftp, "SWEEP_S", 0.05)
    await partner.wire.send("one.xml", BODY)
    assert partner.visible() == ["one.xml"]


async def test_a_silent_partner_costs_no_more_than_the_bound(partner: Partner) -> None:
    partner.mishaps.plan(SILENT)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unreachable):
            await partner.wire.send("one.xml", BODY)
    assert partner.visible() == []


async def test_a_slow_partner_is_waited_for(partner: Partner) -> None:
    partner.mishaps.plan(SLOW)
    await partner.wire.send("one.xml", b"slow")
    assert (partner.outbox / "one.xml").read_bytes() == b"slow"


async def test_a_refused_sign_in_is_unreachable_and_the_next_one_works(partner: Partner) -> None:
    partner.mishaps.plan(REFUSE)
    with pytest.raises(Unreachable):
        await partner.wire.send("one.xml", BODY)
    await partner.wire.send("one.xml", BODY)
    assert partner.visible() == ["one.xml"]


async def test_the_switch_file_fails_every_write_until_it_is_gone(partner: Partner, tmp_path: Path) -> None:
    switch = tmp_path / "fault"
    partner.mishaps.switch = switch
    await asyncio.to_thread(switch.write_text, DROP)
    for _ in range(3):
        with pytest.raises(Unreachable):
            await partner.wire.send("one.xml", BODY)
    await asyncio.to_thread(switch.unlink)
    await partner.wire.send("one.xml", BODY)
    assert (partner.outbox / "one.xml").read_bytes() == BODY


async def test_nobody_there_is_unreachable(partner: Partner) -> None:
    wire = Sftp(partner.endpoint | {"port": 1})
    with pytest.raises(Unreachable):
        await wire.fetch()


async def test_an_unknown_host_key_is_refused(partner: Partner, tmp_path: Path) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    wire = Sftp(partner.endpoint | {"host_key": stranger})
    with pytest.raises(Unreachable, match="HostKeyNotVerifiable"):
        await wire.send("one.xml", BODY)
    assert partner.visible() == []


async def test_an_unknown_client_key_gets_nowhere(partner: Partner, tmp_path: Path) -> None:
    path = tmp_path / "stranger"
    path.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    with pytest.raises(Unreachable, match="PermissionDenied"):
        await Sftp(partner.endpoint | {"client_key": str(path)}).send("one.xml", BODY)


@pytest.mark.parametrize("name", ["", "../one.xml", ".hidden", "a\nb", "a" * 201])
async def test_unusable_names_are_rejected(partner: Partner, name: str) -> None:
    with pytest.raises(Rejected):
        await partner.wire.send(name, BODY)


async def test_answers_come_oldest_first_again_until_settled(partner: Partner) -> None:
    for age, name in enumerate(("b.xml", "a.xml", "c.xml")):
        (partner.inbox / name).write_bytes(name.encode())
        os.utime(partner.inbox / name, (1000 + age, 1000 + age))
    (partner.inbox / "half.xml.tmp").write_bytes(b"half")
    (partner.inbox / "folder").mkdir()
    found = await partner.wire.fetch()
    assert found == [Inbound(name, name.encode(), growing=True) for name in ("b.xml", "a.xml", "c.xml")]
    assert await partner.wire.fetch() == found
    for inbound in found:
        await partner.wire.settle(inbound)
        await partner.wire.settle(inbound)
    assert await partner.wire.fetch() == []
    assert sorted(path.name for path in partner.inbox.iterdir()) == ["folder", "half.xml.tmp"]


@pytest.mark.parametrize("mishaps", [(DROP,), ("", DROP), (SILENT,), ("", "", SILENT)])
async def test_a_line_that_ends_in_an_answer_gives_nothing_of_it_and_the_next_all_of_it_once(
    partner: Partner, mishaps: tuple[str, ...]
) -> None:
    (partner.inbox / "long.xml").write_bytes(BODY)
    (partner.inbox / "short.xml").write_bytes(b"short")
    partner.mishaps.plan(*mishaps, at=READ)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unreachable):
            await partner.wire.fetch()
        found = await partner.wire.fetch()
    assert {one.source: one.data for one in found} == {"long.xml": BODY, "short.xml": b"short"}
    assert len(found) == 2
    for one in found:
        await partner.wire.settle(one)
    assert await partner.wire.fetch() == []


@pytest.mark.parametrize(("mishap", "left"), [(DROP, ["a.xml"]), (SILENT, [])])
async def test_a_line_that_ends_while_a_file_is_settled_is_unreachable_and_settling_again_is_none(
    partner: Partner, mishap: str, left: list[str]
) -> None:
    (partner.inbox / "a.xml").write_bytes(b"a")
    (inbound,) = await partner.wire.fetch()
    partner.mishaps.plan(mishap, at=REMOVE)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unreachable):
            await partner.wire.settle(inbound)
    assert [one.source for one in await partner.wire.fetch()] == left
    await partner.wire.settle(inbound)
    assert await partner.wire.fetch() == []


async def test_settled_files_can_be_kept(partner: Partner) -> None:
    (partner.inbox / "a.xml").write_bytes(b"a")
    wire = Sftp(partner.endpoint | {"done": "Done"})
    (inbound,) = await wire.fetch()
    await wire.settle(inbound)
    await wire.close()
    assert (partner.inbox.parent / "Done" / "a.xml").read_bytes() == b"a"
    assert list(partner.inbox.iterdir()) == []


async def test_a_file_over_the_bound_is_reported_and_moved_aside(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "FILE_MOST", 10)
    (partner.inbox / "big.xml").write_bytes(b"0123456789a")
    (partner.inbox / "fits.xml").write_bytes(b"0123456789")
    found = {inbound.source: inbound for inbound in await partner.wire.fetch()}
    assert found["fits.xml"].data == b"0123456789"
    assert found["big.xml"].data == b""
    assert found["big.xml"].problems[0].code == "file-too-large"
    await partner.wire.settle(found["big.xml"])
    assert (partner.inbox.parent / "Aside" / "big.xml").exists()
    assert not (partner.inbox / "big.xml").exists()


@pytest.mark.parametrize("stated", [0, 3, 10, 11])
async def test_a_stated_size_is_believed_only_as_far_as_it_is_true(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, stated: int
) -> None:
    async def listed(_: object) -> list[tuple[str, int]]:
        return [("one.xml", stated)]

    monkeypatch.setattr(partner.wire, "_listed", listed)
    (partner.inbox / "one.xml").write_bytes(b"0123456789")
    assert [inbound.data for inbound in await partner.wire.fetch()] == [b"0123456789"]


async def test_a_round_takes_a_bounded_count(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "ROUND_FILES", 5)
    for number in range(8):
        (partner.inbox / f"{number}.xml").write_bytes(b"x")
    assert len(await partner.wire.fetch()) == 5


async def test_a_round_takes_a_bounded_volume(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "ROUND_BYTES", 10)
    monkeypatch.setattr(sftp, "READ_AT_ONCE", 2)
    for number in range(8):
        (partner.inbox / f"{number}.xml").write_bytes(b"x" * 6)
    assert len(await partner.wire.fetch()) == 2


async def test_files_longer_than_stated_are_held_within_a_bound_and_all_read_in_the_end(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A partner that states no size, or a false one, must not fill the component's memory."""

    async def listed(_: object) -> list[tuple[str, int]]:
        return [(path.name, 0) for path in sorted(partner.inbox.iterdir())]

    monkeypatch.setattr(partner.wire, "_listed", listed)
    monkeypatch.setattr(sftp, "FILE_MOST", 1_000)
    monkeypatch.setattr(sftp, "ROUND_BYTES", 2_500)
    for number in range(8):
        (partner.inbox / f"{number}.xml").write_bytes(b"x" * 900)
    rounds = []
    while found := await partner.wire.fetch():
        rounds.append([len(inbound.data) for inbound in found])
        for inbound in found:
            await partner.wire.settle(inbound)
    assert {size for sizes in rounds for size in sizes} == {900}
    assert sum(map(len, rounds)) == 8
    assert max(map(sum, rounds)) <= sftp.ROUND_BYTES + 8 * 2


async def test_what_is_read_at_once_is_bounded_by_what_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "FILE_MOST", 10)
    files = [("a", 9), ("b", 1), ("c", 1), ("d", 99), ("e", 0), *((str(n), 0) for n in range(20))]
    together = [[name for name, _ in some] for some in sftp._together(files)]
    assert together[:3] == [["a", "b"], ["c"], ["d", "e", *map(str, range(14))]]
    assert [len(some) for some in together] == [2, 1, 16, 6]


async def test_many_sends_at_once_share_one_connection(partner: Partner) -> None:
    await asyncio.gather(*(partner.wire.send(f"{n}.xml", b"x" * n) for n in range(20)))
    assert len(partner.visible()) == 20


async def test_every_planned_mishap_in_turn_loses_and_doubles_nothing(partner: Partner) -> None:
    seed = int(os.environ.get("SEED", "20261121"))
    print(f"seed {seed}")
    partner.mishaps.by_chance(seed, {DROP: 0.3, REFUSE: 0.2})
    for number in range(15):
        await _insist(lambda number=number: partner.wire.send(f"{number}.xml", BODY[:1000]))
    assert partner.visible() == sorted(f"{n}.xml" for n in range(15))
    assert all((partner.outbox / name).read_bytes() == BODY[:1000] for name in partner.visible())


async def _insist(call: Callable[[], Awaitable[object]]) -> None:
    for _ in range(50):
        try:
            await call()
        except Unreachable:
            continue
        return
    raise AssertionError("never arrived in 50 attempts")
