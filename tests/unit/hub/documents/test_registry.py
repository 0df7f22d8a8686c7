"""What ships is joined at start: definitions found, versions told apart, wrong references refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlewindow.hub.documents.definition import DefinitionError
from singlewindow.hub.documents.registry import Registry, assemble
from unit.hub.documents.parcel import ELEMENTS, GOOD, LISTS, ON, TEXT

NEWER = TEXT.replace('version: "1"', 'version: "2"').replace("2020-01-01", "2026-01-01")
MAPPING = """
source: {id: parcel, version: "1"}
target: {id: parcel, version: "2"}
fields: [{to: number, from: number, by: lower}]
"""


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root.joinpath(*name.split("__")).with_suffix(".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def joined(root: Path) -> Registry:
    return assemble(root, ELEMENTS, LISTS, {}, {"post": {"lower": str.lower}})


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
    assert registry.projections["post"].project(checked.document).values == {"number": "p-1"}


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


def test_a_rule_that_nobody_offers_is_refused(tmp_path: Path) -> None:
    put(tmp_path, apps__a__documents__one=TEXT + "rules: [weight_limit]\n")
    with pytest.raises(DefinitionError, match="no rule weight_limit"):
        joined(tmp_path)
