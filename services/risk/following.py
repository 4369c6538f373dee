"""Which loads the profiles have not followed yet, and the households that these loads' facts are of."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from kit.store.unit import UnitOfWork
from services.risk.tables import Base


class FollowedLoad(Base):
    """A load whose facts the profiles have followed."""

    __tablename__ = "followed_load"

    load_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = ({"comment": "Loads whose facts the profiles have followed"},)


_WAITING = text(
    "select id from source_load where state in ('succeeded', 'failed') and rows_done > 0"
    " and not exists (select from followed_load where load_id = source_load.id) order by id"
)
# By the loads' index alone, and no further than one too many: an extract has millions of facts.
_RECORDS = text("select record from fact where load_id = any(:loads) limit :most")
_HOUSEHOLDS = text(
    "select distinct household from placed where household is not null and record = any(:records) order by 1"
)


async def unfollowed(unit: UnitOfWork) -> list[UUID]:
    """Loads that have ended since the profiles last followed."""
    return [UUID(str(each)) for each in await unit.session.scalars(_WAITING)]


async def households_of(unit: UnitOfWork, loads: Sequence[UUID], most: int) -> list[UUID] | None:
    """The households (pseudonyms) of these loads' facts; None where more than so many facts came."""
    records = (await unit.session.scalars(_RECORDS, {"loads": list(loads), "most": most + 1})).all()
    if len(records) > most:
        return None
    found = await unit.session.scalars(_HOUSEHOLDS, {"records": sorted(set(records))})
    return [UUID(str(each)) for each in found]


async def followed(unit: UnitOfWork, loads: Collection[UUID]) -> None:
    """The profiles have followed these."""
    statement = text(
        "insert into followed_load select * from unnest(cast(:loads as uuid[])) as t(load_id) on conflict do nothing"
    )
    await unit.session.execute(statement, {"loads": sorted(loads)})
