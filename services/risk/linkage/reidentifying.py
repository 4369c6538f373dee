"""The way back from a pseudonym to a person: for a purpose, by a role, with a reason, and never without a record."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.linkage.shapes import Person, Reidentified
from services.risk.linkage.visibility import kept_back
from services.risk.vault import door

COUNTING_ROLES: Final = frozenset({"analyst", "board_member", "councillor"})
"""Who works with counts never learns whom they count, whatever other policy says."""

_FIND = """
select 'resident' as kind, resident_id as id from resident where pseudonym = :id and joined_into is null
union all select 'record', rr.resident_id from record join record_resident rr using (record_id)
    where record.pseudonym = :id
union all select 'household', m.resident_id from home join home_member m using (home_id)
    where home.pseudonym = :id and m.until is null
"""

_WHO = """
select distinct on (resident.resident_id) resident.resident_id, resident.person_id, record.given, record.family,
       record.born, record.address, record.postcode
from resident join record_resident rr using (resident_id) join record using (record_id)
where resident.resident_id = any(:ids)
order by resident.resident_id, record.source <> 'casefile', record.given is null, record.born is null,
         record.address is null, record.seen_on desc nulls last, record.record_id
"""


async def reidentify(unit: UnitOfWork, pseudonym: UUID, reason: str) -> Reidentified:
    """Who a record, a resident or a household of the analytics zone is.

    Raises Forbidden for whoever works with counts alone, NotFound for a pseudonym that stands for nobody whom the
    caller may be shown. The asking is kept in the vault, and in the access record with the people shown.
    """
    cause = unit.cause
    if cause.roles and set(cause.roles) <= COUNTING_ROLES:
        raise Forbidden("Whoever works with counts may not ask whom they count")
    async with door.opened(unit, "reidentify", record=f"reidentification/{pseudonym}") as vault:
        found = (await vault.execute(text(_FIND), {"id": pseudonym})).all()
        residents = {row.id for row in found}
        seen = residents - await kept_back(unit, vault, residents)
        if not seen:
            raise NotFound("This pseudonym stands for nobody whom you may be shown")
        asked = new_id()
        await vault.execute(
            text(
                "insert into reidentification (id, pseudonym, kind, actor, roles, purpose, reason)"
                " values (:id, :pseudonym, :kind, :actor, :roles, :purpose, :reason)"
            ),
            {
                "id": asked,
                "pseudonym": pseudonym,
                "kind": found[0].kind,
                "actor": cause.actor,
                "roles": list(cause.roles),
                "purpose": cause.purpose,
                "reason": reason,
            },
        )
        people = await _who(vault, seen)
    unit.accessed(f"reidentification/{asked}", [each.person_id for each in people if each.person_id], outcome="done")
    return Reidentified(id=asked, kind=found[0].kind, people=people)


async def _who(vault: AsyncSession, residents: Collection[UUID]) -> list[Person]:
    found = await vault.execute(text(_WHO), {"ids": sorted(residents)})
    rows: list[Mapping[str, Any]] = [dict(row) for row in found.mappings()]
    return [Person.model_validate(row) for row in rows]
