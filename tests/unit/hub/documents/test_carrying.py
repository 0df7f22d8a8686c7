"""What no definition names: handed to a codec of the same format alone, in the receiver's own lines."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from platform_under_test import AT, context, sample
from singlewindow.hub.documents.boxes import boxes
from singlewindow.hub.documents.carrying import boxes_sent, carried, extended, restored
from singlewindow.hub.documents.projection import Carrier, Projection
from singlewindow.hub.exchange.submission import read_document
from singlewindow.kernel.messages import Document
from singlewindow.server.composition import readers, registry

GOOD = read_document(sample(), registry(), readers(), AT.date()).document
BAG: dict[str, Any] = {"<a>": "1", "goods[2].<b>": {"c": "2"}, "goods[0].<b>": "no such line there"}


def maritime(carrier: Carrier | None) -> Projection:
    """A partner that is told of some goods alone, so that its lines are others than the declaration's."""
    return replace(registry().principal["maritime"], carrier=carrier)


def everything(document: Document) -> dict[str, Any]:
    return document.extension


def test_a_line_of_the_source_is_followed_to_the_line_made_from_it() -> None:
    projection, source = maritime(everything), replace(GOOD, extension=BAG)
    line = next(box.box for box in boxes(projection, source) if box.entry == "goods[2].un_number")
    found = carried(projection, source, projection.target.id)
    assert found == {"<a>": "<a>", "goods[2].<b>": f"{line.rpartition('.')[0]}.<b>"}
    assert found["goods[2].<b>"].partition("[")[2].startswith("0]")


def test_only_the_same_format_and_only_a_codec_that_carries() -> None:
    source = replace(GOOD, extension=BAG)
    for projection, format_ in (
        (maritime(everything), "json"),
        (maritime(everything), "customs_declaration"),
        (maritime(everything), ""),
        (maritime(None), maritime(None).target.id),
    ):
        assert carried(projection, source, format_) == {}
        made = projection.project(source)
        assert extended(made, projection, source, format_) == made
        assert list(boxes_sent(projection, source, format_)) == list(boxes(projection, source))


def test_a_box_that_the_mapping_writes_is_never_asked_for() -> None:
    projection = maritime(everything)
    box = next(place for place in projection.lineage if "." not in place)
    source = replace(GOOD, extension={box: "forged", "<a>": "1"})
    assert carried(projection, source, projection.target.id) == {"<a>": "<a>"}


def test_the_codec_has_the_last_word_and_adds_nothing() -> None:
    projection = maritime(lambda document: {"<a>": "changed", "more": "2"})
    source = replace(GOOD, extension=BAG)
    assert carried(projection, source, projection.target.id) == {"<a>": "<a>"}
    made = extended(projection.project(source), projection, source, projection.target.id)
    assert made.extension == {"<a>": "1"}


def test_a_document_without_any_asks_no_codec() -> None:
    def unasked(document: Document) -> dict[str, Any]:
        raise AssertionError

    projection = maritime(unasked)
    assert carried(projection, GOOD, projection.target.id) == {}
    assert context().knowledge.registry.principal["customs"].carrier is not None


def test_json_gets_back_what_was_put_aside_where_it_stood() -> None:
    values = {"a": "1", "goods": [{"b": "2"}, {"b": "3"}]}
    aside = {"x": "1", "goods[1].y": {"z": ["2"]}, "goods[7].y": "3", "[0].": "4", "a": "never over a value"}
    assert restored(values, aside) == {
        "a": "1",
        "goods": [{"b": "2"}, {"b": "3", "y": {"z": ["2"]}}],
        "x": "1",
        "goods[7].y": "3",
        "[0].": "4",
    }
    assert values == {"a": "1", "goods": [{"b": "2"}, {"b": "3"}]}
