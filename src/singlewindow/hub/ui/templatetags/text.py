"""Words in two languages: ``{% t "中文" "English" %}`` and ``{{ text|say }}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from singlewindow.kernel.messages import Text

register = template.Library()


def language() -> str:
    """``zh-Hans`` or ``en``: the language of the page, as its ``lang`` attribute says it."""
    return "en" if (get_language() or "zh").startswith("en") else "zh-Hans"


@register.simple_tag
def t(zh: str, en: str, **values: Any) -> str:
    """The sentence in the page's language, ``{name}`` filled in; escaped like any other value."""
    # A literal in a template counts as safe HTML; joining makes plain text of it, escaped as a whole.
    sentence = "".join([en if language() == "en" else zh])
    return sentence.format(**values) if values else sentence


@register.filter
def say(text: Any) -> str:
    """A kernel ``Text``, a ``{zh, en}`` mapping or a ``[zh, en]`` pair in the page's language."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    if isinstance(text, dict):
        text = Text(text["zh"], text["en"])
    elif not isinstance(text, Text):
        text = Text(*text)
    sentence: str = text.of(language())
    return sentence


@register.simple_tag(name="language")
def language_tag() -> str:
    """The ``lang`` attribute of the page."""
    return language()
