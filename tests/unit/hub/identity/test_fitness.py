"""What a chosen password has to be: long, no common one, nothing like what is known of its owner."""

from __future__ import annotations

import pytest

from singlewindow.hub.identity import fitness

WORDS = "yizhou.broker 申报员 91500105MADEM0Y2X3 重庆乙舟报关代理有限公司 Chongqing Yizhou Brokerage"


def codes(password: str) -> list[str]:
    found = fitness.problems(password, login="yizhou.broker", words=WORDS)
    assert all(problem.text.zh and problem.text.en and problem.field == "new" for problem in found)
    return [problem.code.removeprefix("accounts.") for problem in found]


@pytest.mark.parametrize("password", ["vier Kessel, kein Wald", "正确的马 电池 订书钉 一", "q7-wk3m-ddp0"])
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    assert codes(password) == []


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short one", ["password_weak"]),
        ("x" * 1025, ["password_weak"]),
        ("vier yizhou.broker Kessel in Wien", ["password_weak"]),
        ("1q2w3e4r5t6y", ["password_common"]),
        (" Football12 ", ["password_common"]),
        ("password", ["password_weak", "password_common"]),
        ("Yizhou.Broker1", ["password_weak", "password_similar"]),
        ("Yizhoubroker1", ["password_similar"]),
        ("91500105madem0y2", ["password_similar"]),
        ("chongqing2026", ["password_similar"]),
        ("singleWindow!", ["password_similar"]),
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str, why: list[str]) -> None:
    assert codes(password) == why
