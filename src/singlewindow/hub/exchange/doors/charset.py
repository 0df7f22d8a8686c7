"""In which characters a body says it is written; only UTF-8 is read, by doors, pages and forms alike."""

from __future__ import annotations

import re

from singlewindow.hub.exchange.doors.refusals import Refusal, wrong_charset

UTF_8 = ("utf-8", "utf8")
_DECLARED = re.compile(r""";\s*charset\s*=\s*["']?([^"';\s]*)""", re.IGNORECASE)


def unfit(content_type: str) -> Refusal | None:
    """Why a body is not read; what declares nothing is UTF-8 (RFC 8259)."""
    declared = _DECLARED.search(content_type)
    named = declared[1].lower() if declared else UTF_8[0]
    return None if named in UTF_8 else wrong_charset(named)
