"""What agencies answer becomes one disposition a container, and one release where all agree."""

from __future__ import annotations

from typing import Any

import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Port, said
from integration.hub.dossier.declared import seen
from singlewindow.hub.coordination.release import verified
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database


@pytest.fixture
def port(database: Any) -> Port:
    return Port(database)


async def test_both_releases_give_one_signed_release_for_both_containers(port: Port) -> None:
    submission = port.declare()
    await port.receive(port.answer(submission, "customs", Outcome.RELEASED))
    assert port.dispositions() == {ONE: "pending", TWO: "pending"}
    assert port.rows("select missing from sw.disposition") == [(["quarantine"],)] * 2
    await port.receive(port.answer(submission, "quarantine", Outcome.RELEASED, 1))
    assert port.dispositions() == {ONE: "released", TWO: "released"}
    ((content, signature),) = port.rows("select statement, signature from sw.release")
    statement = verified(bytes(content), bytes(signature), port.key.verifying_key)
    assert statement is not None
    assert [(box.number, box.seal) for box in statement.containers] == [(ONE, "DM884120"), (TWO, "DM884121")]
    assert (
        verified(bytes(content).replace(b"DM884120", b"DM884129"), bytes(signature), port.key.verifying_key)
        is None
    )
    assert port.verbs() == ["composite.changed", "composite.changed", "release.issued"]
    assert port.rows("select number, seals from sw.gate_pass order by number") == [
        (ONE, ["DM884120"]),
        (TWO, ["DM884121"]),
    ]


async def test_everybody_concerned_sees_it_and_nobody_else(port: Port) -> None:
    submission = port.declare()
    answers = [port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine")]
    await port.receive(*answers)
    for table in ("disposition", "instruction", "release", "gate_pass"):
        for viewer in (107, 108, port.party["customs"], port.party["quarantine"], port.party["terminal"]):
            assert seen(port.database, viewer, f"select count(*) from {table}") == [
                (2 if table != "release" else 1,)
            ]
        for stranger in (port.party["border"], 999):
            assert seen(port.database, stranger, f"select count(*) from {table}") == [(0,)]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.INSPECT, "single_inspection"),
        (Outcome.HOLD, "held"),
        (Outcome.REFUSED, "not_released"),
        (Outcome.CLOSED, "released"),
    ],
)
async def test_an_outcome_speaks_for_the_goods(port: Port, outcome: Outcome, kind: str) -> None:
    submission = port.declare()
    await port.receive(
        port.answer(submission, "quarantine", Outcome.RELEASED),
        port.answer(submission, "customs", outcome, 1),
    )
    assert port.dispositions() == {ONE: kind, TWO: kind}


async def test_who_holds_is_written_anew_though_it_stays_held(port: Port) -> None:
    submission, held = port.declare(), "select distinct kind, agencies from sw.disposition"
    for second, agency in enumerate(("customs", "quarantine")):
        await port.receive(port.answer(submission, agency, Outcome.HOLD, second))
    assert port.rows(held) == [("held", ["customs", "quarantine"])]
    await port.receive(port.answer(submission, "customs", Outcome.RELEASED, 2))
    assert port.rows(held) == [("held", ["quarantine"])]


async def test_what_is_returned_or_merely_noted_orders_nothing(port: Port) -> None:
    submission = port.declare()
    answers = [
        port.answer(submission, "customs", one) for one in (Outcome.RETURNED, Outcome.NOTED, Outcome.ACCEPTED)
    ]
    await port.receive(*answers)
    assert port.rows("select count(*) from sw.instruction") == [(0,)]


