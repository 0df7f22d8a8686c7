"""What an official table changes in a code list: added, changed, reopened, ended; nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from singlewindow.hub.standards.codelists import Code
from singlewindow.hub.standards.pinyin import syllables
from singlewindow.hub.standards.tables import Row, Table
from singlewindow.kernel.messages import Text

FEW = 10  # codes that may end in any import without being asked about


class Changes(Struct, frozen=True):
    """What an import will do. ``confirmed`` are codes that stay as they are, but now on the table's word.

    ``was`` is how each of ``changed`` stood before, in their order.
    """

    added: tuple[Code, ...] = ()
    changed: tuple[Code, ...] = ()
    ended: tuple[Code, ...] = ()
    confirmed: tuple[Code, ...] = ()
    was: tuple[Code, ...] = ()

    @property
    def drastic(self) -> bool:
        """Whether so much would end that it is more likely the wrong file than a new edition."""
        return len(self.ended) > max(FEW, (len(self.confirmed) + len(self.changed) + len(self.ended)) // 5)

    @property
    def written(self) -> tuple[Code, ...]:
        """Every row to be put into the store."""
        return (*self.added, *self.changed, *self.ended, *self.confirmed)

    def counts(self) -> dict[str, int]:
        """The numbers for the journal and the report."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "ended": len(self.ended),
            "kept": len(self.confirmed),
        }


def compare(codes: Iterable[Code], table: Table, *, on: date, source: str, first: bool) -> Changes:
    """Hold a table against the list as it stands; ``on`` is the first day the table is in force.

    What the table lacks ends the day before. ``first`` is a list's first official table: codes it adds
    have always been valid, where it does not say since when. Codes with faulty rows stay untouched.
    """
    periods = {(code.code, code.valid_from): code for code in codes}
    latest = {code: periods[code, since] for code, since in sorted(periods)}
    added, changed, confirmed, was = [], [], [], []
    for row in table.rows:
        same = periods.get((row.code, row.valid_from)) if row.valid_from else None
        old = same or latest.get(row.code)
        new = _renewed(old, row, on, source, first)
        if old is None or new.valid_from != old.valid_from:
            added.append(new)
            if old is not None and old.valid_from < new.valid_from and old.valid(new.valid_from):
                changed.append(_ended(old, new.valid_from))
                was.append(old)
        elif replace(new, source=old.source) == old:
            confirmed.append(new)
        else:
            changed.append(new)
            was.append(old)
    named = {row.code for row in table.rows} | table.bad_codes
    gone = [code for code in latest.values() if code.code not in named and code.valid(on)]
    ended = [_ended(code, on) for code in gone if _ended(code, on) != code]
    return Changes(tuple(added), tuple(changed), tuple(ended), tuple(confirmed), tuple(was))


def _renewed(old: Code | None, row: Row, on: date, source: str, first: bool) -> Code:
    """The code as it will stand; a period that has ended begins again unless the table gives its dates."""
    reopened = old is not None and not row.valid_to and old.valid_to is not None and old.valid_to < on
    if row.valid_from:
        starts = row.valid_from
    elif old is not None and not reopened:
        starts = old.valid_from
    else:
        starts = date.min if first and not reopened else on
    same_name = old is not None and old.name.zh == row.zh
    return Code(
        code=row.code,
        name=Text(row.zh, row.en or (old.name.en if old and same_name else row.zh)),
        valid_from=starts,
        valid_to=row.valid_to,
        pinyin=old.pinyin if old and same_name and old.pinyin else syllables(row.zh),
        successor=row.successor or (old.successor if old and row.valid_to else ""),
        source=source,
        extra=_merged(old, row.extra),
    )


def _merged(old: Code | None, extra: Mapping[str, str]) -> dict[str, str]:
    return {**(old.extra if old else {}), **extra}


def _ended(code: Code, on: date) -> Code:
    """Ended the day before; a code that began that very day has had its one day."""
    return replace(code, valid_to=max(code.valid_from, on - timedelta(days=1)))
