"""Writes of cohorts: define, change, count, ask for a list, decide on it, and put the offers on their way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, insert, literal, not_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from kit import clock
from kit.contracts.purposes import PURPOSES
from kit.contracts.risk import CohortState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.cohorts import domain
from services.risk.cohorts.counting import Look, counted, holds, household_count, is_known
from services.risk.cohorts.covering import allowed, for_counting, titles
from services.risk.cohorts.domain import Condition, Standing
from services.risk.cohorts.looking import look
from services.risk.cohorts.models import Cohort, CohortDefinition, CohortPublication, CohortRun, PublishedHome
from services.risk.cohorts.rows import definition_of, faces_of, load, load_publication
from services.risk.cohorts.shapes import (
    CohortChanges,
    Decided,
    NewCohort,
    NewPublication,
)
from services.risk.cohorts.sizes import size
from services.risk.facts.models import Home
from services.risk.linkage.visibility import NOT_FOR_A_LIST, homes_kept_back
from services.risk.signals import commands as signals
from services.risk.signals import whose
from services.risk.signals.commands import Listed

CONTACT: Final = "outreach"
"""The purpose that decides what may choose whom to contact."""

LINKAGE: Final = "data_linkage"
"""The purpose that saved cohorts are counted for."""

MEASURE: Final = "cohorts.measure"
PUBLISH: Final = "cohorts.publish"
_HOMES_A_STEP: Final = 25


# Counting ---------------------------------------------------------------------------------------------------------


async def measure(unit: UnitOfWork, cohort_id: UUID) -> Cohort:
    """Count a cohort today; the last count of a month stands for it."""
    cohort = await load(unit, cohort_id)
    await _count(unit, cohort)
    unit.accessed(f"cohort/{cohort.id}/runs")
    return cohort


async def _count(unit: UnitOfWork, cohort: Cohort) -> None:
    condition = await definition_of(unit, cohort.id, cohort.definition_number)
    # Also when a load's own chain of work counts, for the platform's purpose.
    may = await for_counting(unit, condition, purpose=LINKAGE)
    today = clock.today()
    found = await size(unit, condition, await look(unit, may.sources))
    row = {
        "counted_on": today,
        "households": found.households,
        "known": found.known,
        "unknown": found.unknown,
        "uncertain": found.uncertain,
        "might_join": found.might_join,
        "population": found.population,
        "counted_by": unit.cause.actor,
        "counted_at": clock.now(),
    }
    key = {"cohort_id": cohort.id, "definition_number": cohort.definition_number, "month": today.replace(day=1)}
    statement = upsert(CohortRun).values(id=new_id(), **key, **row)
    await unit.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=row))


async def count_again(unit: UnitOfWork, _: Mapping[str, Any]) -> None:
    """New facts are in and linked: every cohort is counted anew (for `services.risk.pipeline.AFTER`)."""
    await jobs.start(unit, MEASURE, {})


async def measure_all(unit: UnitOfWork, step: Step) -> Progress:
    """A job: count every cohort that is not paused, one a step."""
    after = step.cursor or ""
    query = select(Cohort).where(Cohort.code > after, not_(Cohort.paused)).order_by(Cohort.code).limit(1)
    cohort = (await unit.session.scalars(query)).one_or_none()
    if cohort is None:
        return Progress(step.done, step.done, "Every cohort is counted")
    await _count(unit, cohort)
    return Progress(step.done + 1, None, f"Counted {cohort.title}", cohort.code)


# Definitions ------------------------------------------------------------------------------------------------------


async def define(unit: UnitOfWork, new: NewCohort) -> Cohort:
    """Save a definition under a name, and count it."""
    await for_counting(unit, new.definition)
    if await unit.session.scalar(select(Cohort.id).where(Cohort.code == new.code)):
        raise Conflict(f"There is a cohort {new.code} already: change that one, or choose another code")
    now = clock.business_now()
    cohort = Cohort(
        id=new_id(),
        version=1,
        code=new.code,
        title=new.title,
        definition_number=1,
        panel_reference=new.panel_reference,
        paused=False,
        created_by=unit.cause.actor,
        created_at=now,
        changed_at=now,
    )
    unit.session.add(cohort)
    await unit.session.flush()
    await _save_definition(unit, cohort, new.definition, new.why)
    unit.accessed(f"cohort/{cohort.id}")
    return cohort


async def change(unit: UnitOfWork, cohort_id: UUID, expected: int, changes: CohortChanges) -> Cohort:
    """Change a cohort. Lists that were asked for before keep the definition they were made by."""
    cohort = await load(unit, cohort_id, for_change=True)
    check_version(cohort.version, expected)
    if changes.title is not None:
        cohort.title = changes.title
    if changes.panel_reference is not None:
        cohort.panel_reference = changes.panel_reference
    if changes.paused is not None:
        cohort.paused = changes.paused
        cohort.pause_reason = changes.pause_reason if changes.paused else None
    cohort.version += 1
    cohort.changed_at = clock.business_now()
    if changes.definition is not None and changes.why is not None:
        await for_counting(unit, changes.definition)
        cohort.definition_number += 1
        # The panel heard the definition before this one.
        cohort.panel_reference = changes.panel_reference
        await unit.session.flush()
        await _save_definition(unit, cohort, changes.definition, changes.why)
    unit.accessed(f"cohort/{cohort.id}")
    await unit.session.flush()
    return cohort


async def _save_definition(unit: UnitOfWork, cohort: Cohort, condition: Condition, why: str) -> None:
    unit.session.add(
        CohortDefinition(
            cohort_id=cohort.id,
            number=cohort.definition_number,
            definition=condition.as_data(),
            why=why,
            defined_by=unit.cause.actor,
            defined_at=clock.business_now(),
        )
    )
    await unit.session.flush()
    await _count(unit, cohort)


# Lists ------------------------------------------------------------------------------------------------------------


async def ask_for_list(unit: UnitOfWork, cohort_id: UUID, new: NewPublication) -> CohortPublication:
    """Ask for a list of homes to offer help to, made without what may not choose whom to contact."""
    cohort = await load(unit, cohort_id, for_change=True)
    domain.check_use(paused=cohort.paused, pause_reason=cohort.pause_reason, panel_reference=cohort.panel_reference)
    definition = await definition_of(unit, cohort.id, cohort.definition_number)
    counting = await for_counting(unit, definition)
    here = await look(unit, counting.sources)
    whole = await size(unit, definition, here)
    condition, left_out, may = await _for_contact(unit, definition, new.within)
    looks = [replace(here, admitted={}), replace(here, admitted=may)]
    matching, allowed_homes = await _how_many(unit, condition, looks, new.part)
    waiting = select(CohortPublication.id).where(
        CohortPublication.cohort_id == cohort.id, CohortPublication.standing == Standing.ASKED
    )
    if await unit.session.scalar(waiting):
        raise Conflict("A list of this cohort is waiting for a decision already")
    row = CohortPublication(
        id=new_id(),
        version=1,
        cohort_id=cohort.id,
        definition_number=cohort.definition_number,
        standing=Standing.ASKED,
        part=new.part,
        within=new.within.as_data() if new.within else None,
        most=new.most,
        reason=new.reason,
        panel_reference=cohort.panel_reference,
        left_out=list(left_out),
        condition=condition.as_data(),
        cohort_households=whole.households,
        cohort_known=whole.known,
        matching=matching,
        barred=matching - allowed_homes,
        listed=min(allowed_homes, new.most or allowed_homes),
        asked_by=unit.cause.actor,
        asked_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"cohort/{cohort.id}/publication/{row.id}")
    return row


async def _for_contact(
    unit: UnitOfWork, definition: Condition, within: Condition | None
) -> tuple[Condition, tuple[str, ...], Mapping[str, Any]]:
    """The condition that makes the list, the factors left out of it, and the sources that may serve it."""
    named = definition.factors | (within.factors if within else frozenset())
    may = await allowed(unit, named, CONTACT, contact=True)
    kept = domain.for_contact(definition, may.may_use)
    if kept.condition is None:
        raise Conflict(
            f"Nothing is left of the definition to make a list by: {PURPOSES[CONTACT].title} may use none of it",
            left_out=list(kept.left_out),
        )
    if within is None:
        return kept.condition, kept.left_out, may.sources
    domain.check_definition(within, titles(clock.today()), "/within")
    forbidden = sorted(factor for factor in within.factors if not may.may_use(factor))
    if forbidden:
        raise invalid("/within", f"{', '.join(forbidden)} may not choose whom to contact", "contact-factors")
    return Condition(every=(kept.condition, within)), kept.left_out, may.sources


async def _how_many(unit: UnitOfWork, condition: Condition, looks: Sequence[Look], part: str) -> list[int]:
    """Homes of the chosen part, as each look sees them; one query, for who is known is the dear part of it."""
    counts = [household_count().filter(holds(condition, look)) for look in looks]
    row = (
        await unit.session.execute(select(*counts).select_from(Home).where(counted(looks[0]), _of_part(part, looks[0])))
    ).one()
    return [int(number) for number in row]


def _of_part(part: str, look: Look) -> Any:
    if part == "both":
        return literal(True)
    return is_known(look.today) if part == "known" else not_(is_known(look.today))


async def decide(
    unit: UnitOfWork, cohort_id: UUID, publication_id: UUID, expected: int, said: Decided
) -> CohortPublication:
    """Somebody else says yes or no. With a yes the list stands, and the offers go on their way."""
    cohort = await load(unit, cohort_id, for_change=True)
    row = await load_publication(unit, cohort_id, publication_id, for_change=True)
    check_version(row.version, expected)
    standing = domain.decide(
        Standing(row.standing), approve=said.approve, asked_by=row.asked_by, decided_by=unit.cause.actor
    )
    now = clock.business_now()
    row.version += 1
    row.standing, row.decision_reason = standing, said.reason
    row.decided_by, row.decided_at = unit.cause.actor, now
    if standing is Standing.APPROVED:
        domain.check_use(paused=cohort.paused, pause_reason=cohort.pause_reason, panel_reference=row.panel_reference)
        await _fix_list(unit, row)
        row.job_id = await jobs.start(unit, PUBLISH, {"publication_id": str(row.id)})
        cohort.version, cohort.changed_at = cohort.version + 1, now
        unit.emit(
            "risk.cohort.published",
            CohortState(
                cohort_id=cohort.id,
                publication_id=row.id,
                code=cohort.code,
                households=row.cohort_households,
                known=row.cohort_known,
                unknown=row.cohort_households - row.cohort_known,
                listed=row.listed,
                published_by=unit.cause.actor,
                published_at=now,
            ),
            aggregate_id=cohort.id,
            sequence=cohort.version,
        )
    await unit.session.flush()
    unit.accessed(f"cohort/{cohort.id}/publication/{row.id}")
    return row


async def _fix_list(unit: UnitOfWork, row: CohortPublication) -> None:
    """Who is on it, as of today. Where only so many are wanted, the pseudonyms' own order draws them evenly."""
    condition = Condition.model_validate(row.condition)
    may = await allowed(unit, condition.factors, CONTACT, contact=True)
    here = await look(unit, may.sources)
    homes = (
        select(literal(row.id), Home.household, is_known(here.today), literal("waiting"))
        .where(and_(counted(here), holds(condition, here), _of_part(row.part, here)))
        .order_by(Home.household)
    )
    if row.most is not None:
        homes = homes.limit(row.most)
    await unit.session.execute(
        insert(PublishedHome).from_select(["publication_id", "household", "known", "state"], homes)
    )
    # As of today too: what was counted when it was asked for may have had somebody in it who is kept back since.
    matching, allowed_homes = await _how_many(unit, condition, [replace(here, admitted={}), here], row.part)
    row.matching, row.barred = matching, matching - allowed_homes
    row.listed = int(
        await unit.session.scalar(
            select(func.count()).select_from(PublishedHome).where(PublishedHome.publication_id == row.id)
        )
        or 0
    )


