"""What ships is joined at start: definitions found, versions told apart, wrong references refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlewindow.hub.documents.definition import DefinitionError
from singlewindow.hub.documents.registry import Registry, Route, assemble
from unit.hub.documents.parcel import ELEMENTS, GOOD, LISTS, ON, TEXT

NEWER = TEXT.replace('version: "1"', 'version: "2"').replace("2020-01-01", "2026-01-01")
MAPPING = """
source: {id: parcel, version: "1"}
target: {id: parcel, version: "2"}
fields: [{to: number, from: number, by: lower}]
"""


NAMED = {"lower": str.lower}


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root.joinpath(*name.split("__")).with_suffix(".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def joined(root: Path) -> Registry:
    return assemble(root, ELEMENTS, LISTS, {}, {"post": NAMED})


def test_definitions_checks_and_projections_are_joined(tmp_path: Path) -> None:
    put(
        tmp_path,
        apps__parcels__documents__parcel=TEXT,
        connectors__post__documents__parcel=NEWER,
        connectors__post__mapping=MAPPING,
    )
    registry = joined(tmp_path)
    assert set(registry.definitions) == set(registry.checks) == {("parcel", "1"), ("parcel", "2")}
    checked = registry.checks["parcel", "1"](GOOD, ON)
    assert registry.principal["post"].project(checked.document).values == {"number": "p-1"}


def test_the_newest_version_is_current(tmp_path: Path) -> None:
    put(tmp_path, apps__a__documents__old=TEXT, apps__a__documents__new=NEWER)
    assert joined(tmp_path).current("parcel").version == "2"
    with pytest.raises(KeyError):
        joined(tmp_path).current("letter")


def test_a_version_is_defined_once(tmp_path: Path) -> None:
    put(tmp_path, apps__a__documents__one=TEXT, apps__b__documents__two=TEXT)
    with pytest.raises(DefinitionError, match="defined twice"):
        joined(tmp_path)


def test_a_mapping_to_nowhere_is_refused(tmp_path: Path) -> None:
    put(tmp_path, apps__a__documents__one=TEXT, connectors__post__mapping=MAPPING)
    with pytest.raises(DefinitionError, match="no definition parcel 2"):
        joined(tmp_path)


CARDS = MAPPING.replace('parcel, version: "1"', 'card, version: "1"')


def test_an_application_brings_what_a_partner_is_sent_of_its_own_document(tmp_path: Path) -> None:
    put(
        tmp_path,
        apps__parcels__documents__parcel=TEXT,
        apps__cards__documents__card=TEXT.replace("id: parcel", "id: card"),
        apps__cards__mappings__post__mapping=CARDS,
        connectors__post__documents__parcel=NEWER,
        connectors__post__mapping=MAPPING,
    )
    registry = joined(tmp_path)
    (card, made), (parcel, _) = registry.projections.items()
    assert (card, parcel) == (Route("post", "card", "1", "parcel"), Route("post", "parcel", "1", "parcel"))
    assert made.lineage["number"].by == "lower", "by the partner's own functions"
    assert list(registry.made_from("card", "1")) == [card]
    assert registry.principal["post"] is registry.projections[parcel], "what its reader reads back"
    document = registry.checks["card", "1"](GOOD, ON).document
    assert registry.mapping(document, "post", "parcel") is made
    assert registry.mapping(document, "post", "card") is None
    assert registry.makes("post", "card", "parcel")
    assert not registry.makes("post", "letter", "parcel")
    assert not registry.makes("post", "card", "parcel", "by_spaceship")


def test_what_is_made_of_one_version_alone_is_not_made_of_the_document(tmp_path: Path) -> None:
    put(
        tmp_path,
        apps__cards__documents__card=TEXT.replace("id: parcel", "id: card"),
        apps__cards__documents__newer=NEWER.replace("id: parcel", "id: card"),
        apps__cards__mappings__post__card=CARDS,
        connectors__post__documents__parcel=NEWER,
    )
    registry = joined(tmp_path)
    assert list(registry.made_from("card", "2")) == []
    assert not registry.makes("post", "card", "parcel")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"connectors__post__mappings__again": MAPPING}, "post · parcel · 1 · parcel is mapped twice"),
        ({"apps__a__mappings__customs__one": MAPPING}, "parcel 2 is no document of customs"),
        ({"connectors__customs__mapping": MAPPING}, "parcel 2 is no document of customs"),
    ],
)
def test_two_mappings_of_one_thing_and_documents_of_others_are_refused(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    shipped = {"apps__a__documents__one": TEXT, "connectors__post__documents__parcel": NEWER}
    put(tmp_path, **shipped, connectors__post__mapping=MAPPING)
    put(tmp_path, **files)
    with pytest.raises(DefinitionError, match=said):
        assemble(tmp_path, ELEMENTS, LISTS, {}, {"post": NAMED, "customs": NAMED})


def test_a_rule_that_nobody_offers_is_refused(tmp_path: Path) -> None:
    put(tmp_path, apps__a__documents__one=TEXT + "rules: [weight_limit]\n")
    with pytest.raises(DefinitionError, match="no rule weight_limit"):
        joined(tmp_path)
