"""Declarations for load: the shipped sample with numbers of its own in each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from singlewindow.hub.identity.seed import facts
from singlewindow.kernel.codes.container import check_digit
from singlewindow.server.rooms import PACKAGE

SAMPLE = PACKAGE / "apps/declarations/samples/guoyuan_sea_import.json"
OWNERS = ("CQX", "CQY", "CQZ", "DYA", "DYB", "DYC", "DYD", "DYE")
SERIALS = 1_000_000
DANGEROUS = os.environ.get("SW_BENCH_DANGEROUS") == "1"  # five documents of each declaration instead of four
OF_DANGER = frozenset({
    "un_number", "dangerous_name", "proper_shipping_name", "dg_class", "packing_group",
    "dg_package_specification", "flash_point", "marine_pollutant", "limited_quantity", "ems_number",
    "emergency_contact", "emergency_phone", "stowage_position",
})  # fmt: skip


def sample(path: Path = SAMPLE) -> dict[str, Any]:
    """The sample, between the demonstration's importer and broker."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    party = {person["login"]: person["party"] for person in facts()["people"]}
    values = document["values"]
    values["consignee_code"] = values["end_user_code"] = party["importer"]
    values["declarant_code"] = party["broker"]
    if not DANGEROUS:
        values["goods"] = [harmless(line) for line in values["goods"]]
    return document


def harmless(line: dict[str, Any]) -> dict[str, Any]:
    """A goods line without what makes it dangerous: maritime safety is not addressed then."""
    if line.get("not_dangerous") != "0":
        return line
    kept = {name: value for name, value in line.items() if name not in OF_DANGER}
    return kept | {"not_dangerous": "1"}


def numbers(n: int) -> dict[str, str]:
    """What differs in declaration ``n``: bill, contract and container numbers."""
    containers = (container(2 * n), container(2 * n + 1))
    return {
        "bill": f"CQX{n:010d}",
        "contract": f"JL-AW-{n:08d}",
        "first": containers[0],
        "second": containers[1],
    }


def container(n: int) -> str:
    """A well-formed container number; the owner changes every million."""
    body = f"{OWNERS[n // SERIALS]}U{n % SERIALS:06d}"
    return body + check_digit(body)


class Bodies:
    """Makes the bytes of declaration ``n``; the text around the numbers is cut once."""

    def __init__(self) -> None:
        document = sample()
        values = document["values"]
        values["bill_number"] = values["bill_of_lading_number"] = "\0bill\0"
        values["contract_number"] = "\0contract\0"
        for line, name in zip(values["containers"], ("first", "second"), strict=True):
            line["container_number"] = f"\0{name}\0"
        text = json.dumps(document, ensure_ascii=False).replace("\\u0000", "\0")
        self.parts = text.split("\0")

    def body(self, n: int) -> bytes:
        """The bytes of declaration ``n``."""
        own = numbers(n)
        return "".join([own.get(part, part) for part in self.parts]).encode()
