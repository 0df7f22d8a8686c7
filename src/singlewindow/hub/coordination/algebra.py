"""What the instructions of several agencies mean together for one subject: pure, whatever their order.

Decision 0003 is the source of the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from singlewindow.kernel.messages import Instruction, Order, Subject


class Kind(StrEnum):
    """A composite disposition (综合处置), strongest first."""

    NOT_RELEASED = "not_released"  # 不予放行
    HELD = "held"  # 挂起
    JOINT_INSPECTION = "joint_inspection"  # 联合查验
    SINGLE_INSPECTION = "single_inspection"  # 单独查验
    PENDING = "pending"  # 待放行
    RELEASED = "released"  # 综合放行


_STRONGEST_FIRST = tuple(Kind)
_RANK = {kind: rank for rank, kind in enumerate(_STRONGEST_FIRST)}
UNKNOWN = "unknown"  # the kind of a thing that an agency names and the goods' documents do not
SCREEN = "screen"
OF_RESULT = "@"  # in the id of a release that an inspection's result gave (sql/inspecting.sql)
_ALWAYS = datetime.max.replace(tzinfo=UTC)
_Named = Mapping[tuple[str, str, Order], datetime]  # by agency, document and order


class Given(Struct, frozen=True, gc=False):
    """An instruction with where it came from, as the log holds it.

    ``channel`` is how the agency spoke (the outcome of a receipt, an instruction of its own, an
    officer's screen): what was ordered on one channel is revoked on that channel. ``origin`` is the
    document it answers. ``executed``: the keys of what was inspected by it and found in order; an order on
    a bill is carried out container by container. ``answers``: of a release, the orders that it ended and
    when each was given.
    """

    instruction: Instruction
    channel: str
    origin: str = ""
    executed: frozenset[str] = frozenset()
    answers: frozenset[tuple[Order, datetime]] = frozenset()

    @property
    def name(self) -> str:
        """How a disposition names it: agency/channel/id/version."""
        said = self.instruction
        return f"{said.agency}/{self.channel}/{said.id}/{said.version}"

    @property
    def bars(self) -> bool:
        """Whether it is an order rather than a release."""
        return self.instruction.order is not Order.RELEASE

    @property
    def frees(self) -> bool:
        """Whether an officer released; the result of an inspection answers that inspection alone."""
        return not self.bars and OF_RESULT not in self.instruction.id

    @property
    def named(self) -> Iterable[tuple[Order, datetime]]:
        """What it orders of its subject by name, or ended, and which orders on the whole that narrows:
        while it is to be carried out all of them, afterwards those given before it."""
        yield from self.answers
        if self.bars:
            over = self.instruction.subject.id in self.executed
            yield self.instruction.order, self.instruction.at if over else _ALWAYS

    @property
    def names_a_container(self) -> bool:
        """Whether it concerns one container alone, or what is in it."""
        return self.instruction.subject.kind == "container"

    def restricts(self, unit: Unit) -> bool:
        """Whether it still stands in the way of a unit that it reaches."""
        return self.bars and (not self.executed or self.executed.isdisjoint(unit.keys))


class Unit(Struct, frozen=True, gc=False):
    """What can be released by itself: a container, loose goods of a bill, a parcel, a conveyance call.

    ``bill`` is the bill whose goods fill a container, ``within`` what the unit is physically inside
    of. A ``lot`` is one bill's share of a container that it shares with others.
    """

    subject: Subject
    bill: Subject | None = None
    within: tuple[Subject, ...] = ()
    lot: bool = False

    @property
    def keys(self) -> list[str]:
        """Of what it is and what it is inside of: an inspection of any of these is one of it."""
        return [self.subject.id, *[one.id for one in self.within]]


class Disposition(Struct, frozen=True, gc=False):
    """The result: its kind, who stands in the way, whose release is missing, what it rests on."""

    kind: Kind
    agencies: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    partly_open: bool = False


def effective(instructions: Iterable[Given]) -> list[Given]:
    """What counts on each line: for each agency, document, channel and subject.

    Of what systems say the highest version, and a withdrawn one is none. Two different orders of one
    version are the agency's mistake: the stronger counts. Of what officers say on screens each order
    stands by itself until it is taken back or a later release ends it.
    """
    lines: dict[tuple[str, str, str, Subject], list[Given]] = {}
    for given in instructions:
        said = given.instruction
        lines.setdefault((said.agency, given.origin, given.channel, said.subject), []).append(given)
    return [given for line in lines.values() for given in _standing(line)]


def _standing(line: Sequence[Given]) -> list[Given]:
    if len(line) == 1:
        return [given for given in line if not given.instruction.withdrawn]
    if line[0].channel == SCREEN:
        return _side_by_side(line)
    newest = max(line, key=_weight)
    if newest.instruction.withdrawn:
        return []
    back = max((one.instruction.version for one in line if one.instruction.withdrawn), default=-1)
    return [_ending(newest, [one for one in line if one.instruction.version > back])]


def _side_by_side(line: Iterable[Given]) -> list[Given]:
    newest: dict[str, Given] = {}
    for given in line:
        known = newest.get(given.instruction.id)
        if known is None or _weight(given) > _weight(known):
            newest[given.instruction.id] = given
    standing = [given for given in newest.values() if not given.instruction.withdrawn]
    release = max((given for given in standing if given.frees), key=_weight, default=None)
    if release is None:
        return standing
    since = _weight(release)
    ended = [given for given in standing if given.bars and _weight(given) < since]
    left = [given for given in standing if given is not release and given not in ended]
    return [*left, _ending(release, ended)]


def _ending(given: Given, line: Iterable[Given]) -> Given:
    """A release with the orders that it ended, for what they narrowed stays narrowed."""
    if given.bars:
        return given
    ended = frozenset([(one.instruction.order, one.instruction.at) for one in line if one.bars])
    return replace(given, answers=given.answers | ended) if ended - given.answers else given


def _weight(given: Given) -> tuple[Any, ...]:
    said, executed = given.instruction, sorted(given.executed)
    return said.version, not said.withdrawn, said.order, -len(executed), executed, said.id


def covering(unit: Unit, counting: Sequence[Given]) -> list[Given]:
    """Those of the effective instructions that reach the unit.

    One reaches what it names and what is inside of that. A release of a conveyance frees the
    conveyance, not its cargo. An order on the bill reaches all its containers, unless the same agency
    on the same document gives the same order for some of them by name: then only those, also once these
    were released or inspected; what is ordered of the bill after that reaches all of them. One on a thing
    that nobody declared bars all the goods, and its release frees nothing.
    """
    named = _named(counting) if unit.bill else {}
    return [given for given in counting if _reaches(given, unit, named)]


def _named(counting: Sequence[Given]) -> _Named:
    """The orders given for containers by name; what was ordered of the bill until then means these alone."""
    named: dict[tuple[str, str, Order], datetime] = {}
    for given in counting:
        if given.names_a_container:
            for order, until in given.named:
                line = (given.instruction.agency, given.origin, order)
                named[line] = max(until, named.get(line, until))
    return named


def _reaches(given: Given, unit: Unit, named: _Named) -> bool:
    said = given.instruction
    if said.subject == unit.subject:
        return True
    if said.subject.kind == UNKNOWN:
        return given.bars
    if said.subject in unit.within:
        return given.bars or said.subject.kind == "container"
    if said.subject == unit.bill:
        until = named.get((said.agency, given.origin, said.order))
        return until is None or said.at >= until
    return False


def composite(unit: Unit, counting: Sequence[Given], required: Mapping[str, frozenset[str]]) -> Disposition:
    """What the effective instructions mean for one unit.

    ``required`` says whose release it needs, and for which of their documents: every one of them must
    be released. An empty set of documents asks for any release of that agency.
    """
    reaching = covering(unit, counting)
    used = tuple(sorted(given.name for given in reaching))
    missing = _missing(reaching, required)
    barriers = [given.instruction for given in reaching if given.restricts(unit)]
    if not barriers:
        free = bool(required) and not missing  # with nobody to release it, nothing is released
        return Disposition(Kind.RELEASED if free else Kind.PENDING, (), missing, used)
    strongest = max(said.order for said in barriers)
    agencies = tuple(sorted({said.agency for said in barriers if said.order is strongest}))
    return Disposition(kind_of(strongest, len(agencies)), agencies, missing, used)


def kind_of(strongest: Order, agencies: int) -> Kind:
    """What an order that bars comes to, given by so many agencies."""
    if strongest is Order.DENY:
        return Kind.NOT_RELEASED
    if strongest is Order.HOLD:
        return Kind.HELD
    return Kind.JOINT_INSPECTION if agencies > 1 else Kind.SINGLE_INSPECTION


def _missing(reaching: Sequence[Given], required: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    released: dict[str, set[str]] = {}
    for given in reaching:
        if not given.bars:
            released.setdefault(given.instruction.agency, set()).add(given.origin)
    return tuple(
        sorted(
            agency
            for agency, origins in required.items()
            if agency not in released or not origins <= released[agency]
        )
    )


def whole(parts: Sequence[Disposition]) -> Disposition:
    """What is true of a parent through its parts: the weakest of them, marked partly open.

    It is shown, and never comes down again: a container's hold says nothing of its bill's other one.
    """
    if not parts:
        return Disposition(Kind.PENDING)
    weakest = max((part.kind for part in parts), key=_RANK.__getitem__)
    alike = all(part.kind is weakest for part in parts)
    barred = any(part.agencies for part in parts)
    kind = Kind.PENDING if weakest is Kind.RELEASED and not alike else weakest
    return _merged(kind, parts, barred and not alike)


def _merged(kind: Kind, parts: Sequence[Disposition], partly_open: bool) -> Disposition:
    return Disposition(
        kind,
        tuple(sorted({agency for part in parts for agency in part.agencies})),
        tuple(sorted({agency for part in parts for agency in part.missing})),
        tuple(sorted({name for part in parts for name in part.used})),
        partly_open,
    )
