"""Customs codec: µs of CPU a declaration of three lines and a receipt, beside a naive twin and the limit.

A file has 100 receipts. Run: ``python bench/customs_codec.py [--json FILE]``.
"""

from __future__ import annotations

import argparse
import sys
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src"
sys.path[:0] = [str(SOURCE), str(HERE)]

from bed.promises import keep  # noqa: E402
from bed.timing import cpu_us, report  # noqa: E402

from singlewindow.connectors.customs import codec, layout  # noqa: E402
from singlewindow.kernel.messages import Document, Envelope  # noqa: E402

SAMPLES = SOURCE / "singlewindow" / "connectors" / "customs" / "samples"
ENVELOPE = Envelope(
    "0199a000-0000-7000-8000-000000000001",
    "DXPESW0000000001",
    "DXPEDCDEC0000001",
    datetime(2026, 11, 21, tzinfo=UTC),
    "S202611210000000001",
)


def encode_naively(document: Document) -> bytes:
    """The same declaration as a tree of elements, serialised twice."""
    root = etree.Element("DecMessage", nsmap={None: layout.DEC}, Version="4.0")
    _fill(etree.SubElement(root, "DecHead"), document.values, layout.HEAD)
    for group in layout.GROUPS:
        _grow(root, group, document.values)
    envelope = etree.Element("DxpMsg", nsmap={None: layout.DXP}, ver="1.0")
    etree.SubElement(envelope, "Data").text = b64encode(etree.tostring(root, encoding="UTF-8")).decode()
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)


def _grow(parent: Any, group: layout.Group, values: dict[str, Any]) -> None:
    wrapper = etree.SubElement(parent, group.wrapper) if group.wrapper else parent
    for line in values.get(group.key, ()):
        item = etree.SubElement(wrapper, group.item)
        _fill(item, line, group.fields)
        for inner in group.groups:
            _grow(item, inner, line)


def _fill(parent: Any, values: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if values.get(name):
            etree.SubElement(parent, name).text = values[name]


def decode_naively(data: bytes) -> list[dict[str, str | None]]:
    """Each field looked up by path in a tree, nothing checked."""
    names = ("CUS_CIQ_NO", "ENTRY_ID", "NOTICE_DATE", "CHANNEL", "NOTE", "D_DATE")
    found = []
    for message in etree.fromstring(data).iterfind("{*}DxpMsg"):
        inner = etree.fromstring(b64decode(message.findtext("{*}Data") or ""))
        said = {name: inner.findtext(f".//{{*}}{name}") for name in names}
        said["about"] = message.findtext("{*}AddInfo/{*}FileName")
        said["at"] = message.findtext("{*}TransInfo/{*}CreatTime")
        found.append(said)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    path = parser.parse_args().json
    document = msgspec.json.decode((SAMPLES / "document.json").read_bytes(), type=Document)
    encoded = codec.encode(document, ENVELOPE)
    pieces = [encoded[start : start + 40] for start in range(0, len(encoded), 40)]
    one = (SAMPLES / "positive-enveloped.xml").read_bytes().partition(b"?>")[2]
    batch = b'<DxpBatch xmlns="http://www.chinaport.gov.cn/dxp">' + one * 100 + b"</DxpBatch>"
    ours = cpu_us(lambda: codec.encode(document, ENVELOPE), 1000)
    naive = cpu_us(lambda: encode_naively(document), 200)
    limit = cpu_us(lambda: b"".join(pieces), 1000)
    measured = report("customs_encode", ours, naive, limit)
    read = cpu_us(lambda: codec.decode(batch), 10) / 100
    naive_read = cpu_us(lambda: decode_naively(batch), 10) / 100
    limit_read = cpu_us(lambda: etree.fromstring(batch), 10) / 100
    measured |= report("customs_decode", read, naive_read, limit_read)
    keep(path, "customs_codec", measured)


if __name__ == "__main__":
    main()
