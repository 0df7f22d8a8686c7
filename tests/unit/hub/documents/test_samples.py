"""A sample is told today, whatever day it is: its days move together, and checks find the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from singlewindow.hub.documents.samples import Sample, samples_in
from singlewindow.server import rooms
from singlewindow.server.composition import registry

FOLDER = rooms.PACKAGE / "apps/declarations/samples"
SAMPLES = samples_in(FOLDER)
KIND = ("goods_declaration", "1")
TOLD = date(2025, 11, 18)
DAYS = [
    date(2025, 11, 18),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2026, 11, 22),
    date(2027, 2, 28),
    date(2028, 2, 29),
    date(2028, 3, 1),
    date(2031, 12, 30),
]
ids = [sample.id for sample in SAMPLES]


def written(sample: Sample) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(sample.path.read_text("utf-8"))["values"]
    return values


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
        return
    for at, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(inner, f"{path}.{at}")


def problems(values: dict[str, Any], on: date) -> set[tuple[str, str]]:
    return {(p.code, p.field) for p in registry().checks[KIND](values, on).problems}


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_checks_find_the_same_on_every_day(sample: Sample, today: date) -> None:
    told = sample.values(registry().definitions[KIND], today)
    assert problems(told, today) == problems(written(sample), TOLD)
    assert problems(told, today) == set() or sample.id == "many_errors"


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_days_move_together_and_nothing_else_does(sample: Sample, today: date) -> None:
    before, after = (
        dict(leaves(values))
        for values in (written(sample), sample.values(registry().definitions[KIND], today))
    )
    assert list(before) == list(after)
    moves = {
        datetime.fromisoformat(after[path]) - datetime.fromisoformat(text)
        for path, text in before.items()
        if after[path] != text
    }
    assert moves == ({today - TOLD} if today != TOLD else set())


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_ship_came_yesterday_and_the_goods_are_fetched_this_week(today: date) -> None:
    values = SAMPLES[0].values(registry().definitions[KIND], today)
    arrived, fetched = (datetime.fromisoformat(values[name]) for name in ("estimated_arrival", "pickup_time"))
    assert (arrived.date(), arrived.isoformat()[10:]) == (today - timedelta(1), "T06:00:00+08:00")
    assert date.fromisoformat(values["entry_exit_date"]) == arrived.date()
    assert date.fromisoformat(values["discharge_date"]) == today
    assert timedelta(0) < fetched.date() - today < timedelta(7)


def test_a_faulty_day_stays_faulty() -> None:
    faulty = next(sample for sample in SAMPLES if sample.id == "many_errors")
    values = faulty.values(registry().definitions[KIND], date(2028, 2, 29))
    assert values["entry_exit_date"] == written(faulty)["entry_exit_date"] == "2025-02-30"


def test_no_day_of_the_story_is_left_behind() -> None:
    values = SAMPLES[0].values(registry().definitions[KIND], date(2099, 11, 18))
    dated = [path for path, text in leaves(values) if text.startswith(("2025-", "2026-"))]
    assert dated == []
