"""The register of members: who may send packages here, with which key."""

from collections.abc import Mapping, Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.observatory.federation import line
from services.risk.observatory.federation.shapes import Member, MemberView, NewMember
from services.risk.observatory.models import ObservatoryMember, ObservatoryPackage


async def add(unit: UnitOfWork, new: NewMember) -> MemberView:
    """Let an observatory in. `Conflict` when there is one of that area."""
    own = line.own_area()
    if await unit.session.get(ObservatoryMember, new.area):
        raise Conflict("There is a member of that area: change that one")
    if new.area == own:
        raise invalid("/area", "That is our own area", "other-area")
    row = ObservatoryMember(
        area=new.area,
        version=1,
        title=new.title,
        above=own,
        key=_public(new.key),
        suspended=new.suspended,
        kept_by=unit.cause.actor,
        changed_at=clock.now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"observatory/member/{row.area}")
    return await _view(unit, row)


async def change(unit: UnitOfWork, area: str, expected: int, changes: Member) -> MemberView:
    """Another title, another key, or not for now. What was signed with the old key and taken stays taken."""
    row = await unit.session.get(ObservatoryMember, area, with_for_update=True)
    if row is None:
        raise NotFound("There is no member of that area")
    check_version(row.version, expected)
    row.title, row.key, row.suspended = changes.title, _public(changes.key), changes.suspended
    row.version, row.kept_by, row.changed_at = row.version + 1, unit.cause.actor, clock.now()
    unit.accessed(f"observatory/member/{area}")
    await unit.session.flush()
    return await _view(unit, row)


async def listed(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[MemberView]:
    """Members by area, each with how far its packages have come."""
    query = select(ObservatoryMember).order_by(ObservatoryMember.area).limit(most)
    if place:
        query = query.where(ObservatoryMember.area > place[0])
    return [await _view(unit, each) for each in (await unit.session.scalars(query)).all()]


async def progress(unit: UnitOfWork, area: str) -> tuple[int, list[int]]:
    """The last number up to which no package of an area is missing, and the missing ones after it."""
    numbers = set(
        await unit.session.scalars(
            select(ObservatoryPackage.sequence).where(
                ObservatoryPackage.area == area, ObservatoryPackage.direction == "received"
            )
        )
    )
    have = 0
    while have + 1 in numbers:
        have += 1
    return have, [each for each in range(have + 1, max(numbers, default=0)) if each not in numbers][:100]


def _public(key: Mapping[str, Any]) -> dict[str, Any]:
    """The key, if it is a public one that signatures can be checked with."""
    try:
        held = OKPKey.import_key(dict(key))
        good = held.curve_name == "Ed25519" and not held.is_private
    except (JoseError, KeyError, TypeError, ValueError, AttributeError):
        good = False
    if not good:
        raise invalid("/key", "A public Ed25519 key as a JWK: kty OKP, crv Ed25519, x, and never d", "public-key")
    return {"kty": "OKP", "crv": "Ed25519", "x": str(key["x"])}


async def _view(unit: UnitOfWork, row: ObservatoryMember) -> MemberView:
    have, missing = await progress(unit, row.area)
    return MemberView(
        area=row.area,
        version=row.version,
        title=row.title,
        above=row.above,
        key=row.key,
        suspended=row.suspended,
        have=have,
        missing=missing,
        changed_at=row.changed_at,
    )
