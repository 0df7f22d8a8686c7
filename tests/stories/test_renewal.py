"""A container is not collected in time: its release has expired, is issued anew, and the gate lets it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from singlewindow.server import configuration

from .acting import SLOW, TWO, at_gate, shows
from .conftest import PHONE, Platform
from .test_declaration import until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
SEAL = "DM884121"
RES = f"#disposition tr:has-text('{TWO}') .res"
# What a fortnight would do: nobody can wait for it.
OF = "(select dossier from sw.dossier_document where submission_id = %(id)s)"
ENDS = (
    f"update sw.release set valid_until = now() - interval '1 minute' where dossier in {OF}",
    f"update sw.gate_pass set valid_until = now() - interval '1 minute' where dossiers && array{OF}",
)


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """The story's consignment, handed in."""
    return platform.hand_in("RENEWAL-1")


def ended(platform: Platform, submission: str) -> None:
    """The releases of a consignment end."""
    given = configuration.load({"data": platform.data, "demo": True}, {})
    with psycopg.connect(given.dsn("postgres"), autocommit=True) as connection:
        for statement in ENDS:
            assert connection.execute(statement, {"id": submission}).rowcount >= 1


def test_an_expired_release_is_issued_anew_and_the_gate_lets_it_out(
    platform: Platform, handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("importer") as importer, sign_in("gate") as gate:
        importer.goto(f"/consignments/{handed_in}")
        shows(importer, TWO, "综合放行")
        importer.wait_for_selector(f"{RES} >> text=有效至", timeout=SLOW)
        assert importer.locator("#do-renew").count() == 0, "nothing of it ends yet"
        ended(platform, handed_in)
        assert "G-24" in at_gate(gate, TWO, SEAL)
        importer.goto("/notices")  # told first: of a release issued anew before that there is nothing to tell
        importer.wait_for_selector(f"text=放行单即将到期：{TWO}", timeout=SLOW)
        importer.goto(f"/consignments/{handed_in}")
        importer.wait_for_selector(f"{RES} >> text=已过期")
        picture(importer, "release-expired-desk")
        importer.focus("#do-renew")
        importer.keyboard.press("Enter")
        importer.wait_for_selector(".banner.ok", timeout=SLOW)
        importer.wait_for_selector(f"{RES} >> text=有效至", timeout=SLOW)
        assert importer.locator("#do-renew").count() == 0
        picture(importer, "release-renewed-desk")
        assert "放行" in at_gate(gate, TWO, SEAL)
        importer.goto("/notices")
        importer.wait_for_selector("text=放行单已换发", timeout=SLOW)
        importer.wait_for_selector(f"text=放行单即将到期：{TWO}", timeout=SLOW)
        picture(importer, "release-renewed-notices")


def test_a_forwarder_asks_for_it_too(
    platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    other = platform.hand_in("RENEWAL-2", bill_number="CQX2511070386-R2", voyage_number="2599E")
    address = f"/consignments/{other}"
    with sign_in("forwarder", "en", "light", PHONE) as forwarder:
        until(forwarder, lambda: forwarder.context.request.get(address).ok, SLOW / 1000)
        forwarder.goto(address)
        forwarder.wait_for_selector(f"{RES} >> text=valid until", timeout=SLOW)
        ended(platform, other)
        forwarder.reload()
        forwarder.wait_for_selector(f"{RES} >> text=expired")
        picture(forwarder, "release-expired-phone")
        forwarder.click("#do-renew")
        forwarder.wait_for_selector(".banner.ok", timeout=SLOW)
        forwarder.wait_for_selector(f"{RES} >> text=valid until", timeout=SLOW)
        picture(forwarder, "release-renewed-phone")
