"""What the limit kept is read back submission by submission, as its latency is asked for, too."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from bench import whole_path
from bench.bed.generator import Sent

from singlewindow.kernel.messages import Outcome, Receipt, Stage

AT = datetime(2026, 11, 22, tzinfo=UTC)


def receipt(number: int, stage: Stage, outcome: Outcome, *, by_reference: bool) -> Receipt:
    """About the limit's message of this number, as one or the other kind of partner names it."""
    about = f"W{number:018d}" if by_reference else str(UUID(int=number))
    return Receipt(f"{stage}-{number}", about, stage, "1", outcome, AT)


class Kept:
    """A connection to a table with one answer: its receipts, and the second of its commit."""

    def __init__(self, *rows: tuple[list[Receipt], float]) -> None:
        self.rows = [(n, "border", receipts, at) for n, (receipts, at) in enumerate(rows, 1)]

    def execute(self, _: str, given: list[int]) -> SimpleNamespace:
        return SimpleNamespace(fetchall=lambda: [row for row in self.rows if row[0] > given[0]])


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> whole_path.Answers:
    plain = SimpleNamespace(codec=SimpleNamespace(decode=lambda receipts: receipts))
    monkeypatch.setattr(whole_path, "composition", SimpleNamespace(connectors=lambda: {"border": plain}))
    monkeypatch.setattr(whole_path, "recipients", lambda: ("border",))
    monkeypatch.setattr(whole_path, "DRAIN_S", 0.6)
    return whole_path.Answers()


def test_a_submission_of_the_limit_is_complete_with_its_last_receipt(answers: whole_path.Answers) -> None:
    first = [
        receipt(0, Stage.TECHNICAL, Outcome.ACCEPTED, by_reference=False),
        receipt(1, Stage.TECHNICAL, Outcome.ACCEPTED, by_reference=False),
        receipt(1, Stage.BUSINESS, Outcome.RELEASED, by_reference=True),
    ]
    second = [receipt(0, Stage.BUSINESS, Outcome.RELEASED, by_reference=True)]
    sent = Sent(due={str(UUID(int=1)): 0.0, str(UUID(int=2)): 0.1})
    found = answers(Kept((first, 5.0), (second, 7.0)), sent, 2)
    assert found == {str(UUID(int=1)): 7.0, str(UUID(int=2)): 5.0}


def test_an_answer_that_does_not_decide_completes_nothing(answers: whole_path.Answers) -> None:
    taken = [
        receipt(0, Stage.TECHNICAL, Outcome.ACCEPTED, by_reference=False),
        receipt(0, Stage.BUSINESS, Outcome.REFUSED, by_reference=True),
    ]
    with pytest.raises(whole_path.NotTrueError, match="1 receipts of 2"):
        answers(Kept((taken, 5.0)), Sent(due={str(UUID(int=1)): 0.0}), 1)
