"""Every icon that a template names is one that there is: a missing one would fail its page."""

from __future__ import annotations

import re
from pathlib import Path

import lucide
import pytest

import singlewindow

SOURCES = Path(singlewindow.__file__).parent
NAMED = re.compile(r'{% (?:icon|empty) "([a-z0-9-]+)"')


def named() -> list[str]:
    pages = (page.read_text("utf-8") for page in SOURCES.rglob("*.html"))
    return sorted({name for page in pages for name in NAMED.findall(page)})


@pytest.mark.parametrize("name", named())
def test_an_icon_is_there(name: str) -> None:
    assert lucide._load_icon(name) is not None


def test_icons_were_looked_for() -> None:
    assert len(named()) > 20
