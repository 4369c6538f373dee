"""A package that came: taken, known already, or refused. Twice is once, any order will do, and gaps are asked for."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.observatory.federation import line, packages
from services.risk.observatory.federation.members import progress
from services.risk.observatory.federation.packages import Package, Refused
from services.risk.observatory.models import ObservatoryMember, ObservatoryPackage, ObservatoryRefusal
from services.risk.observatory.nearness import RULES


async def receive(unit: UnitOfWork, signed: str) -> Mapping[str, Any]:
    """The answer to whoever sent it: `taken`, `known` or `refused` with the rule; what we have, and what we want.

    A refusal is kept with the digest of what came: that, and not the thing itself, which may be anything.
    """
    area = packages.claimed_area(signed)
    try:
        taken, area = await _take(unit, signed, area)
        outcome: dict[str, Any] = {"outcome": "taken" if taken else "known"}
    except Refused as refusal:
        await _refused(unit, signed, refusal, area)
        outcome = {"outcome": "refused", "rule": refusal.rule}
        if refusal.rule in ("signature", "unknown", "suspended"):
            # Whoever it was, it was not that member: nothing of that member's is told.
            return outcome
    assert area is not None
    have, missing = await progress(unit, area)
    return {**outcome, "have": have, "wants": missing}


async def _take(unit: UnitOfWork, signed: str, area: str | None) -> tuple[bool, str]:
    member = await unit.session.get(ObservatoryMember, area) if area else None
    if area is None or member is None:
        raise Refused("unknown", "It is of no member")
    # One after another for each area: two neighbours at once would not see each other.
    await unit.session.execute(
        text("select pg_advisory_xact_lock(hashtext('risk.observatory.package'), hashtext(:area))"), {"area": area}
    )
    if member.suspended:
        raise Refused("suspended", "That member is suspended", area)
    package = packages.opened(signed, member.key, RULES, line.own_area())
    own = packages.digest(signed)
    near = {
        each.sequence: each
        for each in await unit.session.scalars(
            select(ObservatoryPackage).where(
                ObservatoryPackage.area == area,
                ObservatoryPackage.direction == "received",
                ObservatoryPackage.sequence.between(package.sequence - 1, package.sequence + 1),
            )
        )
    }
    held = near.get(package.sequence)
    if held is not None:
        if held.digest == own:
            return False, area
        raise Refused("replayed", "There is another package of that number", area)
    before, after = near.get(package.sequence - 1), near.get(package.sequence + 1)
    packages.check_chain(
        package,
        own,
        before.digest if before else None,
        content(after.signed).previous if after else None,
    )
    unit.session.add(
        ObservatoryPackage(
            area=area,
            sequence=package.sequence,
            direction="received",
            digest=own,
            signed=signed,
            month=date.fromisoformat(f"{package.month}-01"),
            settled_at=clock.now(),
            made_at=clock.now(),
        )
    )
    await unit.session.flush()
    return True, area


def content(signed: str) -> Package:
    """What is inside a package of ours or one that was taken: checked when it came."""
    from joserfc import jws

    return Package.model_validate_json(jws.extract_compact(signed.encode()).payload)


async def _refused(unit: UnitOfWork, signed: str, refusal: Refused, area: str | None) -> None:
    known = await unit.session.scalar(select(ObservatoryMember.area).where(ObservatoryMember.area == (area or "")))
    row = {
        "id": new_id(),
        "digest": packages.digest(signed),
        "area": known,
        "rule": refusal.rule,
        "detail": refusal.detail,
        "times": 1,
        "refused_at": clock.now(),
    }
    await unit.session.execute(
        insert(ObservatoryRefusal)
        .values(row)
        .on_conflict_do_update(
            index_elements=["digest", "rule"],
            set_={"times": ObservatoryRefusal.times + 1, "refused_at": row["refused_at"]},
        )
    )


def as_bytes(answer: Mapping[str, Any]) -> bytes:
    """The answer as it travels."""
    return json.dumps(answer).encode()
