"""Who answers a path, and how the natives are opened and closed."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any

import pytest

from singlewindow.server import headers, static
from singlewindow.server.asgi import Composition
from singlewindow.server.bounded import (
    LONGEST_ADDRESS,
    LONGEST_HEADERS,
    MOST_HEADERS,
    UNREAD,
    Why,
    oversize,
)
from singlewindow.server.paths import canonical


def named(name: str, calls: list[str]) -> Any:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        calls.append(name)

    return application


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("POST", "/api/v1/submissions", "door"),
        ("GET", "/api/v1/submissions", "django"),
        ("POST", "/api/v1/submissions/x", "django"),
        ("GET", "/live", "live"),
        ("GET", "/live/1", "live"),
        ("GET", "/livery", "django"),
        ("HEAD", "/live", "live"),
        ("POST", "/live", "django"),
        ("PUT", "/static/a/b.css", "django"),
        ("GET", "/static/a/b.css", "static"),
        ("GET", "/statics", "django"),
        ("GET", "/", "django"),
        ("post", "/api/v1/submissions", "door"),  # as Django takes it for POST, so does everybody
        ("Get", "/live", "live"),
    ],
)
async def test_paths_go_to_whom_they_belong(method: str, path: str, who: str) -> None:
    calls: list[str] = []
    natives = {"POST /api/v1/submissions": "door", "/live": "live", "/static/": "static"}
    whole = Composition({key: named(name, calls) for key, name in natives.items()}, named("django", calls))
    await whole(scope(method, path), None, None)  # type: ignore[arg-type]
    assert calls == [who]


def scope(method: str, path: str, query: bytes = b"", headers: Sequence[tuple[bytes, bytes]] = ()) -> Any:
    raw = path.encode()
    return {"type": "http", "method": method, "path": path, "raw_path": raw} | {
        "query_string": query,
        "headers": list(headers),
    }


async def test_nobody_gets_past_the_entrance_by_writing_post_small() -> None:
    seen: list[str] = []

    async def entrance(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["method"])

    await Composition({}, entrance)(scope("pOSt", "/sign-in"), None, None)  # type: ignore[arg-type]
    assert seen == ["POST"]


@pytest.mark.parametrize("https", [True, False])
async def test_whoever_answers_its_answer_is_completed(https: bool) -> None:
    async def stating(scope: Any, receive: Any, send: Any) -> None:
        own = [(b"Cache-Control", b"private")]
        await send({"type": "http.response.start", "status": 200, "headers": own})

    for path in ("/live", "/elsewhere"):
        said = await started(Composition({"/live": stating}, stating, headers.everywhere(https=https)), path)
        assert [value for name, value in said if name == b"cache-control"] == [b"private"]
        assert {name for name, _ in said} >= {name.lower().encode() for name in headers.EVERYWHERE}
        lasting = [value for name, value in said if name == b"strict-transport-security"]
        assert lasting == [b"max-age=31536000"] * https


async def started(whole: Composition, path: str) -> list[tuple[bytes, bytes]]:
    """The headers with which an answer begins."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await whole(scope("GET", path), None, send)  # type: ignore[arg-type]
    return list(sent[0]["headers"])


