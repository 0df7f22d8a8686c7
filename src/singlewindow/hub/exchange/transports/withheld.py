"""What a partner holds that was too large to read: where it stands, and when it is asked for again."""

from __future__ import annotations

from datetime import datetime, timedelta

AGAIN_S = 600  # until what was too large to read is asked for again
MOST_WITHHELD = 100  # that are asked for again; what is more stays with the partner until the next start


class Withheld:
    """The cursors of answers that were passed over, each with the cursor after which it stands."""

    def __init__(self) -> None:
        self._after: dict[str, str] = {}
        self._due_at: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._after)

    def due(self, at: datetime) -> str | None:
        """The cursor of one to be asked for again now."""
        return next((cursor for cursor, due_at in self._due_at.items() if due_at <= at), None)

    def after(self, cursor: str) -> str:
        """Where to ask for it: empty means from the beginning."""
        return self._after[cursor]

    def add(self, cursor: str, after: str, at: datetime) -> None:
        """It could not be read: it is asked for again ``AGAIN_S`` from now."""
        self.forget(cursor)
        if len(self._after) < MOST_WITHHELD:
            self._after[cursor], self._due_at[cursor] = after, at + timedelta(seconds=AGAIN_S)

    def came(self, cursor: str, up_to: str, at: datetime) -> None:
        """What stands before it was read up to a cursor; the rest, if that is not all, is due at once."""
        if up_to == cursor:
            self.forget(cursor)
        elif cursor in self._after:
            self._after[cursor], self._due_at[cursor] = up_to, at

    def forget(self, cursor: str) -> None:
        """It was read, or the partner has taken it back."""
        self._after.pop(cursor, None)
        self._due_at.pop(cursor, None)
