"""Nobody declares in another's name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from platform_under_test import context, parties, sample
from singlewindow.hub.exchange.submission import Refused, prepare

BROKER, IMPORTER = parties()
STRANGER = "91500112MADEM0Q9XC"


def test_the_sender_declares_itself_or_for_whom_it_holds_a_mandate_of() -> None:
    prepare(sample(), context())
    prepare(sample(declarant_code=IMPORTER.code), context())
    own = replace(context(), party=IMPORTER)
    prepare(sample(declarant_code=IMPORTER.code), own)


@pytest.mark.parametrize("declarant", [BROKER.code, STRANGER])
def test_another_is_not_named_as_who_declares(declarant: str) -> None:
    with pytest.raises(Refused) as refused:
        prepare(sample(declarant_code=declarant), replace(context(), party=IMPORTER))
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("declarant.another", "declarant_code")
    ]
