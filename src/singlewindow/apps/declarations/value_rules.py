"""Rules on charges, masses, amounts and quantities: what makes the dutiable value.

Values are canonical, so equal decimals are equal texts. Sums are exact: amounts and quantities of
nineteen digits multiply to more than the default context keeps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from singlewindow.apps.declarations.tables import (
    AMOUNT_ROUNDING,
    ASSUMED_INSURANCE_RATE,
    CHARGE_MARKS,
    CHARGES_BY_TERMS,
    LEAST_MASS,
    MASS_ROUNDING,
    MASS_UNIT,
    PRICE_ROUNDING,
)
from singlewindow.kernel.messages import Problem, Severity, Text

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")
_CHARGES = {
    charge: (f"{charge}_mark", f"{charge}_rate", f"{charge}_currency", name)
    for charge, name in (
        ("freight", Text("运费", "Freight")),
        ("insurance", Text("保费", "Insurance")),
        ("other", Text("杂费", "Other charges")),
    )
}


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class FeesByTerms:
    """Charges stand beside the price exactly where the terms of trade leave them out of it.

    GACC Announcement 2019 No. 18, rules for filling in the declaration, items 27 to 30: the dutiable
    value of imports ends at the place of import, the value of exports at the place of export.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """Charges missing, counted twice, or given in part."""
        sold = (values.get("trade_direction", ""), values.get("trade_terms", ""))
        terms, marks = CHARGES_BY_TERMS.at(on).get(sold, {}), CHARGE_MARKS.at(on)
        for charge, (mark, rate, currency, name) in _CHARGES.items():
            need = terms.get(charge, "optional")
            if mark in values or rate in values or currency in values:
                if need == "included":
                    yield self._twice(rate if rate in values else mark, values, name)
                yield from self._in_part(charge, values, marks)
            elif need == "required":
                yield self._missing(charge, name, values["trade_terms"])
            elif need == "expected":
                yield self._expected(charge, name, values["trade_terms"])

    def _missing(self, charge: str, name: Text, terms: str) -> Problem:
        remedy = Text(f"请填写{name.zh}标记和{name.zh}", f"give the mark and the figure of {name.en.lower()}")
        if charge == "insurance":
            remedy = Text(
                f"请按实际保费填写；无法确定的，保费标记填 1、保费填 {ASSUMED_INSURANCE_RATE}",
                f"give the premium paid; if unknown, mark 1 and rate {ASSUMED_INSURANCE_RATE}",
            )
        return Problem(
            "fees_by_terms.missing",
            Text(
                f"成交方式 {terms} 的价格不含{name.zh}，须另行填报",
                f"{name.en} must be given under terms {terms}",
            ),
            f"{charge}_mark",
            remedy=remedy,
        )

    def _expected(self, charge: str, name: Text, terms: str) -> Problem:
        return Problem(
            "fees_by_terms.missing",
            Text(
                f"成交方式 {terms} 的价格一般不含{name.zh}，未见填报",
                f"{name.en} are mostly not in the price under terms {terms}, and none are given",
            ),
            f"{charge}_mark",
            remedy=Text(
                f"有{name.zh}的，请填写{name.zh}标记和{name.zh}；没有的不填",
                f"give the mark and the figure of {name.en.lower()}; if there are none, leave both empty",
            ),
            severity=Severity.WARNING,
        )

    def _twice(self, path: str, values: dict[str, Any], name: Text) -> Problem:
        terms = values["trade_terms"]
        return Problem(
            "fees_by_terms.counted_twice",
            Text(f"成交方式 {terms} 无须另报{name.zh}", f"{name.en} need not be given under terms {terms}"),
            path,
            values.get(path, ""),
            Text(f"请核对成交方式，或删去{name.zh}", f"check the terms, or leave out {name.en.lower()}"),
            Severity.WARNING,
        )

    def _in_part(
        self, charge: str, values: dict[str, Any], marks: Mapping[tuple[str, str], bool]
    ) -> Iterator[Problem]:
        mark_field, rate_field, currency_field, name = _CHARGES[charge]
        mark = values.get(mark_field)
        if mark is None or (charge, mark) not in marks:
            known = sorted(each for of, each in marks if of == charge)
            allowed = ["3"] if currency_field in values else known
            yield self._incomplete("mark", mark_field, mark or "", name, allowed)
            return
        if rate_field not in values:
            yield self._incomplete("rate", rate_field, "", name, [])
        if marks[charge, mark] and currency_field not in values:
            allowed = sorted({line["currency"] for line in values.get("goods", ()) if "currency" in line})
            yield self._incomplete("currency", currency_field, "", name, allowed)
        if not marks[charge, mark] and currency_field in values:
            yield Problem(
                "fees_by_terms.currency",
                Text(f"{name.zh}按率申报时不填币制", f"{name.en} given as a rate has no currency"),
                currency_field,
                values[currency_field],
                Text("请留空", "leave it empty"),
                Severity.WARNING,
            )

    def _incomplete(self, part: str, path: str, value: str, name: Text, allowed: list[str]) -> Problem:
        called = {"mark": Text("标记", "mark"), "rate": Text("金额或费率", "figure")}
        what = called.get(part, Text("币制", "currency"))
        remedy = Text(f"请填写{name.zh}{what.zh}", f"give the {what.en} of {name.en.lower()}")
        if allowed:
            remedy = Text(f"请填 {' 或 '.join(allowed)}", f"give {' or '.join(allowed)}")
        return Problem(
            f"fees_by_terms.{part}",
            Text(
                f"{name.zh}的{what.zh}缺少或不适用", f"{name.en}: the {what.en} is missing or does not apply"
            ),
            path,
            value,
            remedy,
        )


