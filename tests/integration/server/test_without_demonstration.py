"""An empty folder, no demonstration: from the first party registered to the first declaration accepted."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from running import Platform, declaration, running
from singlewindow.kernel.codes.uscc import check_character
from singlewindow.server.commands import up

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]

OPERATOR, FIRM = (body + check_character(body) for body in ("12500000MAREG0P1X", "91500112MAREG0F1X"))
SOMEBODY = "11010519491231002X"  # the example of GB 11643
OWN = "seven grey herons at the weir"  # the password that each chooses
OTHERS = {("individual", f"…{SOMEBODY[-4:]}"), ("agency", "border")}  # whom other tests here register
COMMAND = re.compile(r"singlewindow (parties register.+?)</pre>")
TAG = re.compile("<[^>]+>")
SECRET = re.compile(r'id="secret">([^<]+)<')
OPENED = re.compile(r'id="person-(\d+)"')


@pytest.fixture(scope="module")
def started() -> Iterator[Platform]:
    with running({}, "--no-demo") as up:
        yield up


@pytest.fixture(scope="module")
def at_first(started: Platform) -> list[Any]:
    """The parties before anybody is registered."""
    return started.run("parties", "list")


@pytest.fixture
def platform(started: Platform, at_first: list[Any]) -> Platform:
    """It runs, whichever test has ended it before."""
    if started.supervisor.poll() is not None:
        started.up()
    return started


class Browser:
    """Somebody's session, with the token that every form carries."""

    def __init__(self, platform: Platform) -> None:
        headers = {"accept": "text/html", "referer": platform.url}
        self.client = httpx.Client(base_url=platform.url, trust_env=False, timeout=30, headers=headers)
        self.client.get("/sign-in")

    def post(self, path: str, status: int = 302, **sent: Any) -> httpx.Response:
        """A form as the page sends it."""
        self.client.headers["x-csrftoken"] = self.client.cookies["csrftoken"]
        answer = self.client.post(path, **sent)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-2000:])
        return answer

    def enter(self, login: str, password: str) -> str:
        """Where signing in leads."""
        return self.post("/sign-in", data={"login": login, "password": password}).headers["location"]

    def page(self, path: str) -> str:
        """A page that this person may read."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("location"))
        return answer.text

    def admitted(self, login: str, *roles: str) -> str:
        """Make somebody of one's own party; the password shown for their first sign-in."""
        form = {"login": login, "name": f"经办 {login}", "language": "zh-hans", "roles": list(roles)}
        found = SECRET.search(self.post("/accounts/people", 200, data=form).text)
        assert found
        return found[1]


def first_sign_in(platform: Platform, login: str, password: str) -> Browser:
    """Enter with the password given, choose one's own, and be inside."""
    browser = Browser(platform)
    assert browser.enter(login, password) == "/accounts/me"
    assert browser.client.get("/hall").headers["location"] == "/accounts/me"
    browser.post("/accounts/me/password", data={"old": password, "new": OWN, "again": OWN})
    browser.page("/accounts/me")
    return browser


def registered(platform: Platform, kind: str, code: str, login: str, *more: str) -> Browser:
    """Register a party by the command line; its administrator, signed in."""
    named = (
        "--name",
        f"登记试验 {kind}",
        f"Registration trial {kind}",
        "--login",
        login,
        "--person",
        "管理员",
    )
    done = platform.run("parties", "register", "--kind", kind, "--code", code, *named, *more)
    assert done.get("registered"), done
    return first_sign_in(platform, login, done["password"])


def as_told(platform: Platform, operator: Browser, partner: str, login: str) -> Browser:
    """Register a partner's party by the command on the operator's page; its administrator, signed in."""
    page = operator.page("/parties")
    commands = [shlex.split(unescape(TAG.sub("", one))) for one in COMMAND.findall(page)]
    [command] = [one for one in commands if partner in one]
    filled = [{"账号": login, "姓名": "管理员"}.get(word, word) for word in command]
    return first_sign_in(platform, login, platform.run(*filled)["password"])


def handed_in(platform: Platform, browser: Browser, code: str, number: int) -> str:
    """The story's declaration by a party for itself; where its consignment is followed."""
    platform.wait_for(lambda: code in browser.page("/declarations/new"), f"{code} is not offered on the form")
    document = declaration(consignee_code=code, end_user_code=code, declarant_code=code)
    values = document["values"] | {"bill_number": f"CQX25110703{number}"}
    body = {"version": 0, "definition": "1", "values": values}
    browser.client.headers["accept"] = "application/json"
    answer = browser.post(f"/declarations/{UUID(int=number)}/submit", 200, json=body)
    browser.client.headers["accept"] = "text/html"
    return str(answer.json()["location"])


