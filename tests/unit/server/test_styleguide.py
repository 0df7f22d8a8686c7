"""The styleguide shows whatever a style sheet draws, from the templates that the rooms' pages include."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import translation
from lxml import html

import plain_django  # noqa: F401 - before what needs it
import singlewindow
from singlewindow.hub import ui
from singlewindow.hub.ui import specimens, styleguide
from singlewindow.server import rooms

PRODUCT = Path(singlewindow.__file__).parent
PARTS = Path(ui.__file__).parent / "templates" / "ui" / "parts"
# Colours, the status shapes, the styleguide's own page.
NO_COMPONENTS = {"tokens.css", "shapes.css", "styleguide.css"}
REMARK = re.compile(r"/\*.*?\*/|url\(.*?\)", re.S)
NARROW = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"(?:^|[},])\s*(?:[a-z]+)?\.([a-z][\w-]*)", re.M)
# How a page is arranged, its head and its frame: seen on any page, and not as a piece of one.
ARRANGED = {
    "kit.css": "b bar frame hdr main skip stack",
    "pages.css": "bar g2 gj hd hero pg1 ph0 sheet-body top",
    "notices.css": "box hall-with-mail hdr",
    "clearance.css": "narrow oh paper",
    "gate.css": "gate gh gm",
    "form.css": "desk",
    "exchange.css": "g7 xh",
    "standards.css": "bar",
    "accounts.css": "acc-tabs",
    "announcements.css": "news-page",
}
WIDTH = re.compile(r"cw\d+")  # of a column of codes, as wide as its list needs


@pytest.fixture
def whole() -> Iterator[None]:
    """Every room's templates and routes, without a data base."""
    templates = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    with override_settings(
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx", *rooms.django_applications()],
        TEMPLATES=[templates],
        TIME_ZONE="Asia/Shanghai",
        STATIC_URL="/static/",
        LANGUAGES=[("zh-hans", "中文"), ("en", "English")],
        ROOT_URLCONF="singlewindow.server.urls",
    ):
        yield


def sheets() -> dict[str, str]:
    """Every style sheet with components, by name."""
    found = {path.name: path for path in PRODUCT.rglob("static/**/*.css")}
    return {name: path.read_text("utf-8") for name, path in found.items() if name not in NO_COMPONENTS}


def components(sheet: str) -> set[str]:
    """The classes that a sheet's rules begin with."""
    return set(RULE.findall(NARROW.sub("", REMARK.sub("", sheet))))


def drawn() -> str:
    """All that the styleguide draws in one theme."""
    values = styleguide.examples(frozenset({"consignments.read"})) | {"theme": "light"}
    pieces = [markup for _, themed in specimens.drawn(["light"]) for _, markup in themed]
    inside_parts = [path.read_text("utf-8") for path in PARTS.glob("*.html")]  # what only some values show
    return "".join([render_to_string("ui/styleguide_parts.html", values), *pieces, *inside_parts])


def shown(markup: str) -> set[str]:
    return set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', markup))))


def test_the_styleguide_shows_every_component(whole: None) -> None:
    seen = shown(drawn())
    found = {
        name: components(text) - seen - set(ARRANGED.get(name, "").split()) for name, text in sheets().items()
    }
    assert len(found) >= 9
    assert {name: {one for one in left if not WIDTH.fullmatch(one)} for name, left in found.items()} == {
        name: set() for name in found
    }


def test_what_is_only_arranged_is_still_there_and_not_shown_by_the_way(whole: None) -> None:
    seen, texts = shown(drawn()), sheets()
    assert {name: set(each.split()) - components(texts[name]) for name, each in ARRANGED.items()} == {
        name: set() for name in ARRANGED
    }
    assert {name: set(each.split()) & seen for name, each in ARRANGED.items() if name != "kit.css"} == {
        name: set() for name in ARRANGED if name != "kit.css"
    }


def test_a_component_is_read_wherever_a_rule_begins_with_it() -> None:
    sheet = "/* .no */ .one { } .two .of { }\n.three:hover, ul.four > li { }\n@media (x) { .no { } }"
    assert components(sheet) == {"one", "two", "three", "four"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_specimens_stand_still_and_their_ids_stand_once(whole: None, language: str) -> None:
    with translation.override(language):
        markup = "".join(markup for _, themed in specimens.drawn(styleguide.THEMES) for _, markup in themed)
    page = html.document_fromstring(f"<main>{markup}</main>")
    ids = Counter(page.xpath("//@id"))
    assert [name for name, number in ids.items() if number > 1] == []
    assert set(page.xpath("//@href")) == {"#components"}
    assert set(page.xpath("//form/@method")) == {"dialog"}
    assert page.xpath("//@*[starts-with(name(), 'hx-')] | //@action | //@formaction | //@autofocus") == []
    named = " ".join(page.xpath("//@for | //@aria-labelledby | //@aria-describedby | //@form")).split()
    assert [name for name in named if name not in ids] == []


def test_specimens_are_drawn_once_a_language(whole: None, monkeypatch: pytest.MonkeyPatch) -> None:
    specimens._drawn.cache_clear()
    rendered: list[str] = []

    def counted(template: str, *more: Any) -> str:
        rendered.append(template)
        return render_to_string(template, *more)

    monkeypatch.setattr(specimens, "render_to_string", counted)
    texts = {}
    for language in ("zh-hans", "en", "zh-hans", "en"):
        with translation.override(language):
            texts[language] = specimens.drawn(styleguide.THEMES)
    assert len(rendered) == 2 * len(styleguide.THEMES) * len(list(specimens.every()))
    assert texts["zh-hans"] != texts["en"]
    assert specimens._drawn.cache_info().maxsize == specimens.DRAWN_MOST


def test_specimens_are_what_pages_include(whole: None) -> None:
    html_, code = PRODUCT.rglob("*.html"), PRODUCT.rglob("*.py")
    texts = [path.read_text("utf-8") for path in [*html_, *code] if path.parent.name != "specimens"]
    for one in specimens.every():
        assert one.name.zh
        assert one.name.en
        if "/specimens/" not in one.template:  # only puts a table around what a page includes
            assert any(f'"{one.template}"' in text for text in texts), one.template
