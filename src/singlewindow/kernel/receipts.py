"""What all partners' answers have in common: bounds, ids, and what stands for one that cannot be read.

What a receipt holds beyond what is agreed (an element, a member, a segment) is passed over: partners add to
their interfaces, and it changes neither the receipt nor its id. The answer is kept as it came. What says a
thing twice says nothing, and what stands where only receipts may stand is refused by its place: passed over,
a receipt might be lost (decision 0006).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple, TypeVar

import msgspec

from singlewindow.kernel.clock import FIRST_YEAR, LAST_YEAR, zoned
from singlewindow.kernel.codes import container, named_containers
from singlewindow.kernel.messages import (
    Instruction,
    Order,
    Outcome,
    Problem,
    Receipt,
    Severity,
    Stage,
    Subject,
    Text,
    Unreadable,
)

BODY_MOST = 20_000_000  # bytes of a file or answer
RECEIPTS_MOST = 1_000  # in one file or answer
PROBLEMS_MOST = 100  # of one receipt, or of a file of which nothing can be read
KEY_MOST = 64  # characters of a number, code or reference
TEXT_MOST = 4_000  # characters of the partner's own words
REASON_MOST = 500  # of those, that a problem repeats
UNTIMED = datetime(1970, 1, 1, tzinfo=UTC)  # of an answer that gives no usable time
SPOILT = "unreadable"  # the code of a receipt that stands for one that cannot be read
_SPOILT_ID = "spoilt:"
AGAIN = Text("请对方按接口约定重新发送", "Ask the partner to send it again as the interface prescribes")
ORDERS = {Outcome.INSPECT: Order.INSPECT, Outcome.HOLD: Order.HOLD, Outcome.RELEASED: Order.RELEASE}

Part = TypeVar("Part")


class Partner(NamedTuple):
    """Who answers: the connector's id, and the name in sentences about its answers.

    Partners speak Chinese only, so their own words stand in both sentences of a problem.
    """

    id: str
    name: Text

    def fault(self, code: str, place: str, zh: str, en: str) -> Problem:
        """What is wrong with the partner's bytes, at a place of them."""
        return Problem(f"{self.id}.{code}", Text(zh, en), field=place, remedy=AGAIN)

    def refused(self, code: str, place: str, zh: str, en: str) -> Unreadable:
        """Why nothing of the partner's bytes can be read."""
        zh, en = f"无法读取{self.name.zh}回执：{zh}", f"The receipts cannot be read: {en}"
        return Unreadable(self.fault(code, place, zh, en))

    def found(self, code: str, field: str, said: str) -> Problem:
        """One thing that the partner lists as wrong with what it was sent."""
        text = Text(f"{self.name.zh}：{said[:REASON_MOST]}", f"{self.name.en} says: {said[:REASON_MOST]}")
        return Problem(f"{self.id}.{code}", text, field=field)

    def doubt(self, code: str) -> Problem:
        """A code that nobody agreed on."""
        text = Text(f"未知回执代码 {code}", f"Unknown receipt code {code}")
        return Problem(f"{self.id}.unknown-code", text, value=code, severity=Severity.WARNING)

    def refusal(self, code: str, meaning: Text, said: str) -> Problem:
        """Why the partner sends back or refuses, where it lists nothing."""
        reason = said[:REASON_MOST] or "—"
        return Problem(f"{self.id}.{code}", Text(f"{meaning.zh}：{reason}", f"{meaning.en}: {reason}"))


def read_each(
    parts: Iterable[Part],
    read: Callable[[Part, int], Iterable[Receipt]],
    spoil: Callable[[Part, Unreadable], Receipt],
) -> list[Receipt]:
    """The receipts of every part, read by its number from 0; of a bad one among good, what ``spoil`` makes.

    Raises ``Unreadable`` where none can be read.
    """
    found: list[Receipt] = []
    failures: list[Unreadable] = []
    for number, part in enumerate(parts):
        try:
            found += read(part, number)
        except Unreadable as failure:
            failures.append(failure)
            found.append(spoil(part, failure))
    if failures and len(failures) == len(found):
        problems = [problem for failure in failures for problem in failure.problems]
        raise Unreadable(*problems[:PROBLEMS_MOST])
    return found


