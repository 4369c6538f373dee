"""A request that separates two people, as it passes the door: hidden before it is carried, settled by its answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Message, Send

from gateway.bodies import RequestBody
from gateway.routes.line import Route
from gateway.separation.pending import ACTION, Passing, Pending
from kit.store.db import Database


@dataclass(slots=True)
class OnItsWay:
    """The way back of one answer; reads its status and where it says the separation is."""

    send: Send
    watch: "Watch"
    passing: Passing | None = None
    status: int = 0
    location: str = ""

    async def pass_on(self, message: Message) -> None:
        """Send it on as it is."""
        if self.passing is not None and message["type"] == "http.response.start":
            self.status = message["status"]
            fields = (value for name, value in message.get("headers", ()) if name.lower() == b"location")
            self.location = next(fields, b"").decode("latin-1")
        await self.send(message)

    async def over(self) -> None:
        """The answer has been given, or none was."""
        if self.passing is not None:
            await self.watch.answered(self)


def _nowhere() -> Database:
    raise RuntimeError("this door was made without a database")


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at every request that is carried, and does something about one kind of them."""

    pending: Pending = field(default_factory=Pending)
    database: Callable[[], Database] = _nowhere

    async def on(self, route: Route, body: RequestBody, send: Send) -> OnItsWay:
        """Hide the two whom a separation names, before anybody hears of it."""
        way = OnItsWay(send, self)
        if route.action == ACTION and body.expected:
            way.passing = await self.pending.begin(self.database(), await body.collected())
        return way

    async def answered(self, way: OnItsWay) -> None:
        """What casefile said of it."""
        if way.passing is not None:
            await self.pending.answered(self.database(), way.passing, way.status, way.location)
