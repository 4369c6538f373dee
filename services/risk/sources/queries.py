"""Reads of the register and of loads; `kinds_for` is what every reader of facts asks first."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.sources.domain import Coverage, Product, coverage
from services.risk.sources.models import DataProduct
from services.risk.sources.register import DELIVERED, GATEWAYS


async def kinds_for(unit: UnitOfWork, purpose: str, *, contact: bool = False) -> Coverage:
    """What a purpose may see today: which kinds from which sources, and what is hidden with the reason.

    `contact`: the answer chooses whom to contact, so delicate facts are left out whatever the purpose is called.
    `Coverage.refuse_beyond(kinds)` raises the refusal, which goes on record by itself in a request.
    """
    return coverage(purpose, await products(unit), GATEWAYS, clock.today(), contact=contact)


async def products(unit: UnitOfWork) -> list[Product]:
    """The whole register. An empty one is first filled with what was delivered."""
    rows = (await unit.session.scalars(select(DataProduct).order_by(DataProduct.code))).all()
    if not rows:
        await unit.session.execute(insert(DataProduct).values(_delivered()).on_conflict_do_nothing())
        rows = (await unit.session.scalars(select(DataProduct).order_by(DataProduct.code))).all()
    return [product_of(row) for row in rows]


async def product(unit: UnitOfWork, code: str) -> Product:
    """One product. Raises `NotFound`."""
    found = {each.code: each for each in await products(unit)}
    if code not in found:
        raise NotFound("The register has no such source")
    return found[code]


def product_of(row: DataProduct) -> Product:
    """A row of the register as the rules know it."""
    return Product.model_validate({name: getattr(row, name) for name in Product.model_fields})


def _delivered() -> list[dict[str, Any]]:
    return [{"version": 1, **columns(each)} for each in DELIVERED.values()]


def columns(product: Product) -> dict[str, Any]:
    """A product as the row that keeps it."""
    fields = [group.model_dump(mode="json") for group in product.fields]
    return {**product.model_dump(), "cadence": product.cadence.value, "fields": fields}
