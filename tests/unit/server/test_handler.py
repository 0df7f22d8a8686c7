"""Requests that Django answers: each is one thread's, keeps nothing for the next, and is answered whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import translation

import plain_django  # noqa: F401 - Django is set up before it is imported
from singlewindow.server.handler import REFUSING, Handler
from singlewindow.server.turns import PLACES

WAIT_S = 10.0
seen: list[int] = []
met: threading.Barrier


def noting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware."""

    def answered(request: HttpRequest) -> HttpResponse:
        seen.append(threading.get_ident())
        return get_response(request)

    return answered


def said(request: HttpRequest) -> HttpResponse:
    """What was sent, in which language it is answered, and two cookies."""
    seen.append(threading.get_ident())
    language = translation.get_language()
    if request.GET.get("language"):
        translation.activate(request.GET["language"])
    answer = HttpResponse(request.body + f" {language}".encode(), status=201, headers={"X-Said": "yes"})
    answer.set_cookie("one", "1")
    answer.set_cookie("two", "2")
    return answer


def together(_: HttpRequest) -> HttpResponse:
    """Answered once so many are asked at a time."""
    met.wait(WAIT_S)
    return HttpResponse("together")


def failing(_: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    raise LookupError("lost")


def handler500(_: HttpRequest) -> HttpResponse:
    """How a fault is told."""
    return HttpResponse("a fault of ours", status=500)


urlpatterns = [path("said", said), path("together", together), path("failing", failing)]


@pytest.fixture
def handler() -> Iterator[Handler]:
    """With a middleware and views of this file."""
    seen.clear()
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.noting"], ALLOWED_HOSTS=["*"], DEBUG=False
    ):
        yield Handler()


async def ask(handler: Handler, where: str, *parts: dict[str, Any]) -> list[Any]:
    """What is answered to a request of these parts."""
    address, _, query = where.partition("?")
    scope = {"type": "http", "method": "POST", "path": address, "query_string": query.encode(), "headers": []}
    left = [*parts] or [{"type": "http.request", "body": b"", "more_body": False}]
    told: list[Any] = []

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        told.append(message)

    await handler(scope, receive, send)
    return told


def test_a_request_is_one_threads_from_its_beginning_to_its_end(handler: Handler) -> None:
    def noted(**_: Any) -> None:
        seen.append(threading.get_ident())

    request_started.connect(noted)
    request_finished.connect(noted)
    try:
        asyncio.run(ask(handler, "/said"))
    finally:
        request_started.disconnect(noted)
        request_finished.disconnect(noted)
    assert len(seen) == 4
    assert set(seen).isdisjoint({threading.get_ident()})
    assert len(set(seen)) == 1


def test_the_answer_is_whole(handler: Handler) -> None:
    body = {"type": "http.request", "more_body": True, "body": b"in "}
    start, content = asyncio.run(ask(handler, "/said", body, {**body, "body": b"parts", "more_body": False}))
    assert start["status"] == 201
    headers = [(name.lower(), value) for name, value in start["headers"]]
    assert (b"x-said", b"yes") in headers
    cookies = [value for name, value in headers if name == b"set-cookie"]
    assert cookies == [b"one=1; Path=/", b"two=2; Path=/"]
    assert content == {"type": "http.response.body", "body": b"in parts en-us", "more_body": False}


def test_what_a_request_sets_is_gone_with_it(handler: Handler) -> None:
    async def several() -> list[bytes]:
        return [(await ask(handler, "/said?language=de"))[1]["body"] for _ in range(PLACES + REFUSING + 1)]

    assert set(asyncio.run(several())) == {b" en-us"}


def test_as_many_are_answered_at_a_time_as_there_are_places_and_two_that_have_none(handler: Handler) -> None:
    global met
    met = threading.Barrier(PLACES + REFUSING)

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(ask(handler, "/together") for _ in range(met.parties)))

    assert [told[0]["status"] for told in asyncio.run(all_at_once())] == [200] * met.parties


def test_a_fault_is_told_and_takes_nothing_along(handler: Handler) -> None:
    start, content = asyncio.run(ask(handler, "/failing"))
    assert (start["status"], content["body"]) == (500, b"a fault of ours")
    assert asyncio.run(ask(handler, "/said"))[0]["status"] == 201


def test_who_leaves_before_the_end_is_answered_nothing(handler: Handler) -> None:
    begun = {"type": "http.request", "body": b"in ", "more_body": True}
    assert asyncio.run(ask(handler, "/said", begun, {"type": "http.disconnect"})) == []
    assert seen == []
