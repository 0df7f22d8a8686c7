"""The story of the platform, step by step against a running one, each step by whose right it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from singlewindow.hub.coordination import wording
from singlewindow.hub.documents.samples import samples_in
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Text
from singlewindow.server import rooms
from singlewindow.server.composition import registry
from singlewindow.server.story import another_system, judging
from singlewindow.server.story.another_system import CARRIED_BY, Issued, Renamed
from singlewindow.server.story.judging import FREE, INSPECTED, Json, NotHappenedError, NotYetError
from singlewindow.server.story.systems import API, PAGE, Account, Systems, content

SAMPLES, SAMPLE = rooms.PACKAGE / "apps/declarations/samples", "guoyuan_sea_import"
KIND = "goods_declaration"
BILL = "CQX2511070386"
SEAL = "DM990001"  # put on the inspected box afterwards
PLATE, GATE = "渝A88888", "3"
AGENCIES = {"customs": Account.CUSTOMS, "quarantine": Account.QUARANTINE}
TOLD = {
    "declarant": Account.BROKER,
    "forwarder": Account.FORWARDER,
    "importer": Account.IMPORTER,
    "terminal": Account.TERMINAL,
}
ACTING = (Account.BROKER, Account.TERMINAL, *AGENCIES.values())
STEP_S = 30.0
LOOK_S = 0.2
Seen = TypeVar("Seen")


@dataclass
class Story:
    """One run: what has been learnt so far. Each run is a ship's call of its own, named by ``mark``."""

    systems: Systems
    mark: str
    body: bytes = b""
    submission: dict[str, Any] = field(default_factory=dict)
    order: str = ""
    items: set[str] = field(default_factory=set)
    release: str = ""
    message: bytes = b""
    receipt: dict[str, Any] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[Text, Callable[[], str]]]:
        """What happens, in order; each returns a word on how."""
        yield Text("一次录入，申报", "One entry, submitted"), self.submit
        yield (
            Text("五家各收到自己的单证并回执", "Five receivers answer, each its own document"),
            self.answered,
        )
        yield (
            Text(
                "海关、检验检疫要查同一箱：一张查验单", "Customs, inspection and quarantine: one joint order"
            ),
            self.ordered,
        )
        yield (
            Text("收货人、货代、报关、码头都得通知", "Importer, forwarder, broker and terminal are told"),
            self.told,
        )
        yield Text("没人要查的箱子自动放行", "The box nobody wants is released by itself"), self.freed
        yield Text("卡口拒绝未放行的箱子", "The gate refuses the box not released"), self.refused
        yield Text("约时间、到位、开始查验", "Appointment, ready, under way"), self.begun
        yield Text("两家各录结果，合并为一份", "Each records; one consolidated result"), self.concluded
        yield Text("查验的箱子放行", "The inspected box is released"), self.released
        yield Text("卡口放行一次，再来拒绝", "The gate lets it out once, never twice"), self.gone
        yield Text("日志记着各步是谁做的", "The journal names who did each step"), self.named
        yield Text("重复申报得到原回执", "Submitted again: the original receipt"), self.repeated
        yield (
            Text("另一系统的 DecMessage：各家单证相同", "Another system's DecMessage: the same documents"),
            self.as_another_system,
        )
        yield Text("该报文重发得到原回执", "Its message again: the original receipt"), self.repeated_there

    def submit(self) -> str:
        definition = registry().current(KIND)
        told = next(sample for sample in samples_in(SAMPLES) if sample.id == SAMPLE)
        values = told.values(definition, local_day(now()))
        values |= {"bill_number": f"{BILL}-{self.mark}", "voyage_number": self.mark}
        document = {"document": KIND, "version": definition.version, "values": values}
        self.body = json.dumps(document, ensure_ascii=False).encode()
        self.submission = self._submit(self.body, f"story-{self.mark}")
        return self._id

    def answered(self) -> str:
        place = f"/submissions/{self._id}"
        return _until(lambda: judging.answered(self.systems.get(Account.BROKER, place)))

    def ordered(self) -> str:
        return _until(self._united)

    def _united(self) -> str:
        # What each agency ordered is asked of it first: whatever the order has by then stands in it too.
        place = f"/consignments/{self._id}/instructions"
        wanted = {
            agency: judging.wanted_by(agency, self.systems.pages(account, place))
            for agency, account in AGENCIES.items()
        }
        listed = self.systems.pages(Account.TERMINAL, "/inspections", consignment=self._id)
        self.order = str(judging.only_order(listed)["id"])
        self.items = set().union(*wanted.values())
        entries = self._entries(Account.TERMINAL)
        told = [one["content"]["items"] for one in entries if one["subject_id"] == self.order]
        if not told:
            raise NotYetError("日志尚无查验单 · no order in the journal yet")
        return judging.united(wanted, self._inspection(), told[0])

    def told(self) -> str:
        def look() -> str:
            boxes = {role: self._newest(account, "/notices") for role, account in TOLD.items()}
            seen = {role for role, box in boxes.items() if role in judging.told_of(self.order, box)}
            return judging.all_of(TOLD.keys(), seen)

        return _until(look)

    def freed(self) -> str:
        def look() -> str:
            found = self._consignment()
            judging.kept_back(found, INSPECTED)
            number = judging.released(found, FREE)
            judging.untouched(found, FREE)
            return number

        return _until(look)

    def refused(self) -> str:
        return judging.barred(self._gate("checks"), judging.BARRED)

    def begun(self) -> str:
        when = (now() + timedelta(hours=2)).isoformat()
        self._act(Account.TERMINAL, "appointment", {"when": when, "place": "果园港 查验区 B-07"})
        self._act(Account.TERMINAL, "arrival")
        self._act(Account.CUSTOMS, "beginning")
        return _worded("states", judging.same("in_progress", self._inspection()["state"]))

    def concluded(self) -> str:
        for agency, account in AGENCIES.items():
            order = self._inspection()
            done = {one["item"] for one in order["results"]}
            mine = next(part["items"] for part in order["parts"] if part["agency"] == agency)
            results = [{"item": item, "result": judging.NORMAL} for item in mine if item not in done]
            seal = {"seal": SEAL} if agency == "quarantine" else {}
            self._act(account, "results", {"results": results, "conclusion": judging.NORMAL, **seal})
        return _worded("results", _until(lambda: judging.consolidated(self._inspection(), self.items)))

    def released(self) -> str:
        self.release = _until(lambda: judging.released(self._consignment(), INSPECTED))
        return self.release

    def gone(self) -> str:
        # The gate trusts nothing older than its bound, so it may ask for a moment's patience.
        _until(lambda: judging.let_out(self._gate("passages", gate=GATE), self.release))
        second = self._gate("passages", gate=GATE)
        return f"{self.release}；{judging.barred(second, judging.GONE)}"

    def named(self) -> str:
        names = {account: self.systems.get(account, "/me")["name"] for account in (*ACTING, Account.GATE)}

        def look() -> str:
            about = self._entries(Account.BROKER)
            moves = self._newest(Account.TERMINAL, "/journal/entries", verb="gate.passed")
            mine = [one for one in moves if self.release in one["content"]["releases"]]
            said = judging.named(about, {names[account] for account in ACTING})
            return f"{said}, {judging.named(mine, {names[Account.GATE]})}"

        return _until(look)

    def repeated(self) -> str:
        again = self._submit(self.body, f"story-{self.mark}")
        return judging.same_receipt(self.submission, again)

    def as_another_system(self) -> str:
        renamed, first = Renamed(self.mark, f"X{self.mark[1:]}"), self._documents(self.submission)
        number = f"V{self.mark}"
        self.message = another_system.written(first[CARRIED_BY], renamed, number, now())
        self.receipt = self._submit(self.message, number)
        return _until(lambda: another_system.alike(first, self._documents(self.receipt), renamed))

    def repeated_there(self) -> str:
        again = self._submit(self.message, f"V{self.mark}")
        return judging.same_receipt(self.receipt, again)

    @property
    def _id(self) -> str:
        return str(self.submission["submission_id"])

    def _submit(self, body: bytes, key: str) -> dict[str, Any]:
        headers = {"idempotency-key": key}
        answer = self.systems.ask(Account.BROKER, "POST", "/submissions", content=body, headers=headers)
        taken: dict[str, Any] = content(answer, 202)
        return taken

    def _entries(self, account: Account) -> list[Any]:
        return self.systems.pages(account, "/journal/entries", about=self._id)

    def _newest(self, account: Account, place: str, **query: str) -> list[Any]:
        """The first page of a list that grows with every run."""
        found: list[Any] = self.systems.get(account, place, limit=PAGE, **query)["items"]
        return found

    def _consignment(self) -> Json:
        found: Json = self.systems.get(Account.IMPORTER, f"/consignments/{self._id}")
        return found

    def _inspection(self) -> Json:
        found: Json = self.systems.get(Account.TERMINAL, f"/inspections/{self.order}")
        return found

    def _act(self, account: Account, what: str, asked: Json | None = None) -> None:
        """Ask for a step of the inspection, and wait until the platform has carried it out."""
        place = self.systems.post(account, f"/inspections/{self.order}/{what}", asked, 202)["location"]

        def look() -> str:
            found = self.systems.get(account, place.removeprefix(API))
            if found["standing"] == "waiting":
                raise NotYetError(f"{what}: 待办 · waiting")
            why = "；".join(f"{one['text']['zh']} · {one['text']['en']}" for one in found["problems"])
            return judging.same("done", f"{found['standing']} {why}".strip())

        _until(look)

    def _gate(self, what: str, **more: str) -> Json:
        asked = {"plate": PLATE, "container": INSPECTED, "seal": SEAL, **more}
        verdict: Json = self.systems.post(Account.GATE, f"/gate/{what}", asked, 200)
        return verdict

    def _documents(self, submission: Json) -> dict[str, Issued]:
        """Each receiver's document, as whoever declared may read it."""
        place = f"/submissions/{submission['submission_id']}"
        found = self.systems.get(Account.BROKER, place)["documents"]
        return {
            one["receiver"]: self._issued(one["receiver"], f"{place}/documents/{one['document_id']}")
            for one in found
            if one["receiver"]
        }

    def _issued(self, receiver: str, place: str) -> Issued:
        found = self.systems.get(Account.BROKER, place)
        boxes = {one["box"]: (one["value"], one["entry"]) for one in found["boxes"]}
        if receiver != CARRIED_BY:
            return Issued(boxes)
        wire = self.systems.ask(Account.BROKER, "GET", f"{place}/message").content
        return Issued(boxes, found["reference"], another_system.unwrapped(wire))


def _worded(group: str, code: str) -> str:
    """As coordination calls it to people."""
    said = wording.word(group, code)
    return f"{said.zh} · {said.en}"


def _until(look: Callable[[], Seen]) -> Seen:
    """What is seen at last; what is still missing after the time of a step is what did not happen."""
    until = time.monotonic() + STEP_S
    while True:
        try:
            return look()
        except NotYetError as missing:
            if time.monotonic() > until:
                late = f"未在 {STEP_S:.0f} 秒内 · not within {STEP_S:.0f} s：{missing}"
                raise NotHappenedError(late) from missing
        time.sleep(LOOK_S)
