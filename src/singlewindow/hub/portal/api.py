"""What programs ask of the journal; here as its pages are: the journal itself knows nobody's rights."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field

from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Routes, absent
from singlewindow.hub.identity.shapes import Base64, Large, Line, Paging, Sha256, Shape
from singlewindow.hub.portal import api_queries as queries
from singlewindow.kernel.messages import Text

READ = "journal.read"
routes = Routes(tags=["journal"])
Position = Annotated[Large, Path(ge=0, le=2**53)]
Size = Annotated[Large, Field(ge=0, le=2**53)]
Beyond = Annotated[Large, Field(ge=-1, le=2**53)]  # -1: from the first entry on


class EntryShape(Shape):
    """One entry. Its leaf is recomputed from these values; an erased content leaves its commitment."""

    position: Large
    at: datetime
    verb: str
    actor_kind: Literal["person", "token", "component", "system"]
    actor_id: str
    actor_name: str
    actor_party: int
    subject_kind: str
    subject_id: UUID
    submission_id: UUID | None
    content: Any
    salt: str | None
    commitment: Sha256 | None
    leaf: Sha256
    viewers: list[int]


class Entries(Shape):
    """A page of the journal."""

    items: list[EntryShape]
    next: str | None


class CheckpointShape(Shape):
    """A signed root over the first ``size`` entries; ``note`` in UTF-8 are the bytes under the signature."""

    size: Large
    root: Sha256
    at: datetime
    key_id: Sha256
    note: str
    signature: Base64


class Checkpoints(Shape):
    """A page of checkpoints, newest first."""

    items: list[CheckpointShape]
    next: str | None


class InclusionShape(Shape):
    """The hashes from an entry's leaf to the root of the first checkpoint that covers it (RFC 9162)."""

    position: Large
    leaf: Sha256
    path: list[Sha256]
    checkpoint: CheckpointShape


class ConsistencyShape(Shape):
    """The hashes from which the roots of both checkpoints follow (RFC 9162)."""

    old: CheckpointShape
    new: CheckpointShape
    path: list[Sha256]


class Asked(Paging):
    """Which entries."""

    about: UUID | None = Field(None, description="哪次申报 · of which submission")
    verb: Line = Field("", description="事件 · what happened, such as submission.accepted")
    sort: Literal["newest", "oldest"] = Field("newest", description="排序 · order, by position")
    beyond: Beyond = Field(
        queries.BEGINNING, description="只要此位置之后的 · those alone that follow this position"
    )


class Sizes(Shape):
    """Between which checkpoints."""

    old: Annotated[Size, Field(description="旧检查点的条数 · size of the old checkpoint")]
    new: Annotated[Size, Field(description="新检查点的条数 · size of the new checkpoint")]


@routes.see(
    "/journal/entries",
    Entries,
    needs=READ,
    title=Text("日志", "The journal"),
    notes=Text(
        "与调用方有关的记录。位置只增不改，先看到的之前不会再插入：以 sort=oldest 和 beyond（已办到的位置）"
        "续取，不漏不重",
        "The entries that concern the caller. Positions only grow, and nothing comes in before what was seen:"
        " whoever asks with `sort=oldest` for what is `beyond` the last position dealt with misses nothing"
        " and gets nothing twice",
    ),
)
def list_entries(request: HttpRequest, asked: Query[Asked]) -> Any:
    place = paging.begin(asked.after, tuple[paging.Position])
    ends = {"beyond": asked.beyond, "before": queries.END}
    if place is not None:
        ends |= {"before": place[0]} if asked.sort == "newest" else {"beyond": max(asked.beyond, place[0])}
    which = {"about": asked.about, "verb": asked.verb or None, "most": asked.limit + 1}
    rows = queries.entries(asked.sort, **ends, **which)
    return paging.page(rows, asked.limit, lambda row: (row["position"],))


@routes.see(
    "/journal/entries/{position}",
    EntryShape,
    needs=READ,
    title=Text("一条日志", "One entry"),
    notes=Text("按位置", "By its position"),
)
def get_entry(request: HttpRequest, position: Position) -> Any:
    found = queries.entry(position)
    if found is None:
        raise absent()
    return found


@routes.see(
    "/journal/entries/{position}/proof",
    InclusionShape,
    needs=READ,
    title=Text("一条日志的存在证明", "The proof of one entry"),
    notes=Text(
        "从叶到检查点根的路径；检查点每分钟一次，之前为 404",
        "The path from its leaf to a checkpoint's root; 404 until a checkpoint covers it, within a minute",
    ),
)
def get_entry_proof(request: HttpRequest, position: Position) -> Any:
    found = queries.entry(position)
    made = found and queries.inclusion(found["id"])
    if not made:
        raise absent()
    return made | {"position": position}


@routes.see(
    "/journal/checkpoints",
    Checkpoints,
    needs=READ,
    title=Text("检查点", "Checkpoints"),
    notes=Text("平台对日志的签名，最新的在前", "What the platform signs about its journal, newest first"),
)
def list_checkpoints(request: HttpRequest, asked: Query[Paging]) -> Any:
    (before,) = paging.begin(asked.after, tuple[paging.Position]) or (queries.END,)
    rows = queries.checkpoints(before, asked.limit + 1)
    return paging.page(rows, asked.limit, lambda row: (row["size"],))


@routes.see(
    "/journal/consistency",
    ConsistencyShape,
    needs=READ,
    title=Text("两个检查点的一致性证明", "The proof between two checkpoints"),
    notes=Text("旧检查点下的一切未变", "That nothing under the old one has changed"),
)
def get_consistency(request: HttpRequest, asked: Query[Sizes]) -> Any:
    made = queries.consistency(asked.old, asked.new) if 0 < asked.old <= asked.new else None
    if made is None:
        raise absent()
    return made
