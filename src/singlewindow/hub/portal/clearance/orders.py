"""One inspection order as officers, importers and terminals see it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.orders import DONE, JOINABLE, TOLD, UNDER_WAY, State, unseen
from singlewindow.hub.coordination.queries import Detail, Ordered
from singlewindow.hub.portal.clearance.matrix import Agency, shortened, versioned
from singlewindow.hub.portal.words import Word, word
from singlewindow.kernel.messages import Text

STEPS = tuple(state for state in State if state is not State.CANCELLED)
_RESULTS = ("normal", "abnormal", "waived")
SHARED, MINE, OURS, THEIRS = "shared", "mine", "ours", "theirs"  # ours: not to be entered now


class Step(Struct, frozen=True):
    """One step of an order: ``done``, ``now`` or still to come."""

    name: Text
    mark: str
    at: datetime | None


class Item(Struct, frozen=True):
    """A line of the checklist. ``place`` is its number in the whole list, which names its fields."""

    place: int
    name: str
    agencies: tuple[Agency, ...]
    open: bool  # the viewer may enter it
    result: str
    note: str
    by: str
    at: datetime | None
    shown: Word | None
    who: Agency | None


class Group(Struct, frozen=True):
    """Lines that stand together: shared, the viewer's own, others'."""

    kind: str
    agency: Agency | None
    items: tuple[Item, ...]


class PartLine(Struct, frozen=True):
    """An agency's part: how far it is, and what is still lacking."""

    agency: Agency
    mine: bool
    standing: str
    shape: str
    word: Text
    note: Text | None
    by: str
    at: datetime | None


class Ground(Struct, frozen=True):
    """Why an agency asks: its instruction with what it rests on."""

    agency: Agency
    method: Text | None
    items: tuple[str, ...]
    basis: str
    receiving_basis: Text | None  # the law by which it receives the document, where it names none itself
    reason: str
    number: str
    short: str
    at: datetime


class Sheet(Struct, frozen=True):
    """One order as its page shows it."""

    order: Ordered
    reason: str
    state: Word
    joint: bool
    steps: tuple[Step, ...]
    method: Text
    lead: Agency
    parts: tuple[PartLine, ...]
    groups: tuple[Group, ...]
    counts: tuple[tuple[str, Text, int], ...]
    saved: int  # looks that a joint inspection spares
    untold: int  # items that came with others' goods in the same container
    merged: tuple[str, Text]
    agency: Agency | None  # the viewer's own, if it has a part
    may: frozenset[str]


def state_of(order: Ordered) -> Word:
    """An inspection that found something is over, and not well."""
    known = word("state", order.state)
    if order.conclusion != "abnormal":
        return known
    return Word(known.id, "deny", Text(f"{known.text.zh}，有异常", f"{known.text.en}: abnormal"))


def sheet(
    detail: Detail,
    agencies: Mapping[str, Agency],
    own: str,
    permissions: frozenset[str],
    told: Mapping[str, datetime],
    typed: Mapping[str, Sequence[str]],
    party: int = 0,
) -> Sheet:
    """One order for a viewer of ``party`` and ``own`` agency (empty: of none). ``typed`` is what was asked
    for and not carried out: item → (result, note); it stays in the fields."""
    order = detail.order
    joined = [part for part in detail.parts if part["standing"] == "joined"]
    results = {row["item"]: row for row in detail.results}
    mine = next((part for part in detail.parts if part["agency"] == own), None)
    may = _may(order, own, mine, permissions)
    may -= set() if party and detail.appointed_by == party else {"call_off"}
    may |= _back(detail, permissions, party)
    may -= {"recognise"} if mine and _unseen(mine, results, order.conclusion) else set()
    groups = _groups(joined, results, agencies, own, "record" in may, typed)
    lines = [item for group in groups for item in group.items]
    return Sheet(
        order=order,
        reason=detail.reason,
        state=state_of(order),
        joint=len(joined) > 1,
        steps=_steps(order.state, told),
        method=facts.method_name(order.method) if order.method else Text("未指定", "not specified"),
        lead=agency_of(order.lead, agencies),
        parts=tuple(_part(part, results, agencies, own, order) for part in detail.parts),
        groups=groups,
        counts=_counts([results[item.name]["result"] if item.name in results else "" for item in lines]),
        saved=sum(len(item.agencies) - 1 for item in lines),
        untold=sum(part["untold"] for part in joined),
        merged=_merged(order.conclusion, joined, results),
        agency=agency_of(own, agencies) if mine and mine["standing"] != "withdrawn" else None,
        may=may,
    )


