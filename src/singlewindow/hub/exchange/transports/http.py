"""Batches by HTTP: POST them, ask for what is there with one long poll, acknowledge what is kept."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any

import httpx
import msgspec

from singlewindow.hub.exchange.transports.port import Inbound, Rejected, Unanswered, Unreachable
from singlewindow.kernel.clock import Clock, now
from singlewindow.kernel.messages import Problem, Text

MOST_BODY = 20_000_000
MOST_WAIT_MS = 5_000
MOST_RETRY_AFTER_S = 3_600
MOST_REASON = 500
_RECEIPTS = "receipts@"
_CURSOR = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_REFUSING = frozenset({400, 406, 409, 411, 413, 415, 422})  # about these bytes; other 4xx are about us
_UNAVAILABLE = 503  # says that nothing was done; any other 5xx says nothing of what was done
_NOT_HANDED_OVER = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Busy(Unreachable):
    """The partner asks us to come back after ``retry_after_s`` seconds, at most an hour."""

    def __init__(self, text: str, retry_after_s: float) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a partner listens. Unencrypted HTTP beyond this machine must be allowed by name."""

    url: str
    token: str
    receipts: str = "receipts"
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 30.0
    max_body: int = MOST_BODY
    wait_ms: int = 1_000
    ca: str | None = None
    plain_http: bool = False
    media: str = "application/xml"