LONGEST = LONGEST_ADDRESS - len("/live")
MANY = [(b"x-%d" % n, b"1") for n in range(MOST_HEADERS)]
LARGE = [(b"cookie", b"c" * (LONGEST_HEADERS - len("cookie")))]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"query": b"q" * LONGEST}, None),
        ({"query": b"q" * (LONGEST + 1)}, Why.ADDRESS_TOO_LONG),
        ({"headers": MANY}, None),
        ({"headers": [*MANY, (b"y", b"")]}, Why.HEADERS_TOO_LARGE),
        ({"headers": LARGE}, None),
        ({"headers": [*LARGE, (b"y", b"")]}, Why.HEADERS_TOO_LARGE),
    ],
)
async def test_what_is_asked_with_too_much_goes_to_the_pages_to_be_refused(
    asked: dict[str, Any], why: Why | None
) -> None:
    calls: list[str] = []
    whole = Composition({"/live": named("live", calls)}, named("django", calls))
    request = scope("GET", "/live", **asked)
    await whole(request, None, None)  # type: ignore[arg-type]
    assert (calls, request.get(UNREAD)) == (["django" if why else "live"], why)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/a/0193ABCD-0000-7000-8000-0000000000AA/b", "/a/0193abcd-0000-7000-8000-0000000000aa/b"),
        ("/a/0193ABCD-0000-7000-8000-0000000000AA", "/a/0193abcd-0000-7000-8000-0000000000aa"),
        ("/a/0193ABCD-0000-7000-8000-0000000000AAA", "/a/0193ABCD-0000-7000-8000-0000000000AAA"),
        ("/codes/PORT-A", "/codes/PORT-A"),
    ],
)
def test_ids_in_capitals_are_the_same_ids_and_nothing_else_is_made_small(asked: str, answered: str) -> None:
    assert canonical(asked) == answered


def test_an_address_is_measured_as_it_was_sent() -> None:
    chinese = scope("GET", "/" + "税" * (LONGEST_ADDRESS // 3))
    assert oversize(chinese) is None
    assert oversize(chinese | {"raw_path": b"/" + b"%E7%A8%8E" * (LONGEST_ADDRESS // 3)}) is not None


class Opened:
    """A native application that must open something."""

    def __init__(self, name: str, news: list[str], fails: bool = False) -> None:
        self.name, self.news, self.fails = name, news, fails

    async def __aenter__(self) -> Opened:
        if self.fails:
            raise OSError("no")
        self.news.append(f"open {self.name}")
        return self

    async def __aexit__(self, *error: object) -> None:
        self.news.append(f"close {self.name}")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError


async def lifespan(whole: Composition, news: list[str]) -> None:
    events = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": next(events)}

    async def send(message: Any) -> None:
        news.append(message["type"])

    await whole({"type": "lifespan"}, receive, send)


async def test_lifespan_opens_all_and_closes_in_reverse() -> None:
    news: list[str] = []
    whole = Composition({"/long": Opened("a", news), "/b": Opened("b", news)}, named("django", []))
    await lifespan(whole, news)
    assert news == [
        "open a", "open b", "lifespan.startup.complete", "close b", "close a", "lifespan.shutdown.complete"
    ]  # fmt: skip


async def test_a_native_that_does_not_open_stops_the_start() -> None:
    news: list[str] = []
    whole = Composition({"/aa": Opened("a", news), "/b": Opened("b", news, fails=True)}, named("django", []))
    with pytest.raises(OSError, match="no"):
        await lifespan(whole, news)
    assert news == ["open a", "lifespan.startup.failed", "close a"]


async def ask(path: str, method: str = "GET", accept: bytes = b"") -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": [(b"accept-encoding", accept)]}
    await static.StaticFiles()(scope, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def test_files_are_whole_packed_when_asked_and_never_expire() -> None:
    name, path = next((name, path) for name, path in static.files() if name.endswith("htmx-2.min.js"))
    status, headers, body = await ask(static.url() + name)
    assert (status, body) == (200, path.read_bytes())
    assert b"immutable" in headers[b"cache-control"]
    assert headers[b"content-type"] == b"text/javascript; charset=utf-8"
    _, packed, zipped = await ask(static.url() + name, accept=b"br, gzip")
    assert packed[b"content-encoding"] == b"gzip"
    assert gzip.decompress(zipped) == body
    assert (await ask(static.url() + name, method="HEAD"))[2] == b""


@pytest.mark.parametrize("name", ["../settings.py", "nothing.css", "", "ui/../../x"])
async def test_nothing_else_is_a_file(name: str) -> None:
    assert (await ask(static.url() + name))[0] == 404
