"""What parties write and others read is text on every page: no element, attribute or sum comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from lxml import html

from programs import Json, World, until
from running import body_of, declaration
from singlewindow.kernel.clock import now
from singlewindow.server.loaders import demo_secrets
from strangers import KINDS, Account, signed_in

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
BOX, DRAFT = "CQXU2045171", "01930000-0000-7000-8000-0000000000d7"
UNREAD = "01930000-0000-7000-8000-0000000000d8"
LEADING = ("href", "src", "action", "formaction", "hx-get", "hx-post")
ELEMENTS = (
    *("contract_number", "remarks", "consignee_name", "consignee_address", "overseas_consignor_name"),
    *("conveyance_name", "goods_place", "marks", "bill_of_lading_number", "ship_operator", "berth"),
)
OF_GOODS = ("goods_name", "goods_model")
UNSEEN = ("\u202e", "\u2066", "\u200b", "\ufeff", "\u061c", "\U000e0041")
SUM, COMES_TO = "99*999", 99 * 999  # more than any place in the journal of a test
TAG = re.compile(rf"\{{\{{{re.escape(SUM)}\}}\}}(\w+)")
PARTY = "update sw.party set name_zh = %s, name_en = %s where code = %s"
MANDATES = "delete from sw.mandate where principal in (select id from sw.party where code = %s)"
DOCUMENTS = "select id from document where submission_id = %s and partner is not null"


def marked(tag: str) -> str:
    """What would be an element, an attribute or a template's sum, were it read as such; in 32 characters."""
    return f'"><sw7 onclick=x()>{{{{{SUM}}}}}{tag}'


@pytest.fixture(scope="module")
def consignment(unnoted: World) -> str:
    """One whose every free text is markup."""
    words = {name: marked(f"e{n}") for n, name in enumerate(ELEMENTS)}
    document = declaration(bill_number="CQX2511070386-MKP", voyage_number="-MKP", **words)
    document["values"]["goods"][0] |= {name: marked(f"g{n}") for n, name in enumerate(OF_GOODS)}
    answer = unnoted.broker.ask("POST", "/submissions", body_of(document), "markup")
    assert answer.status == 202, answer.body
    found = str(answer.json["submission_id"])
    until(lambda: unnoted.customs.ask("GET", f"/consignments/{found}").status == 200)
    return found


@pytest.fixture(scope="module")
def order(unnoted: World, consignment: str) -> Iterator[str]:
    """An inspection of it with everything that people write of one, and the rest of what is written."""
    given: Json = {"consignment": consignment, "subject": {"kind": "container", "number": BOX}}
    given |= {"basis": marked("basis"), "text": marked("text")}
    inspect = {"order": "inspect", "method": "opened", "items": [marked("item")]}
    assert unnoted.customs.act("/instructions", given | inspect)["standing"] == "done"
    assert unnoted.quarantine.act("/instructions", given | {"order": "hold"})["standing"] == "done"
    (held,) = [one for one in orders_of(unnoted, consignment, "quarantine") if one["channel"] == "screen"]
    lifted = {"reason": marked("withdrawal")}
    assert unnoted.quarantine.act(f"/instructions/{held['id']}/withdrawal", lifted)["standing"] == "done"
    (found,) = until(
        lambda: unnoted.customs.get("/inspections", consignment=consignment, open="true")["items"]
    )
    place = f"/inspections/{found['id']}"
    when = (now() + timedelta(hours=2)).isoformat()
    for tag in ("calledoff", "yard"):
        agreed = unnoted.terminal.act(f"{place}/appointment", {"when": when, "place": marked(tag)})
        assert agreed["standing"] == "done"
        if tag == "calledoff":
            cancelled = {"reason": marked("cancellation")}
            assert unnoted.terminal.act(f"{place}/appointment/cancellation", cancelled)["standing"] == "done"
    assert unnoted.terminal.act(f"{place}/arrival")["standing"] == "done"
    assert unnoted.customs.act(f"{place}/beginning")["standing"] == "done"
    noted = [{"item": marked("item"), "result": "abnormal", "note": marked("note")}]
    assert unnoted.customs.act(f"{place}/results", {"results": noted})["standing"] == "done"
    draft = {"document": "goods_declaration", "version": 0, "values": {"bill_number": marked("draft")}}
    assert unnoted.broker.ask("PUT", f"/drafts/{DRAFT}", draft).status == 200
    yield found["id"]
    assert unnoted.broker.ask("DELETE", f"/drafts/{DRAFT}").status == 204


