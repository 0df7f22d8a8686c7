"""Rules on the proofs of origin that goods lines claim a preference by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from singlewindow.kernel.messages import Problem, Text


class OriginLines:
    """A proof of origin names a goods line that there is.

    GACC Announcement 2019 No. 18, item 31: each line of goods declared under a preference, and the line
    of the proof that belongs to it.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem for each proof whose line is not among the goods."""
        count = len(values.get("goods", ()))
        for i, proof in enumerate(values.get("origin_certificates", ())):
            line = proof.get("origin_goods_line")
            if line is not None and not 1 <= int(line) <= count:
                yield self._no_line(f"origin_certificates[{i}].origin_goods_line", line, count)

    def _no_line(self, path: str, line: str, count: int) -> Problem:
        return Problem(
            "origin_lines.none",
            Text(f"没有第 {int(line)} 项商品", f"there is no goods line {int(line)}"),
            path,
            line,
            Text(f"请填 1 至 {count} 的项号", f"give the number of a line, 1 to {count}"),
        )
