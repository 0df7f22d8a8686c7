"""Parties are registered, given administrators and merged by the command line, and told to the journal."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.exchange.concerned import concerned
from singlewindow.hub.identity import passwords
from singlewindow.hub.journal.sequencer import sequence_once
from singlewindow.hub.notice.following import Box
from singlewindow.kernel.codes.uscc import check_character
from singlewindow.server import cli
from singlewindow.server.commands import parties
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

pytestmark = pytest.mark.database

FIRM, OTHER, PLATFORM, YARD = (
    body + check_character(body)
    for body in ("91500112MAREG0F1X", "91500112MAREG0F2X", "12500000MAREG0P1X", "91500112MAREG0T1X")
)
SOMEBODY = "11010519491231002X"  # the example of GB 11643
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = date(2027, 1, 1)
JOURNAL = "select verb, actor_kind, actor_id, viewers from sw.journal_entry order by id"


def asked(database: Database, action: str, given: dict[str, Any]) -> Reply:
    """The command as it is typed, on the test's own database."""
    words = [action]
    for name, value in given.items():
        words += [name, *value] if isinstance(value, tuple) else [name, value]
    arguments = cli.parser(["parties"]).parse_args(["parties", *words])
    return parties.run(arguments, database.configuration)


def register(database: Database, kind: str, code: str, login: str = "first.admin", **more: str) -> Reply:
    given = {"--kind": kind, "--code": code, "--name": ("甲", "Jia"), "--login": login, "--person": "某"}
    return asked(database, "register", given | {f"--{name}": value for name, value in more.items()})


