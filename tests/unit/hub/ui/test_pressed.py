"""Every button that a template or script makes is answered by some script, by its form or by the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

import pressed
from singlewindow import hub
from stories import pages

ROOMS = Path(hub.__file__).parent.parent
BUTTON = re.compile(r"<button\b(?:{%.*?%}|{{.*?}}|[^>{])*>", re.S)
DATA = re.compile(r"\b(data-[\w-]+)(?:=|[\s>])")
# These say more of a button that something else answers; its script reads them.
SAYING_MORE = {"data-url": "dataset.url", "data-key": "[data-key=", "data-sure": "dataset.sure"}
SCRIPTS = {path.name: path.read_text("utf-8") for path in pressed.SCRIPTS.rglob("*.js")}

HANDED_ON = """x.addEventListener("click", (event) => this.hit(event));
  hit(event) {
    const it = event.target.closest?.("[data-b]");
  }"""


def buttons() -> list[tuple[str, str]]:
    """Every button's tag and where it stands."""
    texts = {path: path.read_text("utf-8") for path in sorted(ROOMS.rglob("*.html"))}
    return [(path.name, tag) for path, text in texts.items() for tag in BUTTON.findall(text)]


def test_whatever_a_button_carries_is_looked_for_by_a_script() -> None:
    carried = {name: where for where, tag in buttons() for name in DATA.findall(tag)}
    assert len(carried) > 8
    assert carried.keys() - pressed.answered() - SAYING_MORE.keys() == set()
    assert [name for name, read in SAYING_MORE.items() if not any(read in t for t in SCRIPTS.values())] == []


@pytest.mark.parametrize(("name", "script"), [("data-do", "sw-form.js"), ("data-line-do", "lines.js")])
def test_whatever_a_button_asks_for_is_known_by_its_script(name: str, script: str) -> None:
    asked = {verb for _, tag in buttons() for verb in re.findall(rf'{name}="([\w-]+)"', tag)}
    known = set(re.findall(r'does === "([\w-]+)"', SCRIPTS[script]))
    known |= set(re.findall(r"^  (?:async )?(\w+)\([\w, ]*\) {", SCRIPTS[script], re.M))
    assert asked
    assert asked - known == set()


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ('addEventListener("click", (event) => event.target.closest("[data-a]") && go());', {"data-a"}),
        (HANDED_ON, {"data-b"}),
        ('document.querySelector("[data-c]")?.addEventListener("click", () => drop());', {"data-c"}),
        ('x.addEventListener("input", (event) => event.target.closest("[data-d]"));', set()),
        ('x.addEventListener("click", (event) => event.target.closest("[data-e]") === this.place);', set()),
        ('// addEventListener("click", (event) => event.target.closest("[data-f]"));', set()),
    ],
)  # fmt: skip
def test_a_script_is_read_for_what_its_clicks_look_for(script: str, found: set[str]) -> None:
    assert set(pressed.sought(script)) == found


@pytest.mark.parametrize("more", ["data-nothing", 'aria-controls="x"', 'data-sure="Really?"', "popover"])
def test_a_button_that_nothing_answers_is_found(more: str) -> None:
    dead = html.document_fromstring(
        f'<html><body><p id="x"></p><button type="button" {more}>Go</button></body></html>'
    )
    alive = html.document_fromstring(
        '<html><body><button type="button" data-print>Print</button></body></html>'
    )
    assert pages.dead_ends(dead) == ["button that does nothing: 'Go'"]
    assert pages.dead_ends(alive) == []
