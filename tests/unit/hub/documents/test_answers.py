"""What the form's page is answered: problems in the order in which one comes by them on the form."""

from __future__ import annotations

from datetime import date

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.documents import answers
from singlewindow.hub.documents.form import layout
from singlewindow.kernel.messages import Problem, Severity, Text
from singlewindow.server.composition import registry

DAY = date(2026, 11, 23)
DOWN = [
    "trade_direction",
    "bill_number",
    "departure_date",
    "goods[0].commodity_code",
    "goods[0].un_number",
    "goods[1]",
    "goods[1].vehicles[0].vin",
    "goods[1].vehicles[10].vin",
    "goods[9].goods_name",
    "goods[10].commodity_code",
    "containers",
    "containers[0].container_number",
    "attachments[3].attachment_name",
    "of_nobody",
]


def test_problems_stand_in_the_order_of_the_form() -> None:
    known = registry()
    form = layout(known.current("goods_declaration"), known.listings, DAY)
    found = tuple(Problem("x", Text("甲", "a"), path) for path in reversed(DOWN))
    said = answers.problems(form, found, known.listings, DAY)
    assert [one["field"] for one in said] == DOWN


def test_what_stops_nobody_comes_behind_what_does() -> None:
    known = registry()
    form = layout(known.current("goods_declaration"), known.listings, DAY)
    doubt = Problem("x", Text("甲", "a"), "trade_direction", severity=Severity.WARNING)
    said = answers.problems(form, (doubt, Problem("y", Text("乙", "b"), "goods[0]")), known.listings, DAY)
    assert [one["code"] for one in said] == ["y", "x"]


def test_what_is_about_the_whole_comes_first_and_of_two_in_one_place_the_first_found() -> None:
    known = registry()
    form = layout(known.current("goods_declaration"), known.listings, DAY)
    named = (("b", "bill_number"), ("a", "bill_number"), ("c", ""))
    found = tuple(Problem(code, Text("甲", "a"), path) for code, path in named)
    said = answers.problems(form, found, known.listings, DAY)
    assert [one["code"] for one in said] == ["c", "b", "a"]
