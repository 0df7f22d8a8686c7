"""The first day of an installation that nobody is in yet: from the documents' commands to the receipts."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import opposite
import running as tested
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.codes.uscc import check_character
from singlewindow.rehearsal.ports import free_port
from singlewindow.rehearsal.script import EVEN
from singlewindow.server.endpoints import toml

from .acting import SLOW
from .conftest import ROOT, SAMPLES, enter, opened
from .test_declaration import SUMS, field

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
PAPER = ROOT / "docs" / "operate" / "parties.md"
PARTNERS = ("customs", "quarantine", "border", "maritime", "terminal")
OPERATOR, FIRM, YARD = (
    body + check_character(body) for body in ("12500000MAREG0P1X", "91500112MAREG0F1X", "91500000MAREG0T1X")
)
WHOLE = {"12500000…": OPERATOR, "91500112…": FIRM, "91500000…": YARD}  # codes that the document only begins
FILLED = {"账号": "{partner}.admin", "姓名": "管理员"}  # what the operator's page leaves to be filled in
OWN = "seven grey herons at the weir"  # the password that each chooses
UNKNOWN = "没有列为任何码头的经营人"
BILL = "CQX2611300001"
NAME = "某某精密机械有限公司"  # as the document registers the firm
Shown = Callable[[Any, str], None]


@contextmanager
def opposites(folder: Path) -> Iterator[dict[str, dict[str, Any]]]:
    """The partners' systems, each a process of its own; how each is reached, by its name."""
    ports: set[int] = set()
    reached: dict[str, dict[str, Any]] = {}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for partner in PARTNERS:
            state, port = folder / partner, free_port(ports)
            state.mkdir(mode=0o700)
            ports.add(port)
            module = import_module(f"singlewindow.connectors.{partner}.counterpart")
            reached[partner] = module.prepare_endpoint(state, port)
            processes.append(opposite.started(partner, state, port, 1, EVEN))
        yield reached
    finally:
        for process in processes:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Installation:
    """An installation without the demonstration, and how its partners are reached."""

    platform: tested.Platform
    partners: dict[str, dict[str, Any]]

    def registered(self, words: list[str]) -> str:
        """The password that the command prints for the first administrator."""
        done = self.platform.finish(*words)
        said = done.stdout.decode() + done.stderr.decode()
        found = re.search(r"密码 · password\s+(\S+)", said)
        assert done.returncode == 0, said
        assert found, said
        return found[1]

    def documented(self, kind: str) -> str:
        """Register a party by the document's command for its kind, word for word."""
        [line] = re.findall(
            rf"^singlewindow (parties register --kind {kind} .+)$", PAPER.read_text("utf-8"), re.M
        )
        return self.registered([WHOLE.get(word, word) for word in shlex.split(line)])

    def as_told(self, command: str, partner: str) -> str:
        """Register a partner's party by the command on the operator's page."""
        words = shlex.split(command.removeprefix("singlewindow "))
        return self.registered([FILLED.get(word, word).format(partner=partner) for word in words])

    def connect(self) -> None:
        """Write where each partner is and who runs the terminal, as the documents say; start it again."""
        for head in ("terminal,operator", "terminal,lane"):
            [table] = re.findall(rf"^`(\w+\.csv)`\n```\n({head}[^`]+)```", PAPER.read_text("utf-8"), re.M)
            (self.platform.data / table[0]).write_text(table[1].replace("91500000…", YARD), "utf-8")
        for partner, reached in self.partners.items():
            path = self.platform.endpoint_of(partner)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(toml(reached), "utf-8")
        self.platform.end()
        self.platform.up()


@pytest.fixture
def installed() -> Iterator[Installation]:
    """``up --no-demo`` on an empty folder; beside it, in a folder of their own, the partners."""
    folder = Path(tempfile.mkdtemp(prefix="sw-partners-"))
    try:
        with opposites(folder) as reached, tested.running({}, "--no-demo") as up:
            yield Installation(up, reached)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def first_sign_in(page: Any, login: str, password: str) -> None:
    """Come in with the password given, choose one's own, and be led to where one begins."""
    enter(page, login, password)
    page.wait_for_url("**/accounts/me")
    page.fill("#old", password)
    page.fill("#new", OWN)
    page.fill("#again", OWN)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda address: not address.endswith("/accounts/me"))


def admitted(page: Any, login: str, name: str, role: str) -> str:
    """On the accounts' page somebody is made; the password shown for their first sign-in."""
    page.fill("#name", name)
    page.fill("#new-login", login)
    page.check(f"input[name=roles][value={role}]")
    page.click("button:has-text('生成一次性密码')")
    return str(page.locator("#secret").inner_text())


def commands(page: Any) -> dict[str, str]:
    """The commands that the operator's page shows for partners that nobody is registered for."""
    said = page.locator(".piles pre.cli").all_inner_texts()
    return {found[1]: line for line in said if (found := re.search(r"--partner (\w+)", line))}


