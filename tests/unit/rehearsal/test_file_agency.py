"""What every agency behind SFTP does alike: files taken once, answers written whole, nothing lost between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from singlewindow.rehearsal import file_agency
from singlewindow.rehearsal.agency import Turn
from singlewindow.rehearsal.file_agency import FileAgency, FileDesk, Unread
from singlewindow.rehearsal.ledger import Ledger, Ready
from singlewindow.rehearsal.script import Case, Codes, Script, Step

CODES = Codes(received=("L",), inspected=("C",), released=("P",), refused=("Z",))
NOW = 1_763_712_000_000


class Line(NamedTuple):
    """A message is a line; the one that begins with ``?`` cannot be read."""

    message_id: str
    reference: str


def _read(name: str, data: bytes, now: int) -> tuple[Sequence[Line], Sequence[bytes]]:
    if len(data) > file_agency.FILE_MOST or not data:
        raise Unread(f"{name} unread".encode())
    lines = data.decode().split()
    sound = [Line(f"m-{one}", one) for one in lines if one[0] != "?"]
    return sound, [one.encode() for one in lines if one[0] == "?"]


def _tell(line: Line, step: Step, turn: Turn) -> list[bytes]:
    return [f"{line.reference} {step.code} {turn.number}".encode()]


def _pack(due: list[Ready], now: int) -> Iterator[tuple[str, bytes]]:
    yield f"{due[0].position}-{due[-1].position}", b",".join(one.body for one in due)


DESK = FileDesk(
    read=_read,
    decide=lambda script, line: script.decide(line.reference, CODES),
    tell=_tell,
    pack=_pack,
)


def at_work(folder: Path) -> FileAgency[Line]:
    for name in ("OutBox", "InBox"):
        (folder / name).mkdir(exist_ok=True)
    script = Script(cases=[Case("*", steps=(Step("P"),))])
    return FileAgency(DESK, Ledger(folder / "ledger.db", lambda: NOW), script, folder)


@pytest.fixture
def agency(tmp_path: Path) -> FileAgency[Line]:
    return at_work(tmp_path)


def laid(agency: FileAgency[Line], data: bytes, name: str = "in.txt") -> Path:
    path = agency.outbox / name
    path.write_bytes(data)
    return path


def owed(agency: FileAgency[Line]) -> list[str]:
    return [one.body.decode() for one in agency.ledger.ready()]


def test_a_file_is_taken_and_gone_and_its_answers_are_one_whole_file(agency: FileAgency[Line]) -> None:
    path = laid(agency, b"a b")
    agency.take_file(path)
    assert not path.exists()
    agency.write(agency.ledger.ready())
    (answer,) = agency.inbox.iterdir()
    assert (answer.name, answer.read_bytes()) == ("1-4", b"a ACK 1,a P 1,b ACK 2,b P 2")
    assert agency.ledger.outstanding == 0


def test_half_written_files_wait(agency: FileAgency[Line]) -> None:
    laid(agency, b"a", "in.txt.tmp")
    whole = [laid(agency, b"a", name) for name in ("2.txt", "1.txt")]
    assert agency.waiting() == sorted(whole)


def test_killed_before_the_file_is_gone_nothing_happens_twice(tmp_path: Path) -> None:
    first = at_work(tmp_path)
    first.take_file(laid(first, b"a b"))
    again = at_work(tmp_path)
    again.take_file(laid(again, b"a b"))
    assert again.ledger.received == 2
    assert [one for one in owed(again) if " P " in one] == ["a P 1", "b P 2"]


def test_killed_before_the_settling_the_same_file_comes_again(tmp_path: Path) -> None:
    first = at_work(tmp_path)
    first.take_file(laid(first, b"a"))
    due = first.ledger.ready()
    again = at_work(tmp_path)
    again.write(due)
    again.write(due)
    assert [path.name for path in again.inbox.iterdir()] == ["1-2"]


def test_a_known_message_gets_the_original_technical_answer_again(agency: FileAgency[Line]) -> None:
    agency.take_file(laid(agency, b"a"))
    agency.take_file(laid(agency, b"b a", "second.txt"))
    assert owed(agency) == ["a ACK 1", "a P 1", "b ACK 2", "b P 2", "a ACK 1"]


def test_what_cannot_be_read_takes_no_number_from_the_others(agency: FileAgency[Line]) -> None:
    agency.take_file(laid(agency, b"?x a ?y"))
    agency.take_file(laid(agency, b"b"))
    assert set(owed(agency)) == {"a ACK 1", "a P 1", "?x", "?y", "b ACK 2", "b P 2"}


def test_a_file_that_is_nothing_is_answered_and_kept_aside(agency: FileAgency[Line]) -> None:
    agency.take_file(laid(agency, b"", "none.txt"))
    assert owed(agency) == ["none unread"]
    assert [path.name for path in agency.failed.iterdir()] == ["none.txt"]


def test_no_more_is_read_than_the_bound(agency: FileAgency[Line], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_agency, "FILE_MOST", 4)
    agency.take_file(laid(agency, b"a bc"))
    agency.take_file(laid(agency, b"d efg", "long.txt"))
    assert owed(agency)[-1] == "long unread"
    assert agency.ledger.received == 2
