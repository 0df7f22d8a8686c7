"""Every verb that some room writes into the journal has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import singlewindow
from singlewindow.hub.portal.record import Checkpoint, between, verbs

SOURCES = Path(singlewindow.__file__).parent
VERB = re.compile(r'verb="([a-z_]+\.[a-z_]+)"|"((?:party|person|mandate|token|code_list)\.[a-z_]+)"')


def test_every_verb_has_words() -> None:
    used = {
        one or other
        for path in SOURCES.rglob("*.py")
        if "tests" not in path.parts
        for one, other in VERB.findall(path.read_text("utf-8"))
    }
    assert used
    assert used <= set(verbs())


def test_words_are_in_both_languages() -> None:
    assert all(words.zh and words.en for words in verbs().values())


def test_a_checkpoint_stands_above_the_entries_it_covers_first() -> None:
    class Entry:
        def __init__(self, position: int) -> None:
            self.position = position

    lines = [Entry(n) for n in (9, 7, 6, 2, 1)]
    checkpoints = [Checkpoint(n, b"", None, "", b"") for n in (8, 5, 3)]
    shown = [
        row.position if isinstance(row, Entry) else f"#{row.size}" for row in between(lines, checkpoints)
    ]  # type: ignore[arg-type]
    assert shown == [9, "#8", 7, 6, "#3", 2, 1]
