"""The HTTP door of notices to recipients: where a partner's system reads what its webhook told it of."""

from uuid import UUID

from fastapi import APIRouter

from kit.web.routing import Unit, UnitRoute, may
from services.triage.recipients import queries
from services.triage.recipients.shapes import NoticeView

router = APIRouter(route_class=UnitRoute, tags=["referrals"])


@router.get("/disclosure-notices/{notice_id}", **may("triage.disclosure_notice.read", refusals=(404,)))
async def read_disclosure_notice(unit: Unit, notice_id: UUID) -> NoticeView:
    """What you were sent was put right, restricted or erased: what to do with your copy."""
    return await queries.notice(unit, notice_id)
