"""Components render one shape each, escape what they show and obey the content security policy."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import Context, Template

from singlewindow.hub import documents, portal, ui
from singlewindow.hub.ui import menu, moments
from singlewindow.kernel.messages import Text

pytestmark = pytest.mark.usefixtures("pages")
ROOM = Path(ui.__file__).parent
STATIC = ROOM / "static" / "ui"
KINDS = ("ok", "ins", "hold", "deny", "back", "run", "wait", "draft", "off", "warn")


def rendered(source: str, **values: object) -> str:
    return Template("{% load text ui %}" + source).render(Context(values))


@pytest.mark.parametrize("kind", KINDS)
def test_a_status_has_shape_word_and_letter(kind: str) -> None:
    page = rendered("{% status kind word 'P' %}", kind=kind, word=Text("放行", "Released"))
    assert f"i-s-{kind}" in page
    assert "放行" in page
    assert ">P<" in page
    assert f".i-s-{kind}{{" in (STATIC / "shapes.css").read_text("utf-8")


def test_a_form_says_of_keys_what_the_table_says() -> None:
    table, beside = rendered("{% keyboard %}"), rendered("{% keys_beside %}")
    said = re.findall("<kbd>[^<]+</kbd>", beside)
    assert "<kbd>Alt 1–9</kbd>" in said
    assert [key for key in said if key not in table] == []
    assert (
        "<kbd>"
        not in (Path(documents.__file__).parent / "templates/documents/form.html")
        .read_text("utf-8")
        .partition("keys-list")[2]
        .partition("</aside>")[0]
    )


def test_there_is_no_eleventh_status() -> None:
    with pytest.raises(ValueError, match="ten status kinds"):
        rendered("{% status 'green' 'x' %}")


def test_components_escape() -> None:
    assert "<script>" not in rendered("{% chip label value %}", label="x", value="<script>")
    assert "<script>" not in rendered(
        "{% panel title %}{{ value }}{% endpanel %}", title="<script>", value="<script>"
    )


def test_key_values_leave_out_what_is_absent() -> None:
    assert rendered("{% kv pairs %}", pairs=[("a", "1"), ("b", ""), ("c", None)]).count("<dt>") == 1


def test_icons_come_from_lucide_and_say_nothing() -> None:
    assert 'aria-hidden="true"' in rendered("{% icon 'search' %}")


def test_no_template_carries_inline_style_or_script() -> None:
    folders = (ROOM, Path(portal.__file__).parent)
    templates = [path for folder in folders for path in folder.rglob("*.html")]
    assert len(templates) > 20
    for path in templates:
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text), path


def test_the_two_dark_themes_are_equal() -> None:
    text = (STATIC / "tokens.css").read_text("utf-8")
    chosen = re.search(r'\[data-theme="dark"\] \{(.*?)\n\}', text, re.DOTALL)
    system = re.search(r":root:not\(\[data-theme\]\) \{(.*?)\n  \}", text, re.DOTALL)
    assert chosen
    assert system
    assert chosen[1].split() == system[1].split()


# What stands in the frame of every page, the styleguide's own included, or hidden on pages with fields.
FRAME = {"keys_beside", "mark", "language", "mail", "kept"}


def test_the_styleguide_shows_every_part() -> None:
    templates = ROOM / "templates" / "ui"
    shown = "".join(path.read_text("utf-8") for path in templates.glob("styleguide*.html"))
    inside = "".join(path.read_text("utf-8") for path in (templates / "parts").glob("*.html"))
    for part in (templates / "parts").glob("*.html"):
        used = f"{{% {part.stem} " in shown or f"parts/{part.name}" in shown + inside
        assert used or part.stem in FRAME, part.name


def test_the_kit_keeps_no_class_that_nothing_uses() -> None:
    kit = re.sub(r"/\*.*?\*/|url\(.*?\)", "", (STATIC / "kit.css").read_text("utf-8"), flags=re.DOTALL)
    classes = set(re.findall(r"^\.([a-z][a-z-]*)", kit, re.MULTILINE))
    rooms = ROOM.parent.parent
    sources = [*rooms.rglob("*.html"), *rooms.rglob("static/**/*.js"), *ROOM.parent.rglob("*.py")]
    used = {word for path in sources for word in re.findall(r"[\w-]+", path.read_text("utf-8"))}
    assert classes <= used


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("selector", [r':root, \[data-theme="light"\]', r'\[data-theme="dark"\]'])
def test_every_status_word_is_readable_on_its_tint(selector: str) -> None:
    text = (STATIC / "tokens.css").read_text("utf-8")
    block = re.search(selector + r" \{(.*?)\n\}", text, re.DOTALL)
    assert block
    tokens = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block[1]))
    for kind in ("ok", "ins", "hold", "deny", "back", "run", "wait"):
        assert contrast(tokens[f"{kind}-fg"], tokens[f"{kind}-bg"]) >= 4.5, kind
        assert contrast(tokens[kind], tokens["panel"]) >= 3, kind
    for ink in ("ink-1", "ink-2", "ink-3", "link"):
        for surface in ("panel", "bg", "sunken", "label", "hover", "f-req", "f-opt", "f-auto", "selected"):
            assert contrast(tokens[ink], tokens[surface]) >= 4.5, (ink, surface)
    for kind in ("ok", "ins", "hold", "deny", "back", "run", "wait"):
        assert contrast(tokens[f"{kind}-fg"], tokens["panel"]) >= 4.5, kind
    assert contrast(tokens["on-brand-2"], tokens["brand-800"]) >= 4.5


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0.3, "不足 1 秒", "under 1 s"),
        (8, "8 秒", "8 s"),
        (61, "1 分 1 秒", "1 min 1 s"),
        (22_740, "6 小时 19 分", "6 h 19 min"),
        (172_800, "2 天", "2 d"),
        (-5, "不足 1 秒", "under 1 s"),
    ],
)
def test_spans_are_said_in_two_units(seconds: float, zh: str, en: str) -> None:
    assert moments.span(timedelta(seconds=seconds)) == Text(zh, en)


def test_times_are_those_of_the_port() -> None:
    at = datetime(2025, 11, 18, 1, 53, 8, tzinfo=UTC)
    assert moments.clock_time(at, seconds=True) == "09:53:08"
    assert moments.day(at) == Text("11-18 周二", "Tue 11-18")


def test_the_menu_shows_what_somebody_may_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_entries", {})
    menu.add(menu.Entry("b", "x", Text("乙", "B"), Text("组", "G"), "b.read", ("b2",)), 20)
    menu.add(menu.Entry("a", "x", Text("甲", "A")), 10)
    assert [[entry.route for entry in group.entries] for group in menu.groups(frozenset())] == [["a"]]
    both = menu.groups(frozenset({"b.read"}))
    assert [group.name for group in both] == [None, Text("组", "G")]
    assert both[1].entries[0].holds("b2")
