"""How observatories' NATS servers are joined: a leaf node each, an account of its own, one subject and nothing else.

A borough's own server keeps its events to itself (the account all services share). Beside it lies the account
OBSERVATORY, and only that is carried up: the server dials the region's as a leaf node, under a user who may publish on
the borough's one subject and hear answers. Whatever else were published there would go nowhere. The region's server is
a leaf of the nation's in the same way. TLS is the operator's: `tls` blocks go beside these.
"""

from collections.abc import Mapping
from typing import Any, Final

from kit.events.bus import inbox_prefix

ACCOUNT: Final = "OBSERVATORY"


def subject(above: str, area: str) -> str:
    """Where an area's packages go: only it may publish there, only the area above hears it."""
    return f"observatory.{above}.{area}"


def user(area: str) -> str:
    """The name under which an observatory's process, and its leaf node, speak."""
    return f"observatory-{area}"


def own_user(area: str, above: str | None, password: str) -> dict[str, Any]:
    """The observatory's own process at its own server: sends upwards, hears those below, and answers them."""
    publish: dict[str, Any] = {"allow": [subject(above, area)]} if above else {"deny": [">"]}
    return {
        "user": user(area),
        "password": password,
        "permissions": {
            "publish": publish,
            "subscribe": {"allow": [f"{inbox_prefix(user(area))}.>", subject(area, "*")]},
            "allow_responses": {"max": 1, "ttl": "10s"},
        },
    }


def member_user(area: str, above: str, password: str) -> dict[str, Any]:
    """A member's leaf node at the server above: may bring its own packages and take the answers to them."""
    return {
        "user": user(area),
        "password": password,
        "permissions": {
            "publish": {"allow": [subject(above, area)]},
            "subscribe": {"allow": [f"{inbox_prefix(user(area))}.>"]},
        },
    }


def borough(area: str, above: str, password: str, remote: str) -> dict[str, Any]:
    """What a server's configuration has besides, to be a leaf. `remote`: nats-leaf://user:password@host:port."""
    return {
        # Two leaf nodes of one name take each other for a second connection of the same, and drive each other out.
        "server_name": f"leaf-{area}",
        "accounts": {ACCOUNT: {"users": [own_user(area, above, password)]}},
        "leafnodes": {"reconnect": 1, "remotes": [{"urls": [remote], "account": ACCOUNT}]},
    }


def hub(
    area: str,
    password: str,
    members: Mapping[str, str],
    listen: str,
    *,
    above: str | None = None,
    remote: str | None = None,
) -> dict[str, Any]:
    """The same for the server of an area with members ({area: password}); itself a leaf where there is one above."""
    users = [own_user(area, above, password), *(member_user(each, area, word) for each, word in members.items())]
    # Members dial the address they were given and no other: the server would tell them its own.
    leafs: dict[str, Any] = {"listen": listen, "no_advertise": True}
    if remote is not None:
        leafs |= {"reconnect": 1, "remotes": [{"urls": [remote], "account": ACCOUNT}]}
    return {"server_name": f"leaf-{area}", "accounts": {ACCOUNT: {"users": users}}, "leafnodes": leafs}
