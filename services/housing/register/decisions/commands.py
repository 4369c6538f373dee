"""Writes of decisions. What hurts a household stands once a named officer has confirmed it, and may be reviewed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.housing.register import RegisterState
from kit.errors import Conflict, Forbidden
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.housing.register import letters, priority, rows, scheme, states, strangers
from services.housing.register.models import Application, BandStay, Decision
from services.housing.register.states import BIDS, Standing

SUSPENDED: Final = "housing.register.suspended_until"
RENEW: Final = "housing.register.renew"
RECHECK: Final = "housing.register.recheck"
_EVENTS: Final = {
    "activate": "housing.application.banded",
    "band": "housing.application.banded",
    "need": "housing.application.changed",
    "disqualify": "housing.application.ended",
    "suspend": "housing.application.suspended",
    "restore": "housing.application.restored",
    "end": "housing.application.ended",
}
_DATES: Final = frozenset({"priority_on", "suspended_until", "ended_on", "renew_by"})
_SNAPSHOT: Final = (
    "state",
    "band",
    "band_order",
    "band_reasons",
    "preference",
    "priority_on",
    "bedrooms_needed",
    "bedrooms_fewest",
    "bedrooms_lacking",
    "need_set_by",
    "need_reason",
    "officer_reasons",
    "suspended_until",
    "ended_on",
    "end_reason",
)


async def propose(
    unit: UnitOfWork,
    row: Application,
    kind: str,
    effect: Mapping[str, Any],
    *,
    hurts: bool,
    facts: Mapping[str, Any] | None = None,
    reasons: Sequence[str] = (),
    words: str | None = None,
) -> Decision:
    """A decision that waits for a named officer. One of the same kind that waited is withdrawn: this one is newer."""
    waiting = select(Decision).where(
        Decision.application_id == row.id, Decision.kind == kind, Decision.state == "proposed"
    )
    for older in (await unit.session.scalars(waiting.with_for_update())).all():
        if older.effect == dict(effect) and older.reasons == list(reasons) and older.words == words:
            return older
        older.state, older.version = "withdrawn", older.version + 1
    await unit.session.flush()
    decision = Decision(
        id=new_id(),
        version=1,
        application_id=row.id,
        kind=kind,
        state="proposed",
        hurts=hurts,
        effect=dict(effect),
        before=_snapshot(row),
        facts=dict(facts or {}),
        reasons=list(reasons),
        words=words,
        proposed_by=_who(unit),
        proposed_at=clock.business_now(),
    )
    unit.session.add(decision)
    await unit.session.flush()
    unit.accessed(f"register_decision/{decision.id}", row.person_ids)
    return decision


async def gain(
    unit: UnitOfWork,
    row: Application,
    kind: str,
    effect: Mapping[str, Any],
    *,
    facts: Mapping[str, Any] | None = None,
    reasons: Sequence[str] = (),
    words: str | None = None,
) -> Decision:
    """A decision that takes nothing from the household: it stands at once."""
    decision = await propose(unit, row, kind, effect, hurts=False, facts=facts, reasons=reasons, words=words)
    await _enact(unit, row, decision)
    return decision


async def confirm(unit: UnitOfWork, decision_id: UUID, expected: int) -> Decision:
    """A named officer confirms: from now on it stands, and the letter says so."""
    row, decision = await rows.load_decision(unit, decision_id, expected, for_change=True)
    _check_proposed(decision, "confirmed")
    check_named(unit)
    now = _snapshot(row)
    if any(decision.before[name] != now[name] for name in _touched(decision.effect) | {"state"}):
        raise Conflict(
            "The application has changed since this was proposed: weigh it again",
            state=row.state,
            allowed=["withdrawn"],
        )
    await _enact(unit, row, decision)
    return decision


async def withdraw(unit: UnitOfWork, decision_id: UUID, expected: int) -> Decision:
    """It will not be decided so."""
    row, decision = await rows.load_decision(unit, decision_id, expected, for_change=True)
    _check_proposed(decision, "withdrawn")
    decision.state, decision.version = "withdrawn", decision.version + 1
    unit.accessed(f"register_decision/{decision.id}", row.person_ids)
    return decision


def _check_proposed(decision: Decision, wanted: str) -> None:
    if decision.state != "proposed":
        raise Conflict(f"This decision is {decision.state} already", state=decision.state, wanted=wanted, allowed=[])


def check_named(unit: UnitOfWork) -> None:
    """`Forbidden` for a program: what hurts a household is a named officer's."""
    if unit.cause.actor.startswith("system:") or "service" in unit.cause.roles:
        raise Forbidden("A named officer confirms what hurts a household: not a program")


