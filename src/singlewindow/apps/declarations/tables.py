"""What the rules of declarations compare with, read once from ``facts/``; a day decides which facts hold."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable
from datetime import timedelta
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from singlewindow.hub.standards.codelists import shipped
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text
from singlewindow.kernel.periods import Dated, period

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


Row = dict[str, str]
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _table(name: str, key: Callable[[Row], Key], value: Callable[[Row], Value]) -> Dated[Key, Value]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return Dated((key(row), period(row), value(row)) for row in csv.DictReader(file))


def _substance(row: Row) -> Substance:
    classes, groups = row["classes"].split(), row["packing_groups"].split()
    return Substance(row["un_number"], row["proper_shipping_name"], tuple(classes), tuple(groups))


def _attribute(row: Row) -> Attribute:
    return Attribute(row["question"], Text(row["zh"], row["en"]))


# (direction, terms) → charge → included | required | optional | expected: mostly there, asked about
CHARGES_BY_TERMS = _table("charges_by_terms", lambda row: (row["direction"], row["terms"]), dict)
# (charge, mark) → whether a currency belongs to it
CHARGE_MARKS = _table(
    "charge_marks", lambda row: (row["charge"], row["mark"]), lambda row: row["currency"] == "yes"
)
SUBSTANCES = _table("dangerous_goods", itemgetter("un_number"), _substance)
# Harmonized System subheading → UN number that goods of it mostly have
DANGEROUS_COMMODITIES = _table("dangerous_commodities", itemgetter("commodity"), itemgetter("un_number"))
# code of a self-assessed declaration → the procedure it says beside that
PROCEDURES = _table("procedures", itemgetter("code"), itemgetter("beside"))
PROCEDURE_NAMES = shipped("declaration_types")
OPEN_DIRECTIONS = _table("open_directions", itemgetter("direction"), itemgetter("source"))
DIRECTION_NAMES = shipped("trade_directions")
ATTRIBUTES = _table("goods_attributes", itemgetter("code"), _attribute)

# supervision mode → what is filed with customs beforehand (handbook | certificate | none), and the nature of
# levy that goes with it (empty where any may)
FILINGS = _table("filings", itemgetter("mode"), itemgetter("filing", "levy"))
LEVY_NAMES = shipped("levy_natures")
MODE_NAMES = shipped("supervision_modes")

_FIGURES: dict[str, dict[str, str]] = parse_yaml((FOLDER / "tolerances.yaml").read_text(encoding="utf-8"))
AMOUNT_ROUNDING = Decimal(_FIGURES["amount_rounding"]["value"])
PRICE_ROUNDING = Decimal(_FIGURES["price_rounding"]["value"])
MASS_ROUNDING = Decimal(_FIGURES["mass_rounding"]["value"])
LEAST_MASS = Decimal(_FIGURES["least_mass"]["value"])
DAYS_AHEAD = timedelta(days=int(_FIGURES["days_ahead"]["value"]))
DAYS_PAST = timedelta(days=int(_FIGURES["days_past"]["value"]))
MASS_UNIT = _FIGURES["mass_unit"]["value"]
ASSUMED_INSURANCE_RATE = _FIGURES["assumed_insurance_rate"]["value"]
