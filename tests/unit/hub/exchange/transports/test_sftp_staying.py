"""A file that a partner keeps locked stays where it is: its neighbours are taken, and what stays is told."""

from __future__ import annotations

import os
import re
from typing import Any

import asyncssh
import pytest

from singlewindow.hub.exchange.transports import sftp
from singlewindow.hub.exchange.transports.port import Unreachable
from singlewindow.hub.exchange.transports.sftp import Sftp
from singlewindow.hub.exchange.transports.staying import AGAIN_S, NAME_MOST, UNUSABLE_MOST
from unit.hub.exchange.transports.inboxes import Inbox

REFUSALS = [asyncssh.SFTPPermissionDenied("no"), asyncssh.SFTPFailure("locked")]


def refuse(monkeypatch: pytest.MonkeyPatch, act: str, fault: Exception, names: str) -> None:
    """Let the partner's server refuse this act on every file whose name is among these."""
    acts = getattr(asyncssh.SFTPServer, act)

    def refused(server: asyncssh.SFTPServer, path: bytes, *given: Any) -> Any:
        if re.fullmatch(names, path.decode().rpartition("/")[2]):
            raise fault
        return acts(server, path, *given)

    monkeypatch.setattr(asyncssh.SFTPServer, act, refused)


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("act", ["open", "stat"])
async def test_a_file_that_cannot_be_read_stays_and_its_neighbours_come(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, act: str, fault: Exception
) -> None:
    for name in ("a.xml", "locked.xml", "z.xml"):
        (inbox.folder / name).write_bytes(b"x")
    with monkeypatch.context() as lock:
        refuse(lock, act, fault, "locked.xml")
        assert [one.source for one in await inbox.wire.fetch()] == ["a.xml", "z.xml"]
        (left,) = inbox.wire.left()
        assert (left.problem.field, left.kept) == ("locked.xml", False)
        assert type(fault).__name__ in left.problem.text.zh
        inbox.passed_s += AGAIN_S
        await inbox.wire.fetch()
        assert len(inbox.wire.left()) == 1
    assert len(await inbox.wire.fetch()) == 2, "it is not asked for at every look"
    assert len(inbox.wire.left()) == 1, "and told all the while"
    inbox.passed_s += AGAIN_S
    assert [one.source for one in await inbox.wire.fetch()] == ["a.xml", "z.xml", "locked.xml"]
    assert inbox.wire.left() == []


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize(("act", "done"), [("remove", ""), ("posix_rename", "Done"), ("mkdir", "Done")])
async def test_a_file_that_cannot_be_taken_away_is_told_and_holds_up_no_other(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, act: str, done: str, fault: Exception
) -> None:
    wire = Sftp(inbox.endpoint | {"done": done}, lambda: inbox.passed_s)
    for name in ("a.xml", "b.xml"):
        (inbox.folder / name).write_bytes(b"x")
    with monkeypatch.context() as lock:
        refuse(lock, act, fault, "a.xml|Done")
        for inbound in await wire.fetch():
            await wire.settle(inbound)
        assert [(one.problem.field, one.kept) for one in wire.left()][:1] == [("a.xml", True)]
        (inbox.folder / "c.xml").write_bytes(b"x")
        assert [one.source for one in await wire.fetch()] == ["c.xml"]
    inbox.passed_s += AGAIN_S
    for inbound in await wire.fetch():
        await wire.settle(inbound)
    assert (list(inbox.folder.iterdir()), wire.left()) == ([], [])
    await wire.close()


async def test_a_round_reaches_what_is_newer_than_all_that_stays(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "ROUND_FILES", 3)
    refuse(monkeypatch, "remove", asyncssh.SFTPPermissionDenied("no"), "[0-9].xml")
    refuse(monkeypatch, "open", asyncssh.SFTPPermissionDenied("no"), "[4-9].xml")
    for number, name in enumerate((*(f"{n}.xml" for n in range(8)), "new.xml", "newer.xml")):
        (inbox.folder / name).write_bytes(b"x")
        os.utime(inbox.folder / name, (1000 + number, 1000 + number))
    taken = []
    for _ in range(4):
        for inbound in await inbox.wire.fetch():
            taken.append(inbound.source)
            await inbox.wire.settle(inbound)
    assert taken == ["0.xml", "1.xml", "2.xml", "3.xml", "new.xml", "newer.xml"]
    (inbox.folder / "last.xml").write_bytes(b"x")
    inbox.passed_s += AGAIN_S
    assert [one.source for one in await inbox.wire.fetch()] == ["last.xml", "0.xml", "1.xml"]


async def test_an_inbox_that_cannot_be_looked_into_is_unreachable(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "scandir", asyncssh.SFTPPermissionDenied("no"), "InBox")
    with pytest.raises(Unreachable, match="PermissionDenied"):
        await inbox.wire.fetch()


async def test_what_stays_is_forgotten_once_the_partner_has_taken_it_away(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox.folder / "a.xml").write_bytes(b"x")
    refuse(monkeypatch, "open", asyncssh.SFTPFailure("no"), "a.xml")
    await inbox.wire.fetch()
    assert len(inbox.wire.left()) == 1
    (inbox.folder / "a.xml").unlink()
    await inbox.wire.fetch()
    assert inbox.wire.left() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"hold\x07.xml", r"hold\x07.xml"),
        ("放行\u202e通知.xml".encode(), r"放行\u202e通知.xml"),
        ("查验".encode("gbk"), r"\udcb2\udce9\udcd1\udce9"),
        (b"n" * (NAME_MOST + 1), "n" * 60 + "…"),
    ],
    ids=["control", "direction", "gbk", "long"],
)
async def test_a_file_whose_name_cannot_be_used_is_told_until_it_is_renamed(
    inbox: Inbox, name: bytes, shown: str
) -> None:
    there = inbox.folder / os.fsdecode(name)
    there.write_bytes(b"x")
    (inbox.folder / "a.xml").write_bytes(b"x")
    for _ in range(2):
        assert [one.source for one in await inbox.wire.fetch()] == ["a.xml"]
        (left,) = inbox.wire.left()
        assert (left.problem.field, left.kept) == (shown, False)
        assert shown.isprintable()
    there.rename(inbox.folder / "b.xml")
    assert sorted(one.source for one in await inbox.wire.fetch()) == ["a.xml", "b.xml"]
    assert inbox.wire.left() == []


async def test_of_many_names_that_cannot_be_used_some_are_told(inbox: Inbox) -> None:
    for number in range(UNUSABLE_MOST + 1):
        (inbox.folder / f"\x07{number:02}.xml").write_bytes(b"x")
    await inbox.wire.fetch()
    told = [left.problem.field for left in inbox.wire.left()]
    assert told == [rf"\x07{number:02}.xml" for number in range(UNUSABLE_MOST)]


@pytest.mark.parametrize("name", [".a.xml.Xy12Zw", "a.xml.tmp", "a.xml.PART"])
async def test_what_is_still_being_written_is_neither_fetched_nor_told(inbox: Inbox, name: str) -> None:
    (inbox.folder / name).write_bytes(b"x")
    assert (await inbox.wire.fetch(), inbox.wire.left()) == ([], [])