async def test_container_two_leaves_while_container_one_is_inspected_jointly(port: Port) -> None:
    submission = port.declare()
    await port.receive(
        port.answer(
            submission, "customs", Outcome.INSPECT, 0, said("customs", Order.INSPECT, ONE, items=["a", "b"])
        ),
        port.answer(
            submission,
            "quarantine",
            Outcome.INSPECT,
            0,
            said("quarantine", Order.INSPECT, ONE, items=["b", "c"]),
        ),
        port.answer(submission, "customs", Outcome.RELEASED, 5),
        port.answer(submission, "quarantine", Outcome.RELEASED, 5),
    )
    assert port.dispositions() == {ONE: "joint_inspection", TWO: "released"}
    assert port.rows("select number from sw.gate_pass") == [(TWO,)]
    assert port.rows("select name, state, lead from sw.inspection_order") == [(ONE, "collecting", "customs")]
    assert port.parts() == [
        (ONE, "customs", "joined", ["a", "b"]),
        (ONE, "quarantine", "joined", ["b", "c"]),
    ]
    held = said("customs", Order.HOLD, ONE, 2)
    await port.receive(port.answer(submission, "customs", Outcome.HOLD, 9, held))
    assert port.dispositions() == {ONE: "held", TWO: "released"}
    assert port.rows("select version, revoked_at from sw.release") == [(1, None)], "what is released stays so"


async def test_an_instruction_about_a_box_nobody_declared_falls_on_all_and_makes_a_task(port: Port) -> None:
    submission = port.declare()
    await port.receive(
        port.answer(submission, "customs", Outcome.HOLD, 0, said("customs", Order.HOLD, "CSQU3054383"))
    )
    assert port.dispositions() == {ONE: "held", TWO: "held"}
    assert port.rows("select kind from sw.task") == [("unknown_subject",)]


