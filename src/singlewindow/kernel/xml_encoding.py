"""In which encoding XML from outside says it is, and whether that can be true; pure."""

from __future__ import annotations

import re

BOM = b"\xef\xbb\xbf"  # of UTF-8
PROLOG_MOST = 10_000  # bytes within which a message names its encoding, its root and its namespace
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_-]+)["']""")


def misdeclared(data: bytes) -> str:
    """The other encoding that UTF-8 says it is in, small; nothing where that may be true.

    Read as it says, other words would stand there, and at their ends letters and digits be gone.
    """
    if data.isascii():
        return ""
    body = data.removeprefix(BOM)
    declared = DECLARED.match(body[:PROLOG_MOST])
    encoding = declared[1].decode().lower() if declared else "utf-8"
    return encoding if encoding not in ("utf-8", "utf8") and is_utf8(body) else ""


def is_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII are good UTF-8; real text in any other encoding practically never is."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