def grounds(rows: Sequence[Mapping[str, Any]], agencies: Mapping[str, Agency]) -> tuple[Ground, ...]:
    """The instructions behind an order, agency by agency."""
    return tuple(_ground(row, agencies) for row in rows)


def _ground(row: Mapping[str, Any], agencies: Mapping[str, Agency]) -> Ground:
    return Ground(
        agency=agency_of(row["agency"], agencies),
        method=facts.method_name(row["method"]) if row["method"] else None,
        items=tuple(row["items"]),
        basis=row["basis"],
        receiving_basis=Text(*row["receiving_basis"]) if row["receiving_basis"] else None,
        reason=row["text"],
        number=row["id"],
        short=f"{shortened(row['id'])}{versioned(row['version'])}",
        at=row["at"],
    )


def agency_of(id_: str, agencies: Mapping[str, Agency]) -> Agency:
    """An agency by the name its messages bear, one that is not known too."""
    return agencies.get(id_) or Agency(id_, id_[:1].upper(), Text(id_, id_))


def _may(
    order: Ordered, own: str, mine: Mapping[str, Any] | None, permissions: frozenset[str]
) -> frozenset[str]:
    """Which verbs this viewer is offered now; the worker checks each again."""
    found = set()
    # An agency that takes no part reads; who runs the terminal has no part and plans.
    if "inspections.plan" in permissions and (mine or not own):
        found |= {"appoint"} if order.state in (State.COLLECTING, State.ISSUED, State.SCHEDULED) else set()
        found |= {"ready", "call_off"} if order.state == State.SCHEDULED else set()
    if "inspections.report" in permissions and mine and not mine["conclusion"]:
        joined, offered = mine["standing"] == "joined", mine["standing"] == "offered"
        found |= {"start"} if joined and order.state in (State.SCHEDULED, State.READY) else set()
        found |= {"record"} if joined and order.state in UNDER_WAY else set()
        found |= {"recognise", "again"} if offered and order.state in DONE else set()
    if "inspections.report" in permissions and mine and mine["conclusion"] and mine["standing"] == "joined":
        found |= {"reopen"} if order.state in UNDER_WAY else set()
    return frozenset(found)


def _back(detail: Detail, permissions: frozenset[str], party: int) -> frozenset[str]:
    """What the viewer's own party said last, and may take back while nothing builds on it."""
    said = {
        State.READY: ("not_ready", detail.ready_by, "inspections.plan"),
        State.IN_PROGRESS: ("not_started", detail.started_by, "inspections.report"),
    }
    verb, by, needed = said.get(State(detail.order.state), ("", 0, ""))
    return frozenset({verb} if party and by == party and needed in permissions else ())


def _steps(state: str, told: Mapping[str, datetime]) -> tuple[Step, ...]:
    reached = STEPS.index(State(state)) if state != State.CANCELLED else -1
    last = len(STEPS) - 1
    return tuple(
        Step(
            word("step", step).text,
            "done" if place < reached or place == reached == last else "now" if place == reached else "",
            told.get(TOLD[step]) if place <= reached else None,
        )
        for place, step in enumerate(STEPS)
    )


def _groups(
    joined: Sequence[Mapping[str, Any]],
    results: Mapping[str, Mapping[str, Any]],
    agencies: Mapping[str, Agency],
    own: str,
    may: bool,
    typed: Mapping[str, Sequence[str]],
) -> tuple[Group, ...]:
    """The union of the checklists: shared first, then the viewer's, then each other agency's."""
    asked: dict[str, list[str]] = {}
    for part in joined:
        for item in part["items"]:
            asked.setdefault(item, []).append(part["agency"])
    first = [part["agency"] for part in joined if part["agency"] == own]
    order = [*first, *(part["agency"] for part in joined if part["agency"] != own)]
    wanted = [(SHARED, "", [(item, who) for item, who in asked.items() if len(who) > 1])]
    ours = MINE if may else OURS
    for agency in order:
        alone = [(item, who) for item, who in asked.items() if who == [agency]]
        wanted.append((ours if agency == own else THEIRS, agency, alone))
    place, found = 0, []
    for kind, agency, items in wanted:
        lines = []
        for item, who in items:
            place += 1
            writer = own if may else ""
            lines.append(_item(place, item, who, results.get(item), agencies, writer, typed.get(item)))
        if lines:
            found.append(Group(kind, agency_of(agency, agencies) if agency else None, tuple(lines)))
    return tuple(found)


