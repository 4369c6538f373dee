"""The HTTP door of operations: everything that Prometheus is told, for a page that needs no Prometheus."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from gateway.carrying import Carried
from gateway.identity import Caller
from gateway.ops.models import BusStanding
from gateway.proxy import AnswerBroken
from gateway.webhooks import backlog
from gateway.webhooks.backlog import Backlog
from kit import clock
from kit.contracts.event_type import SERVICES
from kit.errors import DomainError
from kit.store import standing
from kit.store.unit import UnitOfWork
from kit.web.rooms import ServiceStanding
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1/ops", tags=["operations"])

_PATIENCE_SECONDS: Final = 3.0


class Asking(Protocol):
    """What asks the services (`gateway.carrying.Carrier`)."""

    async def get(self, path: str, caller: Caller, purpose: str) -> Carried:
        """One question, as that caller and for that purpose."""


class ServiceHealth(BaseModel):
    """One service: whether it answers with its database, and what waits in it."""

    service: str
    up: bool
    standing: ServiceStanding | None = Field(description="null while it does not answer")


class ConsumerHealth(BaseModel):
    """How far behind one consumer on the bus is."""

    model_config = ConfigDict(from_attributes=True)

    stream: str
    consumer: str
    waiting: int
    in_hand: int
    seen_at: datetime = Field(description="Long ago: the gateway's worker or the bus is away")


class Health(BaseModel):
    """The whole picture."""

    services: list[ServiceHealth]
    consumers: list[ConsumerHealth]
    webhooks: Backlog
    seen_at: datetime


@router.get("/health", **may("gateway.standing.read"))
async def read_health(unit: Unit, request: Request) -> Health:
    """Services up, what waits in each and for how long, consumers' lag, dead letters, webhooks. Counts alone."""
    asking: Asking | None = getattr(request.app.state, "carrier", None)
    version = request.app.state.settings.version
    own = await standing.of(unit.session)
    here = ServiceStanding(service="gateway", version=version, **own.model_dump())
    asked = await asyncio.gather(*(_ask(unit, asking, each) for each in SERVICES))
    consumers = await unit.session.scalars(select(BusStanding).order_by(BusStanding.stream, BusStanding.consumer))
    return Health(
        services=[ServiceHealth(service="gateway", up=True, standing=here), *asked],
        consumers=[ConsumerHealth.model_validate(each) for each in consumers],
        webhooks=await backlog.of(unit.session),
        seen_at=clock.now(),
    )


async def _ask(unit: UnitOfWork, asking: Asking | None, service: str) -> ServiceHealth:
    cause = unit.cause
    caller = Caller(cause.actor, cause.organisation or "", frozenset(cause.roles), "", 0)
    document: Mapping[str, Any] = {}
    if asking is not None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                carried = await asking.get(f"/v1/{service}/standing", caller, cause.purpose)
            document = carried.document if carried.taken else {}
        except (DomainError, AnswerBroken, TimeoutError):
            pass
    try:
        found = ServiceStanding.model_validate(document)
    except ValidationError:
        return ServiceHealth(service=service, up=False, standing=None)
    return ServiceHealth(service=service, up=True, standing=found)