def orders_of(unnoted: World, consignment: str, agency: str) -> list[Json]:
    found = unnoted.customs.pages(f"/consignments/{consignment}/instructions")
    return [one for one in found if one["agency"] == agency]


@pytest.fixture(scope="module")
def readers(unnoted: World, outside: list[Account]) -> Iterator[dict[str, Account]]:
    """Whoever reads it; a firm whose name, person, token and mandate are markup, too."""
    firm = next(one for one in outside if one.name == "stranger-firm")
    password = demo_secrets(unnoted.platform.configuration)["password"]
    logins = (
        "broker",
        "importer",
        "importer-admin",
        "forwarder",
        "customs",
        "quarantine",
        "border",
        "terminal",
    )
    dsn = unnoted.platform.configuration.dsn("postgres")
    with psycopg.connect(dsn, autocommit=True) as to, ExitStack() as opened:
        to.execute(PARTY, [marked("party"), marked("party"), KINDS["firm"]])
        opened.callback(to.execute, MANDATES, [KINDS["firm"]])
        made = {"stranger-firm": firm}
        for login in (*logins, "gate", "administrator", "auditor"):
            made[login] = Account(login, 0, signed_in(unnoted.platform, login, password))
            opened.callback(made[login].client.close)
        admitted = {
            "login": "stranger-marked",
            "name": marked("person"),
            "roles": "declarant",
            "language": "en",
        }
        assert firm.ask("POST", "/accounts/people", admitted).status_code == 200
        token = {"name": marked("token"), "scopes": "declarations.read", "days": "30"}
        assert firm.ask("POST", "/accounts/tokens/issue", token).status_code == 200
        day = f"{now():%Y}-12-31"
        offer = {
            "agent": "91500112MADEM0A1XL",
            "scope": "goods_declaration",
            "valid_from": day,
            "valid_to": day,
        }
        assert firm.ask("POST", "/accounts/mandates/offer", offer).status_code == 302
        lane = {"reason": marked("lane")}
        assert made["administrator"].ask("POST", "/exchange/lanes/maritime/pause", lane).status_code == 302
        opened.callback(made["administrator"].ask, "POST", "/exchange/lanes/maritime/resume", lane)
        yield made


def pages(consignment: str, order: str, documents: list[str]) -> list[str]:
    """Where it is read, printed or found."""
    one = f"/consignments/{consignment}"
    fixed = "/hall /hall/today /declarations /consignments /consignments/entrusted /inspections /tasks /gate"
    fixed += " /notices /notices/latest /journal /accounts /accounts/tokens /accounts/mandates /accounts/me"
    fixed += f" /exchange /exchange/lanes/maritime /declarations/{DRAFT} /declarations/new"
    found = [*fixed.split(), one, f"{one}/live", f"{one}/declaration", f"/journal?about={consignment}"]
    found += [
        f"/inspections/{order}",
        f"/instructions/new?about={consignment}",
        "/search?q=CQX2511070386-MKP",
    ]
    found += [f"/declarations/new?of={consignment}", f"/search?q=%3Csw7%20onclick%3Dx()%3E{{{{{SUM}}}}}query"]
    return found + [f"{one}/documents/{each}" for each in documents]


def read_as_markup(page: str) -> list[str]:
    """What has become of somebody's words that should not have."""
    whole = html.document_fromstring(page)
    scripts = [
        one for one in whole.iter("script") if not one.get("src") and one.get("type") != "application/json"
    ]
    found = [html.tostring(one, encoding="unicode")[:200] for one in (*whole.iter("sw7"), *scripts)]
    for element in whole.iter(html.etree.Element):
        for name, value in element.attrib.items():
            led = name in LEADING and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
            found += [f"{element.tag} {name}={value[:80]}"] * bool(led or name.startswith("on"))
    sums = re.finditer(rf"(?<![\w-]){COMES_TO}(?!\d)", page)  # not within an id
    return found + [page[at.start() - 40 : at.end()] for at in sums]


