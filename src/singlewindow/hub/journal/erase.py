"""Taking the content out of entries, as the law may ask, without breaking what proves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncCursor

# The table's trigger lets this one change through, and only with the right commitment.
_ERASE = """update journal_entry
set commitment = sha256(salt || content), content = null, salt = null
where id = any (%s) and content is not null"""


async def erase(cursor: AsyncCursor[Any], entry_ids: Sequence[int]) -> int:
    """Erase content and salt of the entries; how many had any. The caller journals that it did."""
    await cursor.execute(_ERASE, [list(entry_ids)])
    return cursor.rowcount