async def publish(unit: UnitOfWork, step: Step) -> Progress:
    """A job: pass each home of an approved list on to whoever makes offers, some a step."""
    row = await unit.session.get(CohortPublication, UUID(step.parameters["publication_id"]), with_for_update=True)
    if row is None:
        raise Conflict("There is no such publication")
    cohort = await load(unit, row.cohort_id)
    if cohort.paused:
        raise Conflict("The cohort was paused: no more offers are made from this list")
    query = select(PublishedHome).where(PublishedHome.publication_id == row.id, PublishedHome.state == "waiting")
    homes = (await unit.session.scalars(query.order_by(PublishedHome.household).limit(_HOMES_A_STEP))).all()
    await _offer(unit, cohort.id, row.id, homes)
    if homes:
        # No numbers: beside those of the list they would say how many of it were kept back since.
        return Progress(0, None, "The homes of the list are being passed on", True)
    row.standing, row.published_at = Standing.PUBLISHED, clock.business_now()
    row.version += 1
    return Progress(0, None, "All homes of the list are on their way")


async def _offer(unit: UnitOfWork, cohort_id: UUID, publication_id: UUID, homes: Sequence[PublishedHome]) -> None:
    """Each home calls for an offer, to somebody whom casefile knows if there is one, unless none may be made."""
    sealed = await homes_kept_back(unit)
    faces = await faces_of(unit, [home.household for home in homes])
    known = await whose.known(unit, {face.resident for each in faces.values() for face in each})
    listed = []
    for home in homes:
        there = faces.get(home.household)
        if home.household in sealed:
            # Kept back since the list was approved.
            home.state, home.why = "passed", NOT_FOR_A_LIST
            continue
        if not there:
            home.state, home.why = "passed", "no_source_for_contact"
            continue
        face = next((each for each in there if each.resident in known), there[0])
        home.state = "called"
        listed.append(Listed(home.household, face.resident, face.source))
    await unit.session.flush()
    await signals.call_listed(unit, cohort_id, publication_id, listed, known)
