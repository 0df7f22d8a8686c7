"""The values that cross rooms: what codecs return, journals record and pages show.

All are immutable, compare by value and travel as JSON through msgspec.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace


class Text(Struct, frozen=True, array_like=True):
    """A sentence in both languages; nothing visible exists in one only."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The sentence in a language tag such as ``zh-hans`` or ``en``."""
        return self.en if language.startswith("en") else self.zh

    @classmethod
    def listed(cls, texts: Iterable[Text]) -> Text:
        """Several in a row: 海关、边检 / Customs, Border inspection."""
        held = list(texts)
        return cls("、".join(one.zh for one in held), ", ".join(one.en for one in held))


class Severity(StrEnum):
    """An error stops a submission, a warning only asks."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong: what, where, and what to do next.

    ``field`` is a path into the document, ``goods[2].un_number``; lines count from 0.
    """

    code: str
    text: Text
    field: str = ""
    value: str = ""
    remedy: Text | None = None
    severity: Severity = Severity.ERROR

    @property
    def missing(self) -> bool:
        """Whether it says that something absent is asked for."""
        return self.code == "missing" or self.code.endswith(".missing")


class Unreadable(ValueError):
    """Bytes that are no message at all; carries every problem found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.text.en for problem in problems))
        self.problems = problems


class Actor(Struct, frozen=True):
    """Who did it. A value, never a foreign key: the journal outlives the people in it."""

    kind: str  # person | token | component | system
    id: str
    name: str
    party: int = 0


class Viewer(Struct, frozen=True):
    """Who looks: the parties somebody may read for, and the named permissions held in the one they act for.

    ``by_party``: those held in each of their parties; one that it does not name gives the same.
    """

    parties: tuple[int, ...]
    permissions: frozenset[str] = frozenset()
    person: int = 0
    name: str = ""
    party: int = 0
    by_party: Mapping[int, frozenset[str]] = {}

    def under(self, permission: str) -> Viewer:
        """The same, reading for those parties alone in which a permission is held."""
        held = [one for one in self.parties if permission in self.by_party.get(one, self.permissions)]
        return self if len(held) == len(self.parties) else replace(self, parties=tuple(held))


class Document(Struct, frozen=True):
    """A business document under one version of its definition.

    ``values`` holds canonical values by element code: texts, plain decimal texts, lists of lines.
    ``extension`` keeps, per source format, what that format carried and no definition names.
    """

    kind: str
    version: str
    values: dict[str, Any]
    extension: dict[str, Any] = field(default_factory=dict)


class Envelope(Struct, frozen=True):
    """What a partner's wire needs beside the document. Ids and time are injected."""

    message_id: str
    sender: str
    receiver: str
    created_at: datetime
    reference: str  # our reference of the submission, as the partner repeats it in receipts


class Stage(StrEnum):
    """How far a receipt reaches: the wire, the partner's gateway, the partner's business."""

    TRANSPORT = "transport"
    TECHNICAL = "technical"
    BUSINESS = "business"


class Outcome(IntEnum):
    """What a receipt means for the document it speaks of, weakest first."""

    NOTED = 0
    ACCEPTED = 10
    INSPECT = 20
    HOLD = 30
    RELEASED = 40
    CLOSED = 50
    RETURNED = 60
    REFUSED = 70


class Order(IntEnum):
    """What an agency may order, weakest first: a stronger one is never outvoted."""

    RELEASE = 1  # 放行
    INSPECT = 2  # 查验
    HOLD = 3  # 挂起
    DENY = 4  # 不予放行


class Subject(Struct, frozen=True, order=True):
    """What an instruction names: a conveyance call, bill, container, express or postal parcel."""

    kind: str
    id: str


class Instruction(Struct, frozen=True):
    """What one agency orders on one subject. The highest version counts, a withdrawn one as none.

    ``method`` is how to inspect (machine, opened, unstuffed), ``items`` the agency's checklist,
    ``basis`` the legal basis, ``text`` the agency's own words.
    """

    id: str
    agency: str
    order: Order
    subject: Subject
    at: datetime
    version: int = 1
    method: str = ""
    items: tuple[str, ...] = ()
    basis: str = ""
    text: str = ""
    withdrawn: bool = False


class Receipt(Struct, frozen=True):
    """One answer of a partner to one of our messages.

    ``id`` is the partner's own, or a digest of what identifies the answer, so that a second
    delivery is known. ``about`` is the message id or reference of ours that it answers.
    ``text`` is the partner's reason, verbatim. ``facts`` are numbers it assigned.
    """

    id: str
    about: str
    stage: Stage
    code: str
    outcome: Outcome
    at: datetime
    text: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    instructions: tuple[Instruction, ...] = ()