def test_what_somebody_wrote_is_text_to_everybody(
    unnoted: World, consignment: str, order: str, readers: dict[str, Account]
) -> None:
    documents = [str(one) for (one,) in unnoted.platform.ask(DOCUMENTS, consignment)]
    written_in = [one["position"] for one in unnoted.quarantine.pages("/journal/entries", about=consignment)]
    wrong, told = [], set()
    for account in readers.values():
        entries = [f"/journal/{one}" for one in written_in if account.name == "quarantine"]
        for path in pages(consignment, order, documents) + entries:
            answer = account.ask("GET", path)
            if answer.status_code == 200 and answer.text.strip():
                wrong += [(account.name, path, one) for one in read_as_markup(answer.text)]
                told |= set(TAG.findall(answer.text))
    assert wrong == []
    written = {f"e{n}" for n in range(len(ELEMENTS))} | {f"g{n}" for n in range(len(OF_GOODS))}
    written |= {"basis", "text", "item", "calledoff", "cancellation", "yard", "note", "draft"}
    assert told >= written | {"party", "person", "token", "lane", "query"}


def test_what_is_fetched_is_never_taken_for_a_page(
    unnoted: World, consignment: str, order: str, readers: dict[str, Account]
) -> None:
    (document, *_) = (one for (one,) in unnoted.platform.ask(DOCUMENTS, consignment))
    message = f"/consignments/{consignment}/documents/{document}/message"
    fetched = [readers["broker"].ask("GET", message)]
    for path in (f"/submissions/{consignment}/content", f"/journal/entries?about={consignment}"):
        answer = unnoted.broker.ask("GET", path)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert marked("e1") == unnoted.broker.get(f"/submissions/{consignment}/content")["values"]["remarks"]
    for answer in fetched:
        assert answer.status_code == 200
        assert "html" not in answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda one: f"U+{ord(one):04X}")
def test_nobody_writes_what_nobody_sees(
    unnoted: World, consignment: str, order: str, readers: dict[str, Account], unseen: str
) -> None:
    text, place = f"正常{unseen}文字", f"/inspections/{order}"
    given: Json = {
        "consignment": consignment,
        "order": "hold",
        "subject": {"kind": "container", "number": BOX},
    }
    asked: list[tuple[Any, str, Json]] = [
        *((unnoted.quarantine, "/instructions", given | {name: text}) for name in ("basis", "text")),
        (unnoted.customs, f"{place}/repetition", {"reason": text}),
        (unnoted.terminal, f"{place}/appointment", {"when": now().isoformat(), "place": text}),
        (unnoted.terminal, f"{place}/appointment/cancellation", {"reason": text}),
        (unnoted.customs, f"{place}/results", {"results": [{"item": "x", "result": "normal", "note": text}]}),
    ]
    assert [program.ask("POST", path, body, "unseen").status for program, path, body in asked] == [422] * len(
        asked
    )
    for element in ("remarks", "marks", "consignee_name"):
        checked = unnoted.broker.ask("POST", "/checks", declaration(**{element: text})).json
        assert not checked["fit"], element
    firm = readers["stranger-firm"]
    admitted = firm.ask(
        "POST", "/accounts/people", {"login": "stranger-no", "name": text, "roles": "declarant"}
    )
    token = firm.ask(
        "POST", "/accounts/tokens/issue", {"name": text, "scopes": "declarations.read", "days": "30"}
    )
    assert (admitted.status_code, token.status_code) == (422, 422)
    lane = readers["administrator"].ask("POST", "/exchange/lanes/border/pause", {"reason": text})
    assert lane.status_code == 422


def test_a_draft_is_called_by_what_can_be_seen(unnoted: World, readers: dict[str, Account]) -> None:
    version = unnoted.broker.get("/definitions/goods_declaration")["version"]
    sheet = {"version": 0, "definition": version, "values": {"bill_number": "BILL".join(UNSEEN)}}
    saved = readers["broker"].ask("POST", f"/declarations/{UNREAD}/save", json=sheet)
    assert saved.status_code == 200
    listed = readers["broker"].ask("GET", "/declarations").text
    assert unnoted.broker.ask("DELETE", f"/drafts/{UNREAD}").status == 204
    assert "BILL" * (len(UNSEEN) - 1) in listed
    assert not set(UNSEEN) & set(listed)
