"""Where the platform may connect to outside: never into its own network, whatever a name or a redirect says (SSRF).

Python's `is_global` alone lets through addresses that carry others inside them; those ranges are listed here with the
document that sets them apart.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

_NEVER: Final[tuple[IPv4Network | IPv6Network, ...]] = (
    *map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "100.64.0.0/10",  # shared by carriers (RFC 6598)
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "240.0.0.0/4",  # reserved, and broadcast (RFC 1112)
        ),
    ),
    *map(
        IPv6Network,
        (
            "::/96",  # IPv4-compatible (RFC 4291 section 2.5.5.1)
            "::ffff:0:0/96",  # IPv4-mapped
            "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
            "64:ff9b::/96",  # NAT64 (RFC 6052)
            "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
            "100::/64",  # discard (RFC 6666)
            "2001::/23",  # protocol assignments; Teredo among them
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056)
            "3fff::/20",  # documentation (RFC 9637)
            "5f00::/16",  # segment routing (RFC 9602)
            "fc00::/7",  # unique local (RFC 4193)
            "fe80::/10",  # link-local
            "fec0::/10",  # site-local, deprecated (RFC 3879)
            "ff00::/8",  # multicast
        ),
    ),
)


def may_connect(address: str) -> bool:
    """Whether a literal address is one of the public internet's."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _is_public(found)


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return False
    if not found.is_global or found.is_multicast or found.is_reserved or found.is_unspecified:
        return False
    return not any(found in network for network in _NEVER if network.version == found.version)


def fault_of(url: str, *, allowed: frozenset[str] = frozenset()) -> str | None:
    """Why we would not send to this address, in words; None when we would.

    `allowed`: "host:port" pairs to which plain HTTP and any port are allowed (a demo's, a test's). Where a name leads
    is looked at when connecting, each time: here only what the address itself says.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "This is not an address."
    if not host or any(letter.isspace() or ord(letter) < 33 for letter in url):
        return "This is not an address."
    if parts.username is not None or parts.password is not None:
        return "An address with a user name or password in it is not accepted."
    if f"{host}:{port}" in allowed and parts.scheme in ("http", "https"):
        return None
    if parts.scheme != "https":
        return "It must begin with https://"
    if port not in (None, 443):
        return "Only the usual port of https (443) is accepted."
    if parts.fragment:
        return "What follows # never leaves here: leave it out."
    if _is_literal(host):
        return None if may_connect(host) else "This address is not on the public internet."
    if "." not in host.strip(".") or not host.isascii():
        return "Give a full name on the public internet, in its ASCII form."
    return None


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
