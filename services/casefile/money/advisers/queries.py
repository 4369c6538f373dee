"""Reads of the register, and the one question every piece of debt advice asks of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.advisers import domain
from services.casefile.money.advisers.models import DebtBody


class DebtBodyView(BaseModel):
    """A body that may advise on debt, and on which ground."""

    model_config = ConfigDict(from_attributes=True)

    organisation: str
    version: int
    basis: domain.Basis
    fca_number: str | None
    exemption: str | None
    since: date
    until: date | None
    advisers: list[str]


async def check_may_advise(unit: UnitOfWork) -> None:
    """`Forbidden` unless the caller's organisation is authorised or exempt today (see `domain`)."""
    organisation = unit.cause.organisation
    row = await unit.session.get(DebtBody, organisation) if organisation else None
    domain.check_may_advise(row.as_rules_see_it() if row else None, unit.cause.actor, clock.today())


async def view(unit: UnitOfWork, organisation: str) -> DebtBodyView:
    """One entry."""
    row = await unit.session.get(DebtBody, organisation)
    if row is None:
        raise NotFound("There is no such body in the register")
    unit.accessed(f"debt_body/{organisation}")
    return DebtBodyView.model_validate(row)


async def listed(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[DebtBodyView]:
    """All of them, by organisation."""
    query = select(DebtBody).order_by(DebtBody.organisation).limit(limit)
    if after is not None:
        query = query.where(DebtBody.organisation > after[0])
    return [DebtBodyView.model_validate(row) for row in await unit.session.scalars(query)]


def place_of(shown: DebtBodyView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.organisation]
