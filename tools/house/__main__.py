"""The house checker: one small module a law; ends with 1 where one is broken."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.house import (
    comments,
    english,
    facts,
    languages,
    names,
    purity,
    rooms,
    sizes,
    statements,
    traces,
    words,
)
from tools.house.house import House

LAWS = (sizes, names, comments, purity, rooms, facts, statements, languages, words, english, traces)


def main() -> int:
    """Check the checkout we stand in."""
    house = House(Path.cwd())
    for law in LAWS:
        law.check(house)
    for finding in sorted(house.findings, key=lambda f: (str(f.path), f.line)):
        print(f"{finding.path}:{finding.line}: {finding.text}")
    print(f"house: {len(LAWS)} laws, {len(house.files)} files, {len(house.findings)} findings")
    return 1 if house.findings else 0


if __name__ == "__main__":
    sys.exit(main())
