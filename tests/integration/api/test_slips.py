"""What a system sends by a slip is refused as such, alike at every door, and never half-understood."""

from __future__ import annotations

import pytest

from programs import World
from running import body_of, declaration

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "said", [{"Content-Type": "application/json; charset=gbk"}, {"Content-Encoding": "gzip"}]
)
def test_a_check_refuses_unread_what_the_door_refuses(world: World, said: dict[str, str]) -> None:
    body = body_of(declaration(bill_number="SLIP-1"))
    door, check = (world.broker.ask("POST", path, body, headers=said) for path in ("/submissions", "/checks"))
    assert (door.status, check.status) == (415, 415)
    assert check.json["problems"] == door.json["problems"]


def test_a_parameter_given_twice_is_refused_and_not_half_applied(world: World) -> None:
    answer = world.broker.ask("GET", "/submissions?state=released&limit=2&state=hold")
    assert answer.status == 422
    assert [(one["code"], one["field"]) for one in answer.json["problems"]] == [
        ("repeated_parameter", "state")
    ]


def test_of_what_was_declared_document_and_values_may_be_handed_in_again(
    world: World, submission: str
) -> None:
    content = world.broker.get(f"/submissions/{submission}/content")
    again = {name: content[name] for name in ("document", "values")}
    assert world.broker.ask("POST", "/checks", again).json["fit"]
