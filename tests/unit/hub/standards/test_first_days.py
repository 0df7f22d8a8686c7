"""How many codes no source gave a first day for, list by list: it only becomes less.

Official tables circulate without one, so a code may lack it and is then valid from ever. A day that is found
in the text that brought the code in is filled in with that text as the row's source, and the count goes down.
"""

from __future__ import annotations

from datetime import date

from singlewindow.hub.standards.codelists import load

WITHOUT = {
    "administrative_divisions": 85,
    "attachment_formats": 2,
    "attachment_kinds": 6,
    "certificate_kinds": 12,
    "charge_marks": 3,
    "confirmations": 3,
    "container_size_types": 21,
    "container_types": 2,
    "countries": 227,
    "currencies": 22,
    "customs_offices": 109,
    "dangerous_goods_classes": 20,
    "declaration_modes": 4,
    "declaration_types": 19,
    "domestic_districts": 1,
    "duty_modes": 9,
    "entry_types": 5,
    "filing_list_types": 4,
    "levy_natures": 45,
    "licence_kinds": 52,
    "package_kinds": 7,
    "packing_groups": 3,
    "purposes": 10,
    "supervision_modes": 95,
    "trade_directions": 2,
    "trade_terms": 7,
    "transit_relations": 5,
    "transport_modes": 18,
    "units": 123,
}


def test_no_code_more_lacks_its_first_day_than_is_known() -> None:
    lacking = {
        list_id: sum(code.valid_from == date.min for code in listing.codes)
        for list_id, listing in load().items()
    }
    assert {list_id: number for list_id, number in lacking.items() if number} == WITHOUT