def codes(reply: Reply) -> list[str]:
    assert reply.code == 1
    assert all(one["text"]["zh"] in reply.text for one in reply.values["problems"])
    assert all(one["text"]["en"] in reply.text for one in reply.values["problems"])
    return [one["code"] for one in reply.values["problems"]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which mergers are registered."""
    monkeypatch.setattr(parties, "now", lambda: AT)


def typed(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    """What stands on the standard input when the next command reads it."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line)))


def number(database: Database, code: str) -> int:
    return int(str(database.execute("postgres", "select id from sw.party where code = %s", code)[0][0]))


@pytest.mark.parametrize(
    ("kind", "code", "role"),
    [
        ("platform", PLATFORM, "administrator"),
        ("agency", "customs", "party_administrator"),
        ("operator", YARD, "party_administrator"),
        ("firm", FIRM, "party_administrator"),
        ("individual", SOMEBODY, "party_administrator"),
    ],
)
def test_a_party_gets_an_administrator_with_a_password_for_one_sign_in(
    database: Database, kind: str, code: str, role: str
) -> None:
    done = register(database, kind, code)
    assert (done.code, done.values["login"]) == (0, "first.admin")
    assert done.values["password"] in done.text
    query = """select p.kind, m.roles, h.password_hash, h.password_until - now() between '71 h' and '72 h'
      from sw.party p join sw.membership m on m.party_id = p.id join sw.person h on h.id = m.person_id"""
    [(stored, roles, hashed, soon)] = database.execute("postgres", query)
    assert (stored, roles, soon) == (kind, [role], True)
    assert passwords.matches(str(hashed), done.values["password"])
    assert done.values["password"] not in str(database.execute("postgres", "select * from sw.journal_entry"))


def test_what_is_registered_stands_in_the_journal_for_the_party_and_the_operator(database: Database) -> None:
    register(database, "platform", PLATFORM, "operator")
    register(database, "firm", FIRM)
    own, firm = number(database, PLATFORM), number(database, FIRM)
    told = database.execute("postgres", JOURNAL)
    by = ("system", "parties")
    assert told == [
        ("party.registered", *by, [own]),
        ("person.admitted", *by, [own]),
        ("party.registered", *by, [own, firm]),
        ("person.admitted", *by, [own, firm]),
    ]


def test_of_an_individual_only_the_end_of_the_number_is_told(database: Database) -> None:
    register(database, "individual", SOMEBODY)
    [(content,)] = database.execute(
        "postgres",
        "select convert_from(content, 'UTF8') from sw.journal_entry where verb = 'party.registered'",
    )
    listed = asked(database, "list", {})
    assert SOMEBODY not in str(content) + listed.text + str(listed.values)
    assert "…002X" in str(content)
    assert "…002X" in listed.text


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(database: Database) -> None:
    register(database, "platform", PLATFORM)
    register(database, "agency", "customs", "customs.admin", partner="customs")
    before = database.execute("postgres", JOURNAL)
    wrong = {"--kind": "company", "--code": "x", "--login": "X", "--person": ""}
    names = ["accounts.kind_unknown", "accounts.party_name", "accounts.login_form", "accounts.name_form"]
    assert codes(asked(database, "register", wrong)) == names
    assert codes(register(database, "firm", FIRM[:-1] + "?", "second")) == ["uscc.form"]
    assert codes(register(database, "firm", FIRM)) == ["accounts.login_taken"]
    assert codes(register(database, "agency", "customs", "second")) == ["accounts.party_taken"]
    assert codes(register(database, "agency", "other", "second", partner="customs")) == [
        "accounts.partner_taken"
    ]
    assert codes(register(database, "platform", FIRM, "second")) == ["accounts.platform_taken"]
    assert database.execute("postgres", JOURNAL) == before
    assert database.execute("postgres", "select count(*) from sw.party") == [(2,)]


def test_codes_are_taken_as_people_type_them(database: Database) -> None:
    assert register(database, "firm", f" {FIRM.lower()} ").values["code"] == FIRM
    assert register(database, "individual", SOMEBODY.lower(), "second").values["code"] == "…002X"
    assert number(database, SOMEBODY)


def test_a_citizens_number_is_read_from_the_standard_input_and_repeated_nowhere(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, SOMEBODY.lower().encode() + b"\nnot this line\n")
    made = register(database, "individual", "-")
    assert (made.code, made.values["code"]) == (0, "…002X")
    again = {"--code": "-", "--login": "second.admin", "--person": "某"}
    typed(monkeypatch, SOMEBODY.encode())
    done = asked(database, "admit", again)
    assert (done.code, done.values["code"]) == (0, "…002X")
    assert SOMEBODY not in f"{made}{done}"
    assert number(database, SOMEBODY)
    typed(monkeypatch, b"")
    assert codes(register(database, "individual", "-", "third")) == ["citizen.form"]
    typed(monkeypatch, b"\xff" * 9_000)
    assert codes(register(database, "individual", "-", "third")) == ["citizen.form"]


@pytest.mark.parametrize(
    ("code", "named"),
    [
        (SOMEBODY, "“…002X”"),
        (SOMEBODY[:-1] + "1", "“…0021”"),  # mistyped, and still somebody's
        ("1101051949123100", "“…3100”"),
        (OTHER, f"“{OTHER}”"),
        ("nobody", "“nobody”"),
    ],
)
def test_who_is_not_registered_is_named_without_a_citizens_number(
    database: Database, code: str, named: str
) -> None:
    declined = asked(database, "admit", {"--code": code, "--login": "second.admin", "--person": "某"})
    assert codes(declined) == ["accounts.party_unknown"]
    assert named in declined.text
    assert code == named.strip("“”") or code not in f"{declined}"


def test_what_is_declined_says_what_to_do_and_repeats_no_number(database: Database) -> None:
    mistyped = SOMEBODY[:-1] + "1"
    declined = register(database, "individual", mistyped)
    assert codes(declined) == ["citizen.check"]
    (problem,) = declined.values["problems"]
    assert problem["field"] == "code"
    assert problem["remedy"]["en"] in declined.text
    assert mistyped not in f"{declined}"


def test_a_party_whose_administrator_never_signed_in_gets_another(database: Database) -> None:
    register(database, "firm", FIRM)
    database.execute("sw_engine", "update person set password_until = now() - interval '1 h'")
    listed = asked(database, "list", {"--kind": "firm"})
    assert [(one["code"], one["administrators"]) for one in listed.values] == [(FIRM, 0)]
    assert "no administrator can sign in" in listed.text
    again = {"--code": FIRM, "--login": "second.admin", "--person": "管理 二"}
    done = asked(database, "admit", again)
    assert (done.code, done.values["login"]) == (0, "second.admin")
    [line] = asked(database, "list", {}).values
    assert line["administrators"] == 1
    assert codes(asked(database, "admit", again)) == ["accounts.login_taken"]
    assert codes(asked(database, "admit", again | {"--code": OTHER, "--login": "third"})) == [
        "accounts.party_unknown"
    ]


def test_a_list_goes_on_behind_a_number(database: Database) -> None:
    assert "没有登记单位" in asked(database, "list", {}).text
    register(database, "firm", FIRM)
    register(database, "agency", "customs", "second")
    first, second = asked(database, "list", {}).values
    assert (first["kind"], second["kind"]) == ("firm", "agency")
    assert asked(database, "list", {"--after": str(first["id"])}).values == [second]
    with pytest.raises(Refusal, match="--kind is one of"):
        asked(database, "list", {"--kind": "company"})


def test_an_agency_is_merged_into_another_from_a_day_on(database: Database, clock: None) -> None:
    register(database, "agency", "quarantine", "first", partner="quarantine")
    register(database, "agency", "customs", "second", partner="customs")
    done = asked(database, "merge", {"--code": "quarantine", "--into": "customs", "--on": DAY.isoformat()})
    assert (done.code, done.values["on"]) == (0, DAY)
    old, new = number(database, "quarantine"), number(database, "customs")
    rows = database.execute("postgres", "select id, merged_into, merged_from from sw.party order by id")
    assert rows == [(old, new, DAY), (new, None, None)]
    assert f"→ customs {DAY}" in asked(database, "list", {}).text
    assert database.execute("postgres", JOURNAL)[-1] == ("party.merged", "system", "parties", [old, new])


@pytest.mark.parametrize(
    ("on", "fits"),
    [("2026-11-21", False), ("2026-11-22", True), ("2027-11-23", True), ("2027-11-24", False)],
)
def test_a_merger_begins_today_or_within_a_year(database: Database, clock: None, on: str, fits: bool) -> None:
    register(database, "agency", "quarantine", "first", partner="quarantine")
    register(database, "agency", "customs", "second", partner="customs")
    done = asked(database, "merge", {"--code": "quarantine", "--into": "customs", "--on": on})
    assert done.code == (0 if fits else 1)
    assert fits or codes(done) == ["accounts.merge_day"]
    assert fits or "2026-11-22 至 2027-11-23" in done.text
    rows = database.execute("postgres", "select count(*) from sw.party where merged_into is not null")
    assert rows == [(int(fits),)]


async def test_what_the_operator_does_with_parties_stands_in_their_message_boxes(
    database: Database, clock: None
) -> None:
    register(database, "platform", PLATFORM, "operator")
    register(database, "agency", "quarantine", "first", partner="quarantine")
    register(database, "agency", "customs", "second", partner="customs")
    register(database, "individual", SOMEBODY, "third")
    asked(database, "admit", {"--code": SOMEBODY, "--login": "fourth.admin", "--person": "某"})
    asked(database, "merge", {"--code": "quarantine", "--into": "customs", "--on": DAY.isoformat()})
    await boxed(database)
    told = database.execute("postgres", "select topic, party, title_zh from sw.notice order by topic, party")
    own, old, new, one = (number(database, code) for code in (PLATFORM, "quarantine", "customs", SOMEBODY))
    assert [(topic, party) for topic, party, _ in told] == [
        ("administrator_added", own),
        ("administrator_added", one),
        ("agency_merged", own),
        ("agency_merged", old),
        ("agency_merged", new),
    ]
    assert {title for *_, title in told} == {"甲新增管理员：fourth.admin", "甲自 2027-01-01 起并入甲"}


async def boxed(database: Database) -> None:
    """Number the journal and fill the message boxes."""
    async with await database.connect("sw_engine") as connection:
        while await sequence_once(connection, clock=lambda: AT):
            pass
    connection = await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True)
    async with connection:
        while await Box(concerned).once(connection):
            pass


def test_a_merger_that_cannot_be_is_declined(database: Database, clock: None) -> None:
    register(database, "agency", "quarantine", "first", partner="quarantine")
    register(database, "agency", "customs", "second", partner="customs")
    register(database, "agency", "culture", "third")
    register(database, "firm", FIRM, "fourth")

    def merged(code: str, into: str) -> Reply:
        return asked(database, "merge", {"--code": code, "--into": into, "--on": DAY.isoformat()})

    assert codes(merged("customs", "customs")) == ["accounts.merge_oneself"]
    assert codes(merged("nobody", "customs")) == ["accounts.party_unknown"]
    assert codes(merged(FIRM, "customs")) == ["accounts.merge_kind"]
    assert codes(merged("customs", "culture")) == ["accounts.merge_partner"]
    assert merged("quarantine", "customs").code == 0
    assert codes(merged("quarantine", "customs")) == ["accounts.merge_chain"]
    assert codes(merged("culture", "quarantine")) == ["accounts.merge_chain"]
    assert codes(merged("customs", "culture")) == ["accounts.merge_partner", "accounts.merge_chain"]
    with pytest.raises(Refusal, match="--on"):
        asked(database, "merge", {"--code": "culture", "--into": "customs"})
