"""The four checks of a gate's verdict as its screen lists them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from singlewindow.hub.coordination.gate import BARRED, Verdict
from singlewindow.hub.portal.words import table
from singlewindow.kernel.codes import container as iso6346
from singlewindow.kernel.messages import Text

# Codes of ``hub.coordination.gate`` that speak of one check; every other one speaks of the release.
_CONTAINER, _SEAL = {"G-02"}, {"G-31", "G-32", "G-33"}
_READING, _BY_HAND = {"G-01"}, {"G-32", "G-33"}
_REVOKED = "G-22"
_UNSURE = {"G-40", "G-99"}
_SUSPENDED = {"G-26", "G-27"}
UNKNOWN = "G-99"  # what is done about a reason that nobody foresaw
_WAIT = ("wait", Text("待核对", "not checked"))
_USED = ("ok", Text("本次已用", "used now"))


class Check(Struct, frozen=True):
    """One line: what was read, and whether it stands."""

    id: str
    name: Text
    value: str
    shape: str
    word: Text


def checks(verdict: Verdict | None, typed: Mapping[str, str], opened: bool = False) -> tuple[Check, ...]:
    """Plate, container, seal, release: read, right, equal, in force; used once the barrier is open."""
    codes = {reason.code for reason in verdict.reasons} if verdict else set()
    release = ", ".join(verdict.releases) if verdict else ""
    found = (
        ("plate", Text("车牌", "Plate"), typed["plate"], _plate(verdict)),
        ("container", Text("箱号", "Container"), typed["container"], _container(verdict, codes)),
        ("seal", Text("封志", "Seal"), typed["seal"], _seal(verdict, codes)),
        ("release", Text("放行单", "Release"), release, _USED if opened else _release(verdict, codes)),
    )
    return tuple(Check(id_, name, value, *state) for id_, name, value, state in found)


def advice(verdict: Verdict | None) -> tuple[Text, ...]:
    """What to do about each reason of a refusal, each once, in the order of the reasons.

    Where it is said who stands in the way, nobody is sent to ask who that is.
    """
    codes = dict.fromkeys(reason.code for reason in verdict.reasons) if verdict else {}
    if BARRED in codes:
        codes.pop(_REVOKED, None)
    known = table()["advice"]
    return tuple(dict.fromkeys(known.get(code, known[UNKNOWN]).text for code in codes))


def why(verdict: Verdict | None) -> tuple[Text, ...]:
    """Every reason of a refusal, a line each."""
    return tuple(one.text for one in verdict.every_reason) if verdict else ()


def _plate(verdict: Verdict | None) -> tuple[str, Text]:
    if verdict is None:
        return _WAIT
    return ("ok", Text("已识别", "read")) if verdict.plate else ("deny", Text("无法识别", "cannot be read"))


def _container(verdict: Verdict | None, codes: set[str]) -> tuple[str, Text]:
    if verdict is None or codes & {"G-99"}:
        return _WAIT
    problem = iso6346.check(verdict.number)
    if problem is None and not codes & _CONTAINER:
        return "ok", Text("校验位对", "check digit right")
    wrong = Text("校验位不对", "check digit wrong")
    malformed = problem is not None and problem.code != "container.check"
    return "deny", Text("格式不对", "malformed") if malformed else wrong


def _seal(verdict: Verdict | None, codes: set[str]) -> tuple[str, Text]:
    if verdict is None:
        return _WAIT
    if codes & _BY_HAND:
        return "deny", Text("须人工核对", "check by hand")
    if codes & _SEAL or not verdict.seal:
        return "deny", Text("不符", "differs")
    # Only a pass in force names the seal to compare with.
    return ("ok", Text("相符", "matches")) if verdict.passed or codes == {"G-24"} else _WAIT


def _release(verdict: Verdict | None, codes: set[str]) -> tuple[str, Text]:
    if verdict is None or codes & _UNSURE or (codes and codes <= _READING | _CONTAINER):
        return _WAIT
    if verdict.passed:
        return "ok", Text("有效", "in force")
    if codes <= _SEAL:
        return "ok", Text("有效", "in force")
    if verdict.key and codes & _SUSPENDED and not codes & {"G-22"}:
        return "hold", Text("已暂停", "suspended")
    word = {
        "G-22": Text("已撤销", "revoked"),
        "G-23": Text("已使用", "used"),
        "G-24": Text("已过期", "expired"),
        "G-25": Text("刚被使用", "just used"),
    }
    return "deny", next((word[code] for code in sorted(codes) if code in word), Text("未签发", "not issued"))
