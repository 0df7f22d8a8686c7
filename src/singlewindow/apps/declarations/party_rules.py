"""Rules on the parties of a declaration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from singlewindow.kernel.codes import uscc
from singlewindow.kernel.messages import Problem

# The same firms declare day after day.
_check = lru_cache(maxsize=4_096)(uscc.check)
_CODES = ("consignee_code", "end_user_code", "declarant_code")


class SocialCreditCodes:
    """A code of eighteen characters carries its own check character.

    GB 32100-2015, clause 4.3. Shorter codes, such as the nine of an organisation code, carry none
    of this kind and are left to the receiver.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """A problem for each code whose last character does not fit."""
        for field in _CODES:
            code = values.get(field, "")
            problem = _check(code, field) if len(code) == uscc.LENGTH else None
            if problem is not None:
                yield problem
