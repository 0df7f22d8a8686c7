"""What the form's page is answered: problems with their place and remedy, counts, names of codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.utils.timezone import localtime

from singlewindow.hub.documents import remedies
from singlewindow.hub.documents.conditions import values_at
from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.desk import Desk, Finding, Handed, current
from singlewindow.hub.documents.drafts import Draft
from singlewindow.hub.documents.faults import shown
from singlewindow.hub.documents.form import Form, where
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.hub.ui.templatetags.text import say
from singlewindow.kernel.messages import Problem, Severity, Text
from singlewindow.kernel.problem_details import problem_details, problem_values

MOST_NAMES = 2_000  # codes of one document that are named
Lists = Mapping[str, CodeList]

NOT_A_SHEET = Problem(
    "draft.form",
    Text("请求里没有单证内容", "the request holds no document"),
    remedy=Text("请重新打开本页", "open this page again"),
)
A_FORM = Problem(
    "multipart",
    Text("内容装在 multipart 表单里，不能直接读取", "the content stands in a multipart form"),
    "content-type",
    "multipart/form-data",
    Text("请把文件内容直接作为正文发送", "send the file itself as the body"),
)
SUBMITTED = Problem(
    "draft.submitted",
    Text("这份草稿已经申报，之后又有改动", "This draft was submitted already and changed since"),
    remedy=Text(
        "请查看已申报的货物；改动请另存为新草稿",
        "see what was submitted; keep the changes as a new draft",
    ),
)
BUSY = Problem(
    "request.busy",
    Text("系统繁忙，尚未受理", "The system is busy; nothing was taken"),
    remedy=Text("内容仍在本页，请稍后再按一次申报", "all of it is still here: submit again shortly"),
)


UNSETTLED = Problem(
    "request.not_known",
    Text("是否已受理尚不清楚", "Whether it was taken is not known"),
    remedy=Text(
        "内容仍在本页，请稍后原样再按一次申报：只会申报一次",
        "all of it is still here: submit the same again shortly; it is handed in once",
    ),
)


def finding(form: Form, found: Finding, lists: Lists, on: date) -> dict[str, Any]:
    """A check's answer for the page."""
    return {
        "problems": problems(form, found.problems, lists, on),
        "entries": found.entries,
        "boxes": sum(receiver.boxes for receiver in found.receivers),
        "receivers": [
            {
                "partner": each.partner,
                "name": say(each.name),
                "seal": each.seal,
                "document": say(each.document),
                "format": say(each.format),
                "boxes": each.boxes,
            }
            for each in found.receivers
        ],
    }


def problems(form: Form, found: tuple[Problem, ...], lists: Lists, on: date) -> list[dict[str, Any]]:
    """Each problem with what people call its place, and the value one click may fill in; what
    stops somebody first, then what is doubted, each down the form."""
    fields = dict(form.definition.paths())
    ordered = sorted(found, key=_down(fields))
    return [
        values | _placed(form, problem) | {"fill": _fill(problem, fields, lists, on)}
        for problem, values in zip(ordered, problem_values(ordered), strict=True)
    ]


def _down(fields: Mapping[str, Any]) -> Callable[[Problem], tuple[bool, tuple[int, ...]]]:
    """Where one comes by a problem: by section, line and field; last what stands nowhere on the form."""
    first: dict[str, int] = {}
    for number, path in enumerate(fields):
        steps = path.split(".")
        for many in range(1, len(steps) + 1):
            first.setdefault(".".join(steps[:many]), number)

    def place(problem: Problem) -> tuple[bool, tuple[int, ...]]:
        found, path = [], ""
        for step in filter(None, problem.field.split(".")):
            name, _, line = step.removesuffix("]").partition("[")
            path = f"{path}.{name}" if path else name
            found += [first.get(path, len(fields)), int(line) if line.isdecimal() else 0]
        return problem.severity is not Severity.ERROR, tuple(found)

    return place


def _placed(form: Form, problem: Problem) -> dict[str, Any]:
    section, field = where(form, problem.field)
    return {
        "where": say(section),
        "label": say(field),
        "words": say(problem.text),
        "todo": say(problem.remedy),
    }


def _fill(problem: Problem, fields: Mapping[str, Any], lists: Lists, on: date) -> str:
    plain = ".".join(step.partition("[")[0] for step in problem.field.split("."))
    field = fields.get(plain)
    if field is None:
        return ""
    return remedies.offered(problem, field, lists.get(field.element.codes), on)


