"""Quarantine codec: µs of CPU an application and a receipt, beside a naive twin and the limit.

Promise: encode ≤ 40 µs with three goods lines, decode ≤ 30 µs a receipt in a batch of 100.
Run: ``python bench/quarantine_codec.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from lxml import etree

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src"
sys.path[:0] = [str(SOURCE), str(HERE)]

from bed.timing import cpu_us, report  # noqa: E402

from singlewindow.connectors.quarantine import codec  # noqa: E402
from singlewindow.connectors.quarantine.tests.example import document, envelope  # noqa: E402
from singlewindow.kernel.messages import Document, Envelope  # noqa: E402

SAMPLES = SOURCE / "singlewindow" / "connectors" / "quarantine" / "samples"


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
    kept = report("quarantine", "encode", ours, naive, cpu_us(lambda: b"".join(pieces), 1000), 40)
    read = cpu_us(lambda: codec.decode(batch), 10) / 100
    naive_read = cpu_us(lambda: decode_naively(batch), 10) / 100
    kept &= report(
        "quarantine", "decode", read, naive_read, cpu_us(lambda: etree.fromstring(batch), 10) / 100, 30
    )
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
