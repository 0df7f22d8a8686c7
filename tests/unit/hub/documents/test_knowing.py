"""An empty form knows whose it is; a party that is known brings its name with its code."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.hub.documents.desk import Known
from singlewindow.hub.documents.knowing import by_code, otherwise, own
from singlewindow.hub.documents.remedies import offered
from singlewindow.kernel.messages import Severity
from singlewindow.server.composition import registry

DAY = date(2026, 11, 23)
FORM = registry().current("goods_declaration")
YI = Known("91500105MADEM0Y2X3", "重庆乙舟报关代理有限公司", "5005980002")
JIA = Known("91500112MADEM0A1XL", "重庆甲岚精密机械有限公司", "")


def test_an_empty_form_names_ones_own_party_where_it_declares() -> None:
    assert own(FORM, [YI, JIA]) == {
        "declarant_code": YI.code,
        "declarant_name": YI.name,
        "declarant_customs_code": YI.customs_code,
    }
    assert own(FORM, []) == {}


def test_what_is_not_known_of_a_party_is_not_filled_in() -> None:
    assert "declarant_customs_code" not in own(FORM, [JIA])


def test_the_page_is_told_what_stands_beside_each_code() -> None:
    assert by_code([YI, JIA]) == {
        YI.code: {"name": YI.name, "customs_code": YI.customs_code},
        JIA.code: {"name": JIA.name, "customs_code": ""},
    }


def test_what_is_registered_otherwise_under_a_known_code_is_doubted() -> None:
    values = {
        "consignee_code": JIA.code,
        "consignee_name": "别的公司",
        "consignee_customs_code": "5012900009",  # nothing is registered to hold it against
        "end_user_code": YI.code,
        "end_user_name": YI.name,
        "declarant_code": YI.code,
        "declarant_name": YI.name,
        "declarant_customs_code": "5012900001",
    }
    found = {problem.field: problem for problem in otherwise(FORM, values, [YI, JIA])}
    assert set(found) == {"consignee_name", "declarant_customs_code"}
    assert {problem.severity for problem in found.values()} == {Severity.WARNING}
    assert JIA.name in str(found["consignee_name"].remedy)
    fields = dict(FORM.paths())
    code = found["declarant_customs_code"]
    assert offered(code, fields[code.field], None, DAY) == YI.customs_code, "one click fills it in"


@pytest.mark.parametrize(
    "name",
    ["3M中国有限公司", "ABB（中国）有限公司", "Acme Trading Co., Ltd.", "重庆甲岚精密机械有限公司", "A"],
)
def test_one_click_fills_in_the_whole_registered_name(name: str) -> None:
    """It is a legal document: a name cut short is another firm's, or nobody's."""
    known = Known(JIA.code, name, "")
    values = {"consignee_code": JIA.code, "consignee_name": "别的公司"}
    (problem,) = otherwise(FORM, values, [YI, known])
    assert offered(problem, dict(FORM.paths())["consignee_name"], None, DAY) == name


@pytest.mark.parametrize("name", ["甲“乙”公司", "“乙”", "Acme “A” give 3M"])
def test_a_registered_name_that_the_quotes_do_not_hold_is_not_offered(name: str) -> None:
    values = {"consignee_code": JIA.code, "consignee_name": "别的公司"}
    (problem,) = otherwise(FORM, values, [YI, Known(JIA.code, name, "")])
    assert offered(problem, dict(FORM.paths())["consignee_name"], None, DAY) == ""


def test_who_declares_is_ones_own_party_unless_that_is_meant() -> None:
    [problem] = otherwise(FORM, {"declarant_code": "91500112MADEM0B3XC"}, [YI, JIA])
    assert (problem.code, problem.severity) == ("not_own", Severity.WARNING)
    assert offered(problem, dict(FORM.paths())["declarant_code"], None, DAY) == YI.code
    assert [one.code for one in otherwise(FORM, {"declarant_code": JIA.code}, [YI, JIA])] == ["not_own"]


def test_nothing_is_doubted_of_strangers_and_by_who_declares_nothing() -> None:
    stranger = {"consignee_code": "91500112MADEM0B3XC", "consignee_name": "丙"}
    assert list(otherwise(FORM, stranger, [YI, JIA])) == []
    assert list(otherwise(FORM, {"declarant_code": YI.code, "declarant_name": "丁"}, [])) == []
