"""The register as it stands in the database: filled once with what was delivered, from then on the council's own."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from services.risk.sources.domain import Agreed, Product
from services.risk.sources.models import DataProduct, KnownAgreement
from services.risk.sources.register import DELIVERED


async def rows(session: AsyncSession) -> list[DataProduct]:
    """Every product with its version, by code."""
    statement = select(DataProduct).order_by(DataProduct.code)
    found = (await session.scalars(statement)).all()
    if not found:
        delivered = [{"version": 1, **columns(each)} for each in DELIVERED.values()]
        await session.execute(insert(DataProduct).values(delivered).on_conflict_do_nothing())
        found = (await session.scalars(statement)).all()
    return list(found)


async def products(session: AsyncSession) -> list[Product]:
    """The whole register."""
    agreed = await agreements(session)
    return [product_of(row).under(agreed.get(row.code, ())) for row in await rows(session)]


async def product(session: AsyncSession, code: str) -> Product:
    """One product. Raises `NotFound`."""
    return product_of(await row(session, code)).under((await agreements(session)).get(code, ()))


async def agreements(session: AsyncSession) -> dict[str, list[Agreed]]:
    """The agreements of casefile's register, by each product they name."""
    found: dict[str, list[Agreed]] = {}
    for each in await session.scalars(select(KnownAgreement)):
        for code in each.datasets:
            found.setdefault(code, []).append(Agreed.model_validate(each))
    return found


async def row(session: AsyncSession, code: str, *, lock: bool = False) -> DataProduct:
    """One product's row, perhaps to change it. Raises `NotFound`."""
    found = {each.code: each for each in await rows(session)}.get(code)
    if found is None:
        raise NotFound("The register has no such source")
    if lock:
        await session.refresh(found, with_for_update=True)
    return found


def product_of(row: DataProduct) -> Product:
    """A row of the register as the rules know it."""
    return Product.model_validate({name: getattr(row, name) for name in Product.model_fields})


def columns(product: Product) -> dict[str, Any]:
    """A product as the row that keeps it."""
    fields = [group.model_dump(mode="json") for group in product.fields]
    words = {"cadence": product.cadence.value, "extract": product.extract.value}
    return {**product.model_dump(), **words, "fields": fields}
