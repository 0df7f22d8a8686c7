"""Where as much of a party waits as may, pages and programs are refused in the one family's words."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.coordination import api_asking, facts
from singlewindow.hub.coordination.declined import TooManyWaiting
from singlewindow.hub.identity.programs import Denied
from singlewindow.hub.portal.clearance import asking


def full(*_: Any, **__: Any) -> None:
    raise TooManyWaiting(facts.requests_waiting())


@pytest.fixture
def request_() -> Any:
    made: Any = RequestFactory().post("/api/v1/instructions", headers={"Accept": "application/json"})
    made.actor = mock.Mock(party=7)
    return made


def must_say_so(answer: HttpResponse) -> None:
    (problem,) = json.loads(answer.content)["problems"]
    assert (answer.status_code, problem["code"]) == (429, "request.too_many_waiting")
    assert int(answer["Retry-After"]) > 0
    for language in ("zh", "en"):
        assert str(facts.requests_waiting()) in problem["text"][language]
        assert problem["remedy"][language]


def test_a_program_is_refused_and_its_key_stays_free(request_: Any) -> None:
    done: list[Any] = []

    def once(request: Any, key: str, shape: Any, act: Any, status: int) -> None:
        done.append(act())

    with (
        mock.patch.multiple(api_asking, connection=mock.MagicMock(), once=once),
        pytest.raises(Denied) as denied,
    ):
        api_asking.requested(request_, "k", full)
    must_say_so(denied.value.response)
    assert done == [], "nothing is kept under the key"


def test_a_page_is_refused_and_leads_nowhere_else(request_: Any) -> None:
    with mock.patch.object(asking, "connection", mock.MagicMock()):
        must_say_so(asking.left(request_, full, "/tasks", {}))
