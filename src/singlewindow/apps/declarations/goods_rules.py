"""Rules on what the goods are: dangerous, or to be inspected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from singlewindow.apps.declarations.tables import (
    ATTRIBUTES,
    DANGEROUS_COMMODITIES,
    SUBSTANCES,
    Attribute,
    Substance,
)
from singlewindow.hub.documents.faults import shown
from singlewindow.kernel.messages import Problem, Severity, Text

_SIGNS = frozenset(
    (
        "dangerous_name",
        "proper_shipping_name",
        "dg_class",
        "dg_subsidiary_risk",
        "packing_group",
        "dg_package_specification",
        "ems_number",
    )
)
_NAMES = ("proper_shipping_name", "dangerous_name")
_COMPANIONS = {
    "dg_class": Text("危险货物类别", "class of dangerous goods"),
    "emergency_phone": Text("应急电话", "emergency telephone"),
}
_FLAMMABLE_LIQUID = "3"


class DangerousGoods:
    """Dangerous goods say which substance they are, and what they say agrees with the list.

    IMDG Code, 5.4.1.4.1 (UN number, proper shipping name, class, packing group) and 5.4.1.4.3.6
    (flashpoint); GACC Announcement 2020 No. 129 on dangerous chemicals; the Ministry of Transport's
    provisions on dangerous goods carried by ships (in force since 2025-03-01). ``facts/`` has the
    entries that a declaration is compared with, those of the day.

    One name is asked of everybody: a DecMessage has a place for that in the catalogue (DangName), none for
    the proper shipping name, class and telephone. Whoever fills in the form is told of those that maritime
    safety and the terminal would lack (hub/documents/wanting.py).
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """Missing numbers, contradictions, and what differs from the dangerous goods list."""
        for i, line in enumerate(values.get("goods", ())):
            denied = line.get("not_dangerous") == "1"
            if "un_number" in line:
                if denied:
                    yield self._no_chemical(f"goods[{i}].not_dangerous")
                substance = SUBSTANCES.at(on).get(line["un_number"])
                yield from self._unnamed(line, substance, f"goods[{i}].")
                yield from self._compared(line, substance, f"goods[{i}].")
                continue
            signs = not line.keys().isdisjoint(_SIGNS)
            if signs and denied:
                yield self._denied(f"goods[{i}].not_dangerous")
            elif signs:
                yield from self._unnumbered(line, self._likely(line, on), f"goods[{i}].")
            elif not denied and (substance := self._of_commodity(line, on)):
                yield self._unanswered(line["commodity_code"], substance, f"goods[{i}].")

    def _denied(self, path: str) -> Problem:
        return Problem(
            "dangerous_goods.denied",
            Text("已填危险货物信息，却确认为非危险化学品", "dangerous goods are described, yet denied"),
            path,
            "1",
            Text(
                "应为 0；确非危险货物的，请删去危险货物信息",
                "give 0, or leave out what describes dangerous goods",
            ),
        )

    def _no_chemical(self, path: str) -> Problem:
        """What is dangerous to carry need not be a dangerous chemical: batteries are none."""
        return Problem(
            "dangerous_goods.denied",
            Text(
                "已填 UN 编号，又确认为非危险化学品",
                "there is a UN number, yet these are said to be no dangerous chemical",
            ),
            path,
            "1",
            Text(
                "列入《危险化学品目录》的，请改填“否”；不在目录中的危险货物（如锂电池）不必改",
                "say no if the catalogue of dangerous chemicals lists them; other dangerous goods,"
                " such as lithium batteries, stay as they are",
            ),
            Severity.WARNING,
        )

    def _unnamed(self, line: dict[str, Any], substance: Substance | None, at: str) -> Iterator[Problem]:
        if not line.keys().isdisjoint(_NAMES):
            return
        remedy = Text("请填写英文正确运输名称", "give the proper shipping name in English")
        if substance is not None:
            number, called = substance.un_number, substance.proper_shipping_name
            remedy = Text(f"UN {number} 在清单中为“{called}”", f"the list calls UN {number} “{called}”")
        yield Problem(
            "dangerous_goods.missing",
            Text("危险货物须填正确运输名称", "dangerous goods need the proper shipping name"),
            at + _NAMES[0],
            remedy=remedy,
        )

    def _unnumbered(self, line: dict[str, Any], substance: Substance | None, at: str) -> Iterator[Problem]:
        # What maritime safety and the terminal would lack, too: said now, all is mended in one go.
        yield from self._unnamed(line, substance, at)
        for field, name in _COMPANIONS.items():
            if field not in line:
                yield Problem(
                    "dangerous_goods.missing",
                    Text(f"危险货物须填{name.zh}", f"dangerous goods need the {name.en}"),
                    at + field,
                    remedy=Text(f"请填写{name.zh}", f"give the {name.en}"),
                    severity=Severity.WARNING,
                )
        remedy = Text("请填写四位 UN 编号", "give the four-digit UN number")
        if substance is not None:
            number, called = substance.un_number, substance.proper_shipping_name
            remedy = Text(f"应为 {number}（{called}）", f"give {number} ({called})")
        yield Problem(
            "dangerous_goods.un_number",
            Text("危险货物须填 UN 编号", "dangerous goods need a UN number"),
            at + "un_number",
            remedy=remedy,
        )

    def _likely(self, line: dict[str, Any], on: date) -> Substance | None:
        name = line.get("proper_shipping_name", "").upper()
        named = (each for each in SUBSTANCES.at(on).values() if name.startswith(each.proper_shipping_name))
        return next(named, None) or self._of_commodity(line, on)

    def _of_commodity(self, line: dict[str, Any], on: date) -> Substance | None:
        number = DANGEROUS_COMMODITIES.at(on).get(line.get("commodity_code", "")[:6], "")
        return SUBSTANCES.at(on).get(number)

    def _unanswered(self, commodity: str, substance: Substance, at: str) -> Problem:
        number, name = substance.un_number, substance.proper_shipping_name
        return Problem(
            "dangerous_goods.unanswered",
            Text(
                f"商品编号 {commodity} 的货物多为危险货物，须填 UN 编号或确认非危险化学品",
                f"goods of {commodity} are mostly dangerous: give a UN number, or say that these are not",
            ),
            at + "un_number",
            remedy=Text(
                f"填 {number}（{name}），或将“非危险化学品”填 1",
                f"give {number} ({name}), or 1 for not dangerous",
            ),
        )

    def _compared(self, line: dict[str, Any], substance: Substance | None, at: str) -> Iterator[Problem]:
        if substance is not None:
            yield from self._class(line.get("dg_class"), substance, at)
            yield from self._packing_group(line.get("packing_group"), substance, at)
        if line.get("dg_class") == _FLAMMABLE_LIQUID and "flash_point" not in line:
            yield Problem(
                "dangerous_goods.flash_point",
                Text("第 3 类易燃液体须填闪点", "a flammable liquid of class 3 needs its flashpoint"),
                at + "flash_point",
                remedy=Text("请填写闭杯闪点（摄氏度）", "give the closed-cup flashpoint in degrees Celsius"),
            )

    def _class(self, given: str | None, substance: Substance, at: str) -> Iterator[Problem]:
        if given is not None and given not in substance.classes:
            number, right = substance.un_number, substance.classes
            yield Problem(
                "dangerous_goods.class",
                Text(f"UN {number} 不是第 {given} 类", f"UN {number} is not of class {given}"),
                at + "dg_class",
                given,
                Text(f"应为 {' 或 '.join(right)}", f"give {' or '.join(right)}"),
            )

    def _packing_group(self, given: str | None, substance: Substance, at: str) -> Iterator[Problem]:
        groups, number = substance.packing_groups, substance.un_number
        if given in groups or (given is None and not groups):
            return
        remedy = Text("请留空", "leave it empty")
        if groups:
            remedy = Text(f"应为 {' 或 '.join(groups)}", f"give {' or '.join(groups)}")
        said = Text("缺少包装类别", "lacks its packing group")
        if given is not None:
            said = Text(f"没有包装类别 {given}", f"has no packing group {given}")
        yield Problem(
            "dangerous_goods.packing_group",
            Text(f"UN {number} {said.zh}", f"UN {number} {said.en}"),
            at + "packing_group",
            given or "",
            remedy,
        )


