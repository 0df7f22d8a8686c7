"""Rules on the documents attached to a declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from singlewindow.kernel.messages import Problem, Severity, Text

_UPLOADED = re.compile("[0-9]{4}([0-9]{8})SW[0-9]+")


class AttachedDocuments:
    """Each uploaded document is attached once, as the kind that it was uploaded as.

    JGS-20, 随附单据 EdocRealation: EdocID is the customs office (4), the kind of the document (8), SW, the
    day (8) and a serial number. An identifier of another form is left to the receiver.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem for each identifier that stands twice or is that of another kind."""
        seen: dict[str, int] = {}
        for i, line in enumerate(values.get("attachments", ())):
            given = line.get("attachment_id")
            if given is None:
                continue
            if seen.setdefault(given, i) != i:
                yield self._twice(f"attachments[{i}].attachment_id", given, seen[given] + 1)
            uploaded, kind = _UPLOADED.fullmatch(given), line.get("attachment_kind")
            if uploaded and kind and uploaded[1] != kind:
                yield self._another_kind(f"attachments[{i}].attachment_kind", kind, uploaded[1])

    def _twice(self, path: str, given: str, first: int) -> Problem:
        return Problem(
            "attached_documents.twice",
            Text(
                f"{given} 与第 {first} 份随附单证的编号重复",
                f"{given} is already the identifier of attached document {first}",
            ),
            path,
            given,
            Text("请核对编号，或删去重复的一行", "check the identifier, or leave out one of the two"),
        )

    def _another_kind(self, path: str, kind: str, uploaded: str) -> Problem:
        return Problem(
            "attached_documents.kind",
            Text(
                f"单证编号中的类别是 {uploaded}，所填类别是 {kind}",
                f"the identifier says that the document was uploaded as {uploaded}, not as {kind}",
            ),
            path,
            kind,
            Text(f"编号无误时应为 {uploaded}", f"if the identifier is right, give {uploaded}"),
            Severity.WARNING,
        )
