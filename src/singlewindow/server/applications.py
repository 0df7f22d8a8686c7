"""Applications as their folders' ``app.toml`` say: what each is called, and its line in the menu."""

from __future__ import annotations

import tomllib

from django.urls import NoReverseMatch, reverse
from msgspec import Struct, convert

from singlewindow.hub.exchange.connector import Bilingual
from singlewindow.hub.ui import menu
from singlewindow.server import rooms
from singlewindow.server.refusal import Refusal


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """The application's line in the menu; lines stand by ``place``, under the heading ``group``."""

    route: str
    icon: str
    label: Bilingual
    group: Bilingual
    permission: str
    place: int


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """``app.toml``; ``capability`` is its number in the national plan of functions."""

    id: str
    name: Bilingual
    capability: str
    menu: Line


def manifest(application: str) -> Manifest:
    """What an application says of itself; raises ``msgspec.ValidationError`` or ``ValueError``."""
    path = rooms.PACKAGE / "apps" / application / "app.toml"
    found = convert(tomllib.loads(path.read_text(encoding="utf-8")), Manifest)
    if found.id != application:
        raise ValueError(f"apps/{application}/app.toml names itself {found.id}")
    return found


def offer() -> None:
    """Add every application to the menu; the pages of its forms belong under its line. Raises ``Refusal``."""
    for application in rooms.applications():
        line = manifest(application).menu
        _must_lead_somewhere(application, line)
        kinds = sorted(path.stem for path in (rooms.PACKAGE / "apps" / application).glob("documents/*.yaml"))
        forms = tuple(f"{kind}-{page}" for kind in kinds for page in ("new", "draft"))
        label, group = line.label.text(), line.group.text()
        menu.add(menu.Entry(line.route, line.icon, label, group, line.permission, forms), line.place)


def _must_lead_somewhere(application: str, line: Line) -> None:
    """The menu stands on every page: a line without a page would make an error of all of them."""
    try:
        reverse(line.route)
    except NoReverseMatch as error:
        named = f"apps/{application}/app.toml"
        raise Refusal(
            f"{named}：没有名为“{line.route}”的页面", f"{named}: there is no page called “{line.route}”"
        ) from error
