"""Addresses and headers that are too large are refused in words by every door; what fits is answered."""

from __future__ import annotations

import httpx
import pytest

from integration.bad_input.door import PATH, Door, said
from integration.bad_input.test_pages import page
from singlewindow.server.bounded import LONGEST_ADDRESS, LONGEST_HEADERS, MOST_HEADERS

pytestmark = pytest.mark.database
ASKED = ("/api/v1/submissions", "/api/v1/checks", "/", "/live", "/static/ui/nothing.css", "/sign-in")
SIZES = (17_000, 40_000, 60_000)


def ask(door: Door, path: str, query: str = "", **headers: str) -> httpx.Response:
    url = f"{door.platform.url}{path}{query}"
    return httpx.get(url, headers={"accept": "application/json"} | headers, trust_env=False, timeout=20)


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("size", SIZES)
def test_an_address_that_is_too_long_is_refused_in_words(door: Door, path: str, size: int) -> None:
    answer = ask(door, path, "?q=" + "x" * size)
    [problem] = said(answer)
    assert (answer.status_code, problem["code"], problem["field"]) == (
        414,
        "request.address_too_long",
        "address",
    )


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("size", SIZES)
def test_headers_that_are_too_large_are_refused_in_words(door: Door, path: str, size: int) -> None:
    answer = ask(door, path, cookie="c" * size)
    [problem] = said(answer)
    assert (answer.status_code, problem["code"], problem["field"]) == (
        431,
        "request.headers_too_large",
        "headers",
    )


def test_too_many_headers_are_refused_in_words(door: Door) -> None:
    many = {f"x-{n}": "1" for n in range(MOST_HEADERS)}
    [problem] = said(ask(door, "/api/v1/me", **many))
    assert problem["code"] == "request.headers_too_large"


def test_people_read_it_as_a_page_in_their_language(door: Door) -> None:
    asked = {"accept": "text/html", "accept-language": "zh-CN"}
    assert "网址超过 8 KB" in page(ask(door, "/hall", "?q=" + "x" * 20_000, **asked), 414)
    assert "请求头超过" in page(ask(door, "/hall", cookie="c" * 20_000, **asked), 431)
    assert "16 KB of them" in page(
        ask(door, "/hall", cookie="c" * 20_000, accept="text/html", **{"accept-language": "en"}), 431
    )


@pytest.mark.parametrize("media", ["application/json", "application/xml"])
def test_the_door_takes_nothing_and_answers_in_the_sender_s_manner(untouched: Door, media: str) -> None:
    headers = {"content-type": media, "x-padding": "x" * LONGEST_HEADERS}
    answer = untouched.post(untouched.fresh() if "json" in media else b"<a/>", headers)
    [problem] = said(answer)
    assert (answer.status_code, problem["code"]) == (431, "request.headers_too_large")
    assert ("xml" in answer.headers["content-type"]) == ("xml" in media)
    long = untouched.client.post(
        f"{PATH}?{'x' * LONGEST_ADDRESS}", content=b"{", headers={"content-type": media}
    )
    assert long.status_code == 414


def test_what_is_within_the_bounds_is_answered_as_ever(door: Door) -> None:
    query = "?state=" + "x" * (LONGEST_ADDRESS - 200)
    assert ask(door, "/api/v1/submissions", query, **door.authorization).status_code == 422
    assert (
        ask(door, "/api/v1/keys", **door.authorization, cookie="c" * (LONGEST_HEADERS - 1_000)).status_code
        == 200
    )
