"""The facts that the rules of declarations compare with, read once from ``facts/``."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

FOLDER = Path(__file__).parent / "facts"


class Substance(Struct, frozen=True):
    """One entry of the dangerous goods list, as far as a declaration can be compared with it."""

    un_number: str
    proper_shipping_name: str
    classes: tuple[str, ...]
    packing_groups: tuple[str, ...]


class Attribute(Struct, frozen=True):
    """One attribute of goods; of those that answer the same question only one can be true."""

    question: str
    name: Text


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


_FIGURES: dict[str, dict[str, str]] = parse_yaml((FOLDER / "tolerances.yaml").read_text(encoding="utf-8"))

# (direction, terms) → charge → included | required | optional
CHARGES_BY_TERMS = {(row["direction"], row["terms"]): row for row in _rows("charges_by_terms")}
# charge → mark → whether a currency belongs to it
CHARGE_MARKS: dict[str, dict[str, bool]] = {}
for _row in _rows("charge_marks"):
    CHARGE_MARKS.setdefault(_row["charge"], {})[_row["mark"]] = _row["currency"] == "yes"

SUBSTANCES = {
    row["un_number"]: Substance(
        row["un_number"],
        row["proper_shipping_name"],
        tuple(row["classes"].split()),
        tuple(row["packing_groups"].split()),
    )
    for row in _rows("dangerous_goods")
}
# Harmonized System subheading → UN number that goods of it mostly have
DANGEROUS_COMMODITIES = {row["commodity"]: row["un_number"] for row in _rows("dangerous_commodities")}
ATTRIBUTES = {
    row["code"]: Attribute(row["question"], Text(row["zh"], row["en"])) for row in _rows("goods_attributes")
}

AMOUNT_ROUNDING = Decimal(_FIGURES["amount_rounding"]["value"])
PRICE_ROUNDING = Decimal(_FIGURES["price_rounding"]["value"])
MASS_ROUNDING = Decimal(_FIGURES["mass_rounding"]["value"])
MASS_UNIT = _FIGURES["mass_unit"]["value"]
ASSUMED_INSURANCE_RATE = _FIGURES["assumed_insurance_rate"]["value"]
