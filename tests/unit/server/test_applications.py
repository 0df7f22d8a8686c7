"""An application is found by its folder, and its manifest is what the menu shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from singlewindow.hub.ui import menu
from singlewindow.kernel.facts import parse_yaml
from singlewindow.server import applications, rooms

GOOD = """
id = "licences"
name = {zh = "许可", en = "Licences"}
capability = "K10"
[menu]
route = "licences"
icon = "stamp"
label = {zh = "许可", en = "Licences"}
group = {zh = "申报", en = "Declare"}
place = 110
permission = "consignments.read"
"""


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of applications with one in it, and an empty menu."""
    monkeypatch.setattr(rooms, "PACKAGE", tmp_path)
    monkeypatch.setattr(menu, "_entries", {})
    rooms.applications.cache_clear()
    documents = tmp_path / "apps" / "licences" / "documents"
    documents.mkdir(parents=True)
    (documents / "import_licence.yaml").touch()
    (documents.parent / "app.toml").write_text(GOOD, encoding="utf-8")
    yield documents.parent / "app.toml"
    rooms.applications.cache_clear()


def test_every_application_asks_for_a_permission_that_there_is() -> None:
    known = parse_yaml((rooms.PACKAGE / "hub/identity/permissions.yaml").read_text(encoding="utf-8"))
    assert "declarations" in rooms.applications()
    for each in rooms.applications():
        assert applications.manifest(each).menu.permission in known["permissions"]


@pytest.mark.usefixtures("shipped")
def test_a_folder_more_is_a_line_more_with_its_forms_under_it() -> None:
    applications.offer()
    (group,) = menu.groups(frozenset({"consignments.read"}))
    (line,) = group.entries
    assert (group.name.zh if group.name else "", line.name.en) == ("申报", "Licences")
    assert line.holds("import_licence-new")
    assert line.holds("import_licence-draft")
    assert menu.groups(frozenset()) == []


@pytest.mark.parametrize(
    ("said", "instead"), [('id = "licences"', 'id = "other"'), ("place = 110", "place = 110\nplaice = 1")]
)
def test_a_wrong_manifest_is_refused(shipped: Path, said: str, instead: str) -> None:
    shipped.write_text(GOOD.replace(said, instead), encoding="utf-8")
    with pytest.raises((ValueError, msgspec.ValidationError)):
        applications.offer()