def test_an_empty_installation_takes_its_first_declaration(
    installed: Installation, browser: Any, picture: Shown
) -> None:
    url = installed.platform.url
    with opened(browser, url) as operator:
        first_sign_in(operator, "operator", installed.documented("platform"))
        admins = everybody_comes_in(installed, operator, picture)
        with opened(browser, url) as firm:
            first_sign_in(firm, "precision.admin", admins["firm"])
            password = makes_a_declarant(firm, picture)
        with opened(browser, url) as declarant:
            first_sign_in(declarant, "wang.xin", password)
            declares(declarant, picture)
            with opened(browser, url) as agency:
                first_sign_in(agency, "customs.admin", admins["customs"])
                password = makes_an_officer(agency, picture)
            with opened(browser, url) as officer:
                first_sign_in(officer, "guan.yi", password)
                sees(officer, picture)
            with opened(browser, url) as yard:
                first_sign_in(yard, "terminal.admin", admins["terminal"])
                yard.goto("/accounts")
                password = admitted(yard, "ka.kou", "卡口一", "gatekeeper")
            with opened(browser, url) as gate:
                first_sign_in(gate, "ka.kou", password)
                gate.wait_for_url("**/gate")
                assert gate.locator(".lanes a").all_inner_texts() == ["1", "2"]
                picture(gate, "first-day-gate")
            declarant.wait_for_selector("details.rc >> nth=4", state="attached", timeout=SLOW)
            picture(declarant, "first-day-receipts")


def everybody_comes_in(installed: Installation, operator: Any, picture: Shown) -> dict[str, str]:
    """The operator registers parties and connects partners; first passwords by who they are for."""
    assert operator.url.endswith("/parties"), "who is alone begins where the commands are"
    picture(operator, "first-day-parties")
    told = commands(operator)
    assert set(told) == set(PARTNERS)
    passwords = {"customs": installed.documented("agency"), "terminal": installed.documented("operator")}
    for partner in ("quarantine", "border", "maritime"):
        passwords[partner] = installed.as_told(told[partner], partner)
    passwords["firm"] = installed.documented("firm")
    operator.reload()
    assert commands(operator) == {}
    assert UNKNOWN in operator.inner_text(".piles"), "of the terminal nobody knows yet who runs it"
    picture(operator, "first-day-registered")
    installed.connect()
    operator.goto("/exchange")
    operator.wait_for_selector(".st:has-text('全部通道正常')", timeout=SLOW)
    picture(operator, "first-day-exchange")
    operator.goto("/parties")
    assert UNKNOWN not in operator.inner_text(".piles")
    return passwords


def makes_a_declarant(firm: Any, picture: Shown) -> str:
    """A firm's first administrator finds nothing declared, and by the page's own link who is to declare."""
    firm.wait_for_url("**/hall")
    picture(firm, "first-day-firm")
    firm.click("text=先新增一位申报员")
    firm.wait_for_url("**/accounts")
    password = admitted(firm, "wang.xin", "王新", "declarant")
    picture(firm, "first-day-declarant")
    firm.click("a:has-text('新增人员')")
    firm.wait_for_selector("#new-login")
    firm.goto("/hall")
    firm.wait_for_selector("text=本单位有 1 位申报员")
    assert firm.locator("text=先新增一位申报员").count() == 0
    picture(firm, "first-day-firm-with-declarant")
    return password


def declares(page: Any, picture: Shown) -> None:
    """From an empty hall to a declaration of one's own out of the sample that the README names."""
    page.wait_for_url("**/hall")
    picture(page, "first-day-hall")
    page.click("text=新建申报")
    page.wait_for_selector("sw-form:not([inert])")
    picture(page, "first-day-form")
    page.set_input_files("[data-file]", str(SAMPLES / "guoyuan_sea_import.json"))
    page.wait_for_selector("#problems li")
    picture(page, "first-day-sample")
    assert "没有“91500112MADEM0A1XL”的有效委托" in page.inner_text("#problems")
    for part in ("consignee", "end_user", "declarant"):
        page.fill(field(f"{part}_code"), FIRM)
    page.fill(field("bill_number"), BILL)
    assert "已过去" in page.inner_text("#problems"), "the ship of the file came long ago"
    page.fill(field("entry_exit_date"), local_day(now()).isoformat())
    page.keyboard.press("F8")
    page.wait_for_selector("#problems li:has-text('与该代码登记的不同')")
    picture(page, "first-day-names")
    for part in ("consignee", "end_user", "declarant"):
        page.fill(field(f"{part}_name"), NAME)
    page.locator("#problems li", has_text="申报单位海关").locator("[data-fill]").click()
    page.keyboard.press("F8")
    page.wait_for_selector(f"{SUMS}.ok")
    page.keyboard.press("F9")
    page.wait_for_url("**/consignments/*")


def makes_an_officer(agency: Any, picture: Shown) -> str:
    """An agency's first administrator makes who works there."""
    picture(agency, "first-day-agency")
    agency.goto("/accounts")
    return admitted(agency, "guan.yi", "关一", "officer")


def sees(officer: Any, picture: Shown) -> None:
    """What the agency was sent stands in its officer's list, and is opened."""
    picture(officer, "first-day-officer")
    officer.click(f"[data-row] a:has-text('{BILL}')")
    officer.wait_for_url("**/consignments/*")
    picture(officer, "first-day-officers-consignment")
