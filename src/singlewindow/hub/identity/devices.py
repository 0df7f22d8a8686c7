"""Where somebody who signs in comes from: a device that has done so before, or a network address.

A device is a browser with a signed cookie (OWASP's device cookies): no key to anything, but strangers who
guess an account's password do not lock it out there. It names the person, holds for one password, and is
stored nowhere.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from msgspec import Struct

from singlewindow.hub.identity.pace import FROM
from singlewindow.hub.identity.people import Person
from singlewindow.kernel.ids import Random

COOKIE = "sw_device"
KEPT_FOR = timedelta(days=180)  # since they last signed in there
MOST_PEOPLE = 8  # that one browser is known for
NOWHERE = "unknown"  # whoever comes without an address counts as one place
_SALT = "singlewindow.device"
_FORM = re.compile(r"([0-9]{1,10})\.[0-9]{1,12}\.[0-9a-f]{16}:[0-9A-Za-z_-]{1,64}")


class Origin(Struct, frozen=True):
    """What failures are counted by. ``known``: a device of theirs, which strangers do not lock out."""

    name: str
    known: bool = False


INSIDE = Origin("inside", known=True)  # the page of one's own password


class Trying(Struct, frozen=True):
    """What a request says of where it comes from."""

    kept: str
    address: str

    @classmethod
    def by(cls, request: Any) -> Trying:
        """As the entrance and the browser state it."""
        address = getattr(request, "scope", {}).get(FROM, "")
        return cls(request.COOKIES.get(cookie(), ""), address or NOWHERE)

    def origin(self, person: int | None, stamp: str, at: datetime) -> Origin:
        """Where tries at this person's password are counted."""
        device = known(self.kept, person, stamp, at) if person is not None else ""
        return Origin(f"device {device}", known=True) if device else Origin(self.address)


def known(kept: str, person: int, stamp: str, at: datetime) -> str:
    """The name of a device that signed in as this person with the password they have; empty for another."""
    mine = next((each for who, each in _read(kept) if who == str(person)), "")
    try:
        _, since, name = _signer(stamp).unsign(mine).split(".")
    except BadSignature:
        return ""
    return name if at - KEPT_FOR <= datetime.fromtimestamp(int(since), at.tzinfo) <= at else ""


def remembered(kept: str, person: int, stamp: str, at: datetime, random: Random = os.urandom) -> str:
    """What the browser keeps from now on: this person's device, and those of others who use it too."""
    others = [each for who, each in _read(kept) if who != str(person)]
    mine = _signer(stamp).sign(f"{person}.{int(at.timestamp())}.{random(8).hex()}")
    return "~".join([mine, *others[: MOST_PEOPLE - 1]])


def keep(response: HttpResponse, request: Any, person: Person, at: datetime) -> None:
    """This browser is a device of theirs from now on."""
    response.set_cookie(
        cookie(),
        remembered(request.COOKIES.get(cookie(), ""), person.id, person.stamp, at),
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def cookie() -> str:
    """The cookie's name here."""
    return str(getattr(settings, "DEVICE_COOKIE_NAME", COOKIE))


def _read(kept: str) -> list[tuple[str, str]]:
    found = [(_FORM.fullmatch(each), each) for each in kept.split("~", MOST_PEOPLE)[:MOST_PEOPLE]]
    return [(match[1], each) for match, each in found if match]


def _signer(stamp: str) -> Signer:
    # The stamp changes with the password: what was signed before is no device any more.
    return Signer(salt=f"{_SALT}.{stamp}")
