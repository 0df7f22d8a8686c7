"""A forwarder's system finds the consignments that name its firm, and of them no more than its pages show."""

from __future__ import annotations

import pytest

from programs import BILL, FORWARDER, SEEING, Program, World, declared, issued, until

pytestmark = pytest.mark.database
PATH = "/consignments/entrusted"
FREE, INSPECTED = "CQXU3188623", "CQXU2045171"
NOWHERE = "01930000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def forwarder(world: World, submission: str) -> Program:
    made = Program(world.description, issued(world.platform, FORWARDER, SEEING))
    until(lambda: made.ask("GET", "/me").status == 200)
    until(lambda: submission in ids(made))
    return made


def ids(program: Program, **query: str) -> list[str]:
    return [each["id"] for each in program.pages(PATH, limit=2, **query)]


def test_each_box_stands_as_whoever_declared_it_reads(world: World, forwarder: Program) -> None:
    bill = "CQX2511070386-ENTR"  # nobody inspects it meanwhile
    consignment = declared(world, bill, "entrusted-1")
    until(lambda: consignment in ids(forwarder))

    def alike() -> bool:
        told = forwarder.get(f"{PATH}/{consignment}")["containers"]
        lines = world.broker.get(f"/consignments/{consignment}")["matrix"]
        declared = {one["number"]: one["disposition"] for one in lines if one["kind"] == "container"}
        return bool(declared) and {one["number"]: one["disposition"] for one in told} == declared

    until(alike)
    until(lambda: forwarder.get(f"{PATH}/{consignment}")["inspections"])
    (visit,) = forwarder.get(f"{PATH}/{consignment}")["inspections"]
    order = world.broker.get(f"/inspections/{visit['id']}")
    one = forwarder.get(f"{PATH}/{consignment}")  # after the order, which may be joined by others meanwhile
    assert (one["name"], one["conveyance"], one["voyage"]) == (bill, "DEMO YANGTZE 08", bill[-4:])
    assert {FREE, INSPECTED} <= {box["number"] for box in one["containers"]}
    assert one["changed_at"] >= order["changed_at"]
    assert (
        one["opened_at"] < one["changed_at"] <= world.broker.get(f"/consignments/{consignment}")["changed_at"]
    )
    assert visit["name"] == INSPECTED
    assert forwarder.get(f"/inspections/{visit['id']}")["consignment"] == consignment


def test_of_goods_seals_and_other_parties_nothing_is_told(
    world: World, submission: str, forwarder: Program
) -> None:
    content = world.broker.get(f"/submissions/{submission}/content")["values"]
    goods = [line["goods_name"] for line in content["goods"]]
    seals = [box["seal_number"] for box in content["containers"] if box.get("seal_number")]
    firms = [content[name] for name in ("consignee_name", "consignee_code") if content.get(name)]
    told = forwarder.ask("GET", f"{PATH}/{submission}").body.decode()
    assert goods
    assert seals
    assert firms
    assert [word for word in (*goods, *seals, *firms) if word in told] == []


def test_they_are_found_by_bill_and_by_container(submission: str, forwarder: Program) -> None:
    assert ids(forwarder, number=BILL) == [submission]
    assert submission in ids(forwarder, number=FREE)
    assert ids(forwarder, number="CSQU3054383") == []


def test_a_stranger_sees_nothing(world: World, submission: str, forwarder: Program) -> None:
    absent = forwarder.ask("GET", f"{PATH}/{NOWHERE}")
    assert absent.status == 404
    for stranger in (world.importer, world.broker, world.customs, world.terminal):
        assert ids(stranger) == ids(stranger, number=BILL) == []
        answer = stranger.ask("GET", f"{PATH}/{submission}")
        assert (answer.status, answer.body) == (404, absent.body)
    for place in (PATH, f"{PATH}/{submission}"):
        assert world.bare.ask("GET", place).status == 404
        assert world.nobody.ask("GET", place).status == 401
