"""Every format that submissions come in has a name for people, in both languages."""

from __future__ import annotations

import re

from singlewindow.hub.documents import formats
from singlewindow.kernel.messages import Text
from singlewindow.server.composition import connectors, readers, registry


def called(partner: str) -> Text:
    return connectors()[partner].manifest.format.text()


def test_formats_are_called_as_the_trade_calls_them() -> None:
    ids = [reader.format for reader in readers()]
    assert ids
    for id_ in (formats.OWN, *ids):
        name = formats.named(id_, registry(), called)
        assert re.search("[\u4e00-\u9fff]", name.zh), id_
        assert not re.search("[\u4e00-\u9fff]", name.en), id_
        assert name != Text(id_, id_), "nobody is shown what only programs read"
    assert formats.named("customs_declaration", registry(), called) == Text(
        "报关单 DecMessage 4.0", "DecMessage 4.0"
    )


def test_a_format_that_is_read_no_more_is_called_by_its_id() -> None:
    assert formats.named("fax", registry(), called) == Text("fax", "fax")
