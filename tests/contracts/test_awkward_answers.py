"""What partners may send that is awkward and not broken: read as it is meant, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from contracts.test_bad_answers import form, good, harmless, speaks
from singlewindow.kernel.messages import Order, Outcome, Receipt, Unreadable
from singlewindow.kernel.receipts import SPOILT
from singlewindow.server import rooms
from singlewindow.server.composition import connectors

Change = Callable[[str], str]
VERDICTS = ("positive", "negative")
ENCODINGS = ("GBK", "GB18030", "Big5", "ISO-8859-1")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
VALUE = {
    "XML": re.compile(r"(?<=>)[^<>]*(?=</)"),
    "JSON": re.compile(r'(?<=": ")[^"]*'),
    "EDIFACT": re.compile(r"(?<=[+:])[^+:']*(?=['+:])"),
}
SERVICE = re.compile(r"UN[ABHTZ]")  # segments that count and name others, compared with them
RIGHT, WRONG = "CQXU2045171", "CQXU2045172"
NAMING: dict[str, Change] = {  # a partner names containers in boxes of their own, or in its words
    "customs": lambda text: text.replace("海关已放行", f"放行 {RIGHT}"),
    "quarantine": lambda text: text.replace("<Code>P</Code>", f"<Code>P</Code><Text>放行 {RIGHT}</Text>"),
    "maritime": lambda text: text,
    "terminal": lambda text: text,
}


def decode(partner: str, text: str, encoding: str = "utf-8") -> list[Receipt]:
    return connectors()[partner].codec.decode(text.encode(encoding))


def with_more(partner: str, text: str) -> str:
    """Every receipt with something that nobody agreed on, nested where the format nests."""
    if form(partner) == "JSON":
        return re.sub(
            r'("[a-zA-Z]+": )(?=\d|")', r'"colour": {"red": [1]}, \1', text, flags=re.ASCII, count=1
        )
    if form(partner) == "XML":
        return re.sub(r"(<(?:Receipt|DEC_RESULT|Problem)>)", r"\1<Colour a='1'><Red/></Colour>", text)
    more = re.sub(r"(?<=\n)(RFF\+ACW)", r"RFF+ZZZ:RED'\nGIS+1'\n\1", text)
    head, *messages = re.split(r"(?=UNH\+)", more)
    return head + "".join(_counted(one) if "GIS+1" in one else one for one in messages)


def _counted(message: str) -> str:
    return re.sub(r"UNT\+(\d+)", lambda found: f"UNT+{int(found[1]) + 2}", message)


@pytest.mark.parametrize("partner", rooms.connectors())
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_byte_order_mark_changes_nothing(partner: str, verdict: str) -> None:
    text = good(partner, verdict).decode()
    assert decode(partner, text, "utf-8-sig") == decode(partner, text)
    with pytest.raises(Unreadable):
        decode(partner, "\ufeff" + text, "utf-8-sig")


@pytest.mark.parametrize("partner", [name for name in rooms.connectors() if form(name) == "XML"])
@pytest.mark.parametrize("said", ENCODINGS)
@pytest.mark.parametrize("words", ["查验", "查验货", f"放行{RIGHT}", f"验{RIGHT}"])
def test_utf_8_that_says_it_is_something_else_is_not_read_as_other_words(
    partner: str, said: str, words: str
) -> None:
    text = re.sub("海关已放行|木质包装查验", words, good(partner).decode())
    declared = text.replace('encoding="UTF-8"', f'encoding="{said}"')
    assert declared != text
    for mark in ("", "\ufeff"):
        with pytest.raises(Unreadable) as refused:
            decode(partner, mark + declared)
        (problem,) = refused.value.problems
        assert problem.code.rpartition(".")[2] == "encoding"
        assert said.lower() in problem.text.zh
        assert speaks(problem)
    if said.startswith("GB"):
        assert decode(partner, declared, said) == decode(partner, text)


@pytest.mark.parametrize("partner", rooms.connectors())
@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_a_receipt_holds_beyond_the_agreed_is_passed_over(partner: str, verdict: str) -> None:
    text = good(partner, verdict).decode()
    more = with_more(partner, text)
    assert len(more) > len(text)
    assert decode(partner, more) == decode(partner, text)


BESIDE: dict[str, Change] = {  # what is no receipt, where receipts stand
    "border": lambda text: text.replace('"receipts": [', '"receipts": [7,', 1),
    "terminal": lambda text: text.replace('"receipts": [', '"receipts": [{"colour": "red"},', 1),
    "quarantine": lambda text: text.replace("<Receipts>", "<Receipts><Recipt><Code>P</Code></Recipt>", 1),
    "maritime": lambda text: text.replace("UNH+2+APERAK", "UNH+2+APERAC", 1),
}


@pytest.mark.parametrize("partner", BESIDE)
def test_what_is_no_receipt_among_receipts_is_named_and_the_others_are_read(partner: str) -> None:
    text = good(partner).decode()
    said, found = decode(partner, text), decode(partner, BESIDE[partner](text))
    [spoilt] = [one for one in found if one not in said]
    harmless(spoilt, said)
    assert spoilt.problems
    assert all(map(speaks, spoilt.problems))
    assert len([one for one in found if one in said]) >= len(said) - 1


def test_customs_data_is_read_by_its_results_whatever_stands_beside_them() -> None:
    text = good("customs").decode()
    more = text.replace("<DEC_RESULT>", "<DEC_RISK><CHANNEL>Z</CHANNEL></DEC_RISK><DEC_RESULT>", 1)
    assert more != text
    assert decode("customs", more) == decode("customs", text)


@pytest.mark.parametrize("partner", rooms.connectors())
@pytest.mark.parametrize("verdict", VERDICTS)
def test_digits_of_another_script_are_none_of_ours(partner: str, verdict: str) -> None:
    text, pattern = good(partner, verdict).decode(), VALUE[form(partner)]
    lines = [
        line if SERVICE.match(line) else pattern.sub(lambda found: found[0].translate(ARABIC), line)
        for line in text.splitlines()
    ]
    said = decode(partner, text)
    try:
        found = decode(partner, "\n".join(lines))
    except Unreadable as error:
        assert all(map(speaks, error.problems))
        return
    for one in found:
        if one not in said:
            assert one.code == SPOILT
            harmless(one, said)
    assert {one.outcome for one in found} <= {Outcome.NOTED, Outcome.ACCEPTED}


@pytest.mark.parametrize("partner", NAMING)
@pytest.mark.parametrize(
    "number", [WRONG, RIGHT.translate(ARABIC), RIGHT[:-1]], ids=["check digit", "Arabic", "too short"]
)
def test_a_container_that_cannot_be_called_so_frees_no_other(partner: str, number: str) -> None:
    text = NAMING[partner](good(partner).decode())
    assert RIGHT in text
    found = decode(partner, text.replace(RIGHT, number))
    told = [problem for one in found for problem in one.problems if problem.code.startswith("container.")]
    assert told
    assert {problem.value for problem in told} == {number}
    assert all(problem.remedy and problem.field for problem in told)
    freeing = [one for one in found if one.outcome is Outcome.RELEASED]
    assert all(one.instructions for one in freeing), "one that orders nothing speaks of all the goods"
    orders = [order for one in freeing for order in one.instructions]
    assert {(order.order, order.subject.id) for order in orders} <= {(Order.RELEASE, number)}


def test_whoever_names_containers_is_in_the_table() -> None:
    assert set(rooms.connectors()) - set(NAMING) == {"border"}, "which speaks of ships"
