"""Quarantine codec: µs of CPU an application and a receipt, beside a naive twin and the limit.

Promise: encode ≤ 40 µs with three goods lines, decode ≤ 30 µs a receipt in a batch of 100.
Run: ``python bench/quarantine_codec.py``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

SOURCE = Path(__file__).parents[1] / "src"
sys.path.insert(0, str(SOURCE))

from singlewindow.connectors.quarantine import codec  # noqa: E402
from singlewindow.connectors.quarantine.tests.example import document, envelope  # noqa: E402
from singlewindow.kernel.messages import Document, Envelope  # noqa: E402

SAMPLES = SOURCE / "singlewindow" / "connectors" / "quarantine" / "samples"
ROUNDS = 7


def cpu_us(call: Callable[[], object], times: int) -> float:
    """The best of some rounds, in microseconds of this process's CPU time a call."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(times):
            call()
        best = min(best, (time.process_time() - start) / times)
    return best * 1e6


def encode_naively(given: Document, about: Envelope) -> bytes:
    """The same application as a tree of elements."""
    message = etree.Element("Message")
    head = etree.SubElement(message, "Head")
    etree.SubElement(head, "MessageId").text = about.message_id
    declaration = etree.SubElement(message, "Decl")
    etree.SubElement(declaration, "Ent_Decl_No").text = about.reference
    _grow(declaration, given.values)
    return etree.tostring(message, encoding="UTF-8")


def _grow(parent: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        child = etree.SubElement(parent, name)
        if isinstance(value, str):
            child.text = value
            continue
        for line in value:
            _grow(etree.SubElement(child, name.removesuffix("List")), line)


def decode_naively(data: bytes) -> list[dict[str, str | None]]:
    """Each field looked up by path in a tree, nothing checked."""
    names = ("ReceiptNo", "EntDeclNo", "MessageId", "Stage", "Code", "Text", "Time", "DeclNo")
    return [
        {name: one.findtext(f".//{name}") for name in names} for one in etree.fromstring(data).iter("Receipt")
    ]


def main() -> int:
    """Print a line each; the exit status says whether the promises hold."""
    given, about = document(), envelope()
    encoded = codec.encode(given, about)
    pieces = [encoded[start : start + 40] for start in range(0, len(encoded), 40)]
    one = etree.fromstring((SAMPLES / "positive.xml").read_bytes())[1]
    batch = b"<Receipts>" + etree.tostring(one) * 100 + b"</Receipts>"
    ours = cpu_us(lambda: codec.encode(given, about), 1000)
    naive = cpu_us(lambda: encode_naively(given, about), 200)
    report("encode", ours, naive, cpu_us(lambda: b"".join(pieces), 1000), 40)
    read = cpu_us(lambda: codec.decode(batch), 10) / 100
    naive_read = cpu_us(lambda: decode_naively(batch), 10) / 100
    report("decode", read, naive_read, cpu_us(lambda: etree.fromstring(batch), 10) / 100, 30)
    return int(ours > 40 or read > 30)


def report(what: str, ours: float, naive: float, limit: float, promise: float) -> None:
    """One line of the bench."""
    print(
        f"quarantine {what}: ours {ours:.1f} µs · naive {naive:.1f} µs ({naive / ours:.1f}×)"
        f" · limit {limit:.1f} µs · promise ≤ {promise:.0f} µs"
    )


if __name__ == "__main__":
    sys.exit(main())
