"""A door takes nothing before it knows who receives what, nor on what it read too long ago."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from platform_under_test import knowledge
from singlewindow.hub.documents.checking import Checked
from singlewindow.hub.documents.registry import lists_of
from singlewindow.hub.exchange import subscriptions
from singlewindow.hub.exchange.knowledge import LiveKnowledge
from singlewindow.hub.exchange.submission import Knowledge, Subscription
from singlewindow.hub.identity.directory import STALE_AFTER, StaleDirectoryError
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.messages import Text

ROW = Subscription("customs", "goods_declaration", "customs_declaration", "", date(2018, 8, 1))


AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
ON = AT.date()
NEW = Code("9", Text("新类", "New class"))


class Live:
    """A directory that has been read."""

    def __init__(self) -> None:
        self.current = knowledge().directory


class Lists:
    """Code lists that change when the test says so."""

    def __init__(self, listings: Any) -> None:
        self.current, self.edition, self.following = listings, 0, listings

    async def refresh(self, _: Any) -> None:
        self.edition += self.current is not self.following
        self.current = self.following

    def change(self, list_id: str, *codes: Code) -> None:
        old = self.current[list_id]
        changed = CodeList(list_id, old.name, old.source, (*old.codes, *codes))
        self.following = {**self.current, list_id: changed}


class Door:
    """What a door knows, with a clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: tuple[Subscription, ...] = (ROW,)

        async def load(_: Any) -> tuple[Subscription, ...]:
            return self.rows

        monkeypatch.setattr(subscriptions, "load", load)
        known: Knowledge = knowledge()
        directory: Any = Live()
        self.at = AT
        self.lists: Any = Lists(known.registry.listings)
        self.live = LiveKnowledge(
            "", known.registry, (), known.connectors, directory, self.lists, lambda: self.at
        )

    async def refresh(self) -> Knowledge:
        connection: Any = None
        await self.live.refresh(connection)
        return self.live.current()


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


async def test_nothing_is_known_until_the_subscriptions_are_read(door: Door) -> None:
    with pytest.raises(StaleDirectoryError, match="who receives what"):
        door.live.current()
    assert (await door.refresh()).subscriptions == (ROW,)


async def test_what_no_mapping_makes_is_sent_to_nobody(door: Door) -> None:
    door.rows = (
        replace(ROW, document_kind="cargo_declaration"),
        replace(ROW, condition="by_spaceship"),
        replace(ROW, source_kind="import_licence"),  # of no document there is
        replace(ROW, source_kind="inspection_orders"),  # of notices, which have wires of their own
        ROW,
    )
    assert (await door.refresh()).subscriptions == door.rows[3:]


async def test_what_was_read_too_long_ago_serves_no_more(door: Door) -> None:
    await door.refresh()
    door.at = AT + STALE_AFTER
    assert door.live.current().subscriptions == (ROW,)
    door.at += timedelta(microseconds=1)
    with pytest.raises(StaleDirectoryError, match="code lists have not been read"):
        door.live.current()
    assert (await door.refresh()).subscriptions == (ROW,)


async def test_nothing_is_made_anew_while_nothing_changes(door: Door) -> None:
    known = await door.refresh()
    assert await door.refresh() is known


async def test_a_changed_list_makes_only_the_checks_that_use_it_anew(door: Door) -> None:
    before = (await door.refresh()).registry
    door.lists.change("packing_groups", NEW)
    after = (await door.refresh()).registry
    anew = {version for version, check in after.checks.items() if check is not before.checks[version]}
    used = {version for version, each in after.definitions.items() if "packing_groups" in lists_of(each)}
    assert anew == used
    assert before.checks.keys() > used > set()
    assert after.listings is door.lists.current
    assert after.projections is before.projections
    assert door.live.edition == 1


async def test_the_next_submission_is_checked_by_the_new_list(door: Door) -> None:
    values = {"goods": [{"packing_group": "9"}]}
    kind = ("goods_declaration", "1")
    assert "goods[0].packing_group" in _refused((await door.refresh()).registry.checks[kind](values, ON))
    door.lists.change("packing_groups", NEW)
    assert "goods[0].packing_group" not in _refused((await door.refresh()).registry.checks[kind](values, ON))


def _refused(checked: Checked) -> set[str]:
    return {problem.field for problem in checked.problems if problem.code == "unknown_code"}
