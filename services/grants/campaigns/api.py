"""The HTTP door of crowdfunding campaigns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.cacheable import anyone_may_keep
from services.grants.campaigns import commands, queries
from services.grants.campaigns.domain import Check, State
from services.grants.campaigns.models import Campaign
from services.grants.campaigns.queries import CampaignView

router = APIRouter(route_class=UnitRoute, tags=["campaigns"])

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
_MADE = (404, 409, 412, 428)


class NewCampaign(BaseModel):
    """What the money is for, who does it, how much, until when."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    words: Words
    group_name: Title
    ward: Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")] | None = None
    target_pence: int = Field(ge=1, le=10_000_000_000, strict=True)
    closes_at: AwareDatetime


class Checked(BaseModel):
    """One thing about deliverability that was looked at."""

    model_config = ConfigDict(extra="forbid")

    check: Check
    in_order: bool
    words: Words


class Opening(BaseModel):
    """Take pledges; with a match out of this fund."""

    model_config = ConfigDict(extra="forbid")

    fund_code: Code | None = None


class NewPledge(BaseModel):
    """A promise. Nothing is collected unless the campaign is funded."""

    model_config = ConfigDict(extra="forbid")

    pence: int = Field(ge=100, le=100_000_000, strict=True)


class Collected(BaseModel):
    """What the crowd's pledges brought in, as the platform that collects them says."""

    model_config = ConfigDict(extra="forbid")

    collected_pence: int = Field(ge=0, le=10_000_000_000, strict=True)


class Reason(BaseModel):
    """Why. Published."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


async def _answer(unit: Unit, response: Response, row: Campaign) -> CampaignView:
    response.headers["Location"] = f"/v1/grants/campaigns/{row.id}"
    set_etag(response, row.version)
    await unit.session.flush()
    return queries.shown(row)


@router.post("/campaigns", status_code=201, **may("grants.campaign.keep", keyed=True))
async def draw_up_campaign(unit: Unit, response: Response, body: NewCampaign) -> CampaignView:
    """Draw up a campaign."""
    return await _answer(unit, response, await commands.draw_up(unit, commands.New(**body.model_dump())))


@router.get("/campaign-drafts", **may("grants.campaign.keep"))
async def list_all_campaigns(unit: Unit, paging: Paging, state: State | None = None) -> Page[CampaignView]:
    """Every campaign, drafts too."""
    rows = await queries.listed(unit, state, paging.place, paging.limit + 1, drafts=True)
    return paging.page(rows, queries.place_of)


@router.get("/campaign-drafts/{campaign_id}", **may("grants.campaign.keep", refusals=(404,)))
async def read_campaign_draft(unit: Unit, response: Response, campaign_id: UUID) -> CampaignView:
    """One of them."""
    found = await queries.view(unit, campaign_id, drafts=True)
    set_etag(response, found.version)
    return found


@router.post("/campaigns/{campaign_id}/checks", **may("grants.campaign.keep", refusals=_MADE))
async def check_campaign(
    unit: Unit, response: Response, campaign_id: UUID, expected: Expected, body: Checked
) -> CampaignView:
    """Look whether it can be delivered, one thing at a time. By another officer."""
    row = await commands.check(unit, campaign_id, expected, body.check, body.in_order, body.words)
    return await _answer(unit, response, row)


@router.post("/campaigns/{campaign_id}/open", **may("grants.campaign.keep", refusals=_MADE))
async def open_campaign(
    unit: Unit, response: Response, campaign_id: UUID, expected: Expected, body: Opening
) -> CampaignView:
    """Take pledges; the match is set aside. 409 while something is not in order, or beyond the match fund."""
    return await _answer(unit, response, await commands.open_(unit, campaign_id, expected, body.fund_code))


@router.post("/campaigns/{campaign_id}/withdrawal", **may("grants.campaign.keep", refusals=_MADE))
async def withdraw_campaign(
    unit: Unit, response: Response, campaign_id: UUID, expected: Expected, body: Reason
) -> CampaignView:
    """It is not to be: every pledge and the match are free again."""
    return await _answer(unit, response, await commands.withdraw(unit, campaign_id, expected, body.reason))


@router.post("/campaigns/{campaign_id}/match-payment", **may("grants.campaign.keep", refusals=_MADE))
async def pay_match(
    unit: Unit, response: Response, campaign_id: UUID, expected: Expected, body: Collected
) -> CampaignView:
    """Pay the match of a funded campaign, once the crowd's money is there. Not by whoever drew it up."""
    return await _answer(unit, response, await commands.pay_match(unit, campaign_id, expected, body.collected_pence))


@router.post("/campaigns/{campaign_id}/match-withdrawal", **may("grants.campaign.keep", refusals=_MADE))
async def return_match(
    unit: Unit, response: Response, campaign_id: UUID, expected: Expected, body: Reason
) -> CampaignView:
    """The match is not to be paid after all: the fund has it back. The reason is published."""
    return await _answer(unit, response, await commands.return_match(unit, campaign_id, expected, body.reason))


@router.post(
    "/campaigns/{campaign_id}/pledges", status_code=201, **may("grants.campaign.pledge", keyed=True, refusals=(404,))
)
async def pledge(unit: Unit, response: Response, campaign_id: UUID, body: NewPledge) -> CampaignView:
    """Promise a sum, or another in its place. All or nothing: it is due only if the campaign is funded."""
    return await _answer(unit, response, await commands.pledge(unit, campaign_id, body.pence))


@router.delete("/campaigns/{campaign_id}/pledges", **may("grants.campaign.pledge", refusals=(404, 409)))
async def take_pledge_back(unit: Unit, response: Response, campaign_id: UUID) -> CampaignView:
    """Take your pledge back, until it closes."""
    return await _answer(unit, response, await commands.take_back(unit, campaign_id))


@router.get("/campaigns", **may("grants.campaign.read"))
async def list_campaigns(
    unit: Unit, response: Response, paging: Paging, state: State | None = None
) -> Page[CampaignView]:
    """Campaigns that have opened, the newest first."""
    anyone_may_keep(response)
    rows = await queries.listed(unit, state, paging.place, paging.limit + 1, drafts=False)
    return paging.page(rows, queries.place_of)


@router.get("/campaigns/{campaign_id}", **may("grants.campaign.read", refusals=(404,)))
async def read_campaign(unit: Unit, response: Response, campaign_id: UUID) -> CampaignView:
    """One of them."""
    found = await queries.view(unit, campaign_id)
    anyone_may_keep(response, found.version)
    return found
