"""Where each box of a receiver's document came from, in people's words; what no definition names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from singlewindow.hub.documents.boxes import Filled
from singlewindow.hub.documents.carrying import KEPT, shown
from singlewindow.hub.documents.form import Form, where
from singlewindow.kernel.messages import Text
from singlewindow.kernel.paths import divided

MOST_UNKNOWN = 500
LONGEST = 400
HOW = {
    "copy": Text("照抄", "copied"),
    "code": Text("代码转换", "code translated"),
    "constant": Text("固定值", "fixed"),
    "system": Text("系统填写", "by the system"),
    "number": Text("编号", "numbered"),
    KEPT: Text("原样转出", "passed on as it came"),
}
COMPUTED = Text("计算", "computed")
_NOTHING = Text("", "")


class Line(Struct, frozen=True):
    """One box: its name and value, and the section and field it was made from."""

    filled: Filled
    how: Text
    section: Text
    field: Text


class Unknown(Struct, frozen=True):
    """An element that no definition names: its place, its value, and who was sent it."""

    path: str
    value: str
    sent: list[Text]


def lines(boxes: Iterable[Filled], form: Form) -> list[Line]:
    """Each box with what people call its entry; nothing where no entry was its source."""
    return [Line(_short(box), HOW.get(box.how, COMPUTED), *_entry(box, form)) for box in boxes]


def unknown(extension: Mapping[str, Any], sent: Mapping[str, Sequence[Text]]) -> list[Unknown]:
    """What the sender's format carried and no definition names, the first of them, and who was sent it."""
    return [
        Unknown(path, _cut(shown(value)), list(sent.get(path, ())))
        for path, value in sorted(extension.items())[:MOST_UNKNOWN]
    ]


def _entry(box: Filled, form: Form) -> tuple[Text, Text]:
    if not box.entry:
        return _NOTHING, _NOTHING
    if box.how != KEPT:
        return where(form, box.entry)
    line, name = divided(box.entry)
    return where(form, line[:-1])[0] if line else _NOTHING, Text(name, name)


def _short(box: Filled) -> Filled:
    return replace(box, value=_cut(box.value)) if box.how == KEPT else box


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