async def test_a_conveyance_under_inspection_stops_every_consignment_on_it(port: Port) -> None:
    first = port.declare()
    second = port.declare(viewers=(300,), bill_number="B2", containers=[])
    for submission in (first, second):
        await port.receive(
            *(port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
        )
    third = port.declare(partners=("border",), viewers=(301,), bill_number="SHIP", containers=[])
    look = said("border", Order.INSPECT, "9999993", kind="conveyance", items=["crew"])
    await port.receive(port.answer(third, "border", Outcome.INSPECT, 1, look))
    kinds = set(port.dispositions().values())
    assert kinds == {"single_inspection"}
    assert port.rows("select subject_kind, state from sw.inspection_order") == [("conveyance", "collecting")]
    assert port.rows("select count(*) from sw.release where revoked_at is null") == [(0,)]
    withdrawn = said("border", Order.INSPECT, "9999993", 2, kind="conveyance", withdrawn=True)
    await port.receive(port.answer(third, "border", Outcome.INSPECT, 2, withdrawn))
    assert port.dispositions()[ONE] == "released"
    assert port.dispositions()["B2"] == "released"
    assert port.rows("select state from sw.inspection_order") == [("cancelled",)]
    assert port.rows("select count(*) from sw.release where revoked_at is null") == [(2,)]


async def test_a_shared_container_leaves_when_its_last_lot_is_released(port: Port) -> None:
    box = {"container_number": ONE, "goods_line_numbers": "1", "less_than_container_load": "1"}
    seals = ("S", "", "S")  # who declares none contradicts nobody
    lots = [
        port.declare(viewers=(200 + n,), bill_number=f"LOT{n}", containers=[box | {"seal_number": seal}])
        for n, seal in enumerate(seals)
    ]
    release = ("customs", "quarantine")
    await port.receive(*(port.answer(lots[0], agency, Outcome.RELEASED) for agency in release))
    assert port.rows("select revoked_at from sw.gate_pass") == [(None,)], "nobody else is known to be in it"
    for lot in lots[1:]:
        await port.receive(port.answer(lot, "customs", Outcome.RELEASED))
        assert port.rows("select revoked_at is null from sw.gate_pass") == [(False,)]
    await port.receive(port.answer(lots[1], "quarantine", Outcome.RELEASED))
    assert port.rows("select revoked_at is null from sw.gate_pass") == [(False,)], "the third lot is missing"
    await port.receive(port.answer(lots[2], "quarantine", Outcome.RELEASED))
    assert port.rows("select array_length(releases, 1), seals from sw.gate_pass") == [(3, ["S"])]
    assert seen(port.database, 200, "select count(*) from release") == [(1,)]
    assert seen(port.database, 200, "select count(*) from disposition") == [(1,)]
    await port.receive(port.answer(lots[1], "customs", Outcome.HOLD, 60))
    assert port.rows("select revoked_at is not null from sw.gate_pass") == [(True,)]
    assert port.rows("select count(*) from sw.disposition where kind = 'held'") == [(1,)]


async def test_a_disposition_names_the_words_by_which_it_bars_as_they_stand(port: Port) -> None:
    submission = port.declare()
    what_it_rests_on = "select version, used from sw.disposition where number = %s"
    await port.receive(
        port.answer(submission, "customs", Outcome.INSPECT, 0, said("customs", Order.INSPECT, ONE)),
        port.answer(submission, "quarantine", Outcome.INSPECT, 0, said("quarantine", Order.HOLD, ONE)),
    )
    ((first, used),) = port.rows(what_it_rests_on, ONE)
    assert used == [f"customs/instruction/customs-{ONE}/1", f"quarantine/instruction/quarantine-{ONE}/1"]
    again = said("customs", Order.INSPECT, ONE, 2, items=["goods"])
    for _ in range(2):
        await port.receive(port.answer(submission, "customs", Outcome.INSPECT, 5, again))
    ((second, used),) = port.rows(what_it_rests_on, ONE)
    assert used == [f"customs/instruction/customs-{ONE}/2", f"quarantine/instruction/quarantine-{ONE}/1"]
    assert second == first + 1, "the weaker word is told, too, and once"
    assert port.dispositions()[ONE] == "held"


async def test_a_refused_document_gives_way_to_the_one_that_corrects_it(port: Port) -> None:
    first = port.declare()
    refused = port.answer(first, "customs", Outcome.REFUSED)
    port.rows("update sw.document set state = 70 where id = %s", refused.document_id)
    await port.receive(refused, port.answer(first, "quarantine", Outcome.RELEASED))
    assert port.dispositions()[ONE] == "not_released"
    second = port.declare(partners=("customs",))
    port.rows(
        "update sw.document set created_at = created_at + interval '1 hour' where submission_id = %s", second
    )
    await port.receive(port.answer(second, "customs", Outcome.RELEASED, 5))
    assert port.dispositions() == {ONE: "released", TWO: "released"}


async def test_a_hold_after_release_revokes_it_and_frees_the_other_container_again(port: Port) -> None:
    submission = port.declare()
    await port.receive(
        *(port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
    )
    await port.receive(
        port.answer(submission, "quarantine", Outcome.HOLD, 9, said("quarantine", Order.HOLD, ONE))
    )
    assert port.rows("select version, revoked_at is null from sw.release order by version") == [
        (1, False),
        (2, True),
    ]
    assert port.rows("select number, revoked_at is null from sw.gate_pass order by number") == [
        (ONE, False),
        (TWO, True),
    ]
    assert port.verbs()[-4:] == ["composite.changed", "release.revoked", "gate.barred", "release.issued"]
    await port.receive(
        port.answer(submission, "quarantine", Outcome.HOLD, 12, said("quarantine", Order.HOLD, TWO))
    )
    assert port.verbs()[-3:] == ["composite.changed", "release.revoked", "gate.barred"], (
        "only what is in force"
    )


async def test_a_hold_on_one_container_leaves_the_releases_of_others_alone(port: Port) -> None:
    submission = port.declare()
    inspect = said("quarantine", Order.INSPECT, ONE)
    await port.receive(port.answer(submission, "quarantine", Outcome.INSPECT, 1, inspect))
    answers = (port.answer(submission, agency, Outcome.RELEASED, 2) for agency in ("customs", "quarantine"))
    await port.receive(*answers)
    free = said("quarantine", Order.INSPECT, ONE, 2, withdrawn=True)
    await port.receive(port.answer(submission, "quarantine", Outcome.NOTED, 3, free))
    named = "select convert_from(statement, 'UTF8')::jsonb -> 'containers' -> 0 ->> 'number', revoked_for"
    assert port.rows(f"{named} from sw.release order by version") == [(TWO, ""), (ONE, "")]
    port.rows("update sw.gate_pass set used_at = now(), used_by = 'x', gate = '1' where number = %s", TWO)
    hold = said("customs", Order.HOLD, ONE)
    await port.receive(port.answer(submission, "customs", Outcome.HOLD, 9, hold))
    assert port.rows(f"{named} from sw.release order by version") == [(TWO, ""), (ONE, "held: customs")]
    assert port.verbs().count("release.revoked") == 1
    assert port.verbs().count("recall.opened") == 0


async def test_a_release_whose_containers_have_all_left_is_not_told_to_stay(port: Port) -> None:
    submission = port.declare()
    answers = (port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
    await port.receive(*answers)
    port.rows("update sw.gate_pass set used_at = now(), used_by = 'x', gate = '1'")
    hold = said("customs", Order.HOLD, ONE)
    await port.receive(port.answer(submission, "customs", Outcome.HOLD, 9, hold))
    goods = "select convert_from(content, 'UTF8')::jsonb ->> 'goods' from sw.journal_entry where verb = %s"
    assert port.rows(goods, "release.revoked") == [("gone",)]
    assert port.verbs().count("release.issued") == 1


async def test_an_agency_merged_into_another_is_required_through_it(port: Port) -> None:
    submission = port.declare()
    port.rows(
        "update sw.party set merged_into = (select id from sw.party where code = 'customs'),"
        " merged_from = '2018-04-20' where code = 'quarantine'"
    )
    await port.receive(port.answer(submission, "customs", Outcome.RELEASED))
    assert port.dispositions() == {ONE: "released", TWO: "released"}


async def test_milestones_come_from_terminals_receipts(port: Port) -> None:
    submission = port.declare(partners=("terminal",))
    moved = port.answer(submission, "terminal", Outcome.NOTED, 3, milestone="moved", container=ONE)
    arrived = port.answer(submission, "terminal", Outcome.NOTED, 1, milestone="arrived")
    await port.receive(moved, arrived, moved)
    rows = port.rows("select code, object_kind, source from sw.milestone order by at")
    assert rows == [("arrived", "bill", "terminal"), ("moved", "container", "terminal")]
    assert port.rows("select min(at) from sw.milestone")[0][0] > AT


async def test_maritime_releases_what_is_dangerous_and_nobody_waits_for_it_elsewhere(port: Port) -> None:
    submission = port.declare(partners=("customs", "quarantine", "maritime"))
    await port.receive(
        *(port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
    )
    assert port.dispositions() == {ONE: "pending", TWO: "released"}
    await port.receive(
        port.answer(submission, "maritime", Outcome.RELEASED, 1, said("maritime", Order.RELEASE, ONE))
    )
    assert port.dispositions() == {ONE: "released", TWO: "released"}


async def test_a_ship_cleared_with_every_consignment_recomputes_no_other(port: Port) -> None:
    from singlewindow.hub.coordination import loading

    asked: list[int] = []
    outlined = loading.outlined

    async def counted(cursor: Any, dossiers: Any, known: Any) -> Any:
        asked.extend([len(dossiers)] if dossiers else [])  # of none nothing is asked
        return await outlined(cursor, dossiers, known)

    ships = [
        port.declare(partners=("border",), viewers=(300 + n,), bill_number=f"S{n}", containers=[])
        for n in range(5)
    ]
    loading.outlined = counted
    try:
        for n, ship in enumerate(ships):
            clear = said("border", Order.RELEASE, "9999993", n + 1, kind="conveyance")
            await port.receive(port.answer(ship, "border", Outcome.RELEASED, n, clear))
        assert asked == [1] * 5
        hold = said("border", Order.HOLD, "9999993", 9, kind="conveyance")
        await port.receive(port.answer(ships[0], "border", Outcome.HOLD, 9, hold))
        assert asked[5:] == [1, 4], "one that bars is looked at with all it carries"
        lifted = said("border", Order.RELEASE, "9999993", 10, kind="conveyance")
        await port.receive(port.answer(ships[0], "border", Outcome.RELEASED, 10, lifted))
        assert asked[7:] == [1, 4], "and so is what lifts it"
    finally:
        loading.outlined = outlined
    held = "select count(*) from sw.disposition where kind = 'held'"
    assert port.rows(held) == [(0,)]


async def test_the_release_of_a_container_that_nobody_declared_frees_nothing(port: Port) -> None:
    strange = "CSQU3054383"
    submission = port.declare()
    freed = said("quarantine", Order.RELEASE, strange)
    await port.receive(
        port.answer(submission, "customs", Outcome.RELEASED),
        port.answer(submission, "quarantine", Outcome.RELEASED, 1, freed),
    )
    assert port.dispositions() == {ONE: "pending", TWO: "pending"}
    ((text,),) = port.rows("select text_zh from sw.task where kind = 'unknown_subject'")
    assert "未放行任何货物" in text


async def test_a_hold_on_what_nobody_declared_bars_all_until_that_very_one_is_lifted(port: Port) -> None:
    submission = port.declare()
    await port.receive(
        *(port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
    )
    for number, seconds in (("CSQU3054383", 2), ("CQXU9999999", 3)):
        hold = said("quarantine", Order.HOLD, number)
        await port.receive(port.answer(submission, "quarantine", Outcome.HOLD, seconds, hold))
    assert port.dispositions() == {ONE: "held", TWO: "held"}
    for number, seconds, kind in (("CSQU3054383", 4, "held"), ("CQXU9999999", 5, "released")):
        free = said("quarantine", Order.HOLD, number, 2, withdrawn=True)
        await port.receive(port.answer(submission, "quarantine", Outcome.NOTED, seconds, free))
        assert port.dispositions() == {ONE: kind, TWO: kind}


async def test_of_two_words_of_one_second_the_stronger_counts(port: Port) -> None:
    """Orders named in an agency's words bear the second in which they were said."""
    submission = port.declare()
    await port.receive(
        *(port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
    )
    for order, outcome in ((Order.RELEASE, Outcome.RELEASED), (Order.HOLD, Outcome.HOLD)):
        word = said("customs", order, ONE, int(AT.timestamp()))
        await port.receive(port.answer(submission, "customs", outcome, 1, word))
    assert port.dispositions()[ONE] == "held"


async def test_calls_are_released_and_revoked_each_by_itself(port: Port) -> None:
    ship, everybody = "9999993", ("border", "customs", "maritime", "quarantine")
    first, second = (
        port.declare(partners=everybody, bill_number=f"B{n}", voyage_number=f"25{n}E") for n in (1, 2)
    )
    freed = [
        port.answer(one, agency, Outcome.RELEASED, 1, said(agency, Order.RELEASE, ship, n, kind="conveyance"))
        for n, one in enumerate((first, second), 1)
        for agency in everybody
    ]
    await port.receive(*freed)
    standing = (
        "select convert_from(statement, 'UTF8')::jsonb ->> 'name', revoked_for from sw.release order by 1"
    )
    names = [name for name, _ in port.rows(standing)]
    assert len(set(names)) == 2
    hold = said("border", Order.HOLD, ship, 9, kind="conveyance")
    await port.receive(port.answer(first, "border", Outcome.HOLD, 9, hold))
    assert [reason for _, reason in port.rows(standing)] == ["held: border", ""]
