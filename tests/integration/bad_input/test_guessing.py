"""Whoever guesses passwords from one address is turned away, whatever else they send between guesses."""

from __future__ import annotations

import httpx
import pytest

from integration.bad_input.door import Door
from singlewindow.hub.identity.pace import IN_A_ROW

pytestmark = pytest.mark.database
ELSEWHERE = "127.0.0.2"  # the other tests sign in from this machine's usual address
MOST_GUESSES = 6 * IN_A_ROW
PASSWORD_PAGE = "/accounts/me/password"


def test_a_signed_out_redirect_between_guesses_forgives_none_of_them(door: Door) -> None:
    transport = httpx.HTTPTransport(local_address=ELSEWHERE)
    with httpx.Client(base_url=door.platform.url, transport=transport, timeout=60) as guesser:
        guesser.headers.update({"accept": "text/html", "referer": door.platform.url})
        guesser.get("/sign-in")
        guesser.headers["x-csrftoken"] = guesser.cookies["csrftoken"]
        for looked_at in range(MOST_GUESSES):
            guess = {"login": f"nobody-{looked_at}", "password": "a wrong one"}
            answer = guesser.post("/sign-in", data=guess)
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                break
            assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
            between = guesser.post(PASSWORD_PAGE, data={"old": "a", "new": "b", "again": "b"})
            assert between.status_code == httpx.codes.FOUND
            assert between.headers["location"].startswith("/sign-in")
        assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        assert looked_at >= IN_A_ROW
