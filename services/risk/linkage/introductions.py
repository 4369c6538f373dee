"""Introductions: somebody casefile doesn't know yet, told to it sealed, so that help can be offered."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kit import clock
from kit.contracts.risk import Introduction
from kit.events import sealed
from kit.store.unit import UnitOfWork
from services.risk.linkage import picture
from services.risk.sources import standing
from services.risk.vault import door

_CANDIDATES = """
select resident.resident_id, m.home_id, coalesce(by_uprn.ward, by_postcode.ward) as ward,
       record.source, record.given, record.family, record.born, record.address, record.postcode, record.uprn,
       record.phone, record.email, record.seen_on
from resident
join record_resident rr using (resident_id)
join record on record.record_id = rr.record_id
join home_member m on m.resident_id = resident.resident_id and m.until is null
join home on home.home_id = m.home_id
left join ward by_uprn on by_uprn.place = 'uprn:' || home.uprn
left join ward by_postcode on by_postcode.place = 'postcode:' || replace(lower(home.postcode), ' ', '')
where (resident.pseudonym = any(:ids) or resident.resident_id = any(:ids))
  and resident.person_id is null and (resident.introduction is null or (resident.introduction = 'sent' and (
    resident.introduced_at > clock_timestamp() - interval '1 hour'
    or resident.introduced_at < clock_timestamp() - interval '90 days')))
  and not resident.objected
  and resident.erased_at is null and resident.joined_into is null
  and record.source = any(:sources) and record.withdrawn_at is null
  and record.given is not null and record.family is not null
order by resident.resident_id, record.phone is null, record.email is null, record.seen_on desc nulls last
"""


async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> list[UUID]:
    """Seals `risk.resident.introduced` for those of these residents (ids or pseudonyms) who may be contacted.

    Told again within the hour (a telling may be cut off), then not for 90 days: casefile says nothing of who objected.
    Passed over, silently: whoever casefile knows or has answered for, has objected, is a child, has no home, or is
    told of by no source whose contact details may be used to offer help today. Returns the resident ids introduced:
    `casefile.introduction.answered` will name each with its person.
    """
    if not residents:
        return []
    allowed = await contact_sources(unit)
    told: list[UUID] = []
    async with door.opened(unit, "introduce", record=f"residents/{len(residents)}") as vault:
        found = await vault.execute(text(_CANDIDATES), {"ids": sorted(residents), "sources": sorted(allowed)})
        chosen: dict[UUID, Mapping[str, Any]] = {}
        for row in found.mappings():
            chosen.setdefault(row["resident_id"], dict(row))
        for resident in sorted(await picture.adults(vault, chosen, clock.today())):
            seal(unit, chosen[resident])
            told.append(resident)
        await vault.execute(
            text(
                "update resident set introduction = 'sent', introduced_at = clock_timestamp()"
                " where resident_id = any(:ids)"
            ),
            {"ids": told},
        )
    return told


def seal(unit: UnitOfWork, row: Mapping[str, Any]) -> None:
    """One introduction, for casefile's eyes alone."""
    data = Introduction(
        resident_id=row["resident_id"],
        home_id=row["home_id"],
        given=row["given"],
        family=row["family"],
        born=row["born"].isoformat() if row["born"] else None,
        lines=tuple(part.strip() for part in (row["address"] or "").split(",") if part.strip()),
        postcode=row["postcode"],
        uprn=row["uprn"],
        ward=row["ward"],
        phone=row["phone"],
        email=row["email"],
        source=row["source"],
    )
    sealed.seal(unit, "casefile", "risk.resident.introduced", data, aggregate_id=row["resident_id"], sequence=1)


async def contact_sources(unit: UnitOfWork) -> set[str]:
    """Sources whose contact details may be used to offer help today: the agreement stands and nobody paused it."""
    today = clock.today()
    products = await standing.products(unit.session)
    return {product.code for product in products if product.contact and product.stopped(today) is None}