class HttpTransport:
    """One partner over HTTP/1.1 with kept connections; no redirect and no other host is followed."""

    def __init__(self, endpoint: Mapping[str, Any], clock: Clock = now) -> None:
        known = {key: value for key, value in endpoint.items() if key in Endpoint.__struct_fields__}
        self._endpoint = msgspec.convert(known, Endpoint)
        self._send_url = _checked(self._endpoint)
        self._receipts_url = _below(self._send_url, self._endpoint.receipts)
        self._clock = clock
        self._cursor = ""
        self._withheld = False  # something was not read: acknowledging what follows would drop it there
        self._client: httpx.AsyncClient | None = None

    async def send(self, name: str, body: bytes) -> list[Inbound]:
        """POST the batch; its name is the idempotency key, so a lost answer may be asked for again."""
        headers = {"Idempotency-Key": name, "Content-Type": self._endpoint.media}
        async with self._exchange("POST", self._send_url, ours=True, content=body, headers=headers) as answer:
            inbound = _inbound(name, *await self._body(answer))
        return [inbound] if inbound.data else []

    async def fetch(self) -> list[Inbound]:
        """What came after the last settled cursor; waits up to ``wait_ms`` for something to come."""
        wait_ms = min(self._endpoint.wait_ms, MOST_WAIT_MS)
        query = {"wait": str(wait_ms)} | ({"after": self._cursor} if self._cursor else {})
        async with self._exchange("GET", self._receipts_url, wait_ms / 1000, params=query) as answer:
            if answer.status_code == httpx.codes.NO_CONTENT:
                return []
            cursor = answer.headers.get("receipts-cursor", "")
            if not _CURSOR.fullmatch(cursor):
                raise Unreachable("receipts came without a usable Receipts-Cursor header")
            return [_inbound(_RECEIPTS + cursor, *await self._body(answer))]

    async def settle(self, inbound: Inbound) -> None:
        """Tell the partner that everything up to this cursor is kept; answers to a send need no word.

        What was too large to read is passed over here and never acknowledged, and nothing after it, as
        that would acknowledge it too: the partner keeps it until a component with a greater bound asks.
        """
        if not inbound.source.startswith(_RECEIPTS):
            return
        cursor = inbound.source.removeprefix(_RECEIPTS)
        self._withheld = self._withheld or bool(inbound.problems)
        if self._withheld:
            self._cursor = cursor
            return
        url = self._receipts_url.copy_with(path=self._receipts_url.path + "/ack")
        async with self._exchange("POST", url, params={"cursor": cursor}):
            self._cursor = cursor

    async def close(self) -> None:
        """Drop the kept connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _exchange(
        self, method: str, url: httpx.URL, longer_s: float = 0.0, *, ours: bool = False, **parts: Any
    ) -> AsyncIterator[httpx.Response]:
        """A successful response, still unread; one bound over all of it, so no drip can outlast it.

        Only what carries bytes of ``ours`` can be refused for good.
        """
        bound = self._endpoint.connect_timeout_s + self._endpoint.read_timeout_s + longer_s
        try:
            async with asyncio.timeout(bound), self._opened().stream(method, url, **parts) as answer:
                await self._judge(answer, ours)
                yield answer
        except TimeoutError as error:
            raise Unanswered(f"no complete answer within {bound:g} s") from error
        except _NOT_HANDED_OVER as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise Unanswered(f"{type(error).__name__}: {error}") from error

    async def _judge(self, answer: httpx.Response, ours: bool) -> None:
        status = answer.status_code
        if answer.is_success:
            return
        if ours and status in _REFUSING:
            raise Rejected(_refusal(status, _reason((await self._body(answer))[0])))
        after = _retry_after(answer.headers.get("retry-after", ""), self._clock())
        if after is not None:
            raise Busy(f"HTTP {status}, to be asked again after {after:g} s", after)
        if answer.is_server_error and status != _UNAVAILABLE:
            raise Unanswered(f"HTTP {status}")
        raise Unreachable(f"HTTP {status}")

    async def _body(self, answer: httpx.Response) -> tuple[bytes, bool]:
        """The body as far as it is not larger than agreed, and whether that is all of it."""
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise Unanswered("the answer is compressed, which was not asked for")
        body, most = bytearray(), min(self._endpoint.max_body, MOST_BODY)
        async for part in answer.aiter_raw():
            body += part
            if len(body) > most:
                return bytes(body[:most]), False
        return bytes(body), True

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            endpoint = self._endpoint
            read_s = endpoint.read_timeout_s + MOST_WAIT_MS / 1000
            self._client = httpx.AsyncClient(
                headers={"Authorization": f"Bearer {endpoint.token}", "Accept-Encoding": "identity"},
                timeout=httpx.Timeout(read_s, connect=endpoint.connect_timeout_s),
                verify=_trusted(endpoint),
                limits=httpx.Limits(max_connections=8),
                trust_env=False,  # a proxy of the surroundings is not the configured host
            )
        return self._client


def _checked(endpoint: Endpoint) -> httpx.URL:
    url = httpx.URL(endpoint.url)
    if url.scheme == "https" or (url.scheme == "http" and (endpoint.plain_http or _loopback(url.host))):
        return url
    raise ValueError(f"{endpoint.url}: https is needed, or plain_http must be allowed for this partner")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _below(url: httpx.URL, path: str) -> httpx.URL:
    below = url.join(path)
    if (below.scheme, below.host, below.port) != (url.scheme, url.host, url.port):
        raise ValueError(f"{path}: the receipts path must stay on {url.host}")
    return below


def _trusted(endpoint: Endpoint) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if endpoint.ca:
        context.load_verify_locations(endpoint.ca)
    elif endpoint.url.startswith("https:"):
        context.load_default_certs()
    return context


def _inbound(source: str, data: bytes, whole: bool) -> Inbound:
    return Inbound(source, data) if whole else Inbound(source, data, (_too_large(source, len(data)),))


def _retry_after(value: str, at: datetime) -> float | None:
    """Seconds, from a number of seconds or a date (RFC 9110 section 10.2.3)."""
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), MOST_RETRY_AFTER_S))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    left = (moment.astimezone(UTC) - at).total_seconds()
    return min(max(left, 0.0), MOST_RETRY_AFTER_S)


def _reason(body: bytes) -> str:
    """What the partner says, from problem details (RFC 9457) or plain text."""
    try:
        details = msgspec.json.decode(body, type=dict[str, Any])
        said = str(details.get("detail") or details.get("title") or "")
    except msgspec.DecodeError:
        said = body[: 4 * MOST_REASON].decode("utf-8", "replace")
    return " ".join(said.split())[:MOST_REASON]


def _refusal(status: int, reason: str) -> Text:
    return Text(f"对方拒收(HTTP {status})：{reason}", f"The partner refuses it (HTTP {status}): {reason}")


def _too_large(source: str, most: int) -> Problem:
    text = Text(
        f"对方的应答 {source} 超过约定的 {most} 字节，未予解读，仅保存其开头，也未向对方确认",
        f"the answer {source} is larger than the {most} bytes agreed; only its beginning was kept, and the"
        " partner was not told that it may forget it",
    )
    remedy = Text(
        f"请与对方减少每次应答的回执数，或调大对接配置的 max_body（至多 {MOST_BODY}），再重启该组件",
        f"agree on fewer receipts an answer, or raise max_body in the endpoint (at most {MOST_BODY}), then"
        " restart this component",
    )
    return Problem("transport.answer-too-large", text, source, str(most), remedy)
