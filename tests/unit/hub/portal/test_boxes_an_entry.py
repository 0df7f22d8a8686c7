"""A consignment's page says what one entry was good for, in both languages."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from singlewindow.hub.portal import consignment
from singlewindow.hub.portal.states import states
from singlewindow.kernel.messages import Text

pytestmark = pytest.mark.usefixtures("pages")


def view(typed: int, made: int) -> consignment.View:
    """A page of nothing but these two numbers."""
    nothing = Text("", "")
    return consignment.View(
        id=UUID(int=1),
        title=nothing,
        state=states()["waiting"],
        keys=(),
        source={"boxes": typed},
        submission=None,
        door=nothing,
        sent=(),
        columns=[],
        tracks="documents",
        earlier=0,
        evidence={},
        made=made,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "录入 1,221 项，生成 2,563 框，平均每项 2.1 框</span>"),
        ("en", "1,221 entries typed, 2,563 boxes filled, 2.1 an entry</span>"),
    ],
)
def test_the_page_says_both_numbers_and_their_ratio(language: str, said: str) -> None:
    with override(language):
        assert said in render_to_string("portal/documents.html", {"view": view(1221, 2563)})


def test_where_nothing_was_typed_there_is_no_ratio() -> None:
    page = render_to_string("portal/documents.html", {"view": view(0, 0)})
    assert "录入 0 项，生成 0 框</span>" in page
