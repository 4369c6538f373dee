"""Who is signed in, kept in a sealed cookie: nobody can read, change or make one, and no server keeps a list.

A sign-in always makes a new session with a new number and a new form token, so a session planted before it is worth
nothing. It ends with its access token, after an hour without a page, or when the person leaves.
"""

import base64
import json
import secrets
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

IDLE_SECONDS: Final = 60 * 60
RENEW_SECONDS: Final = 60
_CHUNK = 3500
_MOST_CHUNKS = 4
_LONGEST_DAYS = 1


def new_token() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


@dataclass
class Session:
    """One browser's session; without `token` nobody has signed in yet."""

    id: str = field(default_factory=new_token)
    csrf: str = field(default_factory=new_token)
    token: str = ""
    refresh: str = ""
    """With which the issuer gives the next token, when it gave one."""
    subject: str = ""
    name: str = ""
    organisation: str = ""
    roles: tuple[str, ...] = ()
    purpose: str = ""
    expires_at: float = 0
    seen_at: float = field(default_factory=time.time)
    flash: dict[str, Any] = field(default_factory=dict)
    """Said once, on the next page: {"title", "text", "after": {service: event id}}."""
    pending: dict[str, str] = field(default_factory=dict)
    """A sign-in under way with the issuer: state, nonce, verifier, next."""
    recent: list[list[str]] = field(default_factory=list)
    """Households looked at last, newest first: [id, how it is called], for switching between them."""
    searched: dict[str, str] = field(default_factory=dict)
    """What was searched for last: here, because no name may stand in an address."""
    turned: bool = False
    """The screen is turned to the resident: nothing but what they may read is shown."""

    @property
    def signed_in(self) -> bool:
        """Whether there is somebody."""
        return bool(self.token)

    def live(self, now: float) -> bool:
        """Neither left alone for too long nor older than its token, unless that can be renewed."""
        return now - self.seen_at < IDLE_SECONDS and (not self.token or bool(self.refresh) or now < self.expires_at)


class Seal:
    """Seals sessions with a key made from the process's secret (HKDF-SHA-256, then AES-256-GCM)."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=b"newstart staff session v1").derive(secret.encode())
        self._aead = AESGCM(key)
        self._secret = secret.encode()
        self._secure = secure
        # A browser takes a __Host- cookie only from this very host by https, so no neighbour can plant one.
        self._name = "__Host-newstart" if secure else "newstart"

    def open(self, cookies: Mapping[str, str], now: float) -> Session:
        """The session that came with a request, or a new one that knows nobody."""
        parts = [cookies.get(name, "") for name in self._names()]
        try:
            raw = base64.urlsafe_b64decode("".join(parts))
            kept = json.loads(zlib.decompress(self._aead.decrypt(raw[:12], raw[12:], self._name.encode())))
            session = Session(**{**kept, "roles": tuple(kept["roles"])})
        except (ValueError, KeyError, TypeError, InvalidTag, zlib.error):
            return Session()
        return session if session.live(now) else Session()

    def device_key(self, subject: str, name: str) -> str:
        """The key with which a browser seals what it cannot send: always the same for one person and draft."""
        info = f"newstart staff draft v1\0{subject}\0{name}".encode()
        return base64.b64encode(HKDF(SHA256(), 32, salt=None, info=info).derive(self._secret)).decode()

    def fields(self, session: Session) -> Iterator[bytes]:
        """The Set-Cookie fields that keep it."""
        nonce = secrets.token_bytes(12)
        clear = zlib.compress(json.dumps(asdict(session)).encode(), 6)
        sealed = base64.urlsafe_b64encode(nonce + self._aead.encrypt(nonce, clear, self._name.encode())).decode()
        parts = [sealed[at : at + _CHUNK] for at in range(0, len(sealed), _CHUNK)]
        if len(parts) > _MOST_CHUNKS:
            raise ValueError("the session does not fit into its cookies: the access token is too long")
        for number, name in enumerate(self._names()):
            yield self._field(name, parts[number] if number < len(parts) else "")

    def _names(self) -> list[str]:
        return [self._name, *(f"{self._name}{number}" for number in range(1, _MOST_CHUNKS))]

    def _field(self, name: str, value: str) -> bytes:
        # No lifetime when it holds something: closing the browser ends it.
        age = "" if value else "; Max-Age=0"
        secure = "; Secure" if self._secure else ""
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}".encode()
