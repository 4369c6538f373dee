"""The only speaker of NATS (with `topology`): connect, publish in waves, pull in batches.

The traps of nats-py that this file absorbs are listed in DECISIONS.md.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import MsgAlreadyAckdError
from nats.js import JetStreamContext

log = structlog.get_logger(__name__)

_ACK_TIMEOUT_SECONDS = 5.0
_MOST_IN_FLIGHT = 1000
_PULL_EXPIRES_SECONDS = 30
_HEARTBEAT_SECONDS = 5
_NANOSECONDS = 1_000_000_000
_HEARTBEAT = "100"
# Nobody answers; the consumer is gone, or the server is stopping.
_REFUSALS = frozenset({"503", "409"})
_AFTER_REFUSAL_SECONDS = 0.5


def inbox_prefix(user: str) -> str:
    """Replies come to a prefix of the user's own, so that no service can listen to another's."""
    return f"_INBOX_{user}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for the bus. `id` lets JetStream absorb a repeat (a courtesy; the inbox is the guarantee)."""

    id: str
    subject: str
    body: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a consumer has not been given yet, and what it was given and has not acknowledged."""

    stream: str
    consumer: str
    waiting: int
    in_hand: int


class BusSilent(Exception):
    """The server gave no answer to a question about itself."""


class Bus:
    """One connection. Reconnects for ever; if the client closes for good, `on_lost` is called."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._jetstream: JetStreamContext = client.jetstream(timeout=_ACK_TIMEOUT_SECONDS)
        self._pulls: list[Pull] = []

    @classmethod
    async def connect(cls, url: str, user: str, on_lost: Callable[[], None] | None = None) -> "Bus":
        """Connect, waiting for the server as long as it takes; one log line per change, no tracebacks."""
        made: list[Bus] = []

        async def said(error: Exception) -> None:
            log.warning("bus_error", kind=type(error).__name__)

        async def disconnected() -> None:
            log.warning("bus_disconnected")

        async def reconnected() -> None:
            log.info("bus_reconnected")
            for pull in made[0]._pulls if made else ():
                pull.renew()

        async def closed() -> None:
            if on_lost is not None:
                on_lost()

        client = await nats.connect(
            url,
            name=user,
            inbox_prefix=inbox_prefix(user).encode(),
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.5,
            connect_timeout=2,
            drain_timeout=5,
            error_cb=said,
            disconnected_cb=disconnected,
            reconnected_cb=reconnected,
            closed_cb=closed,
        )
        made.append(cls(client))
        return made[0]

    @property
    def connected(self) -> bool:
        """Whether publishing makes sense now; while not, the client would only buffer."""
        return bool(self._client.is_connected)

    @property
    def client(self) -> Client:
        """The client itself, for `topology`."""
        return self._client

    async def publish(self, wave: Sequence[Outgoing]) -> list[bool]:
        """Publish a wave at once; says for each whether JetStream acknowledged storing it."""
        stored: list[bool] = []
        for start in range(0, len(wave), _MOST_IN_FLIGHT):
            stored += await self._publish(wave[start : start + _MOST_IN_FLIGHT])
        return stored

    async def _publish(self, wave: Sequence[Outgoing]) -> list[bool]:
        futures: list[asyncio.Future[Any] | None] = []
        for message in wave:
            headers = {"Nats-Msg-Id": message.id}
            if message.traceparent:
                headers["traceparent"] = message.traceparent
            try:
                # Without `wait_stall`, which would wait in a task of its own and so send each message by itself: 3,700
                # a second instead of 9,000. Nothing can stall: the client has room for 4,000 in flight.
                futures.append(await self._jetstream.publish_async(message.subject, message.body, headers=headers))
            except NatsError as error:
                log.warning("publish_refused", kind=type(error).__name__)
                futures.append(None)
                # The client does not give back the place of a publish that raised; enough of them would stop it.
                self._jetstream = self._client.jetstream(timeout=_ACK_TIMEOUT_SECONDS)
        waiting = [future for future in futures if future is not None]
        if waiting:
            await asyncio.wait(waiting, timeout=_ACK_TIMEOUT_SECONDS)
        return [_acknowledged(future) for future in futures]

    async def pull(self, stream: str, durable: str, *, batch: int = 256) -> "Pull":
        """Start pulling from a durable consumer that `topology` has declared."""
        pull = Pull(self._client, stream, durable, batch)
        await pull.start()
        self._pulls.append(pull)
        return pull

    async def standing(self, stream: str) -> "list[Waiting]":
        """How far behind each consumer of a stream is. One question a stream; who asks needs the right to.

        Raises BusSilent when the server gives no answer.
        """
        try:
            found = await self._jetstream.consumers_info(stream)
        except (NatsError, asyncio.TimeoutError) as error:
            raise BusSilent(type(error).__name__) from error
        return [Waiting(stream, each.name, each.num_pending or 0, each.num_ack_pending or 0) for each in found]

    async def request(self, subject: str, body: bytes, seconds: float) -> bytes | None:
        """Ask whoever listens on a subject; None when nobody answers in time. Ask again as often as you like."""
        try:
            return (await self._client.request(subject, body, timeout=seconds)).data
        except (NatsError, asyncio.TimeoutError):
            return None

    async def answer(self, subject: str, handler: Callable[[str, bytes], Awaitable[bytes]]) -> None:
        """Answer every question on a subject, one after another: `handler(subject, body)`. What it raises is logged."""

        async def on_message(message: Msg) -> None:
            try:
                answered = await handler(message.subject, message.data)
            except Exception as error:
                # Whoever asked asks again: the next question must not find a deaf listener.
                log.error("answer_failed", kind=type(error).__name__)
                return
            with _best_effort("answer"):
                await message.respond(answered)

        await self._client.subscribe(subject, cb=on_message)

    async def close(self) -> None:
        """Close after what was sent is out (a drain would wait for pulls nobody reads)."""
        with contextlib.suppress(NatsError, asyncio.TimeoutError):
            await self._client.flush(timeout=2)
        with contextlib.suppress(NatsError):
            await self._client.close()


