"""What no definition names goes out where it stood, whole and escaped, and can pass for nothing else."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from singlewindow.connectors.customs import codec, extension, layout, procedure
from singlewindow.connectors.customs.codec import carried, encode
from singlewindow.connectors.customs.reader import read_document
from singlewindow.connectors.customs.tests.test_codec import ENVELOPE, FOLDER, SAMPLE
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Document, Unreadable

DEC = "{http://www.chinaport.gov.cn/dec}"
VEHICLES = {
    "DecGoodsLimits": [{"LicTypeCode": "411"}],
    "DecGoodsLimitVin": [{"VinCode": "V1"}, {"VinCode": "V2"}],
}
VALUES = SAMPLE.values | {"DecLists": [SAMPLE.values["DecLists"][0], SAMPLE.values["DecLists"][1] | VEHICLES]}
NESTED = {"@unit": "kg", "A": ["1", "3"], "B": {"C": {"#": "x", "@n": "2"}}}
EVERYWHERE: dict[str, Any] = {
    "DecHead/Colour": "红 & <b> ]]> \"'",
    "DecHead/PDate": "20261117",
    "DecHead/VoyNo": "known in another place",
    "DecFreeTxt/Note2": "n",
    "DecMessage/DecRisk": {"R": "1"},
    "DecMessage/DecMarkLobs": {"DecMarkLob": [{"AttachName": "a"}, {"AttachName": "b"}]},
    "DecLists/Total": "2",
    "DecLists[0].DecList/UseTo": "11",
    "DecLists[1].DecList/Extra": NESTED,
    "DecLists[1].DecGoodsLimits/Count": "1",
    "DecLists[1].DecGoodsLimits[0].DecGoodsLimit/GoodsNo": "2",
    "DecLists[1].DecGoodsLimitVin[1].DecGoodsLimitVin/Paint": ["red", "blue"],
    "DecContainers[0].Container/Seal": "S1",
    "EdocRealation[0].EdocRealation/SignUnit": "x",
}


def sent(values: dict[str, Any], aside: dict[str, Any]) -> bytes:
    """The DecMessage itself."""
    dxp = encode(Document("customs_declaration", "1", values, aside), ENVELOPE)
    return b64decode(re.search(rb"<Data>(.*?)</Data>", dxp, re.DOTALL)[1])  # type: ignore[index]


def attributes(number: int) -> str:
    return " ".join(f'a{n}="1"' for n in range(number))


def kept(values: dict[str, Any], path: str = "") -> dict[str, Any]:
    """What a reader put aside, by path."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if "/" in key:
            found[path + key] = value
        elif isinstance(value, list):
            for at, line in enumerate(value):
                found |= kept(line, f"{path}{key}[{at}].")
    return found


def known(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [known(line) for line in value] if isinstance(value, list) else value
        for key, value in values.items()
        if "/" not in key
    }


def test_it_goes_out_where_it_stood_and_is_read_again() -> None:
    message = sent(VALUES, EVERYWHERE)
    assert kept(read_document(message)) == EVERYWHERE
    assert known(read_document(message)) == read_document(sent(VALUES, {}))
    assert carried(Document("customs_declaration", "1", VALUES, EVERYWHERE)) == EVERYWHERE


def test_it_stands_after_what_is_known_and_in_the_wires_order_where_it_has_one() -> None:
    root = etree.fromstring(sent(VALUES, EVERYWHERE))
    head = [etree.QName(child).localname for child in root[0]]
    assert head[-2:] == ["Colour", "VoyNo"]
    in_order = [name for name in layout.HEAD if name in head]
    assert head[:-2] == in_order
    assert "PDate" in in_order
    parts = [etree.QName(child).localname for child in root]
    assert parts[-1] == "DecRisk"
    assert parts.index("DecMarkLobs") < parts.index("DecFreeTxt")
    line = [etree.QName(child).localname for child in root.iter(DEC + "DecList")][0:2]
    assert line == ["DecList", "DecList"]
    assert etree.QName(root.find(f"{DEC}DecLists/{DEC}DecList[2]")[-1]).localname == "Extra"
    assert b"ns0" not in sent(VALUES, EVERYWHERE)


def test_nothing_of_it_changes_a_byte_of_what_is_known() -> None:
    root = etree.fromstring(sent(VALUES, EVERYWHERE))
    plain = etree.fromstring(sent(VALUES, {}))
    for element in [*root.iter()]:
        parent = element.getparent()
        if parent is None:
            continue
        name, above = etree.QName(element).localname, etree.QName(parent).localname
        if name not in layout.FILLED.get(above, frozenset()):
            parent.remove(element)
    assert etree.tostring(root, method="c14n") == etree.tostring(plain, method="c14n")


