"""The mark of what an officer read changes with what a release rests on, and with nothing else."""

from __future__ import annotations

from singlewindow.hub.coordination.as_read import Standing, mark, standing, versions_of

WAITS = standing("customs", "BOX", "pending", (), ("customs", "quarantine"))


def marked(*units: Standing, versions: int = 1, sent_back: bool = False) -> str:
    return mark(units or (WAITS,), versions, sent_back)


def test_what_others_say_in_favour_changes_nothing() -> None:
    alone = standing("customs", "BOX", "pending", (), ("customs",))
    assert marked(alone) == marked()


def test_whatever_a_release_rests_on_changes_it() -> None:
    different = {
        marked(),
        marked(standing("customs", "BOX", "pending", (), ("quarantine",))),
        marked(standing("customs", "BOX", "held", ("quarantine",), ("customs",))),
        marked(standing("customs", "BOX", "held", ("border",), ("customs",))),
        marked(standing("customs", "BOX", "not_released", ("quarantine",), ("customs",))),
        marked(standing("customs", "OTHER", "pending", (), ("customs",))),
        marked(WAITS, standing("customs", "OTHER", "pending", (), ("customs",))),
        marked(versions=2),
        marked(sent_back=True),
    }
    assert len(different) == 9


def test_units_are_marked_alike_in_whatever_order_they_are_read() -> None:
    other = standing("customs", "OTHER", "held", ("quarantine", "border"), ("customs",))
    same = standing("customs", "OTHER", "held", ("border", "quarantine"), ("customs",))
    assert marked(WAITS, other) == marked(same, WAITS)


def test_a_mark_tells_whether_it_is_the_documents_that_changed() -> None:
    held = standing("customs", "BOX", "held", ("quarantine",), ("customs",))
    assert versions_of(marked()) == versions_of(marked(held))
    assert len({versions_of(one) for one in (marked(), marked(versions=2), marked(sent_back=True))}) == 3