class InspectionOfGoods:
    """Goods to be inspected carry an inspection code and attributes, and their dates are in order.

    GACC Announcement 2019 No. 18, item 34, and the inspection part of the declaration form: inspection
    code, attributes of the goods, dates of production and expiry, departure and discharge.
    """

    _SIGNS = frozenset(("ciq_name", "goods_attributes", "product_licences"))

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """What is missing, contradictory, or out of order."""
        known = ATTRIBUTES.at(on)
        departed, discharged = values.get("departure_date"), values.get("discharge_date")
        if departed and discharged and departed > discharged:
            yield self._order("discharge_date", discharged, departed)
        for i, line in enumerate(values.get("goods", ())):
            made, expires = line.get("production_date"), line.get("expiry_date")
            if made and expires and made > expires:
                yield self._order(f"goods[{i}].expiry_date", expires, made)
            if "ciq_code" not in line and not line.keys().isdisjoint(self._SIGNS):
                yield self._uncoded(f"goods[{i}].ciq_code")
            elif "ciq_code" in line and "goods_attributes" not in line:
                yield self._without_attributes(f"goods[{i}].goods_attributes")
            if "goods_attributes" in line:
                yield from self._attributes(line, known, f"goods[{i}].goods_attributes")

    def _order(self, path: str, later: str, earlier: str) -> Problem:
        return Problem(
            "inspection_of_goods.order",
            Text(f"{later} 早于 {earlier}", f"{later} is before {earlier}"),
            path,
            later,
            Text(f"应不早于 {earlier}", f"give a day not before {earlier}"),
        )

    def _uncoded(self, path: str) -> Problem:
        return Problem(
            "inspection_of_goods.code",
            Text("已填检验检疫信息，须填检验检疫编码", "inspection details need the inspection code"),
            path,
            remedy=Text(
                "请按商品编号选取三位编码", "choose the three digits that belong to the commodity code"
            ),
        )

    def _without_attributes(self, path: str) -> Problem:
        return Problem(
            "inspection_of_goods.attributes",
            Text("涉检商品须填货物属性", "goods to be inspected need their attributes"),
            path,
            remedy=Text("普通货物填 19（正常）", "give 19 (normal) for ordinary goods"),
        )

    def _attributes(
        self, line: dict[str, Any], known: Mapping[str, Attribute], path: str
    ) -> Iterator[Problem]:
        given = line["goods_attributes"]
        codes = given.split(",")
        answers: dict[str, str] = {}
        for code in codes:
            attribute = known.get(code)
            if attribute is None:
                yield self._strange(path, code)
            elif attribute.question and answers.setdefault(attribute.question, code) != code:
                one = answers[attribute.question]
                yield self._contradiction(path, given, (one, known[one].name), (code, attribute.name))
        chemical = answers.get("dangerous_chemical")
        if chemical == "33" and "un_number" in line:
            yield self._chemical(path, given, chemical)

    def _strange(self, path: str, code: str) -> Problem:
        return Problem(
            "inspection_of_goods.attribute",
            Text(f"货物属性“{shown(code)}”未见于属性表", f"attribute “{shown(code)}” is not in the table"),
            path,
            shown(code),
            Text("两位代码，以英文逗号分隔，如 19,31", "two digits each, separated by commas, such as 19,31"),
            Severity.WARNING,
        )

    def _contradiction(
        self, path: str, given: str, first: tuple[str, Text], second: tuple[str, Text]
    ) -> Problem:
        (one, this), (other, that) = first, second
        return Problem(
            "inspection_of_goods.contradiction",
            Text(
                f"货物属性 {one}（{this.zh}）与 {other}（{that.zh}）不能并存",
                f"attributes {one} ({this.en}) and {other} ({that.en}) exclude each other",
            ),
            path,
            given,
            Text(f"请只保留 {one} 或 {other}", f"keep {one} or {other}"),
        )

    def _chemical(self, path: str, given: str, code: str) -> Problem:
        right = given.replace(code, "32")
        return Problem(
            "inspection_of_goods.chemical",
            Text(
                "已填 UN 编号，货物属性却为非危险化学品",
                "there is a UN number, yet attribute 33 denies danger",
            ),
            path,
            given,
            Text(f"件装的应为 {right}", f"for packages give {right}"),
            Severity.WARNING,
        )
