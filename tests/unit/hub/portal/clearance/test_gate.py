"""The four checks beside a verdict never say more than the gate has checked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from singlewindow.hub.coordination import gate
from singlewindow.hub.coordination.gate import Reason, Verdict
from singlewindow.hub.portal.clearance.passing import advice, checks
from singlewindow.hub.portal.words import table
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 21, 14, 36, tzinfo=UTC)
TYPED = {"plate": "渝D3Q7F1", "container": "CQXU2045171", "seal": "DM884120"}


def shapes(verdict: Verdict | None) -> tuple[str, ...]:
    return tuple(check.shape for check in checks(verdict, TYPED))


def refused(*reasons: Reason) -> Verdict:
    return Verdict(False, "CQXU2045171", "渝D3Q7F1", "DM884120", AT, reasons)


def coded(code: str) -> Reason:
    return Reason(code, Text("x", "x"))


@pytest.mark.parametrize(
    ("number", "said"), [("CQXU2045172", "check digit wrong"), ("XXXX", "malformed"), ("", "malformed")]
)
def test_what_is_wrong_with_a_number_is_said_as_it_is(number: str, said: str) -> None:
    verdict = replace(refused(coded("G-02")), number=number)
    assert (checks(verdict, TYPED)[1].shape, checks(verdict, TYPED)[1].word.en) == ("deny", said)


@pytest.mark.parametrize("reason", [gate.UNCERTAIN, gate.UNTOLD])
def test_a_seal_that_was_compared_with_nothing_does_not_differ(reason: Reason) -> None:
    assert checks(refused(reason), TYPED)[2].word.en == "check by hand"


def test_before_a_check_nothing_is_claimed() -> None:
    assert shapes(None) == ("wait",) * 4


def test_a_pass_is_right_in_all_four() -> None:
    passed = Verdict(True, "CQXU2045171", "渝D3Q7F1", "DM884120", AT, (), ("FX1",), "k", 1)
    assert shapes(passed) == ("ok",) * 4
    assert checks(passed, TYPED)[3].value == "FX1"
    assert checks(passed, TYPED)[3].word.en == "in force"
    assert checks(passed, TYPED, opened=True)[3].word.en == "used now"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (gate.UNKNOWN, ("ok", "ok", "wait", "deny")),
        (gate.REVOKED, ("ok", "ok", "wait", "deny")),
        (gate.USED, ("ok", "ok", "wait", "deny")),
        (gate.EXPIRED, ("ok", "ok", "ok", "deny")),
        (gate.STALE, ("ok", "ok", "wait", "wait")),
        (gate.BROKEN, ("ok", "wait", "wait", "wait")),
        (coded("G-02"), ("ok", "deny", "wait", "wait")),
        (coded("G-31"), ("ok", "ok", "deny", "ok")),
        (coded("G-21"), ("ok", "ok", "wait", "deny")),
    ],
)
def test_each_reason_falls_on_its_check(reason: Reason, expected: tuple[str, ...]) -> None:
    assert shapes(refused(reason)) == expected


@pytest.mark.parametrize("reason", [gate.CLAIMED, gate.SHARED])
def test_a_suspended_pass_reads_as_suspended(reason: Reason) -> None:
    known = replace(refused(reason, coded("G-21")), key="k")
    assert (checks(known, TYPED)[3].shape, checks(known, TYPED)[3].word.zh) == ("hold", "已暂停")
    assert shapes(refused(gate.SHARED))[3] == "deny", "without a pass there is none to suspend"
    revoked = replace(refused(gate.REVOKED, gate.SHARED), key="k")
    assert checks(revoked, TYPED)[3].word.en == "revoked"


def test_what_could_not_be_read_is_said_so() -> None:
    blank = Verdict(False, "", "", "", AT, (gate.MALFORMED,))
    assert shapes(blank) == ("deny", "deny", "deny", "wait")


@pytest.mark.parametrize("reason", [gate.RACED, gate.UNCERTAIN, coded("G-77")])
def test_a_refusal_is_never_right_in_all_four(reason: Reason) -> None:
    assert "deny" in shapes(refused(reason))


def test_a_refusal_says_what_to_do_each_once() -> None:
    assert advice(None) == ()
    known = [one for one in vars(gate).values() if isinstance(one, Reason)]
    assert len(known) > 8
    assert all(reason.code in table()["advice"] for reason in known)
    assert len(advice(refused(gate.USED, gate.USED, coded("G-31")))) == 2
    assert advice(refused(gate.REVOKED, coded("G-21"))) == advice(refused(coded("G-21")))
    assert len(advice(refused(gate.REVOKED))) == 1
    assert advice(refused(coded("G-77"))) == advice(refused(gate.BROKEN))
