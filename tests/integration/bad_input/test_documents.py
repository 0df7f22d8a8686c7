"""Every bad document is refused with a clear problem, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts import bad_messages
from integration.bad_input.door import Door, said
from integration.bad_input.inputs import REFUSED, UNREADABLE, Bad, named

pytestmark = pytest.mark.database


@pytest.mark.parametrize("bad", [*UNREADABLE, *REFUSED], ids=named)
def test_a_bad_document_is_refused_with_what_where_and_what_to_do(untouched: Door, bad: Bad) -> None:
    refused(untouched, bad, bad.body())


@pytest.mark.parametrize("form", bad_messages.FORMS.values(), ids=bad_messages.FORMS.keys())
def test_a_bad_message_of_another_system_is_refused_too(
    untouched: Door, form: Callable[[bytes], bytes]
) -> None:
    for bad in (*bad_messages.UNREADABLE, *bad_messages.VALUES):
        refused(untouched, bad, form(bad.body()))


def refused(door: Door, bad: Bad, body: bytes) -> None:
    """What is wrong is named with its place and value; nothing of the answer is only in one language."""
    answer = door.post(body, dict(bad.headers))
    assert answer.status_code == bad.status, answer.text
    problems = said(answer)
    found = [problem for problem in problems if problem["code"] == bad.code]
    assert found, problems
    assert bad.field in {problem["field"] for problem in found}
    assert bad.value in {problem["value"] for problem in found} or not bad.value
