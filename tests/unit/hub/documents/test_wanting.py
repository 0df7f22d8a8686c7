"""What receivers would lack is told by the entry it would come from, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_under_test import sample
from singlewindow.hub.documents.wanting import unsaid
from singlewindow.kernel.messages import Document, Problem, Severity, Text
from singlewindow.server.composition import registry

TERMINAL, MARITIME = Text("码头", "the port"), Text("海事", "Maritime safety")


def values(**other: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(sample(**other))["values"]
    return read


def found(content: dict[str, Any], *partners: str) -> dict[str, Problem]:
    names = {"terminal": TERMINAL, "maritime": MARITIME}
    made = [(registry().principal[each], names.get(each, Text(each, each))) for each in partners]
    document = Document("goods_declaration", "1", content)
    return {problem.field: problem for problem in unsaid(made, document)}


def test_receivers_of_the_story_lack_nothing() -> None:
    assert found(values(), *registry().principal) == {}


def test_a_terminal_hands_over_nothing_without_a_delivery_order() -> None:
    content = values()
    del content["delivery_number"]
    (problem,) = found(content, "customs", "terminal").values()
    assert (problem.code, problem.field, problem.severity) == ("unsaid", "delivery_number", Severity.WARNING)
    assert problem.text == Text(
        "未填提货单号：给码头的提箱通知中没有这一项",
        "Delivery order number is not filled in: the container delivery notice to the port will lack it",
    )
    assert problem.remedy == Text(
        "请填写提货单号；确实没有的可不填", "fill in Delivery order number, if there is one"
    )
    assert found(content, "customs", "border") == {}, "nobody else is told of it"


def test_the_line_is_named_that_a_box_would_come_from_and_everybody_who_lacks_it() -> None:
    """The third line of the goods is the first that terminal and maritime safety are told of."""
    content = values()
    for name in ("proper_shipping_name", "emergency_phone"):
        del content["goods"][2][name]
    problems = found(content, "terminal", "maritime")
    assert set(problems) == {"goods[2].proper_shipping_name", "goods[2].emergency_phone"}
    name, phone = problems["goods[2].proper_shipping_name"], problems["goods[2].emergency_phone"]
    assert name.text.zh == "未填正确运输名称：给码头的提箱通知、给海事的船舶载运危险货物申报中没有这一项"
    assert "码头" not in phone.text.zh
    assert all(part in name.text.en for part in (TERMINAL.en, MARITIME.en))


def test_what_a_receiver_requires_on_a_condition_of_its_own_is_told_too() -> None:
    content = values()
    del content["goods"][2]["flash_point"]
    assert set(found(content, "maritime")) == {"goods[2].flash_point"}


@pytest.mark.parametrize("name", ["line_number", "container_count"])
def test_nobody_is_asked_for_what_the_platform_fills_in(name: str) -> None:
    assert not any(name in path for path in found({"goods": [{"un_number": "1133"}]}, *registry().principal))
