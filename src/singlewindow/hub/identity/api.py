"""What programs ask of identity: who they are, the parties and mandates of their own."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query

from singlewindow.hub.identity import paging
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.identity.programs import Routes, actor_in, viewer_in
from singlewindow.hub.identity.shapes import Paging, Shape, Words
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Text

READ = "identity.read"
_ask = asking(statements_beside(__file__, "sql/api.sql"))
routes = Routes(tags=["identity"])


class PartyShape(Shape):
    """A firm, agency or operator. ``code`` is its unified social credit code or short name."""

    id: int
    kind: Literal["firm", "agency", "individual", "operator", "platform"]
    code: str
    partner: str | None
    name: Words
    seal: str
    customs_code: str


class Caller(Shape):
    """Who a token is, for whom it acts, and what it may."""

    kind: Literal["person", "token"]
    name: str
    party: PartyShape | None
    scopes: list[str]


class Parties(Shape):
    """A page of parties."""

    items: list[PartyShape]
    next: str | None


class MandateShape(Shape):
    """``agent`` may declare documents of kind ``scope`` for ``principal``."""

    id: int
    principal: int
    agent: int
    scope: str
    valid_from: date
    valid_to: date
    revoked: bool


class Mandates(Shape):
    """A page of mandates."""

    items: list[MandateShape]
    next: str | None


@routes.see(
    "/me",
    Caller,
    needs="",
    title=Text("我是谁", "Who am I"),
    notes=Text("令牌代表的单位和权限", "The party that the token acts for, and its scopes"),
)
def get_caller(request: HttpRequest) -> Any:
    actor, viewer = actor_in(request), viewer_in(request)
    found = _ask("party", id=viewer.party)
    own = _party(found[0]) if found else None
    return {"kind": actor.kind, "name": actor.name, "party": own, "scopes": sorted(viewer.permissions)}


@routes.see(
    "/parties",
    Parties,
    needs=READ,
    title=Text("单位", "Parties"),
    notes=Text(
        "本单位、委托双方，以及各机关和作业单位",
        "One's own party, those bound by a mandate, and all agencies and operators",
    ),
)
def list_parties(request: HttpRequest, asked: Query[Paging]) -> Any:
    start = paging.begin(asked.after, tuple[paging.Number])
    rows = _ask("parties", after=start[0] if start else 0, most=asked.limit + 1)
    return paging.page([_party(row) for row in rows], asked.limit, lambda row: (row["id"],))


@routes.see(
    "/mandates",
    Mandates,
    needs=READ,
    title=Text("委托", "Mandates"),
    notes=Text(
        "本单位给出和持有的委托，含已撤销的", "Given and held by one's own party, revoked ones included"
    ),
)
def list_mandates(request: HttpRequest, asked: Query[Paging]) -> Any:
    start = paging.begin(asked.after, tuple[paging.Number])
    rows = _ask("mandates", after=start[0] if start else 0, most=asked.limit + 1)
    return paging.page(rows, asked.limit, lambda row: (row["id"],))


def _party(row: Row) -> Row:
    return row | {"name": {"zh": row["name_zh"], "en": row["name_en"]}}
