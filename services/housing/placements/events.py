"""How a stay goes on the bus: whole, in codes and dates, without a word of where it is."""

from kit.contracts.housing.placements import PlacementState
from services.housing.placements.models import Placement


def state_of(row: Placement) -> PlacementState:
    """What the others may know of a stay."""
    return PlacementState(
        placement_id=row.id,
        household_id=row.household_id,
        person_id=row.person_id,
        person_ids=tuple(row.person_ids),
        case_id=row.case_id,
        duty=row.duty,
        kind=None if row.sealed else row.kind,
        bed_and_breakfast=row.bed_and_breakfast,
        family=row.party.family,
        out_of_area=None if row.sealed else row.out_of_area,
        status=row.status.value,
        entered_on=row.entered_on,
        left_on=row.left_on,
        end_reason=row.end_reason,
        letting_id=row.letting_id,
        moved_from=row.moved_from,
        alarm_day=row.alarm_day,
        breached_on=row.breached_on,
        changed_at=row.changed_at,
    )
