"""The passwords and keys of an embedded run: made once, kept in one file that only its owner may read."""

import json
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from joserfc.jwk import OKPKey

from kit.contracts.event_type import VAULTS

Jwk = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True)
class Secrets:
    """Everything secret of one run. `cluster` names the database cluster that these passwords open."""

    cluster: str
    postgres_admin: str
    postgres: dict[str, str]
    nats: dict[str, str]
    secret_key: dict[str, str]
    internal_signing: Jwk
    sealing: dict[str, Jwk]
    pseudonyms: dict[str, str]
    objections: str
    staff_sessions: str

    def __repr__(self) -> str:
        return "Secrets(hidden)"

    def internal_public_keys(self) -> dict[str, list[Jwk]]:
        """The JWKS with which services check the gateway's tokens."""
        return {"keys": [_public(self.internal_signing)]}

    def sealing_private_keys(self, name: str) -> dict[str, list[Jwk]]:
        """The JWKS with which `name`, and nobody else, opens what was sealed for it."""
        return {"keys": [self.sealing[name]]}

    def sealing_public_keys(self) -> dict[str, Jwk]:
        """For whom one can seal: {name: public JWK}."""
        return {name: _public(key) for name, key in self.sealing.items()}


def load(path: Path, names: Iterable[str], nats_users: Iterable[str]) -> Secrets:
    """The secrets in the file at `path`; what these services and NATS users still lack is made and kept."""
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    names, nats_users = tuple(names), tuple(nats_users)
    vaults = [vault for vault, owner in VAULTS.items() if owner in names]
    made = Secrets(
        cluster=kept.get("cluster") or secrets.token_hex(8),
        postgres_admin=kept.get("postgres_admin") or _password(),
        postgres=_each(kept.get("postgres"), (*names, *vaults), _password),
        nats=_each(kept.get("nats"), nats_users, _password),
        secret_key=_each(kept.get("secret_key"), names, _password),
        internal_signing=kept.get("internal_signing") or _key("Ed25519", "sig"),
        sealing=_each(kept.get("sealing"), names, lambda: _key("X25519", "enc")),
        pseudonyms=_each(kept.get("pseudonyms"), vaults, _password),
        # Runs of before had casefile's own secret for it: whoever objected then is known again.
        objections=kept.get("objections") or (kept.get("secret_key") or {}).get("casefile") or _password(),
        staff_sessions=kept.get("staff_sessions") or _password(),
    )
    if asdict(made) != kept:
        _write(path, made)
    # A file restored from a backup may have come back readable by all.
    path.chmod(0o600)
    return made


def _each(kept: dict[str, T] | None, names: Iterable[str], make: Callable[[], T]) -> dict[str, T]:
    """What was kept (also for names no longer asked for), and a new one for each new name."""
    kept = kept or {}
    return {**kept, **{name: make() for name in names if name not in kept}}


def _password() -> str:
    # 256 bits; only characters that need no escaping in an address.
    return secrets.token_urlsafe(32)


def _key(curve: Literal["Ed25519", "X25519"], use: str) -> Jwk:
    key = OKPKey.generate_key(curve, {"use": use})
    return {**key.as_dict(private=True), "kid": key.thumbprint()}


def _public(key: Jwk) -> Jwk:
    return {name: value for name, value in key.items() if name != "d"}


def _write(path: Path, made: Secrets) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(made), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