async def _enact(unit: UnitOfWork, row: Application, decision: Decision) -> None:
    rules, today, effect = scheme.scheme(), clock.today(), decision.effect
    if "state" in effect:
        after = states.step(Standing(row.state), Standing(effect["state"]))
        if after in BIDS and row.state not in BIDS:
            await _check_alone(unit, row)
        row.state = after
    for name in ("officer_reasons", "bedrooms_needed", "bedrooms_fewest", "bedrooms_lacking"):
        if name in effect:
            setattr(row, name, effect[name])
    if "need_set_by" in effect:
        row.need_set_by, row.need_reason = effect["need_set_by"], effect.get("need_reason")
    if "band" in effect:
        await _put_in_band(unit, row, effect)
    if decision.kind == "activate":
        row.renew_by = clock.months_after(today, rules.renew_months)
        await _set_renewal(unit, row)
    if decision.kind in {"suspend", "restore"}:
        until = effect.get("suspended_until")
        row.suspended_until = date.fromisoformat(until) if until else None
        if row.suspended_until is not None:
            await timers.set_alarm(unit, SUSPENDED, row.id, morning(row.suspended_until))
    if decision.kind in {"disqualify", "end"}:
        row.ended_on, row.end_reason, row.recheck_on = today, effect["end_reason"], None
        for name in (RENEW, RECHECK, SUSPENDED):
            await timers.cancel(unit, name, row.id)
    decision.state, decision.version = "confirmed", decision.version + 1
    decision.confirmed_by, decision.confirmed_at = _who(unit), clock.business_now()
    if decision.hurts:
        decision.review_ask_by = clock.period_beginning_with(today, rules.review_ask_days)
    band = rules.bands.get(row.band or "")
    decision.letter = letters.letter(
        rules,
        decision.kind,
        row.number,
        reasons=decision.reasons,
        standing=letters.standing(band.title if band else None, row.priority_on, row.bedrooms_needed, row.renew_by)
        if row.state in BIDS
        else [],
        words=decision.words,
        ask_by=decision.review_ask_by,
    )
    unit.accessed(f"register_decision/{decision.id}", row.person_ids)
    await saved(unit, row, _EVENTS[decision.kind])


async def _check_alone(unit: UnitOfWork, row: Application) -> None:
    """One application of a household bids. The index of the table holds where two come at once."""
    query = select(Application.id).where(strangers.bids_beside(row, unit.cause), Application.state.in_(list(BIDS)))
    if await unit.session.scalar(query) is not None:
        raise Conflict(
            "Another application of this household is active: end one of the two",
            state=row.state,
            allowed=[Standing.PENDING.value, Standing.CANCELLED.value],
        )


async def _put_in_band(unit: UnitOfWork, row: Application, effect: Mapping[str, Any]) -> None:
    rules = scheme.scheme()
    band = rules.bands.get(effect["band"] or "")
    order = band.order if band else len(rules.bands)
    told_on = date.fromisoformat(effect["told_on"])
    stays = await rows.stays(unit, row.id)
    since = priority.priority_on(stays, order, told_on)
    _stay(unit, row, len(stays), (band.code if band else None, order), told_on, since, effect["band_reasons"])
    row.band, row.band_order = (band.code, order) if band else (None, None)
    row.band_reasons, row.preference = list(effect["band_reasons"]), list(effect["preference"])
    row.priority_on = since if band else None


