"""Batches by HTTP: POST them, ask for what is there with one long poll, acknowledge what is kept."""

from __future__ import annotations

import asyncio
import codecs
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

import h11
import msgspec
from msgspec import Meta

from singlewindow.hub.exchange.transports import endpoint
from singlewindow.hub.exchange.transports.endpoint import LONGEST, Connecting, Named, Waiting, shown, unfit
from singlewindow.hub.exchange.transports.port import Inbound, Left, Rejected, Unanswered, Unreachable
from singlewindow.hub.exchange.transports.wire import Broken, Line, NotConnected, Reply
from singlewindow.hub.exchange.transports.withheld import AGAIN_S, Withheld
from singlewindow.kernel.clock import Clock, now
from singlewindow.kernel.messages import Problem, Text

LEAST_BODY, MOST_BODY = 1_000, 20_000_000  # bytes of an answer
MOST_WAIT_MS = 5_000
MOST_RETRY_AFTER_S = 3_600
MOST_REASON = 500
FEWER = (0, 100, 10, 1)  # receipts an answer, 0 as many as the partner likes; the next where one is too large
_RECEIPTS = "receipts@"
_CURSOR = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_SAFE_IN_PATH = "/%:@!$&'()*+,;="
_PORTS = {"http": 80, "https": 443}
_REFUSING = frozenset({400, 406, 409, 411, 413, 415, 422})  # about these bytes; other 4xx are about us
_NO_CONTENT = 204
_UNAVAILABLE = 503  # says that nothing was done; any other 5xx says nothing of what was done
ADDRESS = Text(
    "请给 https:// 开头的网址，不含用户名和密码（凭 token 认证）",
    "give an https:// address without user and password (token says who we are)",
)
ENCRYPTED = Text(
    "请用 https；封闭网络可设 plain_http = true",
    "https is needed, or plain_http = true must be set on a closed network",
)


class Busy(Unreachable):
    """The partner asks us to come back after ``retry_after_s`` seconds, at most an hour."""

    def __init__(self, text: str, retry_after_s: float) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


Token = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        pattern=r"^[\x21-\x7e]+$",
        extra={
            "zh": f"1 至 {LONGEST} 个可打印 ASCII 字符，不含空格",
            "en": f"1 to {LONGEST} printable ASCII characters without blanks",
        },
    ),
]
Media = Annotated[
    str,
    Meta(
        max_length=LONGEST,
        pattern=r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(; *[A-Za-z0-9=_.-]+)*$",
        extra={"zh": "媒体类型，如 application/xml", "en": "a media type such as application/xml"},
    ),
]


class Endpoint(endpoint.Endpoint, frozen=True, kw_only=True):
    """Where a partner listens. Unencrypted HTTP beyond this machine must be allowed by name."""

    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    url: Named
    token: Token
    receipts: Named = "receipts"
    connect_timeout_s: Connecting = 5.0
    read_timeout_s: Waiting = 30.0
    max_body: Annotated[int, Meta(ge=LEAST_BODY, le=MOST_BODY)] = MOST_BODY
    wait_ms: Annotated[int, Meta(ge=0, le=MOST_WAIT_MS)] = 1_000
    ca: Named | None = None
    plain_http: bool = False
    media: Media = "application/xml"

    def unfit(self) -> Iterator[Problem]:
        """An address that is none, or leads elsewhere than it says; it may hold a password."""
        url = _split(self.url)
        if url is None or "@" in url.netloc:
            yield unfit("url", "…", ADDRESS)
        elif url.scheme != "https" and not (url.scheme == "http" and (self.plain_http or _loopback(url))):
            yield unfit("url", shown(self.url), ENCRYPTED)
        elif _below(url, self.receipts) is None:
            yield unfit(
                "receipts",
                shown(self.receipts),
                Text(f"请给 {url.hostname} 上的路径", f"give a path on {url.hostname}; it must stay there"),
            )