FORGED: dict[str, Any] = {
    "DecHead/GrossWet": "1",
    "DecHead/TradeCodeScc": "91500112MADEM0A1XL",
    "DecHead/BillNo": {"x": "1"},
    "DecHead/PDate": {"GrossWet": "1"},
    "DecHead/PromiseItmes": "11111",
    "DecHead/DDate": "20260101",
    "DecHead/ClientSeqNo": "W1",
    "DecHead/Sign": "x",
    "DecHead/GrossWet/@unit": "t",
    "DecHead/@unit": "t",
    "DecHead/{urn:other}GrossWet": "1",
    "DecHead/x:GrossWet": "1",
    "DecHead/xmlns": "urn:other",
    "DecHead/XmlThing": "1",
    "DecHead/": "1",
    "DecHead/a b": "1",
    "DecHead/a><GrossWet": "1",
    "DecHead/?pi": "1",
    "DecHead/!DOCTYPE": "1",
    "DecHead/Colour": {"Certificate": "1"},
    "DecHead/Deep": {"a": {"b": {"DecSign": {"OperType": "D"}}}},
    "DecHead/Box": {"Container": {"ContainerId": "CSQU3054383"}},
    "DecHead/Lines": [{"DecLists": {"DecList": {"GNo": "4"}}}],
    "DecHead/Space": {"@xmlns": "urn:other"},
    "DecHead/Space2": {"@xmlns:x": "urn:other"},
    "DecHead/Space3": {"@xml:lang": "zh"},
    "DecHead/Space4": {"{urn:other}a": "1"},
    "DecHead/Nil": {"@{http://www.w3.org/2001/XMLSchema-instance}nil": "true"},
    "DecHead/Control": "a\x01b",
    "DecHead/Control2": "a\ud800b",
    "DecHead/Control3": {"@a": "\0"},
    "DecHead/Number": 7,
    "DecHead/Nothing": None,
    "DecHead/Listed": [["1"]],
    "DecHead/Text": {"#": ["1"]},
    "DecSign/HostId": "1",
    "DecSign/CopCode": "1",
    "DecSign/New": "1",
    "DecMessage/DecHead": {"GrossWet": "1"},
    "DecMessage/DecSign": {"Sign": "1"},
    "DecMessage/DecLists": {"DecList": {"GNo": "4"}},
    "DecMessage/EcoRelation": {"CertType": "1"},
    "DecMessage/DecMessage": "1",
    "DecLists/DecList": {"GNo": "4"},
    "DecLists[0].DecList/GNo": "4",
    "DecLists[9].DecList/Extra": "no such line",
    "DecLists[0].Container/Extra": "not of this line",
    "DecLists[0].DecHead/Extra": "not of this line",
    "DecLists[0].DecMessage/Extra": "not of this line",
    "DecUsers/Extra": "no such group",
    "Unknown[0].DecList/Extra": "no such group",
    "DecList/Extra": "no line",
    "DxpMsg/Extra": "the envelope",
    "Colour": "no parent",
    "": "nothing",
    "/": "nothing",
}


@pytest.mark.parametrize("path", FORGED, ids=repr)
def test_nothing_passes_for_something_known_or_for_markup(path: str) -> None:
    values = {name: value for name, value in VALUES.items() if name != "DecUsers"}
    assert sent(values, {path: FORGED[path]}) == sent(values, {})
    assert carried(Document("customs_declaration", "1", values, {path: FORGED[path]})) == {}


def test_deeper_than_a_message_may_be_goes_nowhere() -> None:
    value: Any = "x"
    for _ in range(20):
        value = {"a": value}
    assert carried(Document("customs_declaration", "1", VALUES, {"DecHead/Deep": value})) == {}


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20)
FILLED_TEXT = TEXT.map(str.strip).filter(bool)
NAME = st.from_regex(r"[A-Za-wyz_一-龥][A-Za-z0-9_.\-一-龥]{0,12}", fullmatch=True)
FREE = NAME.filter(lambda name: name not in extension.RESERVED and not name.lower().startswith("xml"))


def holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3)
    children = st.dictionaries(FREE, inner | several, min_size=1, max_size=3)
    attributes = st.dictionaries(FREE.map("@{}".format), TEXT, max_size=2)
    own = st.fixed_dictionaries({}, optional={"#": FILLED_TEXT})
    return st.tuples(own, attributes, children).map(lambda parts: parts[0] | parts[1] | parts[2])


VALUE = st.recursive(FILLED_TEXT, holding, max_leaves=6).filter(lambda value: depth(value) <= 3)
LEVELS = [re.sub("/.*", "", path) for path in EVERYWHERE]


def depth(value: Any) -> int:
    if isinstance(value, list):
        return max(map(depth, value))
    return 1 + max(map(depth, value.values())) if isinstance(value, dict) else 0


def taken(level: str, name: str) -> bool:
    return name in layout.ORDER[level.rpartition(".")[2]] or name in layout.OLDER


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(LEVELS), FREE).filter(lambda place: not taken(*place)).map("/".join),
        VALUE | st.lists(VALUE, min_size=2, max_size=3),
        max_size=6,
    )
)
def test_any_bag_survives_out_in_and_out_again(aside: dict[str, Any]) -> None:
    message = sent(VALUES, aside)
    read = read_document(message)
    assert kept(read) == aside
    assert known(read) == read_document(sent(VALUES, {}))
    assert sent(VALUES, kept(read)) == message


