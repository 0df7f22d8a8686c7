"""What follows from dispositions for releases and gate passes: issued, revoked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.coordination import barring, facts
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.cases import NOBODYS, Case, Change, Offices, Place, required
from singlewindow.hub.coordination.giving import Issue, give
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.release import Sealed, Signed, Statement, number_of, sign
from singlewindow.hub.coordination.rows import of_release, put
from singlewindow.hub.coordination.tasks import RECALL
from singlewindow.hub.coordination.telling import NOTHING, told
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, uuids
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "sql/storing.sql")
_ask = asking(_SQL)
_STATEMENT = msgspec.json.Decoder(Statement)

Key = tuple[UUID, str]  # of a case


async def follow(
    cursor: AsyncCursor[Any], changes: Sequence[Change], offices: Offices, means: Means, at: datetime
) -> list[Entry]:
    """Revoke what no longer holds, then issue what now does. Returns the journal entries."""
    risen = [one for one in changes if one.after.kind is Kind.RELEASED]
    issues: dict[Key, Issue] = {}
    for change in risen:
        issues.setdefault(change.case.key, Issue(change.case, [])).places.append(change.place)
    entries: list[Entry] = []
    if fallen := [one for one in changes if one.fell]:
        entries += await _revoke(cursor, fallen, issues, offices, at)
    if issues:
        entries += await issue(cursor, list(issues.values()), offices, means, at)
    return entries


async def _revoke(
    cursor: AsyncCursor[Any],
    fallen: Sequence[Change],
    issues: dict[Key, Issue],
    offices: Offices,
    at: datetime,
) -> list[Entry]:
    """Passes first, as gates use them meanwhile."""
    keys = [one.place.key for one in fallen]
    fell = {"keys": keys, "dossiers": [one.case.id for one in fallen]}
    lost = [barring.Held(*row) for row in await _ask(cursor, "revoke_passes", at=at, **fell)]
    by_case: dict[Key, list[Change]] = defaultdict(list)
    for one in fallen:
        by_case[one.case.key].append(one)
    places = [place for changes in by_case.values() for place in changes[0].case.places]
    gone = {key for key, _ in await _ask(cursor, "used", [place.key for place in places])}
    left = {place.number for place in places if place.key in gone}
    entries = []
    dropped: dict[Key, list[str]] = defaultdict(list)
    dossiers = list({id_ for id_, _ in by_case})
    for id_, number, dossier, _, content, viewers in await _ask(cursor, "in_force", dossiers):
        said = _STATEMENT.decode(content)
        boxes = [one.number for one in said.containers]
        key = dossier, said.name if dossier == NOBODYS else ""  # calls share the dossier of nobody
        cause = _cause(by_case.get(key, ()), boxes)
        if cause is None:
            continue
        named = cause.after.agencies or cause.after.missing
        reason = f"{cause.after.kind}: {', '.join(named)}"
        by = [one for one in named if one in offices.by_partner]  # a claim, a bound: no agency's word
        await cursor.execute(_SQL["revoke_releases"], {"at": at, "reason": reason, "ids": [id_]})
        dropped[key] += boxes
        told_of = {"number": number, "agencies": by, "disposition": cause.after.kind, "containers": boxes}
        told_of |= {"goods": _whereabouts(boxes, left)}
        entries.append(
            told("release.revoked", "release", id_, told_of, case=cause.case, viewers=viewers, at=at)
        )
    for key, numbers in dropped.items():
        _reissue(by_case[key][0].case, numbers, set(keys), issues)
    return entries + await barring.fallen(cursor, lost, fallen, at)


def _cause(fallen: Sequence[Change], boxes: list[str]) -> Change | None:
    """What bars most of what a release names; None where nothing of it fell."""
    named = [one for one in fallen if not boxes or one.place.number in boxes]
    return min(named, key=lambda one: [*Kind].index(one.after.kind), default=None)


def _whereabouts(boxes: list[str], left: set[str]) -> str:
    """What is revoked: goods without a container, containers that all have left, or some to be kept."""
    if not boxes:
        return "loose"
    return "gone" if left.issuperset(boxes) else "boxed"


def _reissue(case: Case, numbers: list[str], fallen: set[str], issues: dict[Key, Issue]) -> None:
    """Containers that shared a revoked release and are still free get one of their own."""
    again = [place for place in case.places if place.number in numbers and place.key not in fallen]
    if again:
        issue = issues.setdefault(case.key, Issue(case, []))
        issue.places += [place for place in again if place not in issue.places]


async def issue(
    cursor: AsyncCursor[Any],
    issues: list[Issue],
    offices: Offices,
    means: Means,
    at: datetime,
    said: Mapping[str, Any] = NOTHING,
) -> list[Entry]:
    """Sign releases of what has not left and give the passes; ``said`` is what their entries tell besides."""
    keys = [place.key for one in issues for place in one.places if place.kind == "container"]
    given: dict[str, str] = dict(await _ask(cursor, "given", at, texts(keys))) if keys else {}
    ended = await _called_back_no_more(cursor, issues, given, offices, at)
    for one in issues:
        one.places = [place for place in one.places if given.get(place.key) != "used"]
    issues = [one for one in issues if one.places]
    if not issues:
        return ended
    versions: dict[UUID, int] = dict(await _ask(cursor, "versions", uuids(one.case.id for one in issues)))
    sequence = [row[0] for row in await _ask(cursor, "numbers", len(issues))]
    signed = [
        _signed(one, number, versions.get(one.case.id, 0) + 1, means, at)
        for one, number in zip(issues, sequence, strict=True)
    ]
    ids = [means.new_id() for _ in issues]
    concerned = [one.case.concerned(offices) for one in issues]
    await put(cursor, "release", map(of_release, ids, signed, concerned))
    waiting, entries = await give(cursor, issues, signed, given, offices, at)
    for id_, one, made, viewers in zip(ids, issues, signed, concerned, strict=True):
        content = _said(made) | waiting.get(one.case.id, {}) | dict(said)
        entries.append(told("release.issued", "release", id_, content, case=one.case, viewers=viewers, at=at))
    return entries + ended


async def _called_back_no_more(
    cursor: AsyncCursor[Any],
    issues: Sequence[Issue],
    given: Mapping[str, str],
    offices: Offices,
    at: datetime,
) -> list[Entry]:
    """What has left and is released again: nobody is asked to call it back any more."""
    left = {
        (issue.case.id, place.number): (issue.case, place)
        for issue in issues
        for place in issue.places
        if given.get(place.key) == "used"
    }
    if not left:
        return []
    where = {"dossiers": [id_ for id_, _ in left], "numbers": [number for _, number in left]}
    entries = []
    for id_, number in await _ask(cursor, "recalls_ended", at=at, kind=RECALL, **where):
        case, place = left[id_, number]
        said = {"number": number, "name": case.name, "agencies": involved(case, place, offices)}
        viewers = case.concerned(offices)
        entries.append(told("recall.ended", "dossier", id_, said, case=case, viewers=viewers, at=at))
    return entries


def involved(case: Case, place: Place, offices: Offices) -> list[str]:
    """The agencies that have to release it or have said something of it: those who may have barred it."""
    spoke = {given.instruction.agency for given in case.counting}
    asked = required(case, place.kind, place.dangerous, offices, offices.on)
    return sorted(one for one in spoke.union(asked) if one in offices.by_partner)


def _signed(issue: Issue, sequence: int, version: int, means: Means, at: datetime) -> Signed:
    case = issue.case
    boxes = [Sealed(place.number, place.seal) for place in issue.places if place.kind == "container"]
    return sign(
        means.signer,
        number=number_of(sequence, at),
        dossier=case.id,
        goods=case.goods,
        name=case.name,
        containers=boxes,
        version=version,
        issued_at=at,
        valid_until=at + facts.release_validity(),
    )


def _said(made: Signed) -> dict[str, Any]:
    """For everybody whom the release concerns: no seal, nor the signature, by which one could be guessed."""
    statement = made.statement
    return {
        "number": statement.number,
        "version": statement.version,
        "name": statement.name,
        "containers": [one.number for one in statement.containers],
        "valid_until": statement.valid_until,
        "signature_digest": sha256(made.signature).hexdigest(),
    }
