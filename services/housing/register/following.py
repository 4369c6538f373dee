"""What follows when something changes: gains stand at once, losses are proposed, and the unknown changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.events import messages
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.housing.register import established, rows, scheme, states, strangers, weighing
from services.housing.register.decisions import commands as decisions
from services.housing.register.decisions.commands import RECHECK, RENEW, saved
from services.housing.register.models import Application, Decision, Established
from services.housing.register.states import ENDED, Standing
from services.housing.register.weighing import Weighed

_BEFORE: Final = frozenset({Standing.SUBMITTED, Standing.VERIFICATION, Standing.PENDING, Standing.REFERRED})
"""Not on the register yet."""


async def weighed(unit: UnitOfWork, row: Application) -> Weighed:
    """The application before the scheme, today, with what others have established by now."""
    await established.take_into(unit, row)
    found = (await rows.members(unit, [row.id]))[row.id]
    return weighing.weigh(row, rows.people(found), clock.today())


async def follow(
    unit: UnitOfWork,
    row: Application,
    found: Weighed,
    told_on: date,
    officer_reasons: Sequence[str] | None = None,
    words: str | None = None,
    *,
    weighed_by_officer: bool = False,
) -> Decision | None:
    """What the scheme's answer makes of an application; None where it makes nothing of it, or something is unknown.

    Nobody comes onto the register, or is kept from it, before an officer of the register has weighed them.
    """
    answer = found.assessment
    if row.state in _BEFORE and not weighed_by_officer:
        await first_need(unit, row, found)
        return None
    await set_recheck(unit, row, found)
    if answer.qualifies is None:
        return None
    if answer.qualifies is False:
        if Standing.DISQUALIFIED not in states.NEXT[Standing(row.state)]:
            return None
        against = [f"{each.words[0].upper()}{each.words[1:]} ({each.source})." for each in answer.against]
        effect: dict[str, Any] = {"state": Standing.DISQUALIFIED, "end_reason": "not_qualified"}
        return await decisions.propose(
            unit, row, "disqualify", effect, hurts=True, facts=found.facts, reasons=against, words=words
        )
    effect = {
        "band": answer.band,
        "band_reasons": [each.code for each in answer.reasons],
        "preference": list(answer.preference),
        "told_on": told_on.isoformat(),
        **_need_effect(row, found),
    }
    if officer_reasons is not None:
        effect["officer_reasons"] = list(officer_reasons)
    reasons = [f"{each.words}." for each in answer.reasons]
    if row.state not in _BEFORE:
        return await _changed(unit, row, effect, found, reasons, words)
    effect |= {"state": Standing.ACTIVE, "told_on": row.applied_on.isoformat()}
    effect.pop("rules_say", None)
    return await decisions.gain(unit, row, "activate", effect, facts=found.facts, reasons=reasons, words=words)


async def _changed(
    unit: UnitOfWork, row: Application, effect: dict[str, Any], found: Weighed, reasons: list[str], words: str | None
) -> Decision | None:
    """The band or the need of somebody who is on the register may be another now."""
    if effect.pop("rules_say", None) is not None and row.state == Standing.ACTIVE:
        # An officer set the need by hand: what a birthday changes is theirs to look at, not to be changed silently.
        row.state = Standing.AWAITING_REASSESSMENT
        await saved(unit, row, "housing.application.changed")
    need, needed = effect.get("bedrooms_needed", row.bedrooms_needed) or 0, row.bedrooms_needed or 0
    same = (
        effect["band"] == row.band
        and sorted(effect["band_reasons"]) == sorted(row.band_reasons)
        and effect.get("officer_reasons", row.officer_reasons) == row.officer_reasons
        and need == needed
        and effect["bedrooms_lacking"] == row.bedrooms_lacking
    )
    if same:
        return None
    if scheme.is_lower(scheme.scheme(), effect["band"], row.band) or need < needed:
        return await decisions.propose(
            unit, row, "band", effect, hurts=True, facts=found.facts, reasons=reasons, words=words
        )
    return await decisions.gain(unit, row, "band", effect, facts=found.facts, reasons=reasons, words=words)


def _need_effect(row: Application, found: Weighed) -> dict[str, Any]:
    """The rules' number, unless an officer set one by hand; then only that the rules say another."""
    if row.need_set_by is not None:
        differs = found.need.bedrooms > (row.bedrooms_needed or 0)
        return {"bedrooms_lacking": found.lacking, **({"rules_say": found.need.bedrooms} if differs else {})}
    return {
        "bedrooms_needed": found.need.bedrooms,
        "bedrooms_fewest": found.need.fewest,
        "bedrooms_lacking": found.lacking,
    }