def _item(
    place: int,
    name: str,
    who: Sequence[str],
    kept: Mapping[str, Any] | None,
    agencies: Mapping[str, Agency],
    own: str,
    typed: Sequence[str] | None,
) -> Item:
    """Open to who asked for it, unless another agency has entered it for all."""
    may = bool(own) and own in who and (kept is None or kept["agency"] == own or kept["agency"] not in who)
    result, note = (kept["result"], kept["note"]) if kept else ("", "")
    if may and typed:
        result, note = typed
    return Item(
        place=place,
        name=name,
        agencies=tuple(agency_of(one, agencies) for one in who),
        open=may,
        result=result,
        note=note,
        by=kept["by"] if kept else "",
        at=kept["at"] if kept else None,
        shown=word("result", kept["result"]) if kept else None,
        who=agency_of(kept["agency"], agencies) if kept else None,
    )


def _counts(results: Sequence[str]) -> tuple[tuple[str, Text, int], ...]:
    found = [(word("result", one).shape, word("result", one).text, results.count(one)) for one in _RESULTS]
    open_ = ("wait", Text("未录", "open"), results.count(""))
    return tuple(count for count in (*found, open_) if count[2])


def _part(
    part: Mapping[str, Any],
    results: Mapping[str, Mapping[str, Any]],
    agencies: Mapping[str, Agency],
    own: str,
    order: Ordered,
) -> PartLine:
    shape, said, note = "wait", Text("待查验", "waiting"), None
    lacking = [item for item in part["items"] if item not in results]
    if part["conclusion"]:
        shown = word("conclusion", part["conclusion"])
        shape, said = shown.shape, shown.text
    elif part["standing"] == "offered":
        shape, said, note = _late(part, results, order)
    elif part["standing"] == "withdrawn":
        shape, said = "off", Text("已撤销", "withdrawn")
    elif order.state in UNDER_WAY:
        shape, said = "run", Text("录入中", "recording")
    if lacking and not part["conclusion"] and part["standing"] == "joined":
        note = Text(f"{len(lacking)} 项未录", f"{len(lacking)} open")
    return PartLine(
        agency_of(part["agency"], agencies),
        part["agency"] == own,
        part["standing"],
        shape,
        said,
        note,
        part["concluded_by"],
        part["concluded_at"],
    )


def _unseen(
    part: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]], conclusion: str
) -> Text | None:
    """Why a late agency cannot take the earlier result for its own; None: it can."""
    if conclusion != "normal":
        return Text("前次查验有异常", "the earlier inspection found something abnormal")
    lacking = unseen(part["items"], {item: row["result"] for item, row in results.items()})
    zh, en = "、".join(lacking), ", ".join(lacking)
    if not lacking:
        return None
    return Text(f"前次未查或有异常：{zh}", f"not looked at then, or found abnormal: {en}")


def _late(
    part: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]], order: Ordered
) -> tuple[str, Text, Text | None]:
    """What an agency that came too late may do: wait, recognise the result, or look again."""
    if order.state in (*JOINABLE, *UNDER_WAY):
        return "wait", Text("来迟，等前次结果", "late: waits for the result"), None
    if order.state not in DONE:
        return "off", Text("前次查验已取消", "the earlier inspection was cancelled"), None
    if why := _unseen(part, results, order.conclusion):
        return "warn", Text("来迟，须另开查验", "late: has to inspect again"), why
    return "warn", Text("来迟，可认可前次结果", "late: may recognise the result"), None


def _merged(
    conclusion: str, joined: Sequence[Mapping[str, Any]], results: Mapping[str, Mapping[str, Any]]
) -> tuple[str, Text]:
    """What it comes to for the enterprise, or would."""
    if conclusion:
        shown = word("conclusion", conclusion)
        return shown.shape, shown.text
    wrong = any(part["conclusion"] == "abnormal" for part in joined)
    wrong = wrong or any(row["result"] == "abnormal" for row in results.values())
    if wrong:
        return "hold", Text("不能合并为正常", "cannot become normal")
    waiting = sum(not part["conclusion"] for part in joined)
    return "wait", Text(f"待 {waiting} 家结论", f"{waiting} conclusions to come")
