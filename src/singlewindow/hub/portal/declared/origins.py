"""Where each box of a receiver's document came from, in people's words; what no definition names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from singlewindow.hub.documents.boxes import Filled
from singlewindow.hub.documents.form import Form, where
from singlewindow.kernel.messages import Text

MOST_UNKNOWN = 500
LONGEST = 400
HOW = {
    "copy": Text("照抄", "copied"),
    "code": Text("代码转换", "code translated"),
    "constant": Text("固定值", "fixed"),
    "system": Text("系统填写", "by the system"),
    "number": Text("编号", "numbered"),
}
COMPUTED = Text("计算", "computed")


class Line(Struct, frozen=True):
    """One box: its name and value, and the section and field it was made from."""

    filled: Filled
    how: Text
    section: Text
    field: Text


def lines(boxes: Iterable[Filled], form: Form) -> list[Line]:
    """Each box with what people call its entry; nothing where no entry was its source."""
    nothing = Text("", ""), Text("", "")
    return [
        Line(box, HOW.get(box.how, COMPUTED), *(where(form, box.entry) if box.entry else nothing))
        for box in boxes
    ]


def unknown(extension: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the sender's format carried and no definition names: place and value, the first of them."""
    return [(path, _text(value)) for path, value in sorted(extension.items())[:MOST_UNKNOWN]]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