class HttpTransport:
    """One partner over HTTP/1.1 with kept connections; no redirect and no other host is followed."""

    settings: ClassVar[type[endpoint.Endpoint]] = Endpoint

    def __init__(self, given: Mapping[str, Any], clock: Clock = now) -> None:
        self._endpoint = endpoint.read(Endpoint, given)
        self._url = urlsplit(self._endpoint.url)
        self._receipts_url = urlsplit(urljoin(self._endpoint.url, self._endpoint.receipts))
        self._headers = [
            ("Host", self._url.netloc.encode("idna").decode("ascii")),
            ("Authorization", f"Bearer {self._endpoint.token}"),
            ("Accept-Encoding", "identity"),
        ]
        self._clock = clock
        self._read = ""  # up to here we read: it is kept, or withheld
        self._withheld = Withheld()
        self._fewer = 0  # where in FEWER we are
        # The last answer: its cursor, the one asked after, and the one withheld that was asked for.
        self._answered: tuple[str, str, str | None] = ("", "", None)
        self._line: Line | None = None

    async def send(self, name: str, body: bytes) -> list[Inbound]:
        """POST the batch; its name is the idempotency key, so a lost answer may be asked for again."""
        headers = [("Idempotency-Key", name), ("Content-Type", self._endpoint.media)]
        reply = await self._ask("POST", self._url, body=body, headers=headers)
        inbound = _inbound(name, reply)
        return [inbound] if inbound.data else []

    async def fetch(self) -> list[Inbound]:
        """What came after the last cursor read; waits up to ``wait_ms`` for something to come.

        An answer that is too large is asked for again with fewer receipts, down to one: then what cannot be
        read is one receipt, and its neighbours are read.
        """
        looked_back = self._answered[2] is not None  # then it is the turn of what is new
        again = None if looked_back else self._withheld.due(self._clock())
        after = self._read if again is None else self._withheld.after(again)
        self._answered = ("", "", again)
        reply = await self._narrowed(after, alone=again is not None)
        if reply.status == _NO_CONTENT:
            if again is not None:
                self._withheld.forget(again)  # the partner has taken it back
            return []
        cursor = _cursor(reply)
        self._answered = (cursor, after, again)
        return [_inbound(_RECEIPTS + cursor, reply, lasting=True)]

    async def _narrowed(self, after: str, *, alone: bool) -> Reply:
        """The first answer that is small enough, or that holds one receipt."""
        step = len(FEWER) - 1 if alone else self._fewer
        while True:
            reply = await self._receipts(after, FEWER[step])
            if reply.whole or step == len(FEWER) - 1:
                self._fewer = self._fewer if alone else max(step - 1, 0)
                return reply
            step += 1

    async def _receipts(self, after: str, most: int) -> Reply:
        wait_ms = self._endpoint.wait_ms
        query = {"wait": str(wait_ms)} | ({"after": after} if after else {})
        query |= {"most": str(most)} if most else {}
        return await self._ask("GET", self._receipts_url, query, wait_ms / 1000)

    async def settle(self, inbound: Inbound) -> None:
        """Tell the partner that what one answer held is kept; answers to a send need no word.

        An acknowledgement names the cursor after which its answer began as well as the one with which it
        ended, so it covers that answer and nothing else. What was too large to read is passed over and not
        acknowledged; it is asked for again from time to time, and at every start. A partner that knows no
        ``after`` here forgets it with the next one that is read: of that one, what was kept is all there is.
        """
        cursor, after, again = self._answered
        if inbound.source != _RECEIPTS + cursor:
            return
        if inbound.problems:
            self._pass_over(cursor, after, again)
            return
        url = self._receipts_url._replace(path=self._receipts_url.path + "/ack")
        await self._ask("POST", url, {"cursor": cursor} | ({"after": after} if after else {}))
        if again is None:
            self._read = cursor
        else:
            self._withheld.came(again, cursor, self._clock())

    def left(self) -> Sequence[Left]:
        """Nothing: what is too large for one answer is kept as such, and asked for again."""
        return ()

    def _pass_over(self, cursor: str, after: str, again: str | None) -> None:
        self._withheld.add(cursor, after, self._clock())
        if again is None:
            self._read = cursor
        elif again != cursor:
            self._withheld.forget(again)  # it is gone: what stands there now is another

    async def close(self) -> None:
        """Drop the kept connections."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    async def _ask(
        self,
        method: str,
        url: SplitResult,
        query: Mapping[str, str] | None = None,
        longer_s: float = 0.0,
        *,
        body: bytes = b"",
        headers: Sequence[tuple[str, str]] = (),
    ) -> Reply:
        """A successful reply; one bound over all of it, so no drip can outlast it.

        Only what carries bytes of ours can be refused for good.
        """
        bound = self._endpoint.connect_timeout_s + self._endpoint.read_timeout_s + longer_s
        length = [("Content-Length", str(len(body)))] if method == "POST" else []
        asked = [*self._headers, *headers, *length]
        request = h11.Request(method=method, target=_target(url, query or {}), headers=asked)
        try:
            async with asyncio.timeout(bound):
                reply = await self._opened().ask(request, body, self._endpoint.max_body)
        except TimeoutError as error:
            raise Unanswered(f"no complete answer within {bound:g} s") from error
        except NotConnected as error:
            raise Unreachable(str(error)) from error
        except Broken as error:
            raise Unanswered(str(error)) from error
        self._judge(reply, ours=bool(body))
        return reply

    def _judge(self, reply: Reply, *, ours: bool) -> None:
        status = reply.status
        success = 200 <= status < 300
        if (success or (ours and status in _REFUSING)) and _packed(reply):
            raise Unanswered("the answer is compressed, which was not asked for")
        if success:
            return
        if ours and status in _REFUSING:
            raise Rejected(_refusal(status, _reason(reply.body)))
        after = _retry_after(reply.headers.get("retry-after", ""), self._clock())
        if after is not None:
            raise Busy(f"HTTP {status}, to be asked again after {after:g} s", after)
        if status >= 500 and status != _UNAVAILABLE:
            raise Unanswered(f"HTTP {status}")
        raise Unreachable(f"HTTP {status}")

    def _opened(self) -> Line:
        if self._line is None:
            at, url = self._endpoint, self._url
            context = _trusted(at.ca) if url.scheme == "https" else None
            port = url.port or _PORTS[url.scheme]
            self._line = Line(str(url.hostname), port, context, at.connect_timeout_s)
        return self._line


def _split(address: str) -> SplitResult | None:
    """The parts of an address that names a host, and a port that there can be."""
    try:
        url = urlsplit(address)
        named = url.hostname and url.port != 0 and url.netloc.encode("idna")
    except ValueError:
        return None
    return url if named and url.scheme in _PORTS else None


def _loopback(url: SplitResult) -> bool:
    host = url.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _below(url: SplitResult, path: str) -> SplitResult | None:
    """Where a path stands on the host of an address; None where it leads to another."""
    below = _split(urljoin(url.geturl(), path))
    if below is None or (below.scheme, below.hostname, below.port) != (url.scheme, url.hostname, url.port):
        return None
    return below


def _target(url: SplitResult, query: Mapping[str, str]) -> str:
    asked = "&".join(filter(None, (url.query, urlencode(query))))
    path = quote(url.path, safe=_SAFE_IN_PATH) or "/"
    return f"{path}?{asked}" if asked else path


def _trusted(ca: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not ca:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(ca)
    except OSError as error:
        raise Unreachable(f"ca {ca}: {error}") from error
    return context


def _packed(reply: Reply) -> bool:
    return bool(reply.body) and reply.headers.get("content-encoding", "identity") != "identity"


def _cursor(reply: Reply) -> str:
    cursor = reply.headers.get("receipts-cursor", "")
    if not _CURSOR.fullmatch(cursor):
        raise Unreachable("receipts came without a usable Receipts-Cursor header")
    return cursor


def _inbound(source: str, reply: Reply, *, lasting: bool = False) -> Inbound:
    problems = () if reply.whole else (_too_large(source, reply),)
    return Inbound(source, reply.body, problems, lasting)


def _retry_after(value: str, at: datetime) -> float | None:
    """Seconds, from a number of seconds or a date (RFC 9110 section 10.2.3)."""
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), MOST_RETRY_AFTER_S))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the second for numbers beyond any calendar's, and any clock's
        return None
    # “-0000” says UTC, and gives no zone; near the end of the calendar no other zone has the time.
    left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
    return min(max(left.total_seconds(), 0.0), MOST_RETRY_AFTER_S)


def _reason(body: bytes) -> str:
    """What the partner says, from problem details (RFC 9457) or plain text."""
    try:
        details = msgspec.json.decode(_decoded(body), type=dict[str, Any])
        said = str(details.get("detail") or details.get("title") or "")
    except (msgspec.DecodeError, RecursionError):  # the second for what is nested too deep
        said = _decoded(body[: 4 * MOST_REASON])
    return " ".join(said.split())[:MOST_REASON]


def _decoded(body: bytes) -> str:
    """By UTF-8 or GB18030, whichever it is; its end may be cut off in a character."""
    for charset in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return codecs.getincrementaldecoder(charset)().decode(body)
    return body.decode("utf-8", "replace")


def _refusal(status: int, reason: str) -> Text:
    return Text(f"对方拒收(HTTP {status})：{reason}", f"The partner refuses it (HTTP {status}): {reason}")


def _too_large(source: str, reply: Reply) -> Problem:
    bound, stated = len(reply.body), reply.headers.get("content-length", "")
    size = (f"（{stated} 字节）", f" ({stated} bytes)") if stated else ("", "")
    text = Text(
        f"对方的应答 {source}{size[0]}超过约定的 {bound} 字节，未予解读，仅保存其开头；其后的应答照常接收",
        f"the answer {source}{size[1]} is larger than the {bound} bytes agreed; only its beginning was kept,"
        " and what comes after it is taken as ever",
    )
    remedy = Text(
        f"请与对方将该回执拆小（每 {AGAIN_S // 60} 分钟自动重新索取），或调大对接配置的 max_body"
        f"（至多 {MOST_BODY}），再重启该组件",
        f"agree with the partner to make it smaller, it is asked for again every {AGAIN_S // 60} minutes; or"
        f" raise max_body in the endpoint (at most {MOST_BODY}), then restart this component",
    )
    return Problem("transport.answer-too-large", text, source, stated or f">{bound}", remedy)
