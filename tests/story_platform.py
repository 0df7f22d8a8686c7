"""A platform as the story's programs see it, with none running: all is as it should be until it is spoilt."""

from __future__ import annotations

import copy
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import httpx

from singlewindow.server import configuration
from singlewindow.server.story.judging import FREE, INSPECTED, RECEIVERS
from singlewindow.server.story.systems import Account, Systems

Json = dict[str, Any]
ORDER, RELEASE, OTHER_RELEASE = "order-1", "FX1", "FX2"
ITEMS = {"customs": ["count", "model"], "quarantine": ["count", "pallets"]}
ROLES = {
    Account.BROKER: "declarant",
    Account.FORWARDER: "forwarder",
    Account.IMPORTER: "importer",
    Account.TERMINAL: "terminal",
}
MESSAGE = (
    '<?xml version="1.0"?><DecMessage xmlns="http://www.chinaport.gov.cn/dec"><BillNo>{bill}</BillNo>'
    "<VoyNo>{voyage}</VoyNo><ClientSeqNo>{reference}</ClientSeqNo></DecMessage>"
)


class Pretended(Systems):
    """Answers as it should; ``spoil(account, path, answer)`` may change any answer or give another."""

    def __init__(self, spoil: Callable[[Account, str, Any], Any] = lambda *_: None) -> None:
        nowhere = httpx.MockTransport(lambda _: httpx.Response(500))
        super().__init__(configuration.load({"demo": True}, {}), httpx.Client(transport=nowhere))
        self.spoil = spoil
        self.taken: dict[str, Json] = {}
        self.sent: dict[str, Json] = {}
        self.actors: list[Json] = []
        self.results: list[Json] = []
        self.concluded: set[str] = set()
        self.state, self.left = "collecting", 0

    def ask(self, account: Account, method: str, path: str, **given: Any) -> httpx.Response:
        if path.endswith("/message"):
            return httpx.Response(200, content=self._message(path.split("/")[2]))
        status, body = self._answer(account, method, path, given)
        body = copy.deepcopy(body)
        said = self.spoil(account, path, body)
        if isinstance(said, httpx.Response):
            return said
        return httpx.Response(status, json=body)

    def _answer(self, account: Account, method: str, path: str, given: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, self._seen(account, path, given["params"])
        if path == "/submissions":
            return 202, self._take(account, given["headers"]["idempotency-key"], given["content"])
        if path.startswith("/gate/"):
            return 200, self._gate(account, path)
        self._act(account, path.rpartition("/")[2], given.get("json"))
        return 202, {"id": "r", "location": "/api/v1/requests/r"}

    def _take(self, account: Account, key: str, content: bytes) -> Json:
        if key not in self.taken:
            id_ = f"submission-{len(self.taken)}"
            self.sent[id_] = values = _values(content)
            self.taken[key] = {"submission_id": id_, "received_at": f"at-{id_}", "digest": f"{hash(content)}"}
            values["reference"] = f"W{len(self.taken)}"
            self._done_by(account)
        return self.taken[key]

    def _act(self, account: Account, what: str, asked: Any) -> None:
        self._done_by(account)
        if what == "beginning":
            self.state = "in_progress"
        if what == "results":
            self.concluded.add(account.removesuffix("_token"))
            self.results += asked["results"]

    def _done_by(self, account: Account) -> None:
        self.actors.append({"actor_kind": "token", "actor_name": f"{account} system"})

    def _gate(self, account: Account, path: str) -> Json:
        passed = path == "/gate/passages" and self._both and not self.left
        self.left += passed
        code = "G-23" if self.left else "G-21"
        reasons = [] if passed else [{"code": code, "text": {"zh": "不", "en": "no"}}]
        verdict = {"passed": passed, "number": INSPECTED, "reasons": reasons}
        return verdict | {"releases": [RELEASE] if passed else []}

    @property
    def _both(self) -> bool:
        return len(self.concluded) == len(ITEMS)

    def _seen(self, account: Account, path: str, query: Json) -> Any:
        if path == "/me":
            return {"name": f"{account} system"}
        if path.startswith("/requests/"):
            return {"standing": "done", "problems": []}
        if path == f"/inspections/{ORDER}":
            return self._order()
        if "/documents/" in path:
            return self._document(path)
        if path.startswith("/submissions/"):
            return {"documents": [*map(_answered, sorted(RECEIVERS)), _answered(None)]}
        if path.endswith("/instructions"):
            return {"items": self._instructions(account.removesuffix("_token")), "next": None}
        if path.startswith("/consignments/"):
            return self._consignment()
        return {"items": self._listed(account, path, query), "next": None}

    def _listed(self, account: Account, path: str, query: Json) -> list[Json]:
        if path == "/notices":
            return [{"topic": "inspection_ordered", "subject_id": ORDER, "role": ROLES[account]}]
        if path == "/inspections":
            cancelled = {"id": "order-0", "name": INSPECTED, "state": "cancelled"}
            return [{"id": ORDER, "name": INSPECTED, "state": self.state}, cancelled]
        if "verb" in query:
            who = {"actor_kind": "token", "actor_name": f"{Account.GATE} system"}
            other = {"actor_kind": "token", "actor_name": "else", "content": {"releases": ["FX0"]}}
            return [who | {"content": {"releases": [RELEASE]}}, other]
        listed = {
            "subject_id": ORDER,
            "content": {"items": sorted({item for items in ITEMS.values() for item in items})},
        }
        platform = {"actor_kind": "system", "actor_name": "coordination"}
        return [listed | platform, *(one | {"subject_id": "", "content": {}} for one in self.actors)]

    def _order(self) -> Json:
        parts = [
            {"agency": agency, "items": items, "conclusion": "normal" if agency in self.concluded else ""}
            for agency, items in ITEMS.items()
        ]
        conclusion = "normal" if self._both else ""
        return {
            "id": ORDER,
            "state": self.state,
            "parts": parts,
            "results": self.results,
            "conclusion": conclusion,
        }

    def _instructions(self, agency: str) -> list[Json]:
        shown = {"order": "inspect", "withdrawn": False, "subject_key": f"{INSPECTED}@call"}
        return [{"agency": agency, "items": ITEMS[agency], **shown}]

    def _consignment(self) -> Json:
        out = {FREE: OTHER_RELEASE} | ({INSPECTED: RELEASE} if self._both else {})
        passes = [{"number": box, "state": "in_force", "releases": [number]} for box, number in out.items()]
        cells = [{"agency": "customs", "order": "release", "channel": "outcome"}]
        matrix = [
            {"number": box, "disposition": "released" if box in out else "inspect", "cells": cells}
            for box in (INSPECTED, FREE)
        ]
        return {"passes": passes, "matrix": matrix}

    def _document(self, path: str) -> Json:
        _, _, id_, _, receiver = path.split("/")
        values = self.sent[id_]
        boxes = [("Bill", values["bill"], "bill_number"), ("Kind", "5", None)]
        if receiver == "customs":
            boxes.append(("Voyage", values["voyage"], "voyage_number"))
        elif values["json"]:
            boxes.append(("Seal", "DM1", "containers[0].seal_number"))
        shown = [{"box": box, "value": value, "entry": entry} for box, value, entry in boxes]
        return {"boxes": shown, "reference": values["reference"]}

    def _message(self, id_: str) -> bytes:
        data = b64encode(MESSAGE.format(**self.sent[id_]).encode())
        message = b"<DxpMsg><Data>" + data + b"</Data></DxpMsg>"
        said = self.spoil(Account.BROKER, f"/submissions/{id_}/documents/customs/message", message)
        return said if isinstance(said, bytes) else message


def _answered(receiver: str | None) -> Json:
    receipts = [{"stage": "technical"}, {"stage": "business"}]
    document = f"{receiver or 'goods'} document"
    return {"receiver": receiver, "document_id": receiver, "document": document, "receipts": receipts}


def _values(content: bytes) -> Json:
    """What was handed in, as JSON or as a DecMessage without namespace in an envelope."""
    if content.startswith(b"{"):
        values = json.loads(content)["values"]
        return {"bill": values["bill_number"], "voyage": values["voyage_number"], "json": True}
    (data,) = re.findall(rb"<Data>(.*?)</Data>", content)
    message = b64decode(data).decode()
    assert "xmlns" not in message
    found = dict(re.findall(r"<(BillNo|VoyNo|ClientSeqNo)>(.*?)</", message))
    assert found["ClientSeqNo"].encode() in content  # its own number, in its own envelope
    return {"bill": found["BillNo"], "voyage": found["VoyNo"], "json": False}
