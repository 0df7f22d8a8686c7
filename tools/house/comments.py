"""Law: comments say why. No banners, no code that was switched off, no annotations left to the runtime."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tools.house.house import House

BANNER = re.compile(r"#\s*[-=*#~_]{3,}")
STATEMENT = r"(?:return|import|from|if|for|while|def|class|await|raise|assert|print)\b.*"
CODE = re.compile(rf"#\s?({STATEMENT}|[\w.\[\]]+ = .+|[\w.]+\(.*\))$")
FUTURE = "from __future__ import annotations"


def check(house: House) -> None:
    """Every Python file of the checkout."""
    for path in house.modules:
        text = (house.root / path).read_text("utf-8")
        if text.strip() and "migrations" not in path.parts and FUTURE not in text:
            house.report(path, f"begin with {FUTURE!r}")
        for line, comment in _comments(text):
            if BANNER.match(comment):
                house.report(path, "a banner; a blank line does", line)
            elif _is_code(comment):
                house.report(path, "code that was switched off; the history keeps it", line)


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _is_code(comment: str) -> bool:
    """A whole comment that would run: prose with a colon or a bracket does not."""
    if not CODE.match(comment):
        return False
    try:
        ast.parse(comment.lstrip("# ").rstrip(":") if comment.endswith(":") else comment.lstrip("# "))
    except SyntaxError:
        return False
    return True
