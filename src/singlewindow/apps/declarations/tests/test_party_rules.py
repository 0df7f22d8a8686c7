"""Check characters of the parties' codes."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.apps.declarations.party_rules import SocialCreditCodes

ON = date(2026, 11, 21)
GOOD = "91500112MADEM0A1XL"


def found(**values: str) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in SocialCreditCodes()(values, ON)]


def test_good_codes_pass_and_absent_ones_are_not_asked_for() -> None:
    assert found(consignee_code=GOOD, declarant_code=GOOD) == []
    assert found() == []


def test_an_organisation_code_of_nine_is_left_to_the_receiver() -> None:
    assert found(end_user_code="MADEM0A1X") == []


@pytest.mark.parametrize("field", ["consignee_code", "end_user_code", "declarant_code"])
def test_a_wrong_check_character_is_named_with_its_field(field: str) -> None:
    assert found(**{field: GOOD[:-1] + "M"}) == [("uscc.check", field)]
