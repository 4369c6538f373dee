"""The HTTP door of webhooks: endpoints, their keys, what was sent, and sending it again."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.webhooks import commands, deliveries, queries
from gateway.webhooks.domain import DeliveryState
from gateway.webhooks.offered import Shape
from gateway.webhooks.queries import DeliveryDetail, DeliveryView, EndpointView, OfferedType
from kit.settings import GatewaySettings
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1/webhooks", tags=["webhooks"])

Kind = Annotated[Literal["v1", "v1a"], Field(description="v1: a shared secret (HMAC); v1a: a key pair (Ed25519)")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Type = Annotated[str, StringConstraints(max_length=128)]


Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]


class Settled(BaseModel):
    """Where to send what."""

    model_config = ConfigDict(extra="forbid")

    url: Url = Field(description="https, on the public internet, port 443")
    description: Words
    types: list[Type] = Field(min_length=1, max_length=100, description="Of those that /v1/webhooks/types lists")
    contact: Email | None = Field(None, description="Who is told by e-mail when we stop sending by ourselves")
    shape: Shape = Field(Shape.THIN, description="fhir_task: referrals come in the shape of a FHIR R4 Task")


class NewEndpoint(Settled):
    """An endpoint of an organisation, a partner's own."""

    organisation_id: UUID
    kind: Kind = "v1"


class NewKey(BaseModel):
    """A key in place of the ones before, which sign beside it for a while."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "v1"
    overlap_hours: int = Field(24, ge=0, le=720)


class WithKey(BaseModel):
    """An endpoint, and its newest key: shown this once."""

    endpoint: EndpointView
    key: str = Field(description="whsec_...: keep it secret; or whpk_...: our public key")


class Window(BaseModel):
    """What to send again: what reached us from `since` until before `until`."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    until: AwareDatetime
    only_dead: bool = True


class Again(BaseModel):
    """How many are sent again."""

    deliveries: int


@router.get("/types", **may("gateway.webhook.read"))
async def list_types(unit: Unit) -> list[OfferedType]:
    """What an endpoint may ask to be told."""
    return queries.offered()


@router.get("/endpoints", **may("gateway.webhook.read"))
async def list_endpoints(unit: Unit, paging: Paging) -> Page[EndpointView]:
    """Endpoints: an organisation's own; all, for those who run the platform."""
    found = await queries.endpoints(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [str(each.id)])


@router.post("/endpoints", status_code=201, **may("gateway.webhook.keep", keyed=True, refusals=(409,)))
async def make_endpoint(unit: Unit, request: Request, response: Response, body: NewEndpoint) -> WithKey:
    """Enter an endpoint. Its key is shown in this answer and never again."""
    made = await commands.make(
        unit,
        organisation_id=body.organisation_id,
        url=body.url,
        description=body.description,
        types=body.types,
        contact=body.contact,
        shape=body.shape,
        kind=body.kind,
        allowed=_allowed(request),
    )
    response.headers["Location"] = f"/v1/webhooks/endpoints/{made.endpoint.id}"
    set_etag(response, made.endpoint.version)
    return WithKey(endpoint=EndpointView.of(made.endpoint), key=made.key)


@router.get("/endpoints/{endpoint_id}", **may("gateway.webhook.read", refusals=(404,)))
async def read_endpoint(unit: Unit, response: Response, endpoint_id: UUID) -> EndpointView:
    """One endpoint, with what waits."""
    view = await queries.endpoint(unit, endpoint_id)
    set_etag(response, view.version)
    return view


@router.put("/endpoints/{endpoint_id}", **may("gateway.webhook.keep", refusals=(404, 412, 428)))
async def change_endpoint(
    unit: Unit, request: Request, response: Response, endpoint_id: UUID, expected: Expected, body: Settled
) -> EndpointView:
    """Other settings in place of those you read. What waits goes to the new address."""
    row = await commands.change(
        unit,
        endpoint_id,
        expected,
        url=body.url,
        description=body.description,
        types=body.types,
        contact=body.contact,
        shape=body.shape,
        allowed=_allowed(request),
    )
    set_etag(response, row.version)
    return EndpointView.of(row)


@router.delete("/endpoints/{endpoint_id}", status_code=204, **may("gateway.webhook.keep", refusals=(404, 412, 428)))
async def remove_endpoint(unit: Unit, endpoint_id: UUID, expected: Expected) -> None:
    """Remove it for good."""
    await commands.remove(unit, endpoint_id, expected)


