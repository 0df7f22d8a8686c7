"""A path is its line and a name; whatever else it holds belongs to the name."""

from __future__ import annotations

import pytest

from singlewindow.kernel.paths import divided, steps


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("bill_number", "", "bill_number"),
        ("goods[2].hs_code", "goods[2].", "hs_code"),
        ("goods[2].limits[0].code", "goods[2].limits[0].", "code"),
        ("goods[1].DecList/Extra.x", "goods[1].", "DecList/Extra.x"),
        ("goods[1234567].x", "", "goods[1234567].x"),
        ("goods[٣].x", "", "goods[٣].x"),
        ("a\nb", "", "a\nb"),
        ("", "", ""),
    ],
)
def test_a_path_is_divided_after_its_last_line(path: str, line: str, name: str) -> None:
    assert divided(path) == (line, name)
    assert line + name == path


def test_a_line_is_reached_by_its_groups_in_order() -> None:
    assert steps("goods[2].limits[0].") == [("goods", 2), ("limits", 0)]
    assert steps("") == []