def _acknowledged(future: "asyncio.Future[Any] | None") -> bool:
    if future is None:
        return False
    if not future.done():
        # Stored or not, we can't tell: the same id goes out again and is absorbed if it was.
        future.cancel()
        return False
    return not future.cancelled() and future.exception() is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message in hand. Exactly one of `ack`, `retry`, `drop` is called, after the effect is committed."""

    message: Msg

    @property
    def body(self) -> bytes:
        return self.message.data

    @property
    def deliveries(self) -> int:
        """How many times it was delivered, this time included."""
        return int(self.message.metadata.num_delivered or 1)

    @property
    def subject(self) -> str:
        """The subject it came on: only the owner may publish there."""
        return self.message.subject

    @property
    def settled(self) -> bool:
        """Whether it was acknowledged, given back or dropped."""
        return self.message.is_acked

    async def ack(self) -> None:
        with _best_effort("ack"):
            await self.message.ack()

    async def retry(self, delay_seconds: float) -> None:
        with _best_effort("retry"):
            await self.message.nak(delay=delay_seconds)

    async def drop(self) -> None:
        """Never deliver it again: it stands in the dead letters now."""
        with _best_effort("drop"):
            await self.message.term()

    async def working(self) -> None:
        """Ask for more time."""
        with _best_effort("working"):
            await self.message.in_progress()


@contextlib.contextmanager
def _best_effort(word: str) -> Iterator[None]:
    """A word to the server that is lost costs one redelivery, which the inbox absorbs: never a failure."""
    try:
        yield
    except MsgAlreadyAckdError:
        raise
    except NatsError as error:
        log.warning("bus_word_lost", word=word, kind=type(error).__name__)


class Pull:
    """A standing pull: messages come as soon as they are there, and in large batches when many wait.

    nats-py's own `fetch` waits out its time for a full batch; this keeps requests open and hands over what has come.
    """

    def __init__(self, client: Client, stream: str, durable: str, batch: int) -> None:
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._batch = batch
        self._inbox = client.new_inbox()
        # None only wakes who waits.
        self._arrived: asyncio.Queue[Msg | None] = asyncio.Queue()
        self._open = 0
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        self._subscription = await self._client.subscribe(
            self._inbox, cb=self._on_message, pending_msgs_limit=0, pending_bytes_limit=0
        )

    async def _on_message(self, message: Msg) -> None:
        status = _status(message)
        if status is None:
            self._open = max(0, self._open - 1)
        elif status != _HEARTBEAT:
            # The request ended (expired, server stopping): what it had left will not come.
            left = (message.headers or {}).get("Nats-Pending-Messages", str(self._open))
            self._open = max(0, self._open - int(left))
        self._arrived.put_nowait(message)

    def renew(self) -> None:
        """Ask again at once: after a reconnect the server has forgotten our requests."""
        self._open = 0
        self._arrived.put_nowait(None)

    async def next(self, wait_seconds: float = 2 * _HEARTBEAT_SECONDS) -> list[Delivery]:
        """The next messages, at most a batch; empty when none came (heartbeats included) in `wait_seconds`."""
        if self._open < self._batch // 2:
            await self._ask(self._batch)
        try:
            first = await asyncio.wait_for(self._arrived.get(), wait_seconds)
        except asyncio.TimeoutError:
            # Not even a heartbeat: the server forgot our request (it restarted, or we reconnected).
            self._open = 0
            return []
        found = [first, *self._waiting(self._batch - 1)]
        deliveries = [Delivery(message) for message in found if message and _status(message) is None]
        if not deliveries and any(message and _status(message) in _REFUSALS for message in found):
            # No such consumer, or no JetStream just now: asking again at once would only spin.
            await asyncio.sleep(_AFTER_REFUSAL_SECONDS)
        return deliveries

    def _waiting(self, most: int) -> list[Msg | None]:
        found: list[Msg | None] = []
        while len(found) < most and not self._arrived.empty():
            found.append(self._arrived.get_nowait())
        return found

    async def _ask(self, batch: int) -> None:
        if not self._client.is_connected:
            self._open = 0
            return
        request = {
            "batch": batch,
            "expires": _PULL_EXPIRES_SECONDS * _NANOSECONDS,
            "idle_heartbeat": _HEARTBEAT_SECONDS * _NANOSECONDS,
        }
        self._open += batch
        await self._client.publish(self._subject, json.dumps(request).encode(), reply=self._inbox)

    async def stop(self) -> list[Delivery]:
        """Stop pulling; what had come and was not handed over is returned, to be given back."""
        if self._subscription is not None:
            with contextlib.suppress(NatsError):
                await self._subscription.unsubscribe()
        return [Delivery(each) for each in self._waiting(self._arrived.qsize()) if each and _status(each) is None]


def _status(message: Msg) -> str | None:
    """The status of a message from the server itself; None for one of a stream, which names where to acknowledge it."""
    return (message.headers or {}).get("Status", "") if not message.reply else None