def test_the_operator_brings_an_empty_installation_into_use(platform: Platform, at_first: list[Any]) -> None:
    assert at_first == []
    assert platform.ask("select count(*) from api_token") == [(0,)]
    assert not platform.configuration.demonstration_file.exists()
    platform.wait_for(lambda: f"{up.FIRST} --data {platform.data}\n" in platform.words(), "it says not how")
    assert platform.words().count(up.NOBODY) == 1
    operator = registered(platform, "platform", OPERATOR, "operator", "--seal", "窗")
    assert operator.client.get("/").headers["location"] == "/parties", "nobody else is there yet"
    agency = as_told(platform, operator, "customs", "customs.admin")
    assert operator.client.get("/").headers["location"] == "/exchange"
    firm = registered(platform, "firm", FIRM, "firm.admin", "--customs-code", "5012900001")
    officer = first_sign_in(platform, "officer.one", agency.admitted("officer.one", "officer"))
    declarant = first_sign_in(platform, "declarant.one", firm.admitted("declarant.one", "declarant"))
    followed = handed_in(platform, declarant, FIRM, 17)
    for reader in (declarant, firm, officer):
        assert "CQX2511070317" in reader.page(followed)
    assert operator.client.get(followed).status_code == 404, "the operator reads nobody's goods"
    assert "declarant.one" not in operator.page("/accounts")
    platform.wait_for(lambda: "登记单位" in operator.page("/journal"), "the journal does not tell of it")
    assert "components/对端.toml" in operator.page("/exchange"), "no lane was ever started"
    assert firm.client.get("/parties").status_code == 404
    shown = operator.page("/parties?kind=firm")
    assert FIRM in shown
    assert OPERATOR not in shown
    own = [one for one in platform.run("parties", "list") if (one["kind"], one["code"]) not in OTHERS]
    known = {one["code"]: one for one in own}
    assert {code: one["kind"] for code, one in known.items()} == {
        OPERATOR: "platform",
        "customs": "agency",
        FIRM: "firm",
    }
    assert [one["administrators"] for one in known.values()] == [1, 1, 1]
    assert known["customs"]["partner"] == "customs"


def test_an_individual_declares_in_their_own_name(platform: Platform) -> None:
    somebody = registered(platform, "individual", SOMEBODY, "somebody")
    [number] = OPENED.findall(somebody.page("/accounts"))
    both = {"roles": ["party_administrator", "declarant"]}
    somebody.post(f"/accounts/people/{number}/roles", data=both)
    followed = handed_in(platform, somebody, SOMEBODY, 18)
    assert "CQX2511070318" in somebody.page(followed)
    [(state,)] = platform.ask("select count(*) from document where title = 'CQX2511070318'")
    assert state > 0
    mandates = somebody.page("/accounts/mandates")
    assert "谁可为我们申报" in mandates
    assert "我们可为谁申报" not in mandates, "an individual declares for nobody else"


def test_what_is_refused_is_refused_in_both_languages_and_leaves_nothing(platform: Platform) -> None:
    wrong = (
        "--kind",
        "firm",
        "--code",
        FIRM[:-1] + "?",
        "--name",
        "甲",
        "Jia",
        "--login",
        "f",
        "--person",
        "某",
    )
    done = platform.run("parties", "register", *wrong)
    assert [one["code"] for one in done["problems"]] == ["uscc.form", "accounts.login_form"]
    assert all(one["text"]["zh"] and one["text"]["en"] for one in done["problems"])
    assert platform.ask("select from party where name_zh = '甲'") == []


def somebody_is_there(platform: Platform) -> None:
    """At least one party is registered, whichever test came first."""
    named = ("--name", "边检", "Border inspection", "--partner", "border", "--seal", "边")
    first = ("--login", "border.admin", "--person", "管理员")
    platform.run("parties", "register", "--kind", "agency", "--code", "border", *named, *first)


def test_a_forgotten_word_does_not_bring_the_demonstration_in(platform: Platform) -> None:
    somebody_is_there(platform)
    platform.end()
    for words in (("up",), ("role", "worker")):
        done = platform.finish(*words)
        assert done.returncode == 2
        assert "add --no-demo, or write demo = false into singlewindow.toml" in done.stderr.decode()
    assert not (platform.data / "components").exists()
    assert not platform.configuration.demonstration_file.exists()
    platform.up()
    assert platform.ask("select from person where login = 'broker'") == []


def test_who_starts_it_again_is_not_told_to_begin(platform: Platform) -> None:
    somebody_is_there(platform)
    platform.end()
    said = platform.words().count(up.NOBODY)
    platform.up()
    platform.end()  # by then all that there is to say has been said
    assert platform.words().count(up.NOBODY) == said
