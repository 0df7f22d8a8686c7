"""Attached documents: each stands once, as the kind that its identifier says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.kernel.messages import Problem, Severity

ON = date(2026, 11, 21)
INVOICE = {"attachment_kind": "00000001", "attachment_id": "801000000001SW2026111700001"}
CONTRACT = {"attachment_kind": "00000004", "attachment_id": "801000000004SW2026111700002"}


def found(*lines: dict[str, str]) -> list[Problem]:
    values: dict[str, Any] = {"attachments": list(lines)}
    return list(RULES["attached_documents"](values, ON))


@pytest.mark.parametrize(
    "lines",
    [
        (INVOICE, CONTRACT),
        (INVOICE, {"attachment_kind": "00000001"}),
        ({"attachment_id": INVOICE["attachment_id"]},),
        ({"attachment_kind": "00000001", "attachment_id": "EDOC-2026-000417"},),
        (),
    ],
)
def test_documents_uploaded_as_what_they_are_are_accepted(lines: tuple[dict[str, str], ...]) -> None:
    assert found(*lines) == []


def test_a_document_is_attached_once() -> None:
    (problem,) = found(INVOICE, CONTRACT, INVOICE)
    assert (problem.code, problem.field) == ("attached_documents.twice", "attachments[2].attachment_id")
    assert problem.severity is Severity.ERROR
    assert "第 1 份" in problem.text.zh
    assert "attached document 1" in problem.text.en


def test_the_kind_it_was_uploaded_as_is_offered() -> None:
    (problem,) = found(CONTRACT, INVOICE | {"attachment_kind": "00000002"})
    assert (problem.field, problem.severity) == ("attachments[1].attachment_kind", Severity.WARNING)
    assert problem.remedy is not None
    assert problem.remedy.zh.endswith("应为 00000001")
    assert problem.remedy.en.endswith("give 00000001")
