"""What programs ask about what waits for a person, and how whoever decides settles a claim on a container."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.coordination import services, tasks
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.api_asking import Asking, requested
from singlewindow.hub.coordination.claims import CLAIMS_MOST
from singlewindow.hub.exchange.api_minding import ReasonGiven
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.programs import Key, absent, viewer_in
from singlewindow.hub.identity.shapes import Paging, Shape, Words
from singlewindow.kernel.messages import Actor, Text, Viewer
from singlewindow.kernel.queries import Cursor

READ, CHECK, SETTLE = "tasks.read", "tasks.check", "claims.settle"
routes = Asking(tags=["coordination"])


class TaskLine(Shape):
    """What one's own party must decide. ``about`` is a number, a document or a container.

    ``consignment`` is null where it is none that the caller may open, ``firms`` are those whose goods it
    concerns beside oneself.
    """

    id: UUID
    kind: str
    about: str
    text: Words
    made_at: datetime
    consignment: UUID | None
    firms: list[Words]


class Tasks(Shape):
    """A page of open tasks, the longest wait first."""

    items: list[TaskLine]
    next: str | None


class ClaimShape(Shape):
    """A consignment that names the container; ``shared``: as one of several in it.

    ``undisputed``: it counts and nothing contradicts it.
    """

    consignment: UUID
    name: str
    declarant: Words | None
    since: datetime
    shared: bool
    standing: Literal["counts", "waits", "ended"]
    disposition: Kind | None
    undisputed: bool


class Task(TaskLine):
    """One task; ``claims`` on a container for whoever settles them, at most 20, the earliest first."""

    claims: list[ClaimShape]


class SettlementGiven(ReasonGiven):
    """Whose goods are in the container: by consignment, which claims stand and which end.

    What is named in neither stays as it is.
    """

    stands: Annotated[tuple[UUID, ...], Field(max_length=CLAIMS_MOST)]
    ends: Annotated[tuple[UUID, ...], Field(max_length=CLAIMS_MOST)] = ()


@routes.see(
    "/tasks",
    Tasks,
    needs=READ,
    title=Text("待核事项", "What waits for a decision"),
    notes=Text(
        "须由本单位决定的，等得最久的在前：编号或箱号相互矛盾、集装箱归属、召回等",
        "What one's own party must decide, the longest wait first: numbers that contradict each other, whose"
        " a container is, what is to be called back",
    ),
)
def list_tasks(request: HttpRequest, asked: Query[Paging]) -> Any:
    rows = tasks.listed(asked.limit + 1, paging.begin(asked.after, tuple[datetime, UUID]))
    page = paging.page(rows, asked.limit, lambda row: (row["made_at"], row["id"]))
    return page | {"items": _lines(viewer_in(request), page["items"])}


@routes.see(
    "/tasks/{uuid:task_id}",
    Task,
    needs=READ,
    title=Text("一件待核事项", "One of them"),
    notes=Text(
        "集装箱归属的，核定单位另见每票申报；已办结的不在此处",
        "Of whose a container is, whoever settles it reads every claim; what is done is no longer here",
    ),
)
def get_task(request: HttpRequest, task_id: UUID) -> Any:
    row, viewer = tasks.one(task_id), viewer_in(request)
    if row is None:
        raise absent()
    may = SETTLE in viewer.permissions and tasks.settles(viewer.party)
    claims = tasks.claims([row]).get(task_id, []) if may else []
    (line,) = _lines(viewer, [row])
    return line | {"claims": [_claim(each) for each in claims]}


@routes.ask(
    "/tasks/{uuid:task_id}/settlement",
    needs=SETTLE,
    title=Text("核定集装箱归属", "Settle claims on a container"),
    notes=Text(
        "由有权核定的单位说明哪几票货物在箱内、哪几票不在，须有理由；各票只得知本票",
        "Whoever decides says which consignments are in the container and which are not, for a reason; each"
        " is told of itself alone",
    ),
)
def settle_claims(request: HttpRequest, task_id: UUID, asked: SettlementGiven, key: Key) -> Any:
    if not tasks.settles(viewer_in(request).party):
        raise absent()
    given = {"stands": asked.stands, "ends": asked.ends, "reason": asked.reason}
    return requested(request, key, partial(_settle, task=task_id), **given)


@routes.ask(
    "/tasks/{uuid:task_id}/check",
    needs=CHECK,
    title=Text("核对办结", "Say that it was checked"),
    notes=Text(
        "编号疑问和指令对象不符，由收到的单位核对后写明结果办结；召回在各家均已放行后，可由机关写明理由终止；"
        "集装箱归属不由此办结",
        "A doubt about numbers, or about what an instruction names, ends when a party that was asked says"
        " what it found; a recall of what nobody bars any more when an agency says why it need not come back;"
        " whose a container is does not",
    ),
)
def check_task(request: HttpRequest, task_id: UUID, asked: ReasonGiven, key: Key) -> Any:
    return requested(request, key, partial(_check, task=task_id), reason=asked.reason)


def _check(actor: Actor, cursor: Cursor, *, task: UUID, **given: Any) -> None:
    """Looked up where it is done once, as a settlement's."""
    row = tasks.one(task)
    if row is None or actor.party is None or row["kind"] not in tasks.checks(actor.party):
        raise absent()
    services.check_task(actor, cursor, task=task, **given)


def _settle(actor: Actor, cursor: Cursor, *, task: UUID, **given: Any) -> None:
    """Looked up where it is done once: asked again under its key, a settled task is answered alike."""
    container = tasks.container(task)
    if not container:
        raise absent()
    services.settle_claim(actor, cursor, key=container, **given)


def _lines(viewer: Viewer, rows: list[Row]) -> list[Row]:
    firms = tasks.firms(rows)
    return [_line(viewer, row, firms) for row in rows]


def _line(viewer: Viewer, row: Row, firms: dict[int, Text]) -> Row:
    named = [firms[id_] for id_ in row["viewers"] if id_ in firms and id_ != viewer.party]
    text = Text(row["text_zh"], row["text_en"])
    return row | {"about": tasks.named(row), "text": text, "consignment": row["submission"], "firms": named}


def _claim(row: Row) -> Row:
    by = Text(row["declarant_zh"], row["declarant_en"]) if row["declarant_zh"] else None
    told = {"consignment": row["dossier"], "declarant": by, "shared": row["lot"]}
    return row | told | {"undisputed": row["ticked"]}
