"""What answers a press: the data- attributes that the scripts' listeners for clicks look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from singlewindow.hub import ui

SCRIPTS = Path(ui.__file__).parent / "static" / "ui"
REMARK = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.S)
LISTENER = re.compile(r'(?:querySelector\("\[(data-[\w-]+)\]"\)\??)?\.?addEventListener\(\s*"click",')
METHOD = re.compile(r"\(event\) => this\.(\w+)\(event\)")
# Looked for on what was pressed or around it; a comparison only asks where that stands.
SOUGHT = re.compile(r'event\.target\.closest(?:\?\.)?\("\[(data-[\w-]+)\]"\)(?! *[!=]==)')
# Its listener only asks whether it is meant, and leaves the rest to the form.
ASKS_FIRST = {"data-sure"}
# What the browser itself answers.
NATIVE = {"popovertarget", "commandfor"}


@cache
def answered() -> frozenset[str]:
    """The attributes of which one makes a button do something without a form."""
    texts = [path.read_text("utf-8") for path in sorted(SCRIPTS.rglob("*.js"))]
    found = {name for text in texts for name in sought(text)}
    return frozenset(found - ASKS_FIRST | NATIVE)


def sought(script: str) -> Iterator[str]:
    """The attributes that one script's listeners for clicks look for."""
    text = REMARK.sub("", script)
    for listener in LISTENER.finditer(text):
        if listener[1]:
            yield listener[1]
        body = _enclosed(text, text.rindex("(", 0, listener.end()), "()")
        if called := METHOD.search(body):
            method = re.search(rf"^ *{called[1]}\(event\) {{", text, re.M)
            body = _enclosed(text, method.end() - 1, "{}") if method else ""
        yield from SOUGHT.findall(body)


def _enclosed(text: str, start: int, pair: str) -> str:
    """From an opening bracket to the one that closes it."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == pair[0]) - (text[at] == pair[1])
        if not depth:
            return text[start:at]
    return text[start:]
