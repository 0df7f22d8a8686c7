"""Quarantine codec: µs of CPU an application and a receipt, beside a naive twin and the limit.

An application has three goods lines, a batch 100 receipts.
Run: ``python bench/quarantine_codec.py [--json FILE]``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lxml import etree

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src"
sys.path[:0] = [str(SOURCE), str(HERE)]

from bed.promises import keep  # noqa: E402
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    path = parser.parse_args().json
    given, about = document(), envelope()
    encoded = codec.encode(given, about)
    pieces = [encoded[start : start + 40] for start in range(0, len(encoded), 40)]
    one = etree.fromstring((SAMPLES / "positive.xml").read_bytes())[1]
    batch = b"<Receipts>" + etree.tostring(one) * 100 + b"</Receipts>"
    ours = cpu_us(lambda: codec.encode(given, about), 1000)
    naive = cpu_us(lambda: encode_naively(given, about), 200)
    measured = report("quarantine_encode", ours, naive, cpu_us(lambda: b"".join(pieces), 1000))
    read = cpu_us(lambda: codec.decode(batch), 10) / 100
    naive_read = cpu_us(lambda: decode_naively(batch), 10) / 100
    limit_read = cpu_us(lambda: etree.fromstring(batch), 10) / 100
    measured |= report("quarantine_decode", read, naive_read, limit_read)
    keep(path, "quarantine_codec", measured)


if __name__ == "__main__":
    main()
