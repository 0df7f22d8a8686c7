"""Behaves like border inspection: takes cargo declarations by HTTP and orders what becomes of the call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from singlewindow.rehearsal import http_agency, json_wire
from singlewindow.rehearsal.agency import Turn
from singlewindow.rehearsal.http_agency import HttpDesk
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step

CODES = Codes(received=("REGISTERED",), inspected=("INSPECT",), released=("CLEARED",), refused=("DENIED",))
# What becomes of each call of the demonstration's ship; a load trial wants every call cleared at once.
STORY, STEPS = "DEMO YANGTZE 08", (Step("REGISTERED"), Step("CLEARED", 500))
ORDERS = {"CLEARED", "INSPECT", "HOLD", "DENIED"}
BOARDING = ("核对船舶与航次", "清点集装箱与封志")
BASIS = (
    "《中华人民共和国出境入境边防检查条例》（国务院令第182号）第十六条 · "
    "Regulations on Exit and Entry Frontier Inspection (State Council Decree 182) article 16"
)


class Ship(Struct, rename="camel"):
    """What the agency looks at in a call."""

    ship_name: str = ""
    imo_number: str = ""
    voyage_number: str = ""


class Consignment(Struct, rename="camel"):
    """What the agency looks at in a consignment."""

    bill_of_lading: str = ""
    items: list[msgspec.Raw] = []


class Declaration(Struct, rename="camel"):
    """One message as this agency reads it."""

    message_id: str
    reference: str
    ship: Ship
    consignments: list[Consignment]


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this counterpart will listen and the token it asks for, the same at every start."""
    return http_agency.prepare_endpoint(folder, port, DESK.path)


async def serve(endpoint: dict[str, Any], state: Path, script: Script) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes it fail (see rehearsal.http.Fault)."""
    await http_agency.serve(endpoint, state, script, DESK)


def _decide(script: Script, declaration: Declaration) -> Case:
    """A call is decided as a whole, whichever of its declarations asks."""
    call = f"{declaration.ship.ship_name}/{declaration.ship.voyage_number}"
    if declaration.ship.ship_name == STORY and script.profile != PROMPT:
        return Case(call, steps=STEPS)
    return script.decide(call, CODES)


def _fault(declaration: Declaration) -> str:
    """Why the agency takes no notice of a declaration whatever the script says; empty if it does."""
    if not (declaration.ship.ship_name and declaration.ship.voyage_number):
        return "缺少船名或航次"
    if len(declaration.consignments) != 1 or not declaration.consignments[0].bill_of_lading:
        return "应有且仅有一票提单"
    return "" if declaration.consignments[0].items else "提单下没有货物"


def _tell(declaration: Declaration, step: Step, turn: Turn) -> list[bytes]:
    if not turn.place:
        return [json_wire.receipt(declaration, step, turn)]
    call = _call(declaration.ship, turn.number)
    if step.code not in ORDERS:
        return [json_wire.receipt(declaration, step, turn, call=call)]
    order = _order(step.code, turn.at_ms * 1_000 + turn.number % 1_000)
    return [json_wire.receipt(declaration, step, turn, call=call, order=order)]


def _call(ship: Ship, number: int) -> dict[str, str]:
    """The call as it was declared, under the agency's number."""
    call = {"ship": ship.ship_name, "voyage": ship.voyage_number, "number": f"BJ{number:010d}"}
    if ship.imo_number:
        call["imo"] = ship.imo_number
    return call


def _order(code: str, version: int) -> dict[str, Any]:
    """Many declarations speak of one call, so its orders are numbered by the clock."""
    if code == "INSPECT":
        return {"version": version, "method": "boarding", "items": BOARDING, "basis": BASIS}
    return {"version": version, "method": "documents", "basis": BASIS}


DESK = HttpDesk(
    path="/declarations",
    called="申报单",
    media=json_wire.MEDIA,
    read=json_wire.reader(Declaration),
    decide=_decide,
    fault=_fault,
    tell=_tell,
    join=json_wire.receipts,
)