ANY_NAME = st.sampled_from(
    [*layout.ORDER, *sum(layout.ORDER.values(), ()), "x", "@a", "#", "{urn:x}y", "a:b"]
) | st.text(max_size=6)
ANY_VALUE = st.recursive(
    st.text(max_size=6) | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY_NAME, inner, max_size=2),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([*LEVELS, *layout.ORDER]), ANY_NAME).map("/".join), ANY_VALUE, max_size=4
    )
)
def test_whatever_is_asked_of_it_the_known_stays_as_it_was(aside: dict[str, Any]) -> None:
    assert known(read_document(sent(VALUES, aside))) == read_document(sent(VALUES, {}))


def incoming(change: tuple[str, str]) -> bytes:
    message = sent(VALUES, {}).decode()
    assert change[0] in message
    return message.replace(*change, 1).encode()


def test_attributes_and_other_namespaces_are_kept_and_never_taken_for_the_known() -> None:
    found = read_document(
        incoming(
            (
                "<GrossWet>",
                '<y:GrossWet xmlns:y="urn:y">1</y:GrossWet><GrossWet unit="t" y:z="1" xmlns:y="urn:y">',
            )
        )
    )
    assert found["GrossWet"] == VALUES["GrossWet"]
    assert kept(found) == {"DecHead/{urn:y}GrossWet": "1", "DecHead/GrossWet/@unit": "t"}


def test_what_the_mapping_calls_its_own_entries_is_no_entry_in_a_message() -> None:
    found = read_document(incoming(("</DecHead>", "<gross_mass>1</gross_mass></DecHead>")))
    assert kept(found) == {"DecHead/gross_mass": "1"}


@pytest.mark.parametrize(
    ("added", "code"),
    [
        ("<x>1</x>" * (extension.TEXTS_MOST + 1), "too-many-unknown"),
        ("<y>" + "<x>1</x>" * (extension.TEXTS_MOST + 1) + "</y>", "too-many-unknown"),
        ("<x>" + "a" * extension.CHARACTERS_MOST + "</x>", "too-much-unknown"),
        (f"<{'n' * extension.NAME_MOST}>1</{'n' * extension.NAME_MOST}>", "name-too-long"),
        (f'<x {"n" * extension.NAME_MOST}x="1"/>', "name-too-long"),
        (f"<x {attributes(extension.ATTRIBUTES_MOST + 1)}/>", "too-many-attributes"),
        (f"<VoyNo {attributes(extension.ATTRIBUTES_MOST + 1)}>1</VoyNo>", "too-many-attributes"),
        ("<DecFreeTxt/>", None),
        ("<x>" * 11 + "1" + "</x>" * 11, "too-deep"),
    ],
)
def test_how_much_of_it_a_message_may_carry_is_bounded(added: str, code: str | None) -> None:
    message = incoming(("</DecHead>", f"{added}</DecHead>"))
    if code is None:
        assert known(read_document(message)) == read_document(sent(VALUES, {}))
        return
    with pytest.raises(Unreadable) as refusal:
        read_document(message)
    (problem,) = refusal.value.problems
    assert problem.code == code
    assert problem.text.zh
    assert problem.remedy is not None


def test_as_many_as_may_be_are_taken_and_sent() -> None:
    found = read_document(incoming(("</DecHead>", "<x>1</x>" * extension.TEXTS_MOST + "</DecHead>")))
    aside = kept(found)
    assert aside == {"DecHead/x": ["1"] * extension.TEXTS_MOST}
    assert carried(Document("customs_declaration", "1", VALUES, aside)) == aside


@pytest.mark.parametrize("part", ["DecHead", "DecLists", "DecFreeTxt"])
def test_a_part_that_stands_twice_is_refused(part: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_document(incoming(("</DecMessage>", f"<{part}><x>1</x></{part}></DecMessage>")))
    assert refusal.value.problems[0].code == "twice"


def test_what_is_ours_to_fill_is_what_our_document_has_boxes_for() -> None:
    definition = parse_yaml((FOLDER / "documents" / "customs_declaration.yaml").read_text("utf-8"))
    top: set[str] = set()
    for section in definition["sections"]:
        if "repeats" not in section:
            top |= {field["as"] for field in section["fields"]}
        for group in (section, *section.get("sections", ())) if "repeats" in section else ():
            item = layout.ITEMS[group["id"]]
            assert {field["as"] for field in group["fields"]} == layout.FILLED[item] - layout.PARTS[item], (
                item
            )
    filled = set().union(*(layout.FILLED[section] for section in layout.SECTIONS))
    composed = {*codec.PROMISES, *procedure.BOXES}
    assert filled - layout.OF_TRANSPORT - layout.OLDER.keys() - {"PromiseItmes"} == top - composed
