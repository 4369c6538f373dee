"""Which entries a caller may reach, how one is loaded, and which rules stand."""

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, or_, select, text
from sqlalchemy.types import Text

from kit.contracts.codes import QueueKind
from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import any_kept_back
from services.triage.queue.domain import Rules
from services.triage.queue.models import QueueEntry, QueueRules
from services.triage.queue.shapes import RulesBody

DELIVERED_VERSION: Final = 1
AS_DELIVERED: Final = "As delivered"
_LEADS: Final = "safeguarding_lead"
_SEE_CONCERNS: Final = frozenset({_LEADS, "manager"})
_FOR_CONCERNS: Final = frozenset({"safeguarding", "domestic_abuse", "supervision"})


@dataclass(frozen=True, slots=True)
class Published:
    """The rules that stand, with their number."""

    version: int
    rules: Rules


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which entry.

    Contacts and referrals: whoever may see the people. Concerns: those who may read concerns, for the purposes that
    open them; the statutory team sees every one (as in `services.triage.safeguarding.rows`).
    """
    unseen = any_kept_back(cause, QueueEntry.person_ids.expression, QueueEntry.household_id.expression)
    concerns = QueueEntry.kind == QueueKind.SAFEGUARDING
    mine = QueueEntry.blind_by == cause.actor
    # What somebody took blindly waits in their own queue: nobody else could take it up. Not so a concern, which is the
    # team's whoever raised it.
    ordinary = and_(~concerns, or_(and_(~unseen, QueueEntry.blind_by.is_(None)), mine))
    if not (_SEE_CONCERNS & set(cause.roles) and cause.purpose in _FOR_CONCERNS):
        return ordinary
    return or_(ordinary, concerns if _LEADS in cause.roles else and_(concerns, or_(~unseen, mine)))


async def load(unit: UnitOfWork, entry_id: UUID) -> QueueEntry:
    """An entry that waits; `NotFound` also when it may not be shown."""
    found = await unit.session.scalars(
        select(QueueEntry).where(QueueEntry.id == entry_id, QueueEntry.state == "waiting", visible_to(unit.cause))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("Nothing of this id waits in the queue")
    return row


async def published(unit: UnitOfWork) -> Published:
    """The rules that stand: those as delivered until a council publishes its own."""
    found = await unit.session.execute(
        select(QueueRules.version, cast(QueueRules.body, Text)).where(QueueRules.state == "published")
    )
    row = found.one_or_none()
    return Published(row[0], _parsed(row[1])) if row else Published(DELIVERED_VERSION, delivered().to_rules())


async def placed_by(unit: UnitOfWork, version: int | None) -> Published:
    """The rules that put entries where they stand: another version may go live between two looks. None: those now."""
    if version is None:
        return await published(unit)
    body = await unit.session.scalar(select(cast(QueueRules.body, Text)).where(QueueRules.version == version))
    return Published(version, _parsed(body) if body is not None else delivered().to_rules())


async def hold_rules(unit: UnitOfWork, *, alone: bool = False) -> None:
    """Until this transaction ends the rules stay as they are; `alone`: nobody else places by them meanwhile.

    So that no entry is placed by rules that were being replaced at that moment.
    """
    await unit.session.execute(_ALONE if alone else _TOGETHER)


# Any number will do that no other part of triage takes a lock on.
_ALONE = text("select pg_advisory_xact_lock(4_005_001)")
_TOGETHER = text("select pg_advisory_xact_lock_shared(4_005_001)")


@lru_cache(maxsize=8)
def _parsed(body: str) -> Rules:
    return RulesBody.model_validate(json.loads(body)).to_rules()


@lru_cache(maxsize=1)
def delivered() -> RulesBody:
    """The rules as delivered."""
    text_ = files("services.triage.queue").joinpath("rules_as_delivered.toml").read_text(encoding="utf-8")
    return RulesBody.model_validate(tomllib.loads(text_))
