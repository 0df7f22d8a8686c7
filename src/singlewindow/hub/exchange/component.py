"""A component: the process that speaks with one counterpart, and with nobody else.

It sends what its lane holds, fetches what the partner has for us, and keeps both durable before it
tells either side. It may be killed at any point: its leases are taken back, answers are fetched again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import compress
from math import inf
from typing import Any, TypeVar
from uuid import UUID

import structlog
from psycopg import AsyncConnection, OperationalError

from singlewindow.hub.exchange.breaker import Breaker
from singlewindow.hub.exchange.connector import Connector
from singlewindow.hub.exchange.ledger import Answer, Leased, Ledger
from singlewindow.hub.exchange.operating import FETCH
from singlewindow.hub.exchange.pace import look_s, pause_s
from singlewindow.hub.exchange.reasons import for_minders
from singlewindow.hub.exchange.transports.port import (
    Inbound,
    Left,
    Rejected,
    Transport,
    Unanswered,
    Unreachable,
)
from singlewindow.hub.journal.ending import ended
from singlewindow.hub.journal.looking_up import PLANNED_ONCE
from singlewindow.hub.journal.waking import Listening
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.messages import Text, Unreadable

POLL_S = 2.0  # a notification can be lost; work is looked for this often all the same
LOST_S = 1.0  # before the data base is tried again
HEARD_S = 30.0  # how often the lane says that answers are fetched, while they are
PACKED_MOST = 10_000_000  # bytes of a file or request of several messages; partners read up to 20 MB
UNREAD_MOST = 1_000  # answers that could not be read and are remembered, in case they are after all
COMPANY_MOST = 3  # tries in company; then each goes alone, so that a bad one holds up no neighbour

Given = TypeVar("Given")

log = structlog.get_logger(__name__)


class Component:
    """Dispatching and collecting for one connector."""

    def __init__(
        self, connector: Connector, transport: Transport, clock: Clock, new_id: Callable[[], UUID]
    ) -> None:
        self.connector = connector
        self.transport = transport
        self.clock = clock
        self.new_id = new_id
        self.breaker = Breaker(connector.manifest.retry)
        self.wake = asyncio.Event()
        self.back = asyncio.Event()  # the partner may answer again: look for what it has at once
        self.spoken = asyncio.Event()  # something was sent: its answer may come soon
        self.gather_s = connector.manifest.schedule.gather_ms / 1000
        self._unread: set[str] | None = None  # sources of answers that could not be read, once it is known

    async def run(self, dsn: str) -> None:
        """Work until cancelled; a lost data base is waited for."""
        while True:
            try:
                await self._connected(dsn)
            except OperationalError as error:
                log.warning("data base away", partner=self.connector.manifest.id, error=str(error))
                await asyncio.sleep(LOST_S)

    async def _connected(self, dsn: str) -> None:
        async with (
            await AsyncConnection.connect(dsn, autocommit=True, options=PLANNED_ONCE) as sending,
            await AsyncConnection.connect(dsn, autocommit=True, options=PLANNED_ONCE) as fetching,
            await Listening.connect(dsn, autocommit=True) as listening,
        ):
            ledger = Ledger(sending, *self._names())
            await ledger.take_back()
            await ledger.show(self.breaker, self.clock())
            await _first_end(
                self._dispatch_on(ledger),
                self._collect_on(Ledger(fetching, *self._names())),
                self._listen(listening),
            )

    def _names(self) -> tuple[str, str]:
        return self.connector.manifest.id, self.connector.manifest.name.zh

    async def _listen(self, connection: AsyncConnection[Any]) -> None:
        await connection.execute("listen outbox")
        while True:
            heard = {notice.payload async for notice in connection.notifies(timeout=POLL_S, stop_after=1)}
            if not heard:
                await connection.execute("select 1")  # a connection that died silently is found here
            if not heard or heard & {"", self.connector.manifest.id}:
                self.wake.set()
            if self.connector.manifest.id + FETCH in heard:
                self.back.set()
            await asyncio.sleep(self.gather_s)  # what comes while a batch gathers need wake nobody

    async def _dispatch_on(self, ledger: Ledger) -> None:
        """Batch after batch; between them a moment passes, as what goes together costs little."""
        most = self.connector.manifest.transport.batch
        passed_s, began = asyncio.get_running_loop().time, 0.0
        while True:
            self.wake.clear()
            before, began = began, passed_s()
            sent = 0 if await self._idle(ledger) else await self.dispatch_once(ledger)
            if not sent:
                await _either(self.wake, POLL_S)
            await asyncio.sleep(pause_s(sent, most, self.gather_s, began - before, passed_s() - began))

    async def _idle(self, ledger: Ledger) -> bool:
        """Whether the next try is still to come; while it is, a person may have asked for it now."""
        if self.breaker.position(self.clock()) != "open":
            return False
        self.breaker = self.breaker.sooner(await ledger.probe_at())
        if self.breaker.position(self.clock()) == "open":
            return True
        self.back.set()
        return False

    async def dispatch_once(self, ledger: Ledger) -> int:
        """Send one batch; returns how many messages were taken up."""
        most = self.connector.manifest.transport.batch
        alone = self.breaker.position(self.clock()) == "half"
        leased = await ledger.claim(most, self.new_id(), self.clock(), alone=alone)
        if leased:
            await self._send(ledger, leased)
        return len(leased)

    async def _send(self, ledger: Ledger, leased: Sequence[Leased]) -> None:
        batch_id = leased[0].batch_id
        try:
            packed = self._packed(leased)
            if len(leased) > 1 and len(packed) > PACKED_MOST:
                await self._each_alone(ledger, leased)
                return
            name = f"{self.connector.manifest.id}-{batch_id}"
            inbound = await self._of_wire(self.transport.send(name, packed))
        except Unanswered as error:
            await self._unanswered(ledger, leased, error)
        except Unreachable as error:
            breaker = self.breaker.failed(self.clock(), str(error))
            # Before the lane is shown to rest: who sees that and has it tried at once means these too.
            await ledger.postpone(leased, max(breaker.wait_s(), error.retry_after_s), str(error))
            await self._note(ledger, breaker)
        except Rejected as error:
            await self._rejected(ledger, leased, error)
        else:
            await ledger.sent(batch_id, leased, [self.read(one) for one in inbound], self.clock())
            self.spoken.set()
            await self._note(ledger, self.breaker.succeeded())

    def _packed(self, leased: Sequence[Leased]) -> bytes:
        """What goes over the wire. What a codec fails on is refused: it would fail on it again for ever."""
        batch_id, at = leased[0].batch_id, leased[0].batched_at
        try:
            return self.connector.codec.pack([one.payload for one in leased], str(batch_id), at)
        except Exception as error:
            log.exception("message not packed", partner=self.connector.manifest.id)
            why = f"{type(error).__name__}: {error}"
            raise Rejected(
                Text(
                    f"平台未能按对方的格式装封：{why}",
                    f"It could not be packed in the partner's format: {why}",
                )
            ) from error

    async def _unanswered(self, ledger: Ledger, leased: Sequence[Leased], error: Unanswered) -> None:
        """It may be the message's fault: the partner answers others and never this one.

        What went in company goes alone after a few tries; what goes alone is a dead letter after
        ``attempts`` of them. While the partner answers nobody, nothing is held against a message.
        """
        answers_others = not self.breaker.failures
        await self._note(ledger, self.breaker.failed(self.clock(), str(error)))
        if len(leased) > 1 and leased[0].attempts >= COMPANY_MOST:
            leased = await ledger.split(leased, [self.new_id() for _ in leased], self.clock())
        elif len(leased) == 1 and answers_others:
            await ledger.unanswered(leased)
            if leased[0].unanswered + 1 >= self.connector.manifest.retry.attempts:
                await self._bury(ledger, leased, error)
                return
        # Later than the lane's next try, which is then somebody else's.
        await ledger.postpone(leased, 2 * self.breaker.wait_s(), str(error))

    async def _bury(self, ledger: Ledger, leased: Sequence[Leased], error: Exception) -> None:
        log.error("dead letter", partner=self.connector.manifest.id, message=leased[0].message_id)
        await ledger.bury(leased, str(error))

    async def _rejected(self, ledger: Ledger, leased: Sequence[Leased], error: Rejected) -> None:
        """A refused batch holds a bad message: each goes alone, and the bad ones become dead letters."""
        if len(leased) == 1:
            await self._bury(ledger, leased, error)
        else:
            await self._each_alone(ledger, leased)

    async def _each_alone(self, ledger: Ledger, leased: Sequence[Leased]) -> None:
        for one in await ledger.split(leased, [self.new_id() for _ in leased], self.clock()):
            await self._send(ledger, [one])

    async def _note(self, ledger: Ledger, breaker: Breaker) -> None:
        before, self.breaker = self.breaker, breaker
        if before.failures and not breaker.failures:
            self.back.set()
        if before.failures != breaker.failures:
            await ledger.show(breaker, self.clock())

    async def _collect_on(self, ledger: Ledger) -> None:
        away = Breaker(self.connector.manifest.retry)
        passed_s = asyncio.get_running_loop().time
        told: list[Left] = []
        stirred, noted, asked = passed_s(), -inf, -inf
        while True:
            if passed_s() - asked >= POLL_S:
                await self._until_spoken_with(ledger)
                asked = passed_s()
            began = passed_s()
            self.back.clear()  # before the try: who asks for one while it goes on means the next
            try:
                found = await self.collect_once(ledger)
            except Unreachable as error:
                away = await self._unfetched(ledger, away, error)
                continue
            left = list(self.transport.left())
            if away.failures or left != told or began - noted >= HEARD_S:
                await self._heard(ledger, left)
                noted, told = began, left
            if away.failures:
                away = away.succeeded()
                self.wake.set()
            if found or self.spoken.is_set():
                stirred = began
            self.spoken.clear()
            await self._rest(found, began - stirred, passed_s() - began)

    async def _until_spoken_with(self, ledger: Ledger) -> None:
        """Wait while the operator has disconnected the partner: what it says then is not asked for either."""
        while await ledger.disconnected():  # noqa: ASYNC110 - it is said in the data base
            await asyncio.sleep(POLL_S)

    async def _unfetched(self, ledger: Ledger, away: Breaker, error: Unreachable) -> Breaker:
        """Put on the lane that what the partner has for us does not get here, and wait.

        It may be an order to hold, and nothing else need fail: there may be nothing to send.
        """
        if not away.failures:
            log.warning("answers not fetched", partner=self.connector.manifest.id, error=str(error))
        away = away.failed(self.clock(), str(error))
        await ledger.unfetched(away, self.clock())
        await _either(self.back, away.wait_s())
        return away

    async def _heard(self, ledger: Ledger, left: Sequence[Left]) -> None:
        """Put on the lane that everything was fetched, or what of it was not although the partner answers."""
        why = for_minders([one.problem for one in left])
        if left:
            log.warning("answers left", partner=self.connector.manifest.id, number=len(left), error=why)
        if all(one.kept for one in left):
            await self._fetched(ledger, why)
        else:
            failed = Breaker(self.connector.manifest.retry).failed(self.clock(), why)
            await ledger.unfetched(failed, self.clock())

    async def _fetched(self, ledger: Ledger, why: str = "") -> None:
        at = self.clock()
        if since := await ledger.fetched(at, why):
            lasted_s = round((at - since).total_seconds())
            log.warning("answers fetched again", partner=self.connector.manifest.id, lasted_s=lasted_s)

    async def _rest(self, found: int, quiet_s: float, spent_s: float) -> None:
        """Between two looks; once both sides have been quiet for long, what is sent ends it."""
        fetch_s = self.connector.manifest.schedule.fetch_ms / 1000
        wait_s = look_s(fetch_s, quiet_s, spent_s)
        if found:
            await asyncio.sleep(self.gather_s)
        elif wait_s > fetch_s:
            await _either(self.spoken, wait_s)
        else:
            await asyncio.sleep(fetch_s)

    async def collect_once(self, ledger: Ledger) -> int:
        """Fetch what the partner has, keep it, and only then let the partner forget it."""
        inbound, answers = self._whole(await self._of_wire(self.transport.fetch()))
        if inbound:
            await ledger.keep(answers, self.clock())
            lasting = {one.source for one in inbound if one.lasting}
            await self._after_all(ledger, [one for one in answers if one.source in lasting])
        for one in inbound:
            await self._of_wire(self.transport.settle(one))
        return len(inbound)

    async def _of_wire(self, doing: Awaitable[Given]) -> Given:
        """What a wire gives. What nobody foresaw of a partner ends no process: it would do so again for ever.

        Nothing tells how far it got, so the bytes may have had their effect.
        """
        try:
            return await doing
        except (Unreachable, Rejected):
            raise
        except Exception as error:
            log.exception("transport failed", partner=self.connector.manifest.id)
            raise Unanswered(f"{type(error).__name__}: {error}") from error

    def _whole(self, fetched: Sequence[Inbound]) -> tuple[list[Inbound], list[Answer]]:
        """Without what cannot be read and may still be being written."""
        answers = [self.read(one) for one in fetched]
        pairs = zip(fetched, answers, strict=True)
        whole = [not (one.growing and answer.problem) for one, answer in pairs]
        return list(compress(fetched, whole)), list(compress(answers, whole))

    async def _after_all(self, ledger: Ledger, lasting: Sequence[Answer]) -> None:
        """What could not be read and now is waits for nobody any more."""
        if self._unread is None:
            self._unread = set(await ledger.unread(UNREAD_MOST))
        read = [one for one in lasting if not one.problem and one.source in self._unread]
        if read:
            await ledger.read_after_all(read, self.clock())
            self._unread -= {one.source for one in read}
        if len(self._unread) < UNREAD_MOST:
            self._unread |= {one.source for one in lasting if one.problem}

    def read(self, inbound: Inbound) -> Answer:
        """Let the codec read what came; what it cannot read is kept with the reason, for a person."""
        if inbound.problems:
            return Answer(inbound.source, inbound.data, problem=for_minders(inbound.problems))
        try:
            receipts = tuple(self.connector.codec.decode(inbound.data))
        except Unreadable as error:
            return Answer(inbound.source, inbound.data, problem=for_minders(error.problems))
        except Exception as error:  # a codec's own fault must not make the partner send for ever
            log.exception("codec failed", partner=self.connector.manifest.id, source=inbound.source)
            return Answer(inbound.source, inbound.data, problem=type(error).__name__)
        return Answer(inbound.source, inbound.data, receipts)


async def _either(event: asyncio.Event, wait_s: float) -> None:
    """Wait for the event, or until so many seconds have passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            await event.wait()


async def _first_end(*work: Any) -> None:
    """Run side by side until one ends or fails; the others are cancelled, the failure is raised."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        results = await ended(tasks)
    for result in results:
        if isinstance(result, Exception):
            raise result
