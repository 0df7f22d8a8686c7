"""Words in two languages, escaped like any other value."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

from singlewindow.kernel.messages import Text

pytestmark = pytest.mark.usefixtures("pages")


def rendered(source: str, language: str = "zh-hans", **values: object) -> str:
    with translation.override(language):
        return Template("{% load text %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("language", "word"), [("zh-hans", "放行"), ("en", "Released"), ("en-gb", "Released")]
)
def test_the_sentence_follows_the_language(language: str, word: str) -> None:
    assert rendered('{% t "放行" "Released" %}', language) == word


def test_placeholders_are_filled_and_escaped() -> None:
    assert rendered('{% t "共 {count:,} 项" "{count:,} in all" count=n %}', "en", n=1200) == "1,200 in all"
    assert rendered('{% t "“{q}”" "“{q}”" q=q %}', q="<b>") == "“&lt;b&gt;”"


def test_a_sentence_is_text_never_markup() -> None:
    assert rendered('{% t "a & b" "a & b" %}') == "a &amp; b"


@pytest.mark.parametrize(
    "text", [Text("海关", "Customs"), {"zh": "海关", "en": "Customs"}, ["海关", "Customs"]]
)
def test_say_takes_every_form_a_text_travels_in(text: object) -> None:
    assert rendered("{{ text|say }}", "en", text=text) == "Customs"


def test_say_of_nothing_is_nothing() -> None:
    assert rendered("{{ text|say }}", text=None) == ""
