"""The HTTP door of evidence."""

from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code, UtcDatetime
from kit.web.routing import Unit as UnitOfWork
from kit.web.routing import UnitRoute, may
from services.grants.cacheable import anyone_may_keep
from services.grants.evidence import commands, queries
from services.grants.evidence.domain import Unit
from services.grants.evidence.models import EvidencePack

router = APIRouter(route_class=UnitRoute, tags=["panels"])

PUBLISHED = "grants.panel.published"
Ward = Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class FigureShape(BaseModel):
    """One figure of one ward: a count of people, a share of people, or an index."""

    model_config = ConfigDict(extra="forbid")

    measure: Code
    title: Line
    period: Annotated[str, StringConstraints(pattern=r"^20\d\d(-(0[1-9]|1[0-2]))?$")]
    unit: Unit
    ward: Ward
    value: Annotated[Decimal, Field(ge=0, le=9_999_999, decimal_places=4)]
    people: Annotated[int | None, Field(ge=0, le=9_999_999)] = Field(None, description="Of a share: of how many")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.unit is Unit.PER_CENT and self.people is None:
            raise ValueError("a share says of how many people")
        if self.unit is Unit.PEOPLE and self.value != int(self.value):
            raise ValueError("people are counted whole")
        return self


class Figures(BaseModel):
    """What a source gives: the same measure, period and ward takes the place of what was given before."""

    model_config = ConfigDict(extra="forbid")

    source: Line
    figures: list[FigureShape] = Field(min_length=1, max_length=2000)


class Given(BaseModel):
    """How many were taken."""

    figures: int


class WardFigure(BaseModel):
    """A figure as a panel may see it."""

    source: str
    measure: str
    title: str
    period: str
    unit: Unit
    value: int | float | None
    hidden: bool = Field(description="Too few people to be shown, or next to such")


class PastGrants(BaseModel):
    """What was awarded for a ward, also together with others."""

    awards: int
    pence: int


class WardEvidence(BaseModel):
    """One ward."""

    ward: str
    figures: list[WardFigure]
    past_grants: PastGrants


class PackContent(BaseModel):
    """A pack. Counts are rounded, small ones hidden."""

    panel_id: UUID
    made_on: str
    fewest_shown: int
    rounded_to: int
    wards: list[WardEvidence]


class PackView(BaseModel):
    """A pack as it was given out, with its hash."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    panel_id: UUID
    sha256: str = Field(description="SHA-256 of `content` as JSON with sorted keys, no spaces, UTF-8")
    made_at: UtcDatetime
    content: PackContent


def _answer(response: Response, row: EvidencePack) -> PackView:
    response.headers["Location"] = f"/v1/grants/panels/{row.panel_id}/evidence/{row.id}"
    return PackView.model_validate(row)


@router.put("/evidence/figures", **may("grants.evidence.keep"))
async def give_figures(unit: UnitOfWork, body: Figures) -> Given:
    """Figures by ward for evidence packs: needs, the ward index, the census. They leave only in packs, small groups
    hidden.
    """
    figures = [
        commands.Figure(
            body.source, each.measure, each.title, each.period, each.unit, each.ward, each.value, each.people
        )
        for each in body.figures
    ]
    return Given(figures=await commands.give(unit, figures))


@router.post("/panels/{panel_id}/evidence", status_code=201, **may("grants.evidence.keep", keyed=True, refusals=(404,)))
async def make_evidence_pack(unit: UnitOfWork, response: Response, panel_id: UUID) -> PackView:
    """Make the pack that a panel is given: each ward's figures and past grants as they stand. It never changes."""
    return _answer(response, await commands.make_pack(unit, panel_id))


@router.get("/panels/{panel_id}/evidence", **may(PUBLISHED, refusals=(404,)))
async def list_evidence_packs(unit: UnitOfWork, response: Response, panel_id: UUID) -> list[PackView]:
    """The packs of a panel, the newest first. For anyone."""
    anyone_may_keep(response)
    return [PackView.model_validate(row) for row in await queries.packs(unit, panel_id)]


@router.get("/panels/{panel_id}/evidence/{pack_id}", **may(PUBLISHED, refusals=(404,)))
async def read_evidence_pack(unit: UnitOfWork, response: Response, panel_id: UUID, pack_id: UUID) -> PackView:
    """What the panel was given to read. For anyone."""
    anyone_may_keep(response)
    return PackView.model_validate(await queries.pack(unit, panel_id, pack_id))
