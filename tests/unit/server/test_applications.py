"""An application is found by its folder, and its manifest is what the menu shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.test import override_settings
from django.urls import path

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.ui import menu
from singlewindow.kernel.facts import parse_yaml
from singlewindow.server import applications, loaders, rooms
from singlewindow.server.refusal import Refusal

urlpatterns = [path("licences", lambda request: None, name="licences")]

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
    with override_settings(ROOT_URLCONF=__name__):
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


def test_a_line_that_leads_nowhere_is_refused_before_anybody_sees_a_page(shipped: Path) -> None:
    shipped.write_text(GOOD.replace('route = "licences"', 'route = "permits"'), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        applications.offer()
    assert refused.value.text.zh == "apps/licences/app.toml：没有名为“permits”的页面"
    assert refused.value.text.en == "apps/licences/app.toml: there is no page called “permits”"


ROWS = """receiver,source_kind,document_kind,condition,valid_to
customs,goods_declaration,customs_declaration,,
border,goods_declaration,cargo_declaration,by_water,
terminal,gate_passes,gate_pass_notice,,
"""


def test_what_a_mapping_makes_may_be_subscribed_to(tmp_path: Path) -> None:
    (tmp_path / "subscriptions.csv").write_text(ROWS, encoding="utf-8")
    loaders.must_be_mapped([tmp_path / "subscriptions.csv"])


@pytest.mark.parametrize(
    "row",
    [
        "customs,import_licence,customs_declaration,,",
        "customs,goods_declaration,cargo_declaration,,",
        "customs,goods_declaration,gate_pass_notice,,",
        "nobody,goods_declaration,customs_declaration,,",
        "customs,goods_declaration,customs_declaration,by_spaceship,",
        "terminal,gate_passes,gate_pass_notice,by_water,",
    ],
)
def test_what_no_mapping_makes_is_refused_before_it_is_sent_wrong(tmp_path: Path, row: str) -> None:
    path = tmp_path / "subscriptions.csv"
    path.write_text(f"{ROWS}{row}\n", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        loaders.must_be_mapped([path])
    named = ", ".join(filter(None, row.split(",")))
    assert refused.value.text.en.endswith(f": {named}")
    assert refused.value.text.zh.endswith(f"：{named}")
