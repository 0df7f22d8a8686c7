"""Which terminals an installation has, who runs them, and their lanes: tables in its own data folder.

``terminals.csv`` and ``gate_lanes.csv`` there are written like those of ``hub/coordination`` and stand in
their place; without them those hold, which are the demonstration's.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from singlewindow.hub.coordination import facts
from singlewindow.kernel.codes import uscc
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.periods import Dated, period
from singlewindow.server import checks
from singlewindow.server.configuration import Configuration

LONGEST_TERMINAL, LONGEST_LANE = 10, 20  # the first as the data element terminal_code
MOST_ROWS = 1_000
FIRST_LINE = 2  # behind the headings
Row = Mapping[str, str | None]


def _named(value: str | None, longest: int) -> bool:
    text = value or ""
    return 1 <= len(text) <= longest and text.isprintable() and text == text.strip()


def _dated(row: Row) -> bool:
    try:
        period({name: value or "" for name, value in row.items() if name in ("valid_from", "valid_to")})
    except (KeyError, ValueError):
        return False
    return True


WORDS = {
    "terminal": Text(f"码头代码，1–{LONGEST_TERMINAL} 位", f"a terminal's code of 1 to {LONGEST_TERMINAL}"),
    "operator": Text("经营人的统一社会信用代码", "its operator's unified social credit code"),
    "lane": Text(f"车道名，1–{LONGEST_LANE} 位", f"a lane's name of 1 to {LONGEST_LANE}"),
    "valid_from": Text("起止日期，如 2026-12-01，止日可空", "days such as 2026-12-01, the last may be empty"),
}
FITS: Mapping[str, Callable[[Row], bool]] = {
    "terminal": lambda row: _named(row.get("terminal"), LONGEST_TERMINAL),
    "operator": lambda row: uscc.check(row.get("operator") or "") is None,
    "lane": lambda row: _named(row.get("lane"), LONGEST_LANE),
    "valid_from": _dated,
}
COLUMNS = {
    facts.TERMINALS: ("terminal", "operator", "valid_from"),
    facts.GATE_LANES: ("terminal", "lane", "valid_from"),
}


def use(configuration: Configuration) -> None:
    """From now on this process knows the installation's own; raises ``Refusal`` with all that is wrong."""
    checks.refuse(unfit(configuration))
    facts.read_from(configuration.data)


def files(configuration: Configuration) -> list[Path]:
    """The tables that there are."""
    return [path for name in COLUMNS if (path := configuration.data / name).exists()]


def unfit(configuration: Configuration) -> list[Problem]:
    """Everything that is wrong with them, by file, line and column."""
    return [problem for path in files(configuration) for problem in _unfit(path)]


def _unfit(path: Path) -> Iterator[Problem]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(islice(csv.DictReader(file), MOST_ROWS + 1))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        said = Text(
            f"读不了，请存为 UTF-8 的 CSV：{error}", f"cannot be read, save it as CSV in UTF-8: {error}"
        )
        yield _problem(path, "", said)
        return
    if len(rows) > MOST_ROWS:
        yield _problem(path, "", Text(f"至多 {MOST_ROWS} 行", f"has more than {MOST_ROWS} rows"))
        return
    wrong = list(_wrong(path, rows))
    yield from wrong or _twice(path, rows)


def _wrong(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    for line, row in enumerate(rows, FIRST_LINE):
        for column in COLUMNS[path.name]:
            if not FITS[column](row):
                text = WORDS[column]
                yield _problem(path, f"{line}:{column}", Text(f"应为{text.zh}", f"should be {text.en}"))


def _twice(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    """One terminal is run by one operator at a time; a lane stands once."""
    key = COLUMNS[path.name][0 : 1 if path.name == facts.TERMINALS else 2]
    try:
        Dated((tuple(row[name] for name in key), period(row), "") for row in rows)  # type: ignore[arg-type]
    except ValueError:
        yield _problem(
            path,
            "",
            Text(
                "同一码头或车道在同一天有两行，请删去一行或给前一行写上止日",
                "a terminal or lane has two rows on the same day: remove one, or end the first before",
            ),
        )


def _problem(path: Path, place: str, text: Text) -> Problem:
    where = f"{path}:{place}" if place else str(path)
    return Problem("terminals.unfit", Text(f"{where}：{text.zh}", f"{where}: {text.en}"), place)
