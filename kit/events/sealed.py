"""Sealed events: personal data that must cross goes as a JWE that one service alone can open (ownership rule 4).

The outbox, the bus and every backup hold ciphertext (RFC 7516: ECDH-ES+A256KW on X25519, A256GCM). The event's id, type
and aggregate stand in the protected header, so that a ciphertext put under another event does not open. Both sides
leave an audit row under the same record. Keys come from settings; a service may hold several private keys, so that
what was sealed for an older one still opens while the stream keeps it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import KeySet, OKPKey
from pydantic import ValidationError

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event, EventData, Sealed, envelope_json
from kit.contracts.event_type import EventType
from kit.errors import DomainError
from kit.ids import new_id
from kit.store.unit import UnitOfWork, traceparent

LARGEST_BYTES = 256 * 1024
_ALGORITHM, _ENCRYPTION, _CURVE = "ECDH-ES+A256KW", "A256GCM", "X25519"


class _Registry(JWERegistry):
    """Our two algorithms, our header parameters, and room for the largest event in base64."""

    max_ciphertext_length = 2 * LARGEST_BYTES


_REGISTRY = _Registry(algorithms=[_ALGORITHM, _ENCRYPTION], strict_check_header=False)


class CannotOpen(DomainError):
    """A sealed event that this service's keys do not open, or that holds something else than it says."""

    slug = "cannot-open"
    title = "This sealed event can't be opened"
    status = 422


class TooLargeToSeal(DomainError):
    """More than one event carries; the sender divides it into several events of the same type."""

    slug = "too-large-to-seal"
    title = "This is too large for one sealed event"
    status = 413


class Keyring:
    """The keys of one service: its own private ones, and the public ones of those it may write to."""

    def __init__(self, private_keys: Mapping[str, Any] | None, public_keys: Mapping[str, Any]) -> None:
        """`private_keys` is a JWKS, `public_keys` a JWK for each service; ValueError for any other kind of key."""
        own = [_key(each, private=True) for each in (private_keys or {"keys": []})["keys"]]
        self._own = KeySet(list(own))
        self._others = {service: _key(each, private=False) for service, each in public_keys.items()}

    def encrypt(self, to: str, header: Mapping[str, str], data: bytes) -> str:
        """A compact JWE for that service; raises ValueError when we have no key of it."""
        if to not in self._others:
            raise ValueError(f"there is no public key of {to}: see NEWSTART_SEALING_PUBLIC_KEYS")
        key = self._others[to]
        protected = {"alg": _ALGORITHM, "enc": _ENCRYPTION, "kid": key.kid, **header}
        return jwe.encrypt_compact(protected, data, key, registry=_REGISTRY)

    def decrypt(self, text: str, header: Mapping[str, str]) -> bytes:
        """What is inside, if it was sealed for us and under exactly this header; else `CannotOpen`."""
        try:
            opened = jwe.decrypt_compact(text, self._own, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError, LookupError, AttributeError) as error:
            # The library trusts a header's JSON to hold texts: a forged one that does not makes it stumble.
            raise CannotOpen("It was not sealed for a key that we hold, or it was changed") from error
        if {name: opened.protected.get(name) for name in header} != dict(header):
            raise CannotOpen("It was sealed for another event")
        return opened.plaintext or b""


_RINGS: dict[str, Keyring] = {}


def use_keys(service: str, private_keys: Mapping[str, Any] | None, public_keys: Mapping[str, Any]) -> None:
    """Called once by each process at its start."""
    _RINGS[service] = Keyring(private_keys, public_keys)


