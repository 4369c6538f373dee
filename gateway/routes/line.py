"""One line of the table, and the three kinds that nearly all are."""

from dataclasses import dataclass
from typing import Literal

BodyClass = Literal["none", "json", "bulk"]
Purposes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table."""

    method: str
    path: str
    action: str
    purposes: Purposes
    rate: str = "read"
    keyed: bool = False
    body: BodyClass = "none"
    urgent: bool = False  # nothing may hold it back: no purpose asked, no rate limit, phone numbers when it fails
    open: bool = False  # no sign-in: a page of the door's own, or with an action what its owner gives to anyone

    @property
    def service(self) -> str:
        """The owner: the first word of the action."""
        return self.action.partition(".")[0] or "gateway"

    @property
    def name(self) -> str:
        """How logs and figures call it: never an address, because addresses hold ids."""
        return f"{self.method} {self.path}"


def published(method: str, path: str, action: str, *, keyed: bool = False) -> Route:
    """What a service gives to anyone, from any web page: nothing personal, nobody signed in, counted by address."""
    body: BodyClass = "none" if method == "GET" else "json"
    return Route(method, path, action, frozenset({"public"}), "open", keyed=keyed, body=body, open=True)


def reads(path: str, action: str, purposes: Purposes) -> Route:
    return Route("GET", path, action, purposes)


def creates(path: str, action: str, purposes: Purposes) -> Route:
    return Route("POST", path, action, purposes, "write", keyed=True, body="json")


def changes(method: str, path: str, action: str, purposes: Purposes) -> Route:
    """A change of something that exists: its owner asks for `If-Match`, so no key is needed."""
    return Route(method, path, action, purposes, "write", body="none" if method == "DELETE" else "json")