async def first_need(unit: UnitOfWork, row: Application, found: Weighed) -> None:
    """The need of an application that is new, or stands again: a number of the rules, and no decision yet."""
    if row.need_set_by is None and row.band is None:
        row.bedrooms_needed, row.bedrooms_fewest = found.need.bedrooms, found.need.fewest
        row.bedrooms_lacking = found.lacking
    await set_recheck(unit, row, found)


async def set_recheck(unit: UnitOfWork, row: Application, found: Weighed) -> None:
    """The alarm of the next day on which the rules may say something else."""
    if row.recheck_on == found.recheck_on:
        return
    row.recheck_on = found.recheck_on
    if row.recheck_on is None or row.state in ENDED:
        await timers.cancel(unit, RECHECK, row.id)
    else:
        await timers.set_alarm(unit, RECHECK, row.id, datetime.combine(row.recheck_on, time(5), clock.LONDON))


async def establish(unit: UnitOfWork, fact: Mapping[str, Any], sequence: int) -> None:
    """Another part of housing has established something: keep it, and weigh whoever it is about again."""
    statement = insert(Established).values(**fact, sequence=sequence)
    newer = Established.sequence < statement.excluded.sequence
    changed = statement.on_conflict_do_update(
        index_elements=["id"], set_={**fact, "sequence": sequence}, where=newer
    ).returning(Established.id)
    if await unit.session.scalar(changed) is None:
        return
    theirs = strangers.about(fact["household_id"], fact["person_id"])
    query = select(Application).where(theirs, Application.state.not_in(list(ENDED)))
    for row in (await unit.session.scalars(query.order_by(Application.id).with_for_update())).all():
        found = await weighed(unit, row)
        await saved(unit, row, "housing.application.changed")
        await follow(unit, row, found, clock.today())


async def recheck(unit: UnitOfWork, application_id: UUID) -> None:
    """A birthday came, or a child counts from today: weigh it again."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state not in ENDED:
        await follow(unit, row, await weighed(unit, row), clock.today())


async def renewal(unit: UnitOfWork, application_id: UUID) -> None:
    """Time to ask; or the day has passed, and an officer is asked whether the application is to end."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    today = clock.today()
    if row.state in ENDED or row.renew_by is None:
        return
    if row.renewal_asked_on is not None and today > row.renew_by:
        effect = {"state": Standing.CANCELLED, "end_reason": "not_renewed"}
        why = [f"You did not renew your application by {row.renew_by:%-d %B %Y}."]
        await decisions.propose(unit, row, "end", effect, hurts=True, reasons=why)
        return
    row.renewal_asked_on = today
    # Nobody loses their place without notice, even if we ask late.
    row.renew_by = max(row.renew_by, today + timedelta(days=scheme.scheme().renewal_notice_days))
    after = datetime.combine(row.renew_by + timedelta(days=1), time(6), clock.LONDON)
    await timers.set_alarm(unit, RENEW, row.id, after)
    day = row.renew_by.isoformat()
    person_id = strangers.told(row, row.person_id)
    messages.request(unit, person_id=person_id, template="housing.renewal", codes={"date": day}, about_id=row.id)
    await saved(unit, row, "housing.application.changed")


async def suspension_over(unit: UnitOfWork, application_id: UUID) -> None:
    """The day came until which it was suspended: it stands again by itself."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state == Standing.SUSPENDED and row.suspended_until is not None and row.suspended_until <= clock.today():
        why = ["The time for which it was suspended is over."]
        await decisions.gain(unit, row, "restore", {"state": Standing.ACTIVE, "suspended_until": None}, reasons=why)
        await follow(unit, row, await weighed(unit, row), clock.today())
