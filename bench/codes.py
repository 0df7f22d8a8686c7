"""Looking a code up in a list of 14,000 while somebody types: p95 of a key stroke, beside twin and limit.

Of CPU time, over every key stroke of people who type code, initials, pinyin, Chinese and English. The twin
looks at every code; the limit is one search through the names. Run: ``python bench/codes.py [--json FILE]``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.promises import keep, verdict  # noqa: E402

from singlewindow.hub.standards.codelists import Code, CodeList, load  # noqa: E402
from singlewindow.kernel.messages import Text  # noqa: E402

ROWS, PEOPLE, SEED = 14_000, 200, 20_261_121
ON = date(2026, 11, 21)


def official(rows: int, chance: random.Random) -> CodeList:
    """A list as long as the longest official ones, of the names that the shipped lists have."""
    shipped = [code for listing in load().values() for code in listing.codes if code.pinyin]
    codes = []
    for at in range(rows):
        one, two = chance.sample(shipped, 2)
        name = Text(one.name.zh + two.name.zh[:2], f"{one.name.en} {two.name.en.split()[0]}")
        pinyin = " ".join([*one.pinyin.split(), *two.pinyin.split()[:2]])
        codes.append(Code(f"{at:06d}", name, pinyin=pinyin))
    return CodeList("official", Text("表", "Table"), Text("表", "Table"), codes)


def strokes(listing: CodeList, chance: random.Random) -> list[str]:
    """What stands in the field after each key stroke of some people, and of some who find nothing."""
    typed = []
    for _ in range(PEOPLE):
        code = chance.choice(listing.codes)
        syllables = code.pinyin.split()
        initials = "".join(syllable[0] for syllable in syllables)
        nothing = "".join(chance.choice("bcdfghjklmnpqz") for _ in range(5))
        ways = (code.code, initials, "".join(syllables), code.name.zh, code.name.en.lower(), nothing)
        way = chance.choice(ways)[:12]
        typed += [way[:at] for at in range(1, len(way) + 1)]
    return typed


def naively(listing: CodeList, typed: str) -> list[Code]:
    """Every code looked at on every key stroke."""
    wanted = "".join(typed.split())
    ranked = []
    for at, code in enumerate(listing.codes):
        syllables = code.pinyin.split()
        initials = "".join(syllable[0] for syllable in syllables)
        keys = (
            code.code.lower(),
            initials,
            code.name.zh,
            "".join(syllables),
            code.name.en.lower().replace(" ", ""),
        )
        rank = next((at for at, key in enumerate(keys) if key.startswith(wanted)), None)
        if rank is None and any(wanted in key for key in keys):
            rank = len(keys)
        if rank is not None and code.valid(ON):
            ranked.append((rank, at, code))
    ranked.sort(key=lambda found: found[:2])
    return [code for _, _, code in ranked[:20]]


def p95_ms(ask: Callable[[str], object], typed: list[str]) -> float:
    """The 95th of a hundred key strokes, in milliseconds of this process's CPU time."""
    spent = []
    for each in typed:
        start = time.process_time()
        ask(each)
        spent.append(time.process_time() - start)
    return sorted(spent)[int(len(spent) * 0.95)] * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    chance = random.Random(SEED)
    listing = official(ROWS, chance)
    typed = strokes(listing, chance)
    names = "\n".join(code.name.zh for code in listing.codes)
    started = time.process_time()
    listing.ready(ON)
    made = (time.process_time() - started) * 1e3
    ours = p95_ms(lambda each: listing.suggest(each, ON), typed)
    naive = p95_ms(lambda each: naively(listing, each), typed[:100])
    limit = p95_ms(names.find, typed)
    print(
        f"codes look-up, {ROWS:,} rows, {len(typed):,} key strokes, seed {SEED}: ours p95 {ours:.2f} ms"
        f" ({naive / ours:.0f} x naive, {limit / ours:.2f} of limit: {naive:.1f} and {limit:.2f} ms),"
        f" index {made:.0f} ms {verdict(code_lookup_p95=ours)}"
    )
    keep(given.json, "codes", {"code_lookup_p95": ours}, naive_ms=naive, limit_ms=limit, seed=SEED)


if __name__ == "__main__":
    main()
