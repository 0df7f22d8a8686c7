"""What the parties' codes say: their check characters, and who declares for whom."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.apps.declarations.party_rules import PartyCodes

ON = date(2026, 11, 21)
GOOD = "91500112MADEM0A1XL"
SOMEBODY = "11010519491231002X"  # the example of GB 11643
CODES = ["consignee_code", "end_user_code", "declarant_code", "ship_agent_code"]


def found(**values: str) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in PartyCodes()(values, ON)]


def test_good_codes_pass_and_absent_ones_are_not_asked_for() -> None:
    assert found(consignee_code=GOOD, declarant_code=GOOD) == []
    assert found() == []


def test_an_organisation_code_of_nine_is_left_to_the_receiver() -> None:
    assert found(end_user_code="MADEM0A1X") == []


@pytest.mark.parametrize("field", CODES)
def test_a_wrong_check_character_is_named_with_its_field(field: str) -> None:
    assert found(**{field: GOOD[:-1] + "M"}) == [("uscc.check", field)]


def test_an_individual_is_end_user_and_declares_in_their_own_name() -> None:
    assert found(consignee_code=GOOD, end_user_code=SOMEBODY, declarant_code=GOOD) == []
    assert found(consignee_code=SOMEBODY, end_user_code=SOMEBODY, declarant_code=SOMEBODY) == []
    assert found(consignee_code=SOMEBODY, declarant_code=GOOD) == [], "a broker declares for them"


def test_an_individual_declares_for_nobody_else() -> None:
    assert found(consignee_code=GOOD, declarant_code=SOMEBODY) == [("declarant.individual", "declarant_code")]
    assert found(declarant_code=SOMEBODY) == [], "for whom is not said yet"


@pytest.mark.parametrize("field", CODES)
def test_a_wrong_number_of_an_individual_is_told_as_such(field: str) -> None:
    wrong = dict.fromkeys(CODES, SOMEBODY) | {field: SOMEBODY[:-1] + "1"}
    told = [problem for problem in found(**wrong) if problem[1] == field]
    assert ("citizen.check", field) in told
    assert ("uscc.check", field) not in told


def test_digits_that_name_no_day_of_birth_are_a_firms() -> None:
    assert found(end_user_code="913501121000100010") == [("uscc.check", "end_user_code")]
