"""Writes of sources: entered, given keys, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, false, select

from gateway.webhooks import rows
from gateway.webhooks.inbound_models import WebhookSource
from gateway.webhooks.signing import SigningKey, VerifyingKey
from kit import clock
from kit.errors import Forbidden, NotFound, invalid
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version

ADMINISTRATOR: Final = "administrator"
_MOST_KEYS: Final = 4


@dataclass(frozen=True, slots=True)
class Made:
    """A source, and its newest key where we made it: shown this once."""

    source: WebhookSource
    key: str | None


def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """An organisation's own; all, for those who run the platform. Removed ones are nobody's."""
    standing = ~WebhookSource.removed
    if rows.runs_the_platform(unit):
        return standing
    own = rows.organisation(unit)
    return false() if own is None else standing & (WebhookSource.organisation_id == own)


async def source(unit: UnitOfWork, source_id: UUID, *, lock: bool = False) -> WebhookSource:
    """One that the caller may see. Raises NotFound."""
    query = select(WebhookSource).where(WebhookSource.id == source_id, visible_to(unit))
    row = (await unit.session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such source")
    return row


async def make(
    unit: UnitOfWork,
    *,
    organisation_id: UUID,
    description: str,
    public_key: str | None,
    supplies: Sequence[str] = (),
) -> Made:
    """Enter a source. Without its own public key (`whpk_...`) we make a secret for both. `Forbidden` for another's.

    What it `supplies` to One View says an administrator, who has the agreement before them; never the partner itself.
    """
    if not rows.may_act_for(unit, organisation_id):
        raise Forbidden("A partner enters sources of its own organisation")
    if supplies and ADMINISTRATOR not in unit.cause.roles:
        raise Forbidden("An administrator says which sources of One View a partner's system may feed")
    now = clock.now()
    row = WebhookSource(
        id=new_id(),
        version=1,
        organisation_id=organisation_id,
        description=description,
        keys=[],
        supplies=sorted(set(supplies)),
        removed=False,
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    key = _add_key(unit, row, public_key, now)
    unit.session.add(row)
    unit.accessed(f"webhook_source/{row.id}")
    return Made(row, key)


async def rotate(
    unit: UnitOfWork, source_id: UUID, expected: int, *, public_key: str | None, overlap: timedelta
) -> Made:
    """Another key; what the ones before signed is accepted until the overlap is over."""
    row = await source(unit, source_id, lock=True)
    check_version(row.version, expected)
    now = clock.now()
    until = (now + overlap).isoformat()
    standing = [each for each in row.keys if not _is_over(each, now)][: _MOST_KEYS - 1]
    row.keys = [{**each, "until": min(each["until"] or until, until)} for each in standing]
    key = _add_key(unit, row, public_key, now)
    row.version, row.changed_at = row.version + 1, now
    unit.accessed(f"webhook_source/{row.id}")
    return Made(row, key)


async def remove(unit: UnitOfWork, source_id: UUID, expected: int) -> None:
    """Nothing it sends is accepted any more. What it sent before is carried."""
    row = await source(unit, source_id, lock=True)
    check_version(row.version, expected)
    row.removed, row.keys, row.version, row.changed_at = True, [], row.version + 1, clock.now()
    unit.accessed(f"webhook_source/{row.id}")


def keys_of(unit: UnitOfWork, row: WebhookSource, now: datetime) -> Sequence[VerifyingKey]:
    """What it may sign with now, opened."""
    return [
        VerifyingKey.read(
            each["public"] or sealed.open_at_rest(unit, f"webhook_key/{each['id']}", each["sealed"]).decode()
        )
        for each in row.keys
        if not _is_over(each, now)
    ]


def _add_key(unit: UnitOfWork, row: WebhookSource, public_key: str | None, now: datetime) -> str | None:
    entry: dict[str, Any] = {"id": str(new_id()), "made_at": now.isoformat(), "until": None, "sealed": None}
    if public_key is not None:
        try:
            kind = VerifyingKey.read(public_key).kind
        except ValueError as error:
            raise invalid("/public_key", f"It cannot be read: {error}.", "public-key") from None
        if kind != "v1a":
            raise invalid("/public_key", "A public key begins with whpk_: we make secrets ourselves.", "public-key")
        row.keys = [{**entry, "kind": kind, "public": public_key}, *row.keys]
        return None
    shown = SigningKey.made("v1").shown
    kept = sealed.seal_at_rest(unit, f"webhook_key/{entry['id']}", shown.encode())
    row.keys = [{**entry, "kind": "v1", "public": None, "sealed": kept}, *row.keys]
    return shown


def _is_over(key: dict[str, Any], now: datetime) -> bool:
    return key["until"] is not None and datetime.fromisoformat(key["until"]) <= now
