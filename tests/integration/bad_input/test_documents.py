"""Every bad document is refused with a clear problem, and leaves nothing behind."""

from __future__ import annotations

import pytest

from integration.bad_input.door import Door, said
from integration.bad_input.inputs import REFUSED, UNREADABLE, Bad, named

pytestmark = pytest.mark.database


@pytest.mark.parametrize("bad", [*UNREADABLE, *REFUSED], ids=named)
def test_a_bad_document_is_refused_with_what_where_and_what_to_do(untouched: Door, bad: Bad) -> None:
    answer = untouched.post(bad.body(), dict(bad.headers))
    assert answer.status_code == bad.status, answer.text
    problems = said(answer)
    found = [problem for problem in problems if problem["code"] == bad.code]
    assert found, problems
    assert bad.field in {problem["field"] for problem in found}
    assert bad.value in {problem["value"] for problem in found} or not bad.value
    assert answer.json()["type"] == f"urn:singlewindow:problem:{problems[0]['code']}"
