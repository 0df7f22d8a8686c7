"""The rules that the goods declaration's definition names, one class each."""

from __future__ import annotations

from singlewindow.apps.declarations.attachment_rules import AttachedDocuments
from singlewindow.apps.declarations.filing_rules import FiledGoods, Levies
from singlewindow.apps.declarations.goods_rules import DangerousGoods, InspectionOfGoods
from singlewindow.apps.declarations.origin_rules import OriginLines
from singlewindow.apps.declarations.party_rules import PartyCodes
from singlewindow.apps.declarations.procedure_rules import OpenDirections, Procedures
from singlewindow.apps.declarations.transport_rules import (
    ContainerLines,
    ContainerNumbers,
    DayOfEntry,
    SeaborneCall,
)
from singlewindow.apps.declarations.value_rules import (
    FeesByTerms,
    LeastFigures,
    LineAmounts,
    NetWithinGross,
    OneCurrency,
    StatutoryQuantities,
)
from singlewindow.hub.documents.checking import Rule

RULES: dict[str, Rule] = {
    "open_directions": OpenDirections(),
    "procedures": Procedures(),
    "filed_goods": FiledGoods(),
    "levies": Levies(),
    "party_codes": PartyCodes(),
    "fees_by_terms": FeesByTerms(),
    "net_within_gross": NetWithinGross(),
    "least_figures": LeastFigures(),
    "line_amounts": LineAmounts(),
    "statutory_quantities": StatutoryQuantities(),
    "one_currency": OneCurrency(),
    "dangerous_goods": DangerousGoods(),
    "container_numbers": ContainerNumbers(),
    "container_lines": ContainerLines(),
    "origin_lines": OriginLines(),
    "attached_documents": AttachedDocuments(),
    "inspection_of_goods": InspectionOfGoods(),
    "seaborne_call": SeaborneCall(),
    "day_of_entry": DayOfEntry(),
}