def _stay(
    unit: UnitOfWork,
    row: Application,
    before: int,
    band: tuple[str | None, int],
    since: date,
    priority_on: date,
    why: Sequence[str],
) -> None:
    """One more stay after those `before` it; the application is locked, so no other comes between."""
    unit.session.add(
        BandStay(
            application_id=row.id,
            number=before + 1,
            band=band[0],
            band_order=band[1],
            since=since,
            priority_on=priority_on,
            reasons=list(why),
            decided_by=_who(unit),
            decided_at=clock.business_now(),
        )
    )


def _who(unit: UnitOfWork) -> str:
    """Whose decision it is: what follows from an event of another part of housing is the scheme's, not its actor's."""
    return f"system:{unit.service}" if unit.cause.causation_id is not None else unit.cause.actor


async def _set_renewal(unit: UnitOfWork, row: Application) -> None:
    if row.renew_by is not None:
        ask = row.renew_by - timedelta(days=scheme.scheme().renewal_notice_days)
        await timers.set_alarm(unit, RENEW, row.id, morning(ask))


async def renewed(unit: UnitOfWork, row: Application) -> None:
    """They said that all of it is still so, or what is not: it runs again from today."""
    row.renew_by = clock.months_after(clock.today(), scheme.scheme().renew_months)
    row.renewal_asked_on = None
    await _set_renewal(unit, row)
    query = select(Decision).where(
        Decision.application_id == row.id, Decision.kind == "end", Decision.state == "proposed"
    )
    for each in (await unit.session.scalars(query.with_for_update())).all():
        if each.effect.get("end_reason") == "not_renewed":
            each.state, each.version = "withdrawn", each.version + 1
    await saved(unit, row, "housing.application.changed")


async def undo(unit: UnitOfWork, row: Application, decision: Decision) -> None:
    """What the decision changed is as it was; what has changed since by other ways stays."""
    for name in _touched(decision.effect):
        value = decision.before[name]
        setattr(row, name, date.fromisoformat(value) if value and name in _DATES else value)
    decision.state, decision.version = "changed_on_review", decision.version + 1
    if "band" in decision.effect:
        order = row.band_order if row.band_order is not None else len(scheme.scheme().bands)
        since = row.priority_on or clock.today()
        before = len(await rows.stays(unit, row.id))
        _stay(unit, row, before, (row.band, order), since, since, row.band_reasons)
    if row.state in BIDS and row.renew_by is not None:
        await _set_renewal(unit, row)


# Telling --------------------------------------------------------------------------------------------------


async def saved(unit: UnitOfWork, row: Application, type_: str) -> None:
    """The next version stands, and is told."""
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"application/{row.id}", row.person_ids)
    tell(unit, row, type_)


def tell(unit: UnitOfWork, row: Application, type_: str) -> None:
    """What others may know of an application: never its reasons, and of strangers where it was taken blindly."""
    state = RegisterState(
        application_id=row.id,
        person_id=strangers.told(row, row.person_id),
        household_id=strangers.told(row, row.household_id),
        person_ids=tuple(strangers.told(row, each) for each in row.person_ids),
        state=row.state,
        applied_on=row.applied_on,
        band=row.band,
        priority_on=row.priority_on,
        bedrooms_needed=row.bedrooms_needed,
        bedrooms_lacking=row.bedrooms_lacking,
        ended_on=row.ended_on,
        end_reason=row.end_reason,
        renew_by=row.renew_by,
        changed_at=row.changed_at,
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)


def _touched(effect: Mapping[str, Any]) -> set[str]:
    """The columns that a decision with this effect changes."""
    found = {name for name in _SNAPSHOT if name in effect}
    if "band" in effect:
        found |= {"band_order", "band_reasons", "preference", "priority_on"}
    if "need_set_by" in effect:
        found |= {"need_reason"}
    if "end_reason" in effect:
        found |= {"ended_on"}
    return found


def _snapshot(row: Application) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in _SNAPSHOT}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def morning(day: date) -> datetime:
    """Six in the morning of that day: when alarms of the register ring."""
    return datetime.combine(day, time(6), clock.LONDON)
