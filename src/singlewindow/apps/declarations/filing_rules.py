"""Doubts on what was filed with customs beforehand, and on the levy: mode, nature and manner go together.

None of them refuses: what a handbook says and exempts is not known here, and customs judges it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from singlewindow.apps.declarations.tables import FILINGS, LEVY_NAMES, MODE_NAMES
from singlewindow.kernel.messages import Problem, Severity, Text

MODE, LEVY, FILED, LINE = "supervision_mode", "levy_nature", "handbook_number", "handbook_line_number"
_UNKNOWN = ("", "")
_WHAT = {
    "handbook": Text("加工贸易手册或账册编号", "number of the processing handbook or account book"),
    "certificate": Text("征免税证明等的编号", "number of the certificate of relief"),
}
_SECURED, _EXEMPT = frozenset("67"), "3"


class FiledGoods:
    """The handbook or certificate that goods were filed under is named where their mode has one.

    GACC Announcement 2019 No. 18, item 7 on the filing number and item 33 on the line of it. Under other
    modes a certificate of relief may be named; which reliefs have one the item does not say.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """What is missing or too much: one problem for the declaration, one a line."""
        mode, filed = values.get(MODE, ""), values.get(FILED)
        filing, _ = FILINGS.at(on).get(mode, _UNKNOWN)
        if filed is None and filing in _WHAT:
            yield self._unfiled(_called(mode, on), _WHAT[filing])
        elif filed is not None and filing == "none":
            yield self._needless(_called(mode, on), filed)
        for i, line in enumerate(values.get("goods", ())):
            if (LINE in line) is (filed is None):
                yield self._line(f"goods[{i}].{LINE}", line.get(LINE, ""))

    def _unfiled(self, mode: Text, what: Text) -> Problem:
        return Problem(
            "filed_goods.missing",
            Text(f"{mode.zh}通常须填备案号", f"{mode.en} mostly needs a filing number"),
            FILED,
            remedy=Text(f"请填写{what.zh}", f"give the {what.en}"),
            severity=Severity.WARNING,
        )

    def _needless(self, mode: Text, filed: str) -> Problem:
        return Problem(
            "filed_goods.needless",
            Text(f"{mode.zh}不使用手册，却填了备案号", f"{mode.en} uses no handbook, yet one is named"),
            FILED,
            filed,
            Text("请删去备案号，或核对监管方式", "leave the number out, or check the supervision mode"),
            Severity.WARNING,
        )

    def _line(self, path: str, given: str) -> Problem:
        text = Text("填了备案号，此项商品没有备案序号", "there is a filing number, yet not this line's in it")
        remedy = Text("请填写此项商品在备案单证中的序号", "give the number of the line that was filed")
        if given:
            text = Text("填了备案序号，却没有备案号", "a line of a filing is named, yet no filing")
            remedy = Text("请填写备案号，或删去备案序号", "give the filing number, or leave the line out")
        return Problem("filed_goods.line", text, path, given, remedy, Severity.WARNING)


class Levies:
    """The nature of levy goes with the mode, the manner of levy with what a handbook secures.

    GACC Announcement 2019 No. 18, items 15 and 43. What a handbook secures by deposit or guarantee is
    declared as exempt. The nature is the handbook's, which is not known here: another is only doubted. What
    is carried over need not state one (item 15); nor has it a bill of lading, which is asked of all so far.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """What is unusual, or not said in this manner."""
        mode, nature = values.get(MODE, ""), values.get(LEVY)
        filing, levy = FILINGS.at(on).get(mode, _UNKNOWN)
        if nature is not None and levy not in ("", nature):
            yield self._unusual(_called(mode, on), nature, levy, on)
        if filing == "handbook":
            for i, line in enumerate(values.get("goods", ())):
                if line.get("duty_mode") in _SECURED:
                    yield self._secured(f"goods[{i}].duty_mode", line["duty_mode"])

    def _unusual(self, mode: Text, nature: str, levy: str, on: date) -> Problem:
        usual = LEVY_NAMES.text(levy, on)
        return Problem(
            "levies.nature",
            Text(
                f"{mode.zh}的征免性质通常是“{usual.zh}”，填的是 {nature}",
                f"the nature of levy of {mode.en} mostly is “{usual.en}”, not {nature}",
            ),
            LEVY,
            nature,
            Text(f"手册没有另行批注的应为 {levy}", f"unless the handbook says otherwise, give {levy}"),
            Severity.WARNING,
        )

    def _secured(self, path: str, given: str) -> Problem:
        return Problem(
            "levies.secured",
            Text(
                "手册备案为保证金或保函的，报关单填报全免",
                "what the handbook secures by deposit or guarantee is declared as exempt",
            ),
            path,
            given,
            Text(f"应为 {_EXEMPT}（全免）", f"give {_EXEMPT} (exempt)"),
            Severity.WARNING,
        )


def _called(mode: str, on: date) -> Text:
    name = MODE_NAMES.text(mode, on)
    return Text(f"{name.zh}（{mode}）", f"{name.en} ({mode})")
