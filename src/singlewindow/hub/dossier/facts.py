"""What a document says of its consignment, read by element code out of its stored content; pure.

A data element means one thing, so whichever document carries ``bill_number`` names the bill.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date
from functools import cached_property

import msgspec
import zstandard
from msgspec import Struct, field

from singlewindow.kernel.codes.calls import call_key, folded

IMPORT = "I"  # 进口
WATER = "2"  # transport mode 水路运输, customs code list of transport modes
POSTAL = "6"  # 邮件运输
AIR = "5"
CONTENT_MOST = 64_000_000  # a stored content is never larger than what a door takes

Key = tuple[str, str, str]  # kind, value, carrier


class Container(Struct, frozen=True, gc=False):
    """A container line of a document."""

    container_number: str = ""
    seal_number: str = ""
    goods_line_numbers: str = ""
    less_than_container_load: str = ""


class Goods(Struct, frozen=True, gc=False):
    """A goods line of a document."""

    line_number: str = ""
    un_number: str = ""


class Facts(Struct, frozen=True, dict=True):
    """The elements that name a consignment and what carries it; absent ones are empty."""

    trade_direction: str = ""
    entry_exit_date: str = ""
    transport_mode: str = ""
    conveyance_name: str = ""
    imo_number: str = ""
    voyage_number: str = ""
    bill_number: str = ""
    carrier_code: str = ""
    entry_number: str = ""
    pre_entry_number: str = ""
    unified_number: str = ""
    transit_number: str = ""
    order_platform: str = ""
    order_number: str = ""
    terminal_code: str = ""
    ship_agent_code: str = ""
    package_count: str = ""
    gross_mass: str = ""
    goods_lines: tuple[Goods, ...] = field(default=(), name="goods")
    containers: tuple[Container, ...] = ()

    @property
    def goods(self) -> str:
        """The kind of subject the goods are: bill, express or postal."""
        if self.transport_mode == POSTAL:
            return "postal"
        return "express" if self.order_number and not self.bill_number else "bill"

    @property
    def load(self) -> str:
        """A digest of packages and gross mass; empty where one is not given.

        One bill's goods may be declared in parts, 50 lines each: parts differ in these, and what is the
        same declaration once more does not.
        """
        if not (self.package_count and self.gross_mass):
            return ""
        said = f"{self.package_count}/{self.gross_mass}"
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()

    @property
    def name(self) -> str:
        """What people call the consignment by."""
        return self.bill_number or self.order_number or self.entry_number

    @cached_property
    def call(self) -> str:
        """The key of the conveyance call, a ship by its IMO number or name; empty where none is known."""
        return call_key(self.transport_mode, self.imo_number or self.conveyance_name, self.voyage_number)

    @cached_property
    def call_by_name(self) -> str:
        """Of a ship the key by its name, which a document may give without the number; else empty."""
        by_water = self.transport_mode == WATER
        return call_key(WATER, self.conveyance_name, self.voyage_number) if by_water else ""

    @property
    def due(self) -> date | None:
        """The day its call brings the goods in, of imports by water; of anything else nobody knows one."""
        if (self.transport_mode, self.trade_direction) != (WATER, IMPORT):
            return None
        with suppress(ValueError):  # not a day, or none
            return date.fromisoformat(self.entry_exit_date)
        return None

    def numbers(self) -> tuple[Key, ...]:
        """What joins the document to others of its consignment, strongest first."""
        bill = "waybill" if self.transport_mode == AIR else "bill"
        found = (
            (
                bill,
                self.bill_number and f"{self.transport_mode}/{folded(self.bill_number)}",
                self.carrier_code,
            ),
            ("declaration", self.entry_number, ""),
            ("pre_entry", self.pre_entry_number, ""),
            ("unified", self.unified_number, ""),
            ("transit", self.transit_number, ""),
            ("order", self.order_number and f"{self.order_platform}/{self.order_number}", ""),
        )
        return tuple(key for key in found if key[1])

    def dangerous(self, line_numbers: str = "") -> bool:
        """Whether some of these goods lines (``1,3``; empty: all) are dangerous, having a UN number."""
        wanted = {number.strip() for number in line_numbers.split(",")} if line_numbers else None
        return any(
            line.un_number and (wanted is None or (line.line_number or str(place)) in wanted)
            for place, line in enumerate(self.goods_lines, 1)
        )

    def boxes(self, call: str) -> dict[str, Container]:
        """Containers by number and call, without one by the goods: next month a number is another object."""
        within = call or f"{self.transport_mode}/{folded(self.name)}"
        return {f"{folded(line.container_number)}@{within}": line for line in self.containers}


class _Content(Struct, frozen=True):
    values: Facts


_read = msgspec.json.Decoder(_Content).decode
_unpack = zstandard.ZstdDecompressor()


def read(content: bytes) -> Facts:
    """The facts of a ``document_version.content``; raises ``msgspec.ValidationError`` on other shapes."""
    return _read(_unpack.decompress(content, max_output_size=CONTENT_MOST)).values
