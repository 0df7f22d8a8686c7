"""What traders are told of a message that is not there yet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singlewindow.hub.exchange.reasons import reason

SINCE = datetime(2026, 11, 21, 6, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dead", "attempts", "since", "paused", "code"),
    [
        (False, 0, None, None, "delivery.queued"),
        (False, 2, None, None, "delivery.retrying"),
        (False, 0, SINCE, None, "delivery.unreachable"),
        (False, 3, SINCE, None, "delivery.unreachable"),
        (False, 0, None, SINCE, "delivery.paused"),
        (False, 3, SINCE, SINCE, "delivery.paused"),
        (True, 3, SINCE, SINCE, "delivery.refused"),
    ],
)
def test_a_reason_has_a_code_and_says_that_there_is_nothing_to_do(
    dead: bool, attempts: int, since: datetime | None, paused: datetime | None, code: str
) -> None:
    found = reason(dead, attempts, since, paused)
    assert found.code == code
    assert "您无需操作" in found.text.zh
    assert "nothing for you to do" in found.text.en


@pytest.mark.parametrize("given", [(SINCE, None), (None, SINCE)], ids=["unreachable", "paused"])
def test_the_time_is_that_of_the_port(given: tuple[datetime | None, datetime | None]) -> None:
    found = reason(False, 1, *given).text
    assert "11-21 14:21" in found.zh
    assert "14:21 on 21 Nov" in found.en


def test_what_is_sent_no_more_is_for_its_declarant_to_mend() -> None:
    found = reason(True, 12, SINCE, SINCE, aside=True)
    assert found.code == "delivery.laid_aside"
    assert "改单重新申报" in found.text.zh
    assert "declare again" in found.text.en
