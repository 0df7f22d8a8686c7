"""What was said before a container's call was corrected is found once a case, however much was said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from singlewindow.hub.coordination import loading
from singlewindow.hub.coordination.algebra import Given
from singlewindow.hub.coordination.cases import Case, places
from singlewindow.hub.coordination.counting import contents
from singlewindow.kernel.messages import Instruction, Order, Subject

AT = datetime(2026, 11, 21, 9, 53, tzinfo=UTC)
BOX, NOW = "CQXU2045171@2/9999993/2511E", "CQXU2045171@2/9999993/2512E"


def case(id_: int, *ended: tuple[str, str]) -> Case:
    boxes = [(NOW, "CQXU2045171", "", False, False)]
    inside = places(UUID(int=id_), "bill", "B", "", False, boxes)
    return Case(UUID(int=id_), "bill", "B", "", frozenset(), places=inside, ended=ended)


def held(number: int) -> Given:
    said = Instruction(f"Q{number}", "quarantine", Order.HOLD, Subject("container", BOX), AT)
    return Given(said, "instruction")


def test_the_containers_of_a_case_are_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(loading, "contents", lambda boxes: asked.append(boxes) or contents(boxes))
    inside = loading.Inside([case(1, (BOX, "CQXU2045171")), case(2)])
    for number in range(500):
        found = inside.followed(held(number), UUID(int=1))
        assert found.instruction.subject.id == NOW
        assert inside.followed(held(number), UUID(int=2)) == held(number), "nothing of it was corrected"
        assert inside.followed(held(number), UUID(int=3)) == held(number), "of a case that is not at hand"
    assert len(asked) == 1
