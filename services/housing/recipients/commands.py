"""Naming the recipients: every body that a notice of a stay went to, each once for a request.

Housing has no mailbox of theirs: a notice crosses by hand, and so does what is said of it later. Casefile keeps the
list, and somebody there tells each, or says why not.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.contracts.disclosures import What
from kit.contracts.rights import NamedRecipient, RecipientsNamed
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.housing.placements.domain import NoticeState
from services.housing.placements.models import Placement, PlacementNotice


async def name(unit: UnitOfWork, request_id: UUID, people: Collection[UUID], what: What) -> None:
    """Seal for casefile who was told of a stay of theirs; also that nobody was."""
    ids = cast(sorted(people), ARRAY(Uuid))
    found = await unit.session.execute(
        select(
            PlacementNotice.kind,
            PlacementNotice.sent_to,
            func.count().label("times"),
            func.min(PlacementNotice.sent_on).label("first_on"),
            func.max(PlacementNotice.sent_on).label("last_on"),
        )
        .join(Placement, Placement.id == PlacementNotice.placement_id)
        .where(
            PlacementNotice.state == NoticeState.SENT,
            PlacementNotice.sent_on.is_not(None),
            PlacementNotice.sent_to.is_not(None),
            or_(Placement.person_id.in_(people), Placement.person_ids.overlap(ids)),
        )
        .group_by(PlacementNotice.kind, PlacementNotice.sent_to)
        .order_by(PlacementNotice.kind, PlacementNotice.sent_to)
    )
    recipients = tuple(
        NamedRecipient(
            organisation_id=new_id(),
            what=what.value,
            disclosures=row.times,
            first_on=row.first_on,
            last_on=row.last_on,
            told="by_hand",
            name=row.sent_to,
            kind=row.kind,
        )
        for row in found
    )
    named = RecipientsNamed(request_id=request_id, recipients=recipients, changed_at=clock.business_now())
    sealed.seal(unit, "casefile", "housing.rights.recipients_named", named, aggregate_id=request_id, sequence=1)
    unit.accessed(f"rights_request/{request_id}", sorted(people))