class NetWithinGross:
    """Net mass is at most gross mass, of the consignment and of every line.

    GACC Announcement 2019 No. 18, items 25 and 26: gross mass is that of the goods and their packing,
    net mass that of the goods without outer packing.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem for the consignment, one for each line."""
        if self._heavier(values.get("net_mass"), values.get("gross_mass")):
            total = self._gross_of_lines(values.get("goods", ()))
            fits = total is not None and total >= Decimal(values["net_mass"])
            yield self._problem(
                "gross_mass", values["net_mass"], values["gross_mass"], total if fits else None
            )
        for i, line in enumerate(values.get("goods", ())):
            net, gross = line.get("line_net_mass"), line.get("line_gross_mass")
            if self._heavier(net, gross):
                yield self._problem(f"goods[{i}].line_gross_mass", net, gross, None)

    def _heavier(self, net: str | None, gross: str | None) -> bool:
        return net is not None and gross is not None and Decimal(net) > Decimal(gross)

    def _gross_of_lines(self, lines: list[dict[str, Any]]) -> Decimal | None:
        masses = [line.get("line_gross_mass") for line in lines]
        if not masses or None in masses:
            return None
        return sum((Decimal(mass) for mass in masses if mass), Decimal(0))

    def _problem(self, path: str, net: str, gross: str, total: Decimal | None) -> Problem:
        remedy = Text("请核对毛重与净重是否填反", "check whether gross and net mass are interchanged")
        if total is not None:
            remedy = Text(
                f"各项商品毛重合计 {_plain(total)}", f"the lines' gross masses add up to {_plain(total)}"
            )
        return Problem(
            "net_within_gross",
            Text(f"净重 {net} 大于毛重 {gross}", f"net mass {net} is above gross mass {gross}"),
            path,
            gross,
            remedy,
        )


