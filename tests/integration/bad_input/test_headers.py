"""What every answer carries whoever gives it; bodies that are encoded; addresses in capitals."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest

from integration.bad_input.door import PATH, Door, said
from integration.bad_input.test_wire import CHUNK, answer_on, head, line
from singlewindow.server import headers
from singlewindow.server.loaders import demo_secrets

pytestmark = pytest.mark.database
HTML, JSON, XML = "text/html", "application/json", "application/xml"
LONG = "x" * 20_000
ANSWERED = (
    ("GET", "/sign-in", {}, b"", 200),
    ("GET", "/language/en", {}, b"", 302),
    ("GET", "/consignments", {"accept": JSON}, b"", 401),
    ("GET", "/nothing", {}, b"", 404),
    ("GET", "/api/v1/nothing", {"accept": JSON}, b"", 404),
    ("GET", "/api/v1/me", {"accept": JSON}, b"", 401),
    ("POST", "/sign-in", {}, b"login=x", 403),
    ("OPTIONS", "/sign-in", {}, b"", 405),
    ("GET", f"/sign-in?{LONG}", {}, b"", 414),
    ("GET", "/sign-in", {"x-padding": LONG}, b"", 431),
    ("POST", "/sign-in", {}, LONG.encode(), 413),
    ("GET", "/live", {}, b"", 401),
    ("HEAD", "/live", {}, b"", 405),
    ("GET", "/static/nothing.css", {}, b"", 404),
    ("GET", PATH, {}, b"", 401),
    ("POST", PATH, {}, b"{}", 401),
    ("POST", PATH, {"content-type": XML}, b"<a/>", 401),
    ("GET", "/sign-in", {"host": "elsewhere.example"}, b"", 400),
)


def complete(answer: httpx.Response, *, kept: bool = False) -> None:
    """Every header, once; only files are kept on the way."""
    for name, value in headers.EVERYWHERE.items():
        found = answer.headers.get_list(name)
        assert len(found) == 1, (name, found)
        if name != "Cache-Control":
            assert found == [value], name
    assert ("no-store" in answer.headers["cache-control"]) is not kept


@pytest.fixture
def anybody(door: Door) -> Iterator[httpx.Client]:
    """Nobody in particular, in a browser."""
    with httpx.Client(base_url=door.platform.url, trust_env=False, timeout=20) as client:
        client.headers["accept"] = HTML
        yield client


@pytest.fixture
def broker(anybody: httpx.Client, door: Door) -> httpx.Client:
    """The demonstration's declarant, signed in."""
    anybody.get("/sign-in")
    fields = {"login": "broker", "password": demo_secrets(door.platform.configuration)["password"]}
    sent = {"x-csrftoken": anybody.cookies["csrftoken"]}
    assert anybody.post("/sign-in", data=fields, headers=sent).status_code == 302
    return anybody


@pytest.mark.parametrize(("method", "path", "sent", "body", "status"), ANSWERED)
def test_every_answer_carries_every_header(
    anybody: httpx.Client, method: str, path: str, sent: dict[str, str], body: bytes, status: int
) -> None:
    answer = anybody.request(method, path, headers=sent, content=body)
    assert answer.status_code == status, answer.text[:300]
    complete(answer)


def test_files_streams_and_receipts_do_too(broker: httpx.Client, door: Door) -> None:
    (style, *_) = re.findall(r'href="(/static/[^"]+\.css)"', broker.get("/declarations").text)
    file = broker.get(style)
    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    complete(file, kept=True)
    with broker.stream("GET", "/live") as stream:
        assert (stream.status_code, stream.headers["cache-control"]) == (200, "no-store")
        complete(stream)
    taken = door.post(door.fresh())
    assert taken.status_code == httpx.codes.ACCEPTED
    complete(taken)


