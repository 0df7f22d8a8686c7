"""What maritime safety answers: CONTRL on syntax and APERAK on the cargo, many in one interchange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, field

from singlewindow.connectors.maritime.meanings import (
    MEANINGS,
    REASONS,
    UNKNOWN,
    UNKNOWN_REASON,
    Meaning,
    Reason,
)
from singlewindow.connectors.maritime.references import reference_of
from singlewindow.kernel import receipts
from singlewindow.kernel.clock import BEIJING, LAST_YEAR
from singlewindow.kernel.codes import container
from singlewindow.kernel.codes.calls import call_key, folded
from singlewindow.kernel.edifact import Segment, fault, moment
from singlewindow.kernel.interchange import Interchange, Message, read
from singlewindow.kernel.messages import (
    Instruction,
    Outcome,
    Problem,
    Receipt,
    Severity,
    Stage,
    Subject,
    Text,
    Unreadable,
)
from singlewindow.kernel.receipts import (
    KEY_MOST,
    PROBLEMS_MOST,
    TEXT_MOST,
    UNTIMED,
    believed,
    digest,
)

AGENCY = "maritime"
BY_WATER = "2"  # how the dossier's conveyance calls begin
CONTAINERS_MOST = 500
VERSION_MOST = 2_147_483_647
REASON = "REASON"  # the list (1131) that marks an ERC as a reason; any other is the decision
ABSENT = 99
LAST_DAY = date(LAST_YEAR, 12, 31)
_ERROR_AT = {"UCI": 5, "UCM": 4, "UCS": 2, "UCD": 1}


def decode(data: bytes) -> list[Receipt]:
    """Every answer of one interchange. A bad message among good ones becomes a receipt with problems.

    Raises ``Unreadable`` where nothing can be read.
    """
    interchange = read(data)
    if not interchange.messages:
        raise Unreadable(fault("count", "UNZ", "不含报文", "it holds no message"))
    return receipts.read_each(
        interchange.messages,
        lambda message, number: _read(message, f"message[{number}]", interchange),
        lambda message, failure: _spoilt(message, failure, interchange),
    )


def _read(message: Message, place: str, interchange: Interchange) -> Sequence[Receipt]:
    if message.problems:
        raise Unreadable(*message.problems)
    if message.kind == "APERAK":
        return (_decided(message.segments, place),)
    if message.kind == "CONTRL":
        return tuple(_checked(message.segments, place, interchange))
    kind = message.kind[:10]
    raise Unreadable(fault("kind", f"{place}/UNH", f"{kind} 不是回执", f"{kind} is no answer"))


class _Answer(Struct):
    """What the segments of one APERAK say."""

    number: str = ""
    version: str = ""
    at: datetime | None = None
    references: dict[str, str] = field(default_factory=dict)
    containers: list[str] = field(default_factory=list)
    decision: str = ""
    words: str = ""
    basis: str = ""
    reasons: list[list[str]] = field(default_factory=list)  # code, words, line

    def take(self, one: Segment) -> None:
        """One segment. What follows a reason (words, line) speaks of that reason."""
        tag = one.tag
        if tag == "RFF":
            self._refer(one.at(1), one.at(1, 2))
        elif tag == "ERC":
            if one.at(1, 2) == REASON:
                self.reasons.append([one.at(1), "", ""])
            else:
                self.decision = self.decision or one.at(1)
        elif tag == "FTX":
            self._say(one.at(1), "".join(one.elements[3]) if len(one.elements) > 3 else "")
        elif tag == "BGM":
            self.number, self.version = one.at(2), one.at(2, 2)
        elif tag == "DTM" and one.at(1) == "137":
            at = moment(one.at(1, 2), one.at(1, 3))
            self.at = at and believed(at)

    def _refer(self, qualifier: str, value: str) -> None:
        if qualifier == "EQ":
            self.containers.append(value)
        elif qualifier == "LI" and self.reasons:
            self.reasons[-1][2] = value
        else:
            self.references.setdefault(qualifier, value)

    def _say(self, qualifier: str, text: str) -> None:
        if qualifier == "REG":
            self.basis = text
        elif self.reasons:
            self.reasons[-1][1] += text
        else:
            self.words += text


def _decided(segments: Sequence[Segment], place: str) -> Receipt:
    answer = _Answer()
    for one in segments:
        answer.take(one)
    about, at = answer.references.get("ACW", ""), answer.at
    meaning = MEANINGS.get((Stage.BUSINESS, answer.decision), UNKNOWN)
    wrong = tuple(_lacking(answer, about, place))
    if wrong or at is None:
        raise Unreadable(*wrong)
    permit = answer.references.get("ACE", "")
    return Receipt(
        answer.number,
        about,
        Stage.BUSINESS,
        answer.decision,
        meaning.outcome,
        at,
        answer.words,
        {"permit_number": permit} if permit else {},
        _problems(answer, meaning, at),
        tuple(_instructions(answer, meaning, at)),
    )


def _lacking(answer: _Answer, about: str, place: str) -> Iterator[Problem]:
    """Whatever cannot be used, all at once. A container misread as none would release the whole ship."""
    for name, value in (("BGM", answer.number), ("RFF+ACW", about), ("ERC", answer.decision)):
        if not 0 < len(value) <= KEY_MOST:
            yield fault("missing", f"{place}/{name}", "缺失或过长", f"{name} is missing or too long")
    if answer.at is None:
        yield fault("time", f"{place}/DTM+137", "时间缺失或无效", "the time is missing or no time")
    if not _version(answer.version):
        yield fault("version", f"{place}/BGM", "决定的版本号无效", "the decision's version is no number")
    if len(answer.containers) > CONTAINERS_MOST:
        zh, en = f"集装箱超过 {CONTAINERS_MOST} 个", f"over {CONTAINERS_MOST} containers"
        yield fault("containers", f"{place}/RFF+EQ", zh, en)
    for number in answer.containers[:CONTAINERS_MOST]:
        if problem := container.check(number, f"{place}/RFF+EQ"):
            yield problem


def _version(text: str) -> int:
    """Absent means the first; 0 stands for what is no version."""
    if not text:
        return 1
    good = text.isascii() and text.isdecimal() and len(text) <= 10
    return int(text) if good and int(text) <= VERSION_MOST else 0


def _instructions(answer: _Answer, meaning: Meaning, at: datetime) -> Iterator[Instruction]:
    """On each container named; on the conveyance call where none is."""
    if meaning.order is None:
        return
    for number, subject in enumerate(_subjects(answer), 1):
        yield Instruction(
            f"{answer.number}/{number}",
            AGENCY,
            meaning.order,
            subject,
            at,
            _version(answer.version),
            meaning.method,
            basis=answer.basis,
            text=answer.words,
            withdrawn=meaning.withdrawn,
        )


def _subjects(answer: _Answer) -> Sequence[Subject]:
    if answer.containers:
        return [Subject("container", number) for number in dict.fromkeys(answer.containers)]
    ship, voyage = (folded(answer.references.get(name, "")) for name in ("VM", "VON"))
    return (Subject("conveyance", call_key(BY_WATER, ship, voyage)),) if ship and voyage else ()


def _problems(answer: _Answer, meaning: Meaning, at: datetime) -> tuple[Problem, ...]:
    if answer.reasons:
        listed = REASONS.at(_day(at))
        return tuple(_reason(listed, *one) for one in answer.reasons[:PROBLEMS_MOST])
    if meaning is UNKNOWN:
        return (
            Problem("maritime.unknown-code", meaning.text, value=answer.decision, severity=Severity.WARNING),
        )
    if meaning.outcome < Outcome.RETURNED:
        return ()
    said = answer.words or "—"
    text = Text(f"{meaning.text.zh}：{said}", f"{meaning.text.en}: {said}")
    return (Problem(f"maritime.{answer.decision}", text),)


def _reason(listed: Mapping[tuple[str, str], Reason], code: str, words: str, line: str) -> Problem:
    """The agency speaks Chinese only, so its words stand in both sentences."""
    known = listed.get(("reason", code), UNKNOWN_REASON)
    said = f"：{words}" if words else ""
    text = Text(f"{known.text.zh}{said}", known.text.en + said.replace("：", ": ", 1))
    index = int(line) - 1 if line.isascii() and line.isdecimal() and 0 < len(line) <= 4 else -1
    at = f"DangerousGoods[{index}]." if index >= 0 else ""
    return Problem(f"maritime.{code[:10]}", text, f"{at}{known.box}", code[:20])


def _checked(segments: Sequence[Segment], place: str, interchange: Interchange) -> Iterator[Receipt]:
    """One receipt a UCM; where there is none, one on the whole interchange."""
    head, parts = segments[0] if segments else Segment("", []), list[list[Segment]]()
    if head.tag != "UCI":
        raise Unreadable(fault("uci", f"{place}/UCI", "缺少 UCI", "UCI is missing"))
    for one in segments[1:]:
        if one.tag == "UCM":
            parts.append([])
        if parts:
            parts[-1].append(one)
    at = _prepared(interchange)
    if not parts:
        yield _syntax(head.at(1), head.at(4), head.at(1), (head,), place, at)
    for part in parts:
        yield _syntax(reference_of(part[0].at(1)), part[0].at(3), part[0].at(1), part, place, at)


def _syntax(
    about: str, action: str, reference: str, part: Sequence[Segment], place: str, at: datetime
) -> Receipt:
    if not reference or len(about) > KEY_MOST or (Stage.TECHNICAL, action) not in MEANINGS:
        zh, en = "缺少参考号或处理结果", "a reference or a known action is missing"
        raise Unreadable(fault("action", f"{place}/{part[0].tag}", zh, en))
    meaning = MEANINGS[Stage.TECHNICAL, action]
    problems = tuple(_faults(part, at))[:PROBLEMS_MOST]
    if not problems and meaning.outcome >= Outcome.RETURNED:
        problems = (Problem(f"maritime.syntax.{action}", meaning.text),)
    receipt_id = digest("CONTRL", reference, action, *(f"{p.field} {p.value}" for p in problems))
    said = "；".join(problem.text.zh for problem in problems)[:TEXT_MOST]
    return Receipt(receipt_id, about, Stage.TECHNICAL, action, meaning.outcome, at, said, problems=problems)


def _faults(part: Sequence[Segment], at: datetime) -> Iterator[Problem]:
    """The error code (0085) stands elsewhere in each segment; a UCD lies in the segment of the UCS before."""
    place, where, listed = "", Text("整体", "as a whole"), REASONS.at(_day(at))
    for one in part:
        if one.tag == "UCS":
            number = one.at(1)[:6]
            place, where = f"segment[{number}]", Text(f"第 {number} 段", f"segment {number}")
        code = one.at(_ERROR_AT.get(one.tag, ABSENT))
        if code:
            known = listed.get(("syntax", code), UNKNOWN_REASON)
            element = f"/element[{one.at(2)[:3]}]" if one.tag == "UCD" else ""
            text = Text(f"报文{where.zh}：{known.text.zh}", f"The message, {where.en}: {known.text.en}")
            yield Problem(f"maritime.syntax.{code[:3]}", text, place + element, code[:20])


def _spoilt(message: Message, failure: Unreadable, interchange: Interchange) -> Receipt:
    about = next((one.at(1, 2) for one in message.segments if one.tag == "RFF" and one.at(1) == "ACW"), "")
    written = repr([interchange.sender, interchange.reference, message.reference, message.segments])
    raw = written.encode("utf-8", "backslashreplace")
    return receipts.spoilt(raw, about, failure.problems, at=_prepared(interchange))


def _prepared(interchange: Interchange) -> datetime:
    """When the interchange was written: CONTRL has no time of its own."""
    day, minute = interchange.prepared
    at = moment((day if len(day) == 8 else f"20{day}") + minute, "203")
    return believed(at) if at else UNTIMED


def _day(at: datetime) -> date:
    """The day by Beijing's clock: reasons are those of the answer's; without one, the last."""
    return LAST_DAY if at == UNTIMED else at.astimezone(BEIJING).date()
