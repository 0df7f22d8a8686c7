"""What is imported is in force in a running platform within seconds: door, form and pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest

from singlewindow.hub.standards.codelists import load
from singlewindow.kernel.clock import local_day, now

from .conftest import ROOT, Platform, at_desk_and_phone, in_both_languages
from .test_declaration import until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
SECONDS = 60.0  # an import is in force everywhere within a few, on an idle machine
LIST, NEW, NAME, GONE = "entry_ports", "500999", "重庆龙兴试验口岸", "500005"


def said(platform: Platform, port: str) -> set[str]:
    """What a firm's system is told of a declaration for a port: codes of problems, none if it is taken."""
    now_ns = time.time_ns()
    try:
        platform.hand_in(f"STANDARDS-{now_ns}", entry_port=port, bill_number=f"CQX{now_ns % 10**10:010}")
    except urllib.error.HTTPError as refused:
        problems = json.load(refused)["problems"]
        return {problem["code"] for problem in problems if problem["field"] == "entry_port"}
    return set()


@pytest.fixture(scope="module")
def imported(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> float:
    """An official table with one port more and one less, taken in by a process of its own; when."""
    assert said(platform, NEW) == {"unknown_code"}
    assert said(platform, GONE) == set()
    kept = [code for code in load()[LIST].codes if code.valid(local_day(now())) and code.code != GONE]
    table = tmp_path_factory.mktemp("tables") / "ports.csv"
    rows = [f"{code.code},{code.name.zh},{code.name.en}" for code in kept]
    table.write_text("\n".join(["代码,名称,英文名称", *rows, f"{NEW},{NAME},Longxing Trial Port"]), "gb18030")
    command = ["codes", "import", LIST, str(table), "--source", "JGS/T 18-2027", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "singlewindow.server", *command, "--data", str(platform.data)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        timeout=60,
        check=True,
    )
    answer = json.loads(done.stdout)
    assert (answer["imported"], answer["added"], answer["ended"]) == (True, 1, 1)
    return time.monotonic()


def test_the_door_takes_the_new_and_refuses_the_ended_within_seconds(
    platform: Platform, imported: float
) -> None:
    while said(platform, NEW):
        assert time.monotonic() < imported + SECONDS
        time.sleep(0.2)
    assert said(platform, GONE) == {"ended_code"}


def known(page: Any) -> bool:
    """Whether the pages have heard of the import by now."""
    rows = page.context.request.get(f"/codes/{LIST}?q={NEW}").json()["rows"]
    return [row["code"] for row in rows] == [NEW]


@pytest.mark.parametrize("typed", ["cqlx", "longxing", "龍興", "500999", "trial"])
def test_the_form_finds_the_new_code(imported: float, sign_in: Callable[..., Any], typed: str) -> None:
    with sign_in("broker") as page:
        until(page, lambda: known(page), SECONDS)
        page.goto("/declarations/new")
        field = page.locator('[data-field="entry_port"]')
        field.click()
        field.press_sequentially(typed)
        page.wait_for_selector(f"[role=option] >> text={NAME[:4]}")
        page.keyboard.press("Enter")
        until(page, lambda: field.input_value() == NEW)
        label = 'sw-codelist:has([data-field="entry_port"]) .name'
        assert page.inner_text(label) == NAME


@in_both_languages
@at_desk_and_phone
def test_anybody_signed_in_reads_the_standards(
    imported: float,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    english = language == "en"
    with sign_in("gate", language, "light", size) as page:
        page.goto("/standards")
        picture(page, f"standards-elements-{language}-{size[0]}")
        page.fill("#main input[name=q]", "gross_mass")
        page.keyboard.press("Enter")
        row = page.locator("#gross_mass")
        assert ("gross weight" in row.inner_text().lower()) or "毛重" in row.inner_text()
        page.goto("/standards/codes")
        picture(page, f"standards-lists-{language}-{size[0]}")
        page.goto(f"/standards/codes/{LIST}?q=cqlx")
        assert NAME in page.inner_text("main")
        assert ("imported" in page.inner_text("main")) is english
        assert ("导入于" in page.inner_text("main")) is not english
        page.goto(f"/standards/codes/{LIST}?q={GONE}&all=1")
        assert ("ended" if english else "已停用") in page.inner_text("tr.past")
        picture(page, f"standards-codes-{language}-{size[0]}")
