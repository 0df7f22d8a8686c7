"""The dictionary, by program: every element of every form, found by what it says, with who uses it."""

from __future__ import annotations

import pytest

from programs import World

pytestmark = pytest.mark.database


def test_every_box_of_a_form_stands_in_the_dictionary(world: World) -> None:
    known = {one["code"]: one for one in world.broker.pages("/elements", limit=200)}
    assert list(known) == sorted(known)
    sections = world.broker.get("/definitions/goods_declaration")["sections"]
    boxes = [box for section in sections for box in section["fields"]]
    assert boxes
    for box in boxes:
        one = known[box["element"]]
        assert "goods_declaration" in one["documents"]
        assert (one["representation"], one["code_list"] or "") == (box["representation"], box["codes"])
        assert (one["definition"]["zh"], one["definition"]["en"]) == tuple(box["definition"].values())


def test_an_element_is_found_by_words_and_by_its_code_list(world: World) -> None:
    found = world.broker.pages("/elements", q="毛重")
    assert "gross_mass" in {one["code"] for one in found}
    one = world.broker.get("/elements/gross_mass")
    assert one in found
    assert (one["references"]["dec"], "customs" in one["agencies"]) == ("GrossWet", True)
    assert (one["references"]["untded"], one["unnumbered"]) == ("6012", {})
    ours = world.broker.get("/elements/levy_nature")
    assert ours["references"].keys() & {"wco", "untded"} == set()
    assert {why["zh"] for why in ours["unnumbered"].values()} == {"中国申报和监管制度自有"}
    by_list = world.broker.pages("/elements", code_list="countries")
    assert {each["code_list"] for each in by_list} == {"countries"}
    assert "trade_country" in {each["code"] for each in by_list}
    for nothing in ({"q": "no-such-word"}, {"code_list": "no_such_list"}):
        assert world.broker.get("/elements", **nothing) == {"items": [], "next": None}


def test_what_is_not_there_and_what_is_not_allowed_look_alike(world: World) -> None:
    absent = world.broker.ask("GET", "/elements/nothing")
    assert absent.status == 404
    for path in ("/elements", "/elements/gross_mass"):
        assert world.bare.ask("GET", path).body == absent.body
        assert world.nobody.ask("GET", path).status == 401