def seal(unit: UnitOfWork, to: str, type_: str, data: EventData, *, aggregate_id: UUID, sequence: int) -> UUID:
    """Announce something that only `to` may read; goes out by the outbox when this transaction commits.

    Returns the event's id. Raises TooLargeToSeal over 256 KiB, and ValueError when the catalogue does not have this
    type as ours, sealed, live with this data, and for that reader.
    """
    declared = _declared(type_)
    if declared.owner != unit.service:
        raise ValueError(f"{unit.service} may not announce {type_}: it belongs to {declared.owner}")
    if declared.consumers != {to}:
        raise ValueError(f"{type_} is not for {to} to read")
    if type(data) is not declared.opens_as:
        raise ValueError(f"{type_} is not live with {type(data).__name__} in the catalogue")
    inside = data.model_dump_json().encode()
    if len(inside) > LARGEST_BYTES:
        raise TooLargeToSeal(f"{len(inside):,} bytes are more than the {LARGEST_BYTES:,} of one sealed event")
    event_id = new_id()
    text = _RINGS[unit.service].encrypt(to, _header(event_id, type_, aggregate_id), inside)
    cause = unit.cause
    envelope = envelope_json(
        id=event_id,
        type=type_,
        subject=aggregate_id,
        time=clock.now(),
        actor=cause.actor,
        purpose=cause.purpose,
        sequence=sequence,
        correlationid=cause.correlation_id,
        causationid=cause.causation_id,
        traceparent=traceparent(),
        data_json=Sealed(jwe=text).model_dump_json(exclude_none=True),
    )
    unit.stage(event_id, type_, declared.nats_subject, aggregate_id, sequence, envelope.decode())
    _put_on_record(unit, "seal", event_id, data)
    return event_id


def open_sealed(unit: UnitOfWork, event: Event[Any]) -> EventData:
    """What is inside a sealed event that came to this service; the reading is put on record with it.

    Raises CannotOpen, which makes the event a dead letter without a word of what it holds.
    """
    declared = _declared(event.type)
    sealed = event.data
    if declared.opens_as is None or not isinstance(sealed, Sealed) or sealed.jwe is None:
        raise CannotOpen("It is not sealed in a way that we can open")
    inside = _RINGS[unit.service].decrypt(sealed.jwe, _header(event.id, event.type, event.subject))
    try:
        data = declared.opens_as.model_validate_json(inside)
    except ValidationError:
        # Not chained: its text holds the values.
        raise CannotOpen("What it holds is not what its type says") from None
    _put_on_record(unit, "open", event.id, data)
    return data


def seal_at_rest(unit: UnitOfWork, record: str, inside: bytes) -> str:
    """What this service alone may read, for a column of its own; bound to `record` ("answer/<id>")."""
    return _RINGS[unit.service].encrypt(unit.service, {"record": record}, inside)


def open_at_rest(unit: UnitOfWork, record: str, text: str) -> bytes:
    """What `seal_at_rest` sealed under this very record; CannotOpen for another's, or a changed one."""
    return _RINGS[unit.service].decrypt(text, {"record": record})


def _declared(type_: str) -> EventType:
    declared = CATALOGUE[type_]
    if not declared.sealed or declared.opens_as is None:
        raise ValueError(f"{type_} is not a live sealed type of the catalogue")
    return declared


def _header(event_id: UUID, type_: str, aggregate_id: UUID) -> dict[str, str]:
    return {"event": str(event_id), "type": type_, "subject": str(aggregate_id)}


def _put_on_record(unit: UnitOfWork, verb: str, event_id: UUID, data: EventData) -> None:
    people = sorted(data.concerns().person_ids)
    unit.accessed(f"sealed_event/{event_id}", people, action=f"{unit.service}.sealed_event.{verb}")


def _key(jwk: Mapping[str, Any], *, private: bool) -> OKPKey:
    try:
        key = OKPKey.import_key(dict(jwk))
        # Another's private key has no business here, even if it would serve.
        fits = key.curve_name == _CURVE and key.is_private == private
    except (JoseError, KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(f"a sealing key is a {'private' if private else 'public'} {_CURVE} key (RFC 8037)")
    if key.kid is None:
        key = OKPKey.import_key({**jwk, "kid": key.thumbprint()})
    return key
