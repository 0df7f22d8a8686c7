"""What a party must be like to be registered: everything that is wrong is said at once."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from singlewindow.hub.identity.registrations import CODES, Registration, unfit
from singlewindow.hub.identity.roles import book
from singlewindow.kernel.messages import Text

FIRM = Registration("firm", "91500112MADEM0A1XL", Text("甲", "Jia"))
SOMEBODY = "11010519491231002X"  # the example of GB 11643


def found(**given: Any) -> set[str]:
    problems = unfit(replace(FIRM, **given))
    assert all(problem.text.zh and problem.text.en and problem.field for problem in problems)
    return {problem.code for problem in problems}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"customs_code": "5012900001"},
        {"kind": "individual", "code": SOMEBODY},
        {"kind": "agency", "code": "customs", "partner": "customs", "seal": "关"},
        {"kind": "agency", "code": "culture-2"},
        {"kind": "operator", "partner": "terminal", "seal": "码"},
        {"kind": "platform", "seal": "窗"},
        {"name": Text("甲" * 70, "J" * 200)},
    ],
)
def test_what_can_be_registered(given: dict[str, Any]) -> None:
    assert found(**given) == set()


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"kind": "company"}, {"accounts.kind_unknown"}),
        ({"kind": ""}, {"accounts.kind_unknown"}),
        ({"code": "91500112MADEM0A1XM"}, {"uscc.check"}),
        ({"code": SOMEBODY}, {"uscc.check"}),
        ({"kind": "operator", "code": "terminal"}, {"uscc.length"}),
        ({"kind": "platform", "code": ""}, {"uscc.length"}),
        ({"kind": "individual"}, {"citizen.form"}),
        ({"kind": "individual", "code": SOMEBODY[:-1] + "1"}, {"citizen.check"}),
        ({"kind": "agency"}, {"accounts.agency_code"}),
        ({"kind": "agency", "code": "c" * 33}, {"accounts.agency_code"}),
        ({"name": Text("甲", " ")}, {"accounts.party_name"}),
        ({"name": Text("甲" * 71, "Jia")}, {"accounts.party_name"}),
        ({"name": Text("甲\x1b", "Jia")}, {"accounts.party_name"}),
        ({"name": Text("甲", "J" * 201)}, {"accounts.party_name"}),
        ({"partner": "customs"}, {"accounts.partner_kind"}),
        ({"seal": "甲"}, {"accounts.seal_form"}),
        ({"kind": "agency", "code": "customs", "seal": "海关"}, {"accounts.seal_form"}),
        ({"customs_code": "501290000"}, {"accounts.customs_code_form"}),
        (
            {"code": "", "name": Text("", ""), "partner": "customs", "customs_code": "x"},
            {"uscc.length", "accounts.party_name", "accounts.partner_kind", "accounts.customs_code_form"},
        ),
    ],
)
def test_what_cannot_be(given: dict[str, Any], codes: set[str]) -> None:
    assert found(**given) == codes


def test_every_kind_of_party_has_a_role_that_keeps_its_accounts() -> None:
    for kind in CODES:
        assert len(set(book().offered(kind)) & set(book().managing())) == 1, kind
