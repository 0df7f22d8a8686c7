"""An empty form knows whose it is; a party that is known brings its name with its code."""

from __future__ import annotations

from singlewindow.hub.documents.desk import Known
from singlewindow.hub.documents.knowing import by_code, own
from singlewindow.server.composition import registry

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