@router.post(
    "/endpoints/{endpoint_id}/keys",
    status_code=201,
    **may("gateway.webhook.keep", keyed=True, refusals=(404, 409, 412, 428)),
)
async def rotate_key(unit: Unit, response: Response, endpoint_id: UUID, expected: Expected, body: NewKey) -> WithKey:
    """A new key, shown in this answer and never again; the ones before sign beside it for the overlap."""
    made = await commands.rotate(unit, endpoint_id, expected, body.kind, timedelta(hours=body.overlap_hours))
    response.headers["Location"] = f"/v1/webhooks/endpoints/{endpoint_id}"
    set_etag(response, made.endpoint.version)
    return WithKey(endpoint=EndpointView.of(made.endpoint), key=made.key)


@router.post("/endpoints/{endpoint_id}/disable", **may("gateway.webhook.keep", refusals=(404, 409, 412, 428)))
async def disable_endpoint(unit: Unit, response: Response, endpoint_id: UUID, expected: Expected) -> EndpointView:
    """Send nothing to it; what happens meanwhile waits, for a month."""
    row = await commands.disable(unit, endpoint_id, expected)
    set_etag(response, row.version)
    return EndpointView.of(row)


@router.post("/endpoints/{endpoint_id}/enable", **may("gateway.webhook.keep", refusals=(404, 409, 412, 428)))
async def enable_endpoint(unit: Unit, response: Response, endpoint_id: UUID, expected: Expected) -> EndpointView:
    """Send to it again: what waited goes first, in order."""
    row = await commands.enable(unit, endpoint_id, expected)
    set_etag(response, row.version)
    return EndpointView.of(row)


@router.post(
    "/endpoints/{endpoint_id}/test", status_code=201, **may("gateway.webhook.keep", keyed=True, refusals=(404, 409))
)
async def test_endpoint(unit: Unit, response: Response, endpoint_id: UUID) -> DeliveryView:
    """Send it a test event."""
    row = await deliveries.test(unit, endpoint_id)
    response.headers["Location"] = f"/v1/webhooks/deliveries/{row.id}"
    return DeliveryView.model_validate(row)


@router.get("/endpoints/{endpoint_id}/deliveries", **may("gateway.webhook.read", refusals=(404,)))
async def list_deliveries(
    unit: Unit, paging: Paging, endpoint_id: UUID, state: Annotated[DeliveryState | None, Query()] = None
) -> Page[DeliveryView]:
    """What was and is on its way to it, the newest first."""
    found = await queries.deliveries(unit, endpoint_id, state, paging.place, paging.limit + 1)
    places = {view.id: position for position, view in found}
    return paging.page([view for _, view in found], lambda each: [places[each.id]])


@router.post(
    "/endpoints/{endpoint_id}/replays", status_code=201, **may("gateway.webhook.keep", keyed=True, refusals=(404,))
)
async def replay_window(unit: Unit, response: Response, endpoint_id: UUID, body: Window) -> Again:
    """Send again what reached us in some time, in its order and under the same webhook-ids."""
    many = await deliveries.replay_window(unit, endpoint_id, body.since, body.until, only_dead=body.only_dead)
    response.headers["Location"] = f"/v1/webhooks/endpoints/{endpoint_id}/deliveries"
    return Again(deliveries=many)


@router.get("/deliveries/{delivery_id}", **may("gateway.webhook.read", refusals=(404,)))
async def read_delivery(unit: Unit, delivery_id: UUID) -> DeliveryDetail:
    """One, with what was sent and every try."""
    return await queries.delivery(unit, delivery_id)


@router.post("/deliveries/{delivery_id}/replay", **may("gateway.webhook.keep", refusals=(404, 409)))
async def replay_delivery(unit: Unit, delivery_id: UUID) -> DeliveryView:
    """Send one again now, delivered or dead."""
    return DeliveryView.model_validate(await deliveries.replay(unit, delivery_id))


@router.post("/deliveries/{delivery_id}/drop", **may("gateway.webhook.keep", refusals=(404, 409)))
async def drop_delivery(unit: Unit, delivery_id: UUID) -> DeliveryView:
    """Give one up: what waited behind it in its household goes on."""
    return DeliveryView.model_validate(await deliveries.drop(unit, delivery_id))


def _allowed(request: Request) -> frozenset[str]:
    settings = request.app.state.settings
    return frozenset(settings.webhook_hosts) if isinstance(settings, GatewaySettings) else frozenset()
