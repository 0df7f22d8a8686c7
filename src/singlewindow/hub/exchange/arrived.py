"""A receipt that came, with the document of ours that it speaks of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.kernel.messages import Receipt, Stage


class Arrived(Struct, frozen=True):
    """A receipt with the document of ours that it speaks of, and the version of it that was sent."""

    partner: str
    receipt: Receipt
    received_at: datetime
    submission_id: UUID
    document_id: UUID
    viewers: list[int]
    version: int = 1
    digest: bytes = b""  # of what it says, by which a repetition is told from another use of its number

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Its place in the order that decides a document's state."""
        return int(self.receipt.outcome), self.receipt.at, self.letter

    @property
    def letter(self) -> str:
        """The business's code; a gateway's own says nothing of how the document stands."""
        return self.receipt.code if self.receipt.stage is Stage.BUSINESS else ""