def spoilt(
    raw: bytes,
    about: str,
    problems: Sequence[Problem],
    *,
    at: datetime = UNTIMED,
    stage: Stage = Stage.TECHNICAL,
) -> Receipt:
    """What stands for an answer that cannot be read: known by its bytes, so that only these are a repetition.

    Never under the partner's number for it: a number is claimed for ever, and a good copy may still come.
    """
    id_ = f"{_SPOILT_ID}{sha256(raw).hexdigest()[:32]}"
    told = tuple(problems[:PROBLEMS_MOST])
    return Receipt(id_, about[:KEY_MOST], stage, SPOILT, Outcome.NOTED, at, problems=told)


def stands_for_one_unread(receipt: Receipt) -> bool:
    """Whether it stands for an answer that nobody could read, in which anything may be ordered."""
    return receipt.code == SPOILT and receipt.id.startswith(_SPOILT_ID)


def repeated(names: Iterable[str]) -> Iterator[str]:
    """The names that stand there before already, in their order; one look at each, however many there are."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)


def digest(*parts: str) -> str:
    """The id of an answer that has no number of its own, from what identifies it."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def believed(at: datetime) -> datetime:
    """When an answer says that it was given; a year that no document may be of is no time at all.

    Near the ends of the calendar nobody could turn it into another zone's.
    """
    return zoned(at) if FIRST_YEAR <= at.year <= LAST_YEAR else UNTIMED


def dated(receipt: Receipt, at: datetime) -> Receipt:
    """The receipt as if it had been given at another time, and so are its orders."""
    orders = tuple(_dated(order, at) for order in receipt.instructions)
    return msgspec.structs.replace(receipt, at=at, instructions=orders)


def _dated(order: Instruction, at: datetime) -> Instruction:
    """A version that the agency numbered stays."""
    return msgspec.structs.replace(order, at=at, version=_version(at) if timed(order) else order.version)


def timed(order: Instruction) -> bool:
    """Whether the version is only when it was said: the agency counts none."""
    return order.version == _version(order.at)


def _version(at: datetime) -> int:
    """Of an order that an agency's words name: a later time is a greater version."""
    return int(at.timestamp())


def orders_named(
    agency: str, outcome: Outcome, about: str, said: str, at: datetime, method: str
) -> tuple[Instruction, ...]:
    """Orders on the containers that an agency's words name.

    None where it names none: then the receipt speaks of everything it is about. One that names only what
    is no such number orders that alone, which no goods are in: else a slip of the pen would release them all.
    """
    order = ORDERS.get(outcome)
    if order is None or not said:
        return ()
    return tuple(
        Instruction(
            id=f"{about}:{number}",
            agency=agency,
            order=order,
            subject=Subject("container", number),
            at=at,
            version=_version(at),
            method=method,
            items=items,
            text=said,
        )
        for number, items in _named(order, said).items()
    )


def _named(order: Order, said: str) -> Mapping[str, tuple[str, ...]]:
    """What to order on, with the items wanted there. What is in doubt frees nothing and is kept to be asked
    about; one that bars, of which nobody can say what else it means, bars everything the receipt is about.
    """
    freeing = order is Order.RELEASE
    named = named_containers.read(said, freeing=freeing)
    if not freeing:
        return {} if named.unread or named.excepting else named.containers
    if named.excepting:
        return {named.excepting: ()}
    return named.containers | dict.fromkeys(named.unread, ())


def misnamed(ordered: Iterable[Instruction]) -> Iterator[Problem]:
    """A warning of each container that cannot be called as an agency's words call it."""
    for said in ordered:
        if found := container.check(said.subject.id, "container"):
            yield msgspec.structs.replace(found, severity=Severity.WARNING)
