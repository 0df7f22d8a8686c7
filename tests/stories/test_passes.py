"""A pass falls before the truck comes: people, the gate and the terminal's own system learn of it, twice."""

from __future__ import annotations

import json
import tomllib
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from .acting import SLOW, TWO, at_gate, hold, lift
from .conftest import PHONE, Platform, story

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
VALUES = story()["values"]
BOX, SEAL = TWO, "DM884121"
NEWS = ".told li:has-text('{text}')"


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """The story's consignment, handed in; its second container is released."""
    return platform.hand_in("PASSES-1")


def terminal_s_gate(platform: Platform) -> dict[str, Any]:
    """What the terminal's own system, a process of its own, says to a truck with the container."""
    wire = tomllib.loads((platform.data / "components" / "terminal.toml").read_text("utf-8"))
    address = f"{wire['url'].rsplit('/', 1)[0]}/gate?container={BOX}"
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {wire['token']}"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def eventually(page: Any, platform: Platform, may: bool, why: str = "") -> dict[str, Any]:
    """The terminal's gate once it has been told."""
    for _ in range(SLOW // 200):
        said = terminal_s_gate(platform)
        if said["mayLeave"] is may and said["why"].startswith(why):
            return said
        page.wait_for_timeout(200)
    raise AssertionError(said)


def test_a_pass_that_falls_is_told_everywhere_and_so_is_its_being_given_again(
    platform: Platform, handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("quarantine") as officer, sign_in("terminal") as dispatcher, sign_in("gate") as gate:
        officer.goto(f"/consignments/{handed_in}")
        released = f"#disposition tr:has-text('{BOX}') .res .st.tag:has-text('综合放行')"
        officer.wait_for_selector(released, timeout=SLOW)
        eventually(officer, platform, True)
        dispatcher.goto("/notices")
        hold(officer, handed_in, BOX, "熏蒸证书待核", "《中华人民共和国进出境动植物检疫法》")
        dispatcher.wait_for_selector(NEWS.format(text=f"{BOX} 暂停出闸"), timeout=SLOW)
        line = dispatcher.inner_text(NEWS.format(text=f"{BOX} 暂停出闸"))
        assert "检验检疫另有指令" in line
        assert f"提运单 {VALUES['bill_number']}" in line, "which box it is: number, bill, call"
        assert f"{VALUES['conveyance_name']} / {VALUES['voyage_number']}" in line
        # Its release is revoked by a message before the one that says why.
        refused = eventually(officer, platform, False, "held · quarantine ")
        assert refused["since"]
        stop = at_gate(gate, BOX, SEAL)
        assert "禁行" in stop
        assert stop.count("请驶入待检区") == 1, "one thing to do, not two that contradict each other"
        picture(gate, "passes-gate-held")
        picture(dispatcher, "passes-notices-desk")
        with sign_in("terminal", "en", "light", PHONE) as phone:
            phone.goto(f"/consignments/{handed_in}")
            told = (
                "#told .who-told > li:has(> .when:has-text('Barred at the gate')) > .st:has-text('Accepted')"
            )
            phone.wait_for_selector(told, timeout=SLOW)
            picture(phone, "passes-consignment-phone")
        lift(officer)
        dispatcher.wait_for_selector(NEWS.format(text=f"{BOX} 恢复出闸"), timeout=SLOW)
        eventually(officer, platform, True)
        assert "四项一致" in at_gate(gate, BOX, SEAL)
