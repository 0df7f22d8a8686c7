"""A file that a partner is still writing, or writes anew, is never taken away before it is read whole."""

from __future__ import annotations

import pytest

from singlewindow.hub.exchange.transports.port import Inbound
from singlewindow.hub.exchange.transports.sftp import Sftp
from unit.hub.exchange.transports.inboxes import Inbox

REST_S = 60.0
HALF, REST = b"<half>", b"<other half>"


async def test_a_file_grows_until_nobody_has_written_to_it_for_the_bound(inbox: Inbox) -> None:
    inbox.write(HALF, 1_000)
    assert await inbox.look() == Inbound("a.xml", HALF, growing=True)
    inbox.passed_s += REST_S - 1
    assert (await inbox.look()).growing
    inbox.write(HALF + REST, 1_059)
    assert await inbox.look() == Inbound("a.xml", HALF + REST, growing=True)
    inbox.passed_s += REST_S - 1
    assert (await inbox.look()).growing
    inbox.passed_s += 1
    assert not (await inbox.look()).growing


async def test_a_file_written_over_in_its_length_begins_to_rest_anew(inbox: Inbox) -> None:
    inbox.write(HALF, 1_000)
    await inbox.look()
    inbox.passed_s += REST_S
    inbox.write(HALF[::-1], 1_060)
    assert (await inbox.look()).growing


async def test_a_name_used_again_begins_to_rest_anew(inbox: Inbox) -> None:
    inbox.write(HALF, 1_000)
    await inbox.wire.settle(await inbox.look())
    assert await inbox.wire.fetch() == []
    inbox.passed_s += REST_S
    inbox.write(HALF, 1_000)
    assert (await inbox.look()).growing


async def test_how_long_a_file_rests_is_a_setting(inbox: Inbox) -> None:
    inbox.write(HALF, 1_000)
    wire = Sftp(inbox.endpoint | {"rest_s": 0})
    (found,) = await wire.fetch()
    await wire.close()
    assert not found.growing


@pytest.mark.parametrize("done", ["", "Done"])
@pytest.mark.parametrize(("data", "mtime"), [(HALF + REST, 1_000), (HALF + REST, 1_001), (HALF[::-1], 1_001)])
async def test_what_was_written_since_it_was_read_stays_and_is_read(
    inbox: Inbox, done: str, data: bytes, mtime: int
) -> None:
    inbox.wire = Sftp(inbox.endpoint | {"done": done})
    inbox.write(HALF, 1_000)
    found = await inbox.look()
    inbox.write(data, mtime)
    await inbox.wire.settle(found)
    found = await inbox.look()
    assert found.data == data
    await inbox.wire.settle(found)
    assert await inbox.wire.fetch() == []
    assert [path.read_bytes() for path in inbox.done.glob("*")] == ([data] if done else [])


async def test_what_grows_while_it_is_read_stays(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    content = inbox.wire._content

    async def and_more_comes(file: object, size: int) -> bytes | None:
        data = await content(file, size)  # type: ignore[arg-type]
        with (inbox.folder / "a.xml").open("ab") as written:
            written.write(REST)
        return data

    inbox.write(HALF, 1_000)
    with monkeypatch.context() as writing:
        writing.setattr(inbox.wire, "_content", and_more_comes)
        found = await inbox.look()
    assert found.data == HALF
    await inbox.wire.settle(found)
    assert (await inbox.look()).data == HALF + REST


async def test_what_was_never_read_here_is_not_taken_away(inbox: Inbox) -> None:
    inbox.write(HALF, 1_000)
    await inbox.wire.settle(Inbound("a.xml", HALF))
    assert (await inbox.look()).data == HALF