class LeastFigures:
    """Nothing is counted as none, a mass below one kilogram is one, what is given away has a worth.

    GACC Announcement 2019 No. 18, items 24 to 26 and 38: number of packages, gross and net mass, total price.
    """

    _MASSES = (("gross_mass", Text("毛重", "gross mass")), ("net_mass", Text("净重", "net mass")))

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem for each figure that is too small."""
        if not values.get("package_count", "1").strip("0"):
            yield self._uncounted(values["package_count"])
        for field, name in self._MASSES:
            mass = values.get(field)
            if mass is not None and Decimal(mass) < LEAST_MASS:
                yield self._light(field, name, mass)
        for i, line in enumerate(values.get("goods", ())):
            if line.get("line_amount") == "0":
                yield self._worthless(f"goods[{i}].line_amount")

    def _uncounted(self, count: str) -> Problem:
        return Problem(
            "least_figures.packages",
            Text("件数不得为 0", "the number of packages cannot be 0"),
            "package_count",
            count,
            Text("裸装、散装货物应为 1", "give 1 for goods in bulk or unpacked"),
        )

    def _light(self, field: str, name: Text, mass: str) -> Problem:
        least = _plain(LEAST_MASS)
        return Problem(
            "least_figures.mass",
            Text(f"{name.zh} {mass} 千克，不足 {least} 千克", f"the {name.en} {mass} is below {least} kg"),
            field,
            mass,
            Text(f"不足 {least} 千克的应为 {least}", f"below that, give {least}"),
        )

    def _worthless(self, path: str) -> Problem:
        return Problem(
            "least_figures.amount",
            Text("总价为 0", "the amount is 0"),
            path,
            "0",
            Text("没有成交价格的，请填报货值", "without a price paid, state what the goods are worth"),
        )


class LineAmounts:
    """The amount of a line is its unit price times its quantity, but for rounding.

    GACC Announcement 2019 No. 18, items 36 to 38: quantity, unit price and total price as sold.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem a line that does not multiply."""
        for i, line in enumerate(values.get("goods", ())):
            price, quantity, amount = line.get("unit_price"), line.get("quantity"), line.get("line_amount")
            if price is None or quantity is None or amount is None:
                continue
            count, total = Decimal(quantity), Decimal(amount)
            product = _EXACT.multiply(Decimal(price), count)
            if product == total:
                continue
            bound = _EXACT.fma(count, PRICE_ROUNDING, AMOUNT_ROUNDING)
            if abs(_EXACT.subtract(product, total)) > bound:
                yield self._problem(i, price, quantity, amount, _plain(_EXACT.quantize(product, _CENT)))

    def _problem(self, i: int, price: str, quantity: str, amount: str, right: str) -> Problem:
        return Problem(
            "line_amounts",
            Text(
                f"总价 {amount} 不等于单价 {price} × 成交数量 {quantity}",
                f"the amount {amount} is not unit price {price} × quantity {quantity}",
            ),
            f"goods[{i}].line_amount",
            amount,
            Text(f"单价和数量无误时总价应为 {right}", f"if price and quantity are right, give {right}"),
        )


class StatutoryQuantities:
    """Quantities of one line in the same unit are the same, none is zero, a second one has its unit.

    GACC Announcement 2019 No. 18, item 36: quantity sold, first and second statutory quantity.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """Every quantity that disagrees with another of its line."""
        for i, line in enumerate(values.get("goods", ())):
            yield from self._line(line, f"goods[{i}].")

    def _line(self, line: dict[str, Any], at: str) -> Iterator[Problem]:
        sold, unit = line.get("quantity"), line.get("quantity_unit")
        for quantity_field, unit_field in (
            ("first_quantity", "first_unit"),
            ("second_quantity", "second_unit"),
        ):
            quantity, own = line.get(quantity_field), line.get(unit_field)
            if quantity is None or own is None:
                if quantity_field == "second_quantity" and quantity != own:
                    yield self._alone(at + (unit_field if own is None else quantity_field))
                continue
            if own == unit and sold is not None and quantity != sold:
                yield self._differs(at + quantity_field, quantity, sold, own)
            elif own == MASS_UNIT:
                yield from self._mass(at + quantity_field, quantity, line.get("line_net_mass"))
        for quantity_field in ("quantity", "first_quantity", "second_quantity"):
            if line.get(quantity_field) == "0":
                yield self._zero(at + quantity_field)

    def _differs(self, path: str, quantity: str, sold: str, unit: str) -> Problem:
        return Problem(
            "statutory_quantities.differs",
            Text(
                f"计量单位同为 {unit}，法定数量 {quantity} 应等于成交数量 {sold}",
                f"both are in unit {unit}, so {quantity} must equal the quantity sold, {sold}",
            ),
            path,
            quantity,
            Text(f"应为 {sold}", f"give {sold}"),
        )

    def _mass(self, path: str, quantity: str, net: str | None) -> Iterator[Problem]:
        if net is None or quantity == net or abs(Decimal(quantity) - Decimal(net)) <= MASS_ROUNDING:
            return
        yield Problem(
            "statutory_quantities.mass",
            Text(
                f"法定千克数 {quantity} 与商品净重 {net} 不一致",
                f"{quantity} statutory kilograms differ from the line's net mass {net}",
            ),
            path,
            quantity,
            Text(f"净重无误时应为 {net}", f"if the net mass is right, give {net}"),
            Severity.WARNING,
        )

    def _alone(self, path: str) -> Problem:
        return Problem(
            "statutory_quantities.alone",
            Text("法定第二数量与单位须同时填写", "second quantity and second unit go together"),
            path,
            remedy=Text(
                "请补填，税则无第二单位时两项都留空", "fill it in, or leave both empty if the tariff has none"
            ),
        )

    def _zero(self, path: str) -> Problem:
        return Problem(
            "statutory_quantities.zero",
            Text("数量须大于 0", "the quantity must be above 0"),
            path,
            "0",
            Text("请填写实际数量", "give the actual quantity"),
        )


class OneCurrency:
    """All lines of a declaration are in one currency.

    GACC Announcement 2019 No. 18, item 39: the currency code; the duty of a declaration is assessed in
    one, so goods sold in another go on a declaration of their own.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem for each line that differs from the most frequent currency."""
        currencies = [line.get("currency") for line in values.get("goods", ())]
        if len(set(currencies)) < 2:
            return
        counted = Counter(currency for currency in currencies if currency is not None)
        common = counted.most_common(1)[0][0]
        for i, currency in enumerate(currencies):
            if currency is not None and currency != common:
                yield Problem(
                    "one_currency",
                    Text(
                        f"币制 {currency} 与其他商品的 {common} 不同",
                        f"{currency} differs from {common} elsewhere",
                    ),
                    f"goods[{i}].currency",
                    currency,
                    Text(f"应为 {common}，或分单申报", f"give {common}, or declare the line separately"),
                )