@pytest.mark.parametrize("path", [PATH, "/api/v1/checks"])
def test_what_never_ends_is_refused_with_them(door: Door, path: str) -> None:
    with line(door) as opened:
        opened.sendall(head(door, b"Content-Length: 1000000", path=path) + CHUNK)
        slow = answer_on(opened)
    assert slow.status_code == httpx.codes.REQUEST_TIMEOUT
    complete(slow)


@pytest.mark.parametrize("path", [PATH, "/api/v1/checks"])
@pytest.mark.parametrize("media", [JSON, XML])
@pytest.mark.parametrize("coding", ["gzip", "identity, GZIP", "br"])
def test_a_body_in_a_coding_is_refused_by_its_header(
    untouched: Door, path: str, media: str, coding: str
) -> None:
    sent = untouched.authorization | {"content-encoding": coding, "content-type": media, "accept": media}
    answer = untouched.client.post(path, content=gzip.compress(untouched.fresh()), headers=sent)
    [problem] = said(answer)
    assert (answer.status_code, problem["field"]) == (415, "content-encoding")
    assert answer.headers["accept-encoding"] == "identity"
    assert ("xml" in answer.headers["content-type"]) == (media == XML)
    complete(answer)


@pytest.mark.parametrize("path", [PATH, "/api/v1/checks"])
@pytest.mark.parametrize("declared", ["GBK", "hex", "utf-16"])
def test_a_body_in_other_characters_is_refused_by_its_header(
    untouched: Door, path: str, declared: str
) -> None:
    sent = untouched.authorization | {"content-type": f"{JSON}; charset={declared}"}
    answer = untouched.client.post(path, content=untouched.fresh(), headers=sent)
    [problem] = said(answer)
    assert (answer.status_code, problem["code"]) == (415, "request.charset")
    assert (problem["field"], problem["value"]) == ("content-type", declared.lower())


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=Z")


@pytest.mark.parametrize("media", FORMS)
@pytest.mark.parametrize("declared", ["gb18030", "hex", "idna", "undefined"])
def test_a_form_in_other_characters_is_refused_in_words(
    anybody: httpx.Client, media: str, declared: str
) -> None:
    """Some are names of what decodes no text: such a form was a fault of ours, and a trace in the log."""
    anybody.get("/sign-in")
    body = b"--Z\r\nContent-Disposition: form-data; name=login\r\n\r\nx\r\n--Z--"
    sent = {"content-type": f"{media}; charset={declared}", "x-csrftoken": anybody.cookies["csrftoken"]}
    answer = anybody.post("/sign-in", content=body, headers=sent)
    assert answer.status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE
    assert "UTF-8" in answer.text


def test_identity_is_no_coding_and_people_read_of_one_in_a_page(door: Door, broker: httpx.Client) -> None:
    taken = door.post(door.fresh(), {"content-encoding": "identity"})
    assert taken.status_code == httpx.codes.ACCEPTED
    sent = {"x-csrftoken": broker.cookies["csrftoken"], "content-encoding": "gzip"}
    answer = broker.post("/notices/read", content=gzip.compress(b"up_to=1"), headers=sent)
    assert answer.status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE
    assert "Content-Encoding" in answer.text
    assert answer.headers["accept-encoding"] == "identity"


def test_an_id_in_capitals_is_the_same_id_and_is_answered_as_it_is_written_here(
    door: Door, broker: httpx.Client
) -> None:
    id_ = door.post(door.fresh()).json()["submission_id"]
    assert id_.upper() != id_
    small, large = (
        door.client.get(f"/api/v1/submissions/{one}/content", headers=door.authorization)
        for one in (id_, id_.upper())
    )
    assert (large.status_code, large.json()) == (small.status_code, small.json()) == (200, small.json())
    standing = door.client.get(f"/api/v1/submissions/{id_.upper()}", headers=door.authorization)
    assert (standing.status_code, standing.json()["submission_id"]) == (200, id_)
    page = broker.get(f"/consignments/{id_.upper()}/declaration")
    assert page.status_code == httpx.codes.OK
    assert id_.upper() not in page.text
