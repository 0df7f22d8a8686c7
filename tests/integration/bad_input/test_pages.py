"""What anybody may send to the pages: odd numbers, odd forms, odd ways back; no page fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from integration.bad_input.door import Door, said
from singlewindow.server.loaders import demo_secrets

pytestmark = pytest.mark.database
LARGE = "9" * 20
NUMBERS = (
    "/journal/{}",
    "/exchange/letters/{}",
    "/exchange/answers/{}",
    "/accounts/people/{}/roles",
    "/accounts/tokens/{}/revoke",
    "/accounts/mandates/{}/end",
)
DRAFT = "/declarations/01930000-0000-7000-8000-0000000000aa"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=Z"
NO_BASE64 = (
    b"--Z\r\nContent-Disposition: form-data; name=f; filename=x\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n%%%\r\n--Z--"
)
UNREADABLE = (
    ("too many fields", FORM, b"a=1&" * 20_001),
    ("no boundary", "multipart/form-data", b"x"),
    ("bytes that are no base64", MULTIPART, NO_BASE64),
)


@pytest.fixture(scope="module")
def person(door: Door) -> Iterator[httpx.Client]:
    """The demonstration's declarant, signed in, with the token that every form of theirs carries."""
    with httpx.Client(base_url=door.platform.url, trust_env=False, timeout=20) as client:
        client.headers.update({"accept": "text/html", "referer": door.platform.url})
        client.get("/sign-in")
        fields = {"login": "broker", "password": demo_secrets(door.platform.configuration)["password"]}
        client.headers["x-csrftoken"] = client.cookies["csrftoken"]
        assert client.post("/sign-in", data=fields).status_code == 302
        client.headers["x-csrftoken"] = client.cookies["csrftoken"]
        yield client


def page(answer: httpx.Response, status: int) -> str:
    """What a page says; there is one, in the language of the person, and it is not that of a failure."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    [said] = re.findall("<main.*</main>", answer.text, re.DOTALL)
    return str(said)


@pytest.mark.parametrize("path", NUMBERS)
def test_a_number_larger_than_any_table_counts_is_no_such_page(person: httpx.Client, path: str) -> None:
    for method in ("GET", "POST"):
        assert "没有这项内容" in page(person.request(method, path.format(LARGE)), 404)


def test_whoever_is_signed_in_keeps_the_menu_beside_what_is_refused(door: Door, person: httpx.Client) -> None:
    for path in ("/nowhere", NUMBERS[0].format(LARGE)):
        assert 'href="/declarations"' in person.get(path).text
    assert 'href="/declarations"' in person.put("/declarations").text
    stranger = httpx.get(f"{door.platform.url}/nowhere", headers={"accept": "text/html"}, trust_env=False)
    assert "没有这项内容" in page(stranger, 404)
    assert 'href="/declarations"' not in stranger.text


@pytest.mark.parametrize(
    ("kind", "body"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
def test_a_form_that_cannot_be_read_is_refused_in_words(person: httpx.Client, kind: str, body: bytes) -> None:
    headers = {"content-type": kind}
    assert "请求无法识别" in page(person.post("/notices/read", content=body, headers=headers), 400)
    by_program = person.post("/notices/read", content=body, headers=headers | {"accept": "application/json"})
    assert (by_program.status_code, said(by_program)[0]["code"]) == (400, "request.malformed")


@pytest.mark.parametrize("path", ["/sign-in", "/accounts/me/password"])
def test_a_form_with_a_password_that_is_too_large_is_refused_in_words(
    person: httpx.Client, path: str
) -> None:
    fields = {"login": "broker", "password": "x" * 20_000}
    assert "超过 16 KB，没有办理" in page(person.post(path, data=fields), 413)
    answer = person.post(path, data=fields, headers={"accept-language": "en", "accept": "application/json"})
    [problem] = said(answer)
    assert (answer.status_code, problem["code"]) == (413, "request.too_large")
    assert problem["remedy"]["en"].startswith("Go back to the page")


@pytest.mark.parametrize("path", ["/declarations/import", *(f"{DRAFT}/{verb}" for verb in ("check", "save"))])
def test_a_document_in_a_form_is_told_how_to_be_sent(person: httpx.Client, path: str) -> None:
    body = b'--Z\r\nContent-Disposition: form-data; name="f"; filename="a.xml"\r\n\r\n<DecMessage/>\r\n--Z--'
    answer = person.post(path, content=body, headers={"content-type": MULTIPART})
    [problem] = said(answer)
    assert (answer.status_code, problem["code"], problem["field"]) == (400, "multipart", "content-type")


@pytest.mark.parametrize("back", ["%", "[]", "2026-11-21T99:99", "//elsewhere", "javascript:x", "\\", LARGE])
def test_nobody_is_led_astray_after_reading(person: httpx.Client, back: str) -> None:
    answer = person.post("/notices/read", data={"up_to": LARGE, "next": back})
    assert (answer.status_code, answer.headers["location"]) == (302, "/notices")


@pytest.mark.parametrize(
    ("method", "header", "status"),
    [("POST", "referer", 403), ("POST", "origin", 403), ("GET", "hx-current-url", 401)],
)
def test_a_header_with_an_address_that_is_none_leads_home(
    door: Door, method: str, header: str, status: int
) -> None:
    headers = {"accept": "text/html", header: "http://[::1"} | ({"hx-request": "1"} if status == 401 else {})
    answer = httpx.request(method, f"{door.platform.url}/hall", headers=headers, trust_env=False)
    assert answer.status_code == status
    assert answer.headers.get("hx-redirect", "/sign-in") == "/sign-in"


@pytest.mark.parametrize("path", ["/declarations", "/journal/1", "/live", "/sign-in", "/language/en"])
def test_what_is_asked_by_another_method_is_told_so(person: httpx.Client, path: str) -> None:
    answer = person.put(path)
    if path == "/live":  # its own answers are streams; nothing else is there
        assert "没有这项内容" in page(answer, 404)
    else:
        assert "此处不接受这种请求方法" in page(answer, 405)
        assert "GET" in answer.headers["allow"]


def test_what_is_refused_fills_no_log(door: Door, person: httpx.Client) -> None:
    person.post("/notices/read", content=b"x", headers={"content-type": "multipart/form-data"})
    assert "Traceback" not in (door.platform.data / "log" / "web.log").read_text("utf-8")


@pytest.mark.parametrize("number", ["<script>alert(1)</script>", '"><b>', "\x00", "９" * 500, "\ud7ff\u202e"])
def test_whatever_is_asked_on_the_public_home_is_answered_as_text(door: Door, number: str) -> None:
    with httpx.Client(base_url=door.platform.url, trust_env=False, timeout=20) as anybody:
        said = page(anybody.get("/", params={"number": number}, headers={"accept": "text/html"}), 200)
    assert "<script>" not in said
    assert "<b>" not in said.partition('id="number"')[2].partition("</form>")[0]
    assert 'class="told" role="status"' in said
