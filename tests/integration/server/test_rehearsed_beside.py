"""Rehearsed partners of a folder of their own answer an installation that has no demonstration in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from integration.server.test_without_demonstration import FIRM, OPERATOR, handed_in, registered
from running import Platform, running

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
PARTNERS = ("customs", "quarantine")  # over SFTP and over HTTP


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Platform]:
    """As docs/operate/rehearsing.md has it: started once for its files, then its counterparts alone."""
    with running() as up:
        assert up.end() == 0
        for partner in PARTNERS:
            up.begin("role", f"counterpart:{partner}")
        yield up


@pytest.fixture(scope="module")
def own(rehearsal: Platform) -> Iterator[Platform]:
    """An installation without a demonstration, which is told where they are."""
    with running({}, "--no-demo") as up:
        up.end()
        for partner in PARTNERS:
            up.endpoint_of(partner).parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copy2(rehearsal.endpoint_of(partner), up.endpoint_of(partner))
        up.up()
        yield up


def test_they_answer_what_its_own_firms_declare(own: Platform, rehearsal: Platform) -> None:
    registered(own, "platform", OPERATOR, "operator", "--seal", "窗")
    registered(own, "agency", "customs", "customs.admin", "--partner", "customs", "--seal", "关")
    firm = registered(own, "firm", FIRM, "firm.admin", "--customs-code", "5012900001")
    [number] = own.ask("select id from person where login = 'firm.admin'")
    firm.post(f"/accounts/people/{number[0]}/roles", data={"roles": ["party_administrator", "declarant"]})
    handed_in(own, firm, FIRM, 19)
    answered = "select partner from document where partner = any (%s) and phase is not null"
    own.wait_for(lambda: len(own.ask(answered, list(PARTNERS))) == len(PARTNERS), "not answered")
    assert not own.configuration.demonstration_file.exists()
    assert own.ask("select from person where login = 'broker'") == []
    roles = {role for role in own.roles() if role.startswith(("component", "counterpart"))}
    assert roles == {f"component:{partner}" for partner in PARTNERS}
    assert rehearsal.ledger_of("customs", "select count(*) from sqlite_master")[0][0] > 0
