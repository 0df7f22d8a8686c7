"""A device is known by what was signed for one person and one password, for a time, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.identity import devices
from singlewindow.hub.identity.devices import Origin, Trying

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


def remembered(kept: str = "", person: int = 7, stamp: str = "s", at: datetime = AT) -> str:
    return devices.remembered(kept, person, stamp, at, lambda count: bytes([person % 256]) * count)


def test_a_device_is_known_to_its_person_with_their_password() -> None:
    kept = remembered()
    assert devices.known(kept, 7, "s", AT) == "07" * 8
    assert devices.known(kept, 8, "s", AT) == ""
    assert devices.known(kept, 7, "another password", AT) == ""


def test_it_is_forgotten_after_its_time() -> None:
    kept = remembered()
    assert devices.known(kept, 7, "s", AT + devices.KEPT_FOR)
    assert not devices.known(kept, 7, "s", AT + devices.KEPT_FOR + timedelta(seconds=1))
    assert not devices.known(kept, 7, "s", AT - timedelta(hours=1))


def test_several_people_share_a_browser_up_to_a_bound() -> None:
    kept = ""
    for person in range(1, devices.MOST_PEOPLE + 2):
        kept = remembered(kept, person)
    assert [bool(devices.known(kept, person, "s", AT)) for person in range(1, devices.MOST_PEOPLE + 2)] == [
        False,
        *[True] * devices.MOST_PEOPLE,
    ]
    assert len(kept) < 1024
    assert remembered(kept, 5).count("~") == devices.MOST_PEOPLE - 1


@pytest.mark.parametrize(
    "forged",
    ["", "~~~", "7", "7.1.2:3", "7.1795334400.0707070707070707:AAAA", "8" * 5000, "７.1.0707070707070707:a"],
)
def test_what_nobody_signed_is_no_device_and_is_not_kept(forged: str) -> None:
    assert devices.known(forged, 7, "s", AT) == ""
    assert devices.known(remembered(forged), 7, "s", AT)
    assert len(remembered(forged)) < 200


def test_it_is_bound_to_this_installation() -> None:
    kept = remembered()
    with override_settings(SECRET_KEY="another"):
        assert devices.known(kept, 7, "s", AT) == ""


def test_without_a_device_an_address_counts_and_without_one_everybody_unknown() -> None:
    kept = remembered()
    assert Trying(kept, "198.51.100.7").origin(7, "s", AT) == Origin(f"device {'07' * 8}", known=True)
    assert Trying(kept, "198.51.100.7").origin(8, "s", AT) == Origin("198.51.100.7")
    assert Trying(kept, devices.NOWHERE).origin(None, "", AT) == Origin("unknown")