def not_taken(handed: Handed, saved: dict[str, Any]) -> HttpResponse:
    """The write path refused it, or could not be reached; it is a draft, as saving answers."""
    status, found = 422, handed.problems
    if handed.busy or handed.unsettled:
        status, found = 503, (UNSETTLED if handed.unsettled else BUSY,)
    body = problem_details(status, found, "zh") | {"title": ""} | saved
    return _problem(status, body)


def conflict(submission: UUID | None) -> HttpResponse:
    """This version was handed in before, with other content."""
    place = current().followed_at(submission) if submission else ""
    said = {"words": _words(SUBMITTED), "location": place}
    return _problem(409, problem_details(409, [SUBMITTED], "zh") | said)


def stale(there: Draft, fresh: UUID) -> HttpResponse:
    """Somebody kept a newer version, or handed it in; ``fresh`` is a number for a copy."""
    if there.submission_id:
        problem, place = SUBMITTED, current().followed_at(there.submission_id)
    else:
        problem, place = _kept_meanwhile(there), ""
    more = {"words": _words(problem), "fresh": str(fresh), "location": place}
    return _problem(409, problem_details(409, [problem], "zh") | more)


def _kept_meanwhile(there: Draft) -> Problem:
    at = localtime(there.updated_at).strftime("%H:%M:%S")
    return Problem(
        "draft.stale",
        Text(
            f"这份草稿在别的窗口里已存到第 {there.version} 版（{at}）",
            f"this draft was kept as version {there.version} in another window ({at})",
        ),
        value=str(there.version),
        remedy=Text(
            "请打开较新的一版，或把本页另存为新草稿", "open the newer one, or keep this page as a new draft"
        ),
    )


def other_kind(wanted: Text, kind: str) -> Problem:
    """A file that holds another kind of document."""
    return Problem(
        "document.other_kind",
        Text(
            f"文件里是“{shown(kind)}”，不是{wanted.zh}",
            f"the file holds “{shown(kind)}”, no {wanted.en.lower()}",
        ),
        remedy=Text("请选择本单证的文件", "choose a file of this document"),
    )


def _words(problem: Problem) -> str:
    return "；".join(say(text) for text in (problem.text, problem.remedy) if text)


def _problem(status: int, body: dict[str, Any]) -> HttpResponse:
    return JsonResponse(body, status=status, content_type="application/problem+json")


def count(values: Mapping[str, Any]) -> int:
    """How many things are typed, whatever they are."""
    total = 0
    for value in values.values():
        if isinstance(value, list):
            total += sum(count(line) for line in value if isinstance(line, dict))
        else:
            total += value not in (None, "")
    return total


def names(form: Form, values: Mapping[str, Any], lists: Lists, on: date) -> dict[str, dict[str, str]]:
    """What the codes that stand in a document are called, list by list."""
    found: dict[str, dict[str, str]] = {}
    left = MOST_NAMES
    for list_id, code in _codes(form, values):
        listing, known = lists[list_id], found.setdefault(list_id, {})
        if code not in known and left and listing.find(code, on)[1] is not None:
            known[code] = say(listing.text(code, on))
            left -= 1
    return found


def _codes(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in form.entries():
        if entry.codes:
            for code in _texts_at(values, entry.path):
                yield entry.codes, code


def _texts_at(values: Mapping[str, Any], path: str) -> list[str]:
    try:
        return [value for value in values_at(values, path) if isinstance(value, str)]
    except (AttributeError, TypeError):  # what was read from a file may have any shape
        return []


def choices(form: Form, desk: Desk, on: date) -> dict[str, list[tuple[str, str]]]:
    """The short lists that stand in the form itself: code and name."""
    wanted = {entry.codes for entry in form.entries() if entry.control == "choice"}
    return {
        list_id: [(code.code, say(code.name)) for code in desk.lists[list_id].codes if code.valid(on)]
        for list_id in wanted
    }


def partners(definition: Definition, desk: Desk) -> dict[str, list[str]]:
    """Seal and name of every partner that may get something of this document."""
    return {each.partner: [each.seal, say(each.name)] for each in desk.partners(definition)}


def party(number: int) -> Text | None:
    """What the party is called that somebody acts for."""
    with connection.cursor() as cursor:
        cursor.execute("select name_zh, name_en from party where id = %s", [number])
        row = cursor.fetchone()
    return Text(*row) if row else None
