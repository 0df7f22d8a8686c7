"""What is drawn once for many pages: each language has its own, and what was safe once opens nothing."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString

from singlewindow.kernel.messages import Text

pytestmark = pytest.mark.usefixtures("pages")
WORD, MARKUP = Text("放行", "Released"), "<b>5 & 6</b>"


def rendered(source: str, language: str, **values: object) -> str:
    with translation.override(language):
        return Template("{% load text ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("{% status 'ok' word %}", "放行", "Released"),
        ("{% seal '关' word %}", "放行", "Released"),
        ('{% t "放行" "Released" %}', "放行", "Released"),
        ("{% keyboard %}", "键", "Key"),
        ("{% menu %}", "消息", "Messages"),
    ],
)
def test_each_language_has_its_own(source: str, zh: str, en: str) -> None:
    values = {"word": WORD, "request": RequestFactory().get("/")}
    values["request"].resolver_match = None  # type: ignore[attr-defined]
    values["request"].viewer = type("Viewer", (), {"permissions": frozenset({"notices.read"})})  # type: ignore[attr-defined]
    for _ in range(2):
        chinese, english = (rendered(source, each, **values) for each in ("zh-hans", "en"))
        assert zh in chinese
        assert en in english
        assert zh not in english


@pytest.mark.parametrize("source", ["{% status 'ok' word %}", "{% seal '关' word %}"])
def test_what_was_called_safe_once_lets_nothing_through(source: str) -> None:
    safe, plain = (rendered(source, "en", word=word) for word in (SafeString(MARKUP), MARKUP))
    assert safe == plain
    assert "<b>" not in plain
    assert "&lt;b&gt;5 &amp; 6" in plain


@pytest.mark.parametrize("filled", ["", " n=1"])
def test_a_sentence_is_text(filled: str) -> None:
    assert rendered(f'{{% t "甲 < 乙" "a < b"{filled} %}}', "en") == "a &lt; b"
