"""Messages of an interchange: counts and references compared, faults kept where they are."""

from __future__ import annotations

from collections import Counter

import pytest

from beside import beside
from singlewindow.kernel.edifact import APART, as_bytes, segment
from singlewindow.kernel.interchange import MESSAGES_MOST, Interchange, read
from singlewindow.kernel.messages import Unreadable

GATE = (segment("BGM", "34", "G1", "9"), segment("EQD", "CN", "CQXU2045171", ("22G1", "102", "5")))
HEAD, TAIL = "UNB+UNOA:3+ME+YOU+261121:0930+77'", "UNZ+1+77'"
ONE = "UNH+1+CODECO:D:95B:UN'BGM+34'UNT+3+1'"


def sample(name: str) -> bytes:
    (path,) = beside(f"samples/edifact/{name}")
    return path.read_bytes()


def kinds(found: Interchange) -> Counter[str]:
    return Counter(one.kind for one in found.messages)


def codes(found: Interchange) -> list[list[str]]:
    return [[problem.code for problem in one.problems] for one in found.messages]


def test_what_is_written_is_read_again() -> None:
    written = [segment("UNB", ("UNOA", "3"), "CQGYT", "SWCQ", ("261121", "0930"), "77")]
    for number in ("1", "2"):
        head = segment("UNH", number, ("CODECO", "D", "95B", "UN", "SMDG16"))
        written += [head, *GATE, segment("UNT", "4", number)]
    found = read(as_bytes("".join([*written, segment("UNZ", "2", "77")]), "UNOA"))
    assert (found.sender, found.receiver, found.reference) == ("CQGYT", "SWCQ", "77")
    assert found.prepared == ("261121", "0930")
    assert [(one.reference, one.kind, one.directory) for one in found.messages] == [
        ("1", "CODECO", "D.95B"),
        ("2", "CODECO", "D.95B"),
    ]
    assert found.messages[0].segments[1].at(2) == "CQXU2045171"
    assert codes(found) == [[], []]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("UNH+1+CODECO:D:95B:UN'BGM+34'UNT+4+1'", "edifact.unt"),
        ("UNH+1+CODECO:D:95B:UN'BGM+34'UNT+3+2'", "edifact.unt"),
        ("UNH+1+CODECO:D:95B:UN'BGM+34'UNT+X+1'", "edifact.unt"),
        ("UNH+1+CODECO:D:95B:UN'BGM+34'", "edifact.unt"),
        ("NH+1+CODECO:D:95B:UN'BGM+34'UNT+3+1'", "edifact.unh"),
        ("UNH+1'BGM+34'UNT+3+1'", "edifact.unh"),
        ("UNT+3+1'", "edifact.unh"),
        ("UNH+1+CODECO:D:95B:UN'bgm+34'UNT+3+1'", "edifact.tag"),
    ],
)
def test_a_fault_of_a_message_stays_with_it(body: str, code: str) -> None:
    found = read(f"{HEAD}{body}UNH+9+CODECO:D:95B:UN'BGM+36'UNT+3+9'UNZ+2+77'".encode())
    assert codes(found)[0][0] == code
    assert codes(found)[1] == []
    assert found.messages[1].segments[0].at(1) == "36"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (HEAD, ["edifact.unz"]),
        (HEAD + ONE, ["edifact.unz"]),
        (HEAD + ONE + "UNZ+2+77'", ["edifact.unz"]),
        (HEAD + ONE + "UNZ+1+78'", ["edifact.unz"]),
        (HEAD + ONE + TAIL + "FTX+A'", ["edifact.unz"]),
        (HEAD + "UNG+CODECO+A+B+C+5'" + ONE + "UNE+2+5'" + TAIL, ["edifact.une"]),
        (HEAD + "UNG+CODECO+A+B+C+5'" + ONE + "UNE+1+6'UNZ+2+77'", ["edifact.une", "edifact.unz"]),
        (HEAD + "UNG+CODECO+A+B+C+5'" + ONE + TAIL, ["edifact.une"]),
    ],
)
def test_a_fault_of_the_interchange_refuses_it_naming_all(text: str, codes: list[str]) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text.encode())
    assert [problem.code for problem in refused.value.problems] == codes


def test_more_messages_than_can_be_are_read_no_further() -> None:
    """What comes after the bound is not looked at: nothing is said of the count at the end."""
    many = [f"UNH+{number}+CODECO:D:95B:UN'BGM+34'UNT+3+{number}'" for number in range(MESSAGES_MOST + 1)]
    with pytest.raises(Unreadable) as refused:
        read("".join([HEAD, *many, "UNZ+7+78'"]).encode())
    assert [(each.code, each.remedy) for each in refused.value.problems] == [("edifact.count", APART)]
    found = read("".join([HEAD, *many[:-1], f"UNZ+{MESSAGES_MOST}+77'"]).encode())
    assert len(found.messages) == MESSAGES_MOST


def test_groups_are_opened() -> None:
    found = read((HEAD + "UNG+CODECO+A+B+C+5'" + ONE + "UNE+1+5'" + TAIL).encode())
    assert (kinds(found), codes(found)) == (Counter(CODECO=1), [[]])


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("gen_CODECO.edi", "CODECO", 1),
        ("gen_COPARN.edi", "COPARN", 1),
        ("D95BCOARRI.edi", "COARRI", 2),
        ("d04b_baplie.edi", "BAPLIE", 1),
        ("edifabric_CONTRL.edi", "CONTRL", 2),
        ("edifabric_CargoReport.edi", "CUSCAR", 1),
        ("edifabric_PassengerList.edi", "PAXLST", 1),
        ("example_wrapped.edi", "PAORES", 1),
        ("example_utf8.edi", "DESADV", 1),
    ],
)
def test_files_of_other_systems(name: str, kind: str, count: int) -> None:
    found = read(sample(name))
    assert kinds(found) == Counter({kind: count})
    assert codes(found) == [[]] * count


def test_release_characters_of_another_system() -> None:
    (only,) = read(sample("example_release_character.edi")).messages
    said = [one.at(2) for one in only.segments if one.tag == "IFT"]
    assert "NO MORE ' FLIGHTS 3" in said
    assert "NO MORE ?' FLIGHTS 3" in said
    assert [problem.code for problem in only.problems] == ["edifact.unt"]  # its author counted wrong


def test_utf_8_that_calls_itself_latin() -> None:
    (only,) = read(sample("example_utf8.edi")).messages
    assert any("MUNCIË" in one.at(3, 4) for one in only.segments if one.tag == "IMD")


def test_a_corrupt_head_does_not_spoil_the_neighbour() -> None:
    spoilt, whole = read(sample("edifabric_CorruptUnh.edi")).messages
    assert "edifact.unh" in [problem.code for problem in spoilt.problems]
    assert (whole.kind, whole.problems) == ("ORDERS", ())


def test_a_message_that_stands_twice_is_named() -> None:
    first, second = read(sample("edifabric_DuplicateMessage.edi")).messages
    assert first.problems == ()
    assert [problem.code for problem in second.problems] == ["edifact.twice"]


@pytest.mark.parametrize("name", ["edifabric_Invoice.edi", "d00b_iftsta.edi", "d95b_coprar.edi"])
def test_wrong_counts_or_no_head_refuse_the_interchange(name: str) -> None:
    with pytest.raises(Unreadable):
        read(sample(name))
