"""An agency has one name: as a party, as a partner of the exchange, and in the words of coordination."""

from __future__ import annotations

import pytest

from singlewindow.hub.coordination import wording
from singlewindow.hub.identity import seed
from singlewindow.server.composition import connectors

PARTIES = {one["partner"]: one["name"] for one in seed.facts()["parties"] if one["kind"] == "agency"}


@pytest.mark.parametrize("partner", sorted(PARTIES))
def test_an_agency_has_one_name_wherever_it_stands(partner: str) -> None:
    party, manifest = PARTIES[partner], connectors()[partner].manifest.name.text()
    assert (party["zh"], party["en"]) == (manifest.zh, manifest.en)
    said = wording.word("agencies", partner)
    assert (said.zh, said.en) == (manifest.zh, manifest.en.lower()), "within a sentence"
