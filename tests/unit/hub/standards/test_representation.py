"""The notation of decision 0001, and nothing else."""

from __future__ import annotations

import pytest

from singlewindow.hub.standards.representation import Representation, parse_representation


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("a1", Representation("a", 1, 1)),
        ("an18", Representation("an", 18, 18)),
        ("an..35", Representation("an", 1, 35)),
        ("n..9", Representation("n", 1, 9)),
        ("text..255", Representation("text", 1, 255)),
        ("d19,5", Representation("d", 1, 19, 5)),
        ("-d19,5", Representation("d", 1, 19, 5, signed=True)),
        ("d5", Representation("d", 1, 5, 0)),
        ("date", Representation("date")),
        ("flag", Representation("flag")),
    ],
)
def test_known(notation: str, expected: Representation) -> None:
    assert parse_representation(notation) == expected


@pytest.mark.parametrize("notation", ["an..35", "n4", "text..255", "d19,5", "-d19,5", "time"])
def test_written_as_read(notation: str) -> None:
    assert str(parse_representation(notation)) == notation


@pytest.mark.parametrize(
    "notation",
    [
        "",
        "an",
        "an0",
        "an..0",
        "an.5",
        "n-4",
        "d5,5",
        "d39",
        "text..4001",
        "an99999",
        "money",
        "an٣",
        " an3",
        "an3\n",
    ],
)
def test_unknown(notation: str) -> None:
    with pytest.raises(ValueError, match="no representation"):
        parse_representation(notation)
